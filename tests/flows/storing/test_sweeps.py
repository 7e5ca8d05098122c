"""What a full sweep does not prove: a comment that came but could not be used is not gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from flows.storing.store import store
from flows.storing.sweeps import believed
from flows.warehouse import prepare
from models.canonical import Comment, Record, Rejected, Swept
from tests.builders import comment
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
BROKEN = Rejected(position=3, reason="broken record", detail="no `id`")


def swept(post: str = "p") -> Swept:
    return Swept(platform="blog", site="example.org", post_native_id=post, position=9)


def under(post: str, number: int, **fields: Any) -> Comment:
    return comment(number, post_native_id=post, status="published", **fields)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def take_in(connection: duckdb.DuckDBPyConnection, *files: list[Record]) -> None:
    for number, records in enumerate(files):
        at = MONDAY + timedelta(hours=number)
        store(connection, records, Origin(f"{number}", at, None, frozenset(), b"k" * 32), 100)


def gone(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT native_id FROM clean.comment WHERE gone_at_utc IS NOT NULL ORDER BY native_id"
    ).fetchall()
    return [name for (name,) in rows]


def test_a_rejected_record_casts_doubt_on_the_sweep_of_its_own_post_alone() -> None:
    a, b = under("p", 1), under("q", 2)
    records: list[Record] = [a, BROKEN, swept("p"), b, swept("q")]
    assert list(believed(records)) == [a, BROKEN, b, swept("q")]


def test_a_comment_is_not_gone_if_a_record_of_its_post_could_not_be_read(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    first: list[Record] = [under("p", 1), under("p", 2), under("q", 3), under("q", 4)]
    again: list[Record] = [under("p", 1), BROKEN, swept("p"), under("q", 3), swept("q")]
    take_in(warehouse, first, again)
    assert gone(warehouse) == ["n4"]


def test_a_field_that_no_table_holds_casts_the_same_doubt(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bent = under("p", 2, like_count=2**64)
    take_in(warehouse, [under("p", 1), under("p", 2)], [under("p", 1), bent, swept()])
    assert gone(warehouse) == []


@pytest.mark.parametrize("fields", [{"text": ""}, {"text": "x" * 101}, {"created_at": None}])
def test_a_comment_that_came_and_can_not_be_used_any_more_is_not_gone(
    fields: dict[str, Any], warehouse: duckdb.DuckDBPyConnection
) -> None:
    first = [under("p", 1), under("p", 2), under("p", 3)]
    take_in(warehouse, first, [under("p", 1), under("p", 2, **fields), swept()])
    assert gone(warehouse) == ["n3"]
