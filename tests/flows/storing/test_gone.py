"""Who is deleted, who is back: what a record may say depends on when it was made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from flows.storing.store import store
from models.canonical import Comment, Post, Record, Swept
from tests.builders import comment
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SWEPT = Swept(platform="blog", site="example.org", post_native_id="p", position=9)


def said(number: int = 1, **fields: Any) -> Comment:
    return comment(number, post_native_id="p", **({"status": "published"} | fields))


def newer(at: datetime) -> Comment:
    """Another comment of the same file, made at `at`: the file was made later."""
    return said(7, created_at=at)


def asked(con: duckdb.DuckDBPyConnection, hour: int, *records: Record) -> None:
    """An answer of the interface, `hour` hours after Monday morning."""
    take_in(con, hour, records, is_live=True)


def dropped(con: duckdb.DuckDBPyConnection, hour: int, *records: Record) -> None:
    """An export that somebody drops then, whenever it was made."""
    take_in(con, hour, records, is_live=False)


def take_in(
    con: duckdb.DuckDBPyConnection, hour: int, records: tuple[Record, ...], is_live: bool
) -> None:
    origin = Origin(f"{hour}", MONDAY + hour * HOUR, None, frozenset(), b"k" * 32)
    store(con, list(records), replace(origin, is_live=is_live), 100)


def state(con: duckdb.DuckDBPyConnection) -> tuple[str, bool]:
    """Status of the first comment, and whether it counts as gone."""
    rows = con.execute(
        "SELECT status, gone_at_utc IS NOT NULL FROM clean.comment WHERE native_id = 'n1'"
    ).fetchall()
    return rows[0]  # type: ignore[no-any-return]


def test_an_older_export_that_arrives_later_does_not_bring_back_what_is_gone(
    con: duckdb.DuckDBPyConnection,
) -> None:
    asked(con, 0, said())
    asked(con, 2, SWEPT)
    assert state(con) == ("published", True)
    dropped(con, 5, said(), newer(MONDAY + HOUR))
    assert state(con) == ("published", True)


def test_an_export_that_was_made_later_brings_it_back(con: duckdb.DuckDBPyConnection) -> None:
    asked(con, 0, said())
    asked(con, 2, SWEPT)
    dropped(con, 5, said(), newer(MONDAY + 3 * HOUR))
    assert state(con) == ("published", False)


def test_an_export_proves_by_any_of_its_records_when_it_was_made(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.storing.told.BATCH", 1)
    asked(con, 0, said())
    asked(con, 2, SWEPT)
    later = Post(platform="blog", site="", native_id="q", position=2, created_at=MONDAY + 3 * HOUR)
    dropped(con, 5, said(), later)
    assert state(con) == ("published", False)


def test_an_answer_of_the_interface_brings_it_back_and_an_earlier_one_does_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    asked(con, 0, said())
    asked(con, 2, SWEPT)
    asked(con, 1, said())  # as when its reader has improved
    assert state(con) == ("published", True)
    asked(con, 3, said())
    assert state(con) == ("published", False)


def test_what_is_published_again_is_no_longer_deleted(con: duckdb.DuckDBPyConnection) -> None:
    asked(con, 0, said())
    asked(con, 1, said(status="deleted", text=None))
    assert state(con) == ("deleted", False)
    asked(con, 2, said())
    assert state(con) == ("published", False)


@pytest.mark.parametrize("gone", [{}, {"text": None}], ids=["with its text", "without a text"])
def test_exports_of_one_kind_tell_of_a_deletion_and_its_end_in_their_order(
    gone: dict[str, Any], con: duckdb.DuckDBPyConnection
) -> None:
    dropped(con, 0, said())
    dropped(con, 1, said(status="deleted", **gone))
    dropped(con, 2, said())
    assert state(con) == ("published", False)
    dropped(con, 1, said(status="deleted", **gone))  # read anew
    assert state(con) == ("published", False)


@pytest.mark.parametrize("poorer", ["unknown", "hidden", "pending"])
def test_a_record_that_does_not_show_it_to_the_public_leaves_it_deleted(
    poorer: str, con: duckdb.DuckDBPyConnection
) -> None:
    asked(con, 1, said(status="deleted"))
    asked(con, 2, said(status=poorer))
    assert state(con) == ("deleted", False)


def test_an_older_export_leaves_it_deleted_however_often_it_is_read(
    con: duckdb.DuckDBPyConnection,
) -> None:
    dropped(con, 0, said())
    dropped(con, 1, said(status="deleted"), newer(MONDAY + HOUR))
    for _ in range(2):
        dropped(con, 2, said())
        assert state(con) == ("deleted", False)


def test_a_better_reading_of_the_same_file_may_undo_a_deletion(
    con: duckdb.DuckDBPyConnection,
) -> None:
    dropped(con, 0, said(status="deleted"))
    dropped(con, 0, said())
    assert state(con) == ("published", False)


def test_what_one_file_tells_both_ways_is_deleted(con: duckdb.DuckDBPyConnection) -> None:
    asked(con, 0, said())
    asked(con, 1, said(), said(status="deleted", text=None))
    assert state(con) == ("deleted", False)
