"""The warehouse as a lake whose files lie in a bucket of S3, reached over a socket."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.settings import Warehouse
from flows.warehouse import forget, frame, merge, read, writing
from models.errors import GiveUp
from models.tables.comment import COMMENT
from tests.builders import comment_row
from tests.integration.bucket_server import Bucket, bucket, why_not
from tests.integration.whole_runs import daily, published

MISSING = why_not()
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket, and the environment in which it is found."""
    with bucket("resonanz") as found:
        for name, value in found.variables.items():
            monkeypatch.setenv(name, value)
        yield found


def lake_in(name: str) -> Warehouse:
    return Warehouse(engine="ducklake", files=f"s3://{name}/lake", wait_seconds=0)


def comments(count: int) -> pl.DataFrame:
    """So many that DuckLake does not keep them in its catalogue."""
    rows = [comment_row(f"c{n}", text=f"Wortmeldung{n}") for n in range(count)]
    return pl.DataFrame(rows, schema=COMMENT.schema())


def test_a_lake_in_a_bucket_publishes_what_one_file_publishes(
    store: Bucket, tmp_path: Path
) -> None:
    daily(tmp_path / "file")
    daily(
        tmp_path / "data",
        RESONANZ_WAREHOUSE__ENGINE="ducklake",
        RESONANZ_WAREHOUSE__FILES="s3://resonanz/lake",
    )
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()
    assert any(name.startswith("lake/classified/label/") for name in store.sizes())
    assert published(tmp_path / "data") == published(tmp_path / "file")


def texts(nowhere: Path, lake: Warehouse) -> set[str]:
    """The texts of comments in all objects, deleted or not."""
    files = f"{lake.files}/clean/comment/*.parquet"
    with writing(nowhere, lake) as connection:
        return set(frame(connection, f"SELECT text FROM read_parquet('{files}')")["text"])


@pytest.mark.usefixtures("store")
def test_what_was_deleted_is_in_no_object_after_forgetting(tmp_path: Path) -> None:
    nowhere, lake = tmp_path / "warehouse.duckdb", lake_in("resonanz")
    with writing(nowhere, lake) as connection:
        merge(connection, COMMENT, comments(3_000))
    assert "Wortmeldung17" in texts(nowhere, lake)
    with writing(nowhere, lake) as connection:
        connection.execute("DELETE FROM clean.comment WHERE comment_id = 'c17'")
    assert "Wortmeldung17" in texts(nowhere, lake)
    forget(nowhere, lake)
    assert len(texts(nowhere, lake)) == 2_999
    assert "Wortmeldung17" not in texts(nowhere, lake)
    with writing(nowhere, lake) as connection:
        assert read(connection, COMMENT).height == 2_999


@pytest.mark.usefixtures("store")
def test_a_bucket_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    def store_some() -> None:
        with writing(tmp_path / "warehouse.duckdb", lake_in("nowhere")) as connection:
            merge(connection, COMMENT, comments(3_000))

    with pytest.raises(GiveUp, match="nowhere"):
        store_some()
