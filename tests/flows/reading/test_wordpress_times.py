from datetime import UTC, datetime

import pytest

from flows.reading.iso_times import WrittenTime
from flows.reading.wordpress_times import moment_of

LOCAL = "2025-07-01 10:00:00"


@pytest.mark.parametrize(
    ("universal", "local", "found"),
    [
        pytest.param(
            "2025-07-01T08:30:00",
            LOCAL,
            WrittenTime(datetime(2025, 7, 1, 8, 30, tzinfo=UTC), "2025-07-01T08:30:00"),
            id="UTC goes first",
        ),
        pytest.param(
            "0000-00-00 00:00:00",
            LOCAL,
            WrittenTime(datetime(2025, 7, 1, 8, tzinfo=UTC), LOCAL, "Europe/Berlin"),
            id="a draft, in the zone of the blog",
        ),
        pytest.param("0000-00-00", None, WrittenTime(None, "0000-00-00"), id="no time"),
        pytest.param(
            "0001-01-01T00:00:00+14:00",
            None,
            WrittenTime(None, "0001-01-01T00:00:00+14:00"),
            id="before all years",
        ),
    ],
)
def test_a_time_is_told_in_utc(
    universal: str | None, local: str | None, found: WrittenTime
) -> None:
    assert moment_of(universal, local, "Europe/Berlin") == found
