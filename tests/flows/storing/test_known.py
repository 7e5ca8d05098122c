"""The narrow rows that say what is labelled agree with the labels, or are made anew from them."""

from collections.abc import Callable, Iterable
from datetime import datetime

import duckdb
import polars as pl
import pytest

from flows.storing.known import INPUT_NUMBER, meet, mend, note_labels, note_labels_of
from flows.warehouse import append, prepare
from models.tables.label import LABEL
from models.tables.labelled_comment import LABELLED_COMMENT
from models.tables.labelled_input import LABELLED_INPUT
from tests.builders import label_row

NOTES = (
    "SELECT comment_id, model_version, label_count, labelled_at_utc "
    "FROM ops.labelled_comment ORDER BY ALL"
)
INPUTS = "SELECT note_count FROM ops.labelled_input ORDER BY ALL"
NOON = datetime(2026, 1, 1, 12)


def labels(*rows: tuple[str, str, str], version: str = "m@1") -> pl.DataFrame:
    """Labels of (comment, input, label)."""
    made = [
        label_row(
            comment,
            "topic",
            label,
            input_hash=input_hash,
            model_version=version,
            labelled_at_utc=NOON,
        )
        for comment, input_hash, label in rows
    ]
    return pl.DataFrame(made, schema=LABEL.schema())


@pytest.fixture
def written(con: duckdb.DuckDBPyConnection) -> Callable[[pl.DataFrame], None]:
    """Labels as `classify` writes them: with their notes."""

    def write(rows: pl.DataFrame) -> None:
        append(con, LABEL, rows)
        note_labels(con, rows)

    return write


def met(con: duckdb.DuckDBPyConnection, inputs: Iterable[str]) -> list[tuple[object, ...]]:
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE asked AS SELECT {INPUT_NUMBER} AS input_number "
        "FROM (SELECT unnest($inputs::VARCHAR[]) AS input_hash)",
        {"inputs": list(inputs)},
    )
    meet(con, "asked")
    return con.execute("SELECT comment_id, model_version FROM met ORDER BY ALL").fetchall()


def test_a_comment_has_one_row_that_counts_its_labels_and_says_when_they_were_stored(
    con: duckdb.DuckDBPyConnection, written: Callable[[pl.DataFrame], None]
) -> None:
    written(labels(("a", "h1", "x"), ("b", "h2", "x"), ("a", "h1", "y"), ("b", "h2", "y")))
    written(labels(("c", "h3", "x"), ("c", "h3", "y"), version="m@2"))
    assert con.execute(NOTES).fetchall() == [
        ("a", "m@1", 2, NOON),
        ("b", "m@1", 2, NOON),
        ("c", "m@2", 2, NOON),
    ]
    LABELLED_COMMENT.require(con.execute("FROM ops.labelled_comment").pl())


def test_an_input_has_one_number_whoever_labelled_it_and_says_behind_how_many_notes_it_stands(
    con: duckdb.DuckDBPyConnection, written: Callable[[pl.DataFrame], None]
) -> None:
    written(labels(("a", "h1", "x"), ("b", "h2", "x"), ("c", "h1", "x")))
    met(con, ["h1", "h3"])  # as whoever writes labels does before
    written(labels(("a", "h1", "x"), ("d", "h3", "x"), version="m@2"))
    assert con.execute(INPUTS).fetchall() == [(0,), (0,), (3,)]
    LABELLED_INPUT.require(con.execute("FROM ops.labelled_input").pl())
    con.execute("DELETE FROM ops.labelled_comment")
    mend(con)
    assert con.execute(INPUTS).fetchall() == [(0,), (1,), (4,)]
    assert met(con, ["h3"]) == [("d", "m@2")]
    assert met(con, ["h1"]) == [("a", "m@1"), ("a", "m@2"), ("c", "m@1")]


def test_notes_of_an_earlier_shape_make_place_for_those_of_today(
    con: duckdb.DuckDBPyConnection,
) -> None:
    append(con, LABEL, labels(("a", "h1", "x")))
    con.execute("ALTER TABLE ops.labelled_comment RENAME labelled_at_utc TO first_row")
    con.execute("DELETE FROM ops.layout")
    prepare(con)
    assert con.execute(NOTES).fetchall() == []
    mend(con)
    assert con.execute(NOTES).fetchall() == [("a", "m@1", 1, NOON)]
    assert met(con, ["h1"]) == [("a", "m@1")]


def test_notes_are_kept_while_they_agree_and_made_anew_where_they_do_not(
    con: duckdb.DuckDBPyConnection, written: Callable[[pl.DataFrame], None]
) -> None:
    written(labels(("a", "h1", "x"), ("b", "h2", "x")))
    mend(con)
    assert con.execute(NOTES).fetchall() == [("a", "m@1", 1, NOON), ("b", "m@1", 1, NOON)]
    assert met(con, ["h3"]) == []
    append(con, LABEL, labels(("c", "h3", "x")))  # by an earlier version, or by hand
    mend(con)
    assert [row[0] for row in con.execute(NOTES).fetchall()] == ["a", "b", "c"]
    assert met(con, ["h3"]) == [("c", "m@1")]
    con.execute("DELETE FROM classified.label WHERE comment_id = 'b'")
    mend(con)
    assert [row[0] for row in con.execute(NOTES).fetchall()] == ["a", "c"]


def test_notes_that_somebody_has_deleted_are_made_anew(
    con: duckdb.DuckDBPyConnection, written: Callable[[pl.DataFrame], None]
) -> None:
    written(labels(("a", "h1", "x"), ("b", "h2", "x"), ("b", "h2", "y")))
    written(labels(("c", "h3", "x")))
    counts = "SELECT label_count, note_count FROM ops.labelling ORDER BY ALL"
    assert con.execute(counts).fetchall() == [(1, 1), (3, 2)]
    con.execute("DELETE FROM ops.labelled_comment WHERE comment_id = 'b'")
    mend(con)
    assert con.execute(counts).fetchall() == [(4, 3)]
    assert met(con, ["h2"]) == [("b", "m@1")]


def test_nothing_is_noted_of_no_labels(con: duckdb.DuckDBPyConnection) -> None:
    note_labels(con, LABEL.empty())
    con.execute("CREATE TEMP TABLE none AS FROM classified.label")
    note_labels_of(con, "none")
    mend(con)
    assert con.execute(NOTES).fetchall() == []
    assert met(con, ["h1"]) == []


def test_whoever_has_an_input_labelled_is_met_and_nobody_else(
    con: duckdb.DuckDBPyConnection, written: Callable[[pl.DataFrame], None]
) -> None:
    written(labels(("a", "h1", "x"), ("b", "h2", "x"), ("c", "h1", "x")))
    written(labels(("a", "h1", "x"), version="m@2"))
    assert met(con, ["h1", "h9"]) == [("a", "m@1"), ("a", "m@2"), ("c", "m@1")]
    assert met(con, ["h9"]) == []
    assert met(con, []) == []
