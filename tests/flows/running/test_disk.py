import errno

import duckdb
import pytest

from flows.running.disk import disk_errors_told, refusal
from models.errors import GiveUp, TryAgain

FULL = OSError(errno.ENOSPC, "No space left on device", "a.csv")
FIXED = OSError(errno.EROFS, "Read-only file system", "a.csv")
CLOSED = PermissionError(errno.EACCES, "Permission denied", "a.csv")
OF_DUCKDB = duckdb.IOException("Could not write: No space left on device")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FULL, "`a.csv` can't be written: the disk is full"),
        (FIXED, "mounted read-only"),
        (CLOSED, "may not write there"),
        (OF_DUCKDB, "a file of the data folder"),
    ],
    ids=["full", "read-only", "closed", "full, of DuckDB"],
)
def test_what_a_disk_refuses_is_told_with_what_to_do(error: Exception, told: str) -> None:
    with pytest.raises(GiveUp, match=told) as raised, disk_errors_told():
        raise error
    assert "call again" in str(raised.value)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [ValueError("odd"), FileNotFoundError(errno.ENOENT, "none")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    assert refusal(error) is None
    with pytest.raises(type(error)), disk_errors_told():
        raise error


def test_an_error_that_explains_itself_is_not_told_anew() -> None:
    with (
        pytest.raises(TryAgain, match=r"^the platform says: Permission denied$"),
        disk_errors_told(),
    ):
        raise TryAgain("the platform says: Permission denied")
