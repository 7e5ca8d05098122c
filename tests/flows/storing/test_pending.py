"""What is pending is what the labels themselves say, however the notes on them came about."""

from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from flows.storing.known import note_labels
from flows.storing.pending import (
    NEIGHBOURS,
    copy_known,
    counted,
    find_pending,
    first_pending,
    still_worded,
    stretches,
    unlabelled,
)
from flows.warehouse import append, merge, prepare, use_time_zone
from models.tables.comment import COMMENT
from models.tables.label import LABEL
from tests.builders import comment_row, label_row

VERSIONS = ("m@1", "m@2")
NOON = datetime(2026, 1, 1, 12)
LATER = NOON + timedelta(days=1)

PLAIN = """
    SELECT version.version, input.comment_id
    FROM classified.input AS input
    JOIN classified.dated AS dated USING (comment_id)
    CROSS JOIN (SELECT unnest($versions) AS version) AS version
    WHERE dated.is_audience AND input.text <> '' AND NOT EXISTS (
        FROM classified.label AS label WHERE label.comment_id = input.comment_id
        AND label.input_hash = input.input_hash AND label.model_version = version.version
    )
    ORDER BY ALL
"""
"""The question asked of the labels themselves."""

FOUND = "SELECT model_version, comment_id FROM pending ORDER BY ALL"


def put(con: duckdb.DuckDBPyConnection, *comments: dict[str, object]) -> None:
    merge(con, COMMENT, pl.DataFrame(list(comments), schema=COMMENT.schema()))


def hash_of(con: duckdb.DuckDBPyConnection, comment_id: str) -> str:
    row = con.execute(
        "SELECT input_hash FROM classified.input WHERE comment_id = ?", [comment_id]
    ).fetchone()
    return str(row[0]) if row else ""


def answered(
    con: duckdb.DuckDBPyConnection,
    comment_id: str,
    version: str = "m@1",
    labels: tuple[str, ...] = ("x", "y"),
    at: datetime | None = NOON,
) -> pl.DataFrame:
    """Labels of a comment in its present wording."""
    input_hash = hash_of(con, comment_id)
    made = [
        label_row(
            comment_id,
            "topic",
            label,
            input_hash=input_hash,
            model_version=version,
            labelled_at_utc=at,
        )
        for label in labels
    ]
    return pl.DataFrame(made, schema=LABEL.schema())


def write(con: duckdb.DuckDBPyConnection, *rows: pl.DataFrame) -> None:
    """Store labels with their notes, as `classify` does."""
    stored = pl.concat(rows)
    append(con, LABEL, stored)
    note_labels(con, stored)


def same(comment_id: str, words: str = "Danke") -> dict[str, object]:
    """A comment with these words, below no post that is known."""
    return comment_row(comment_id, text=words, text_hash=f"hash of {words}")


@drawn(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),  # a comment
            st.sampled_from(["gut", "schlecht", ""]),  # what it says from now on
            st.sampled_from([*VERSIONS, None]),  # who labels it then
            st.booleans(),  # with a note on it
        ),
        max_size=12,
    )
)
def test_it_is_what_a_look_at_all_labels_finds(
    steps: list[tuple[str, str, str | None, bool]],
) -> None:
    with duckdb.connect() as con:
        prepare(con)
        use_time_zone(con, "Europe/Berlin")
        for comment_id, words, version, is_noted in steps:
            put(con, same(comment_id, words))
            if version and words:
                rows = answered(con, comment_id, version)
                known = con.execute("FROM classified.label").pl()
                rows = rows.join(known, on=list(LABEL.grain), how="anti")
                append(con, LABEL, rows)
                if is_noted:
                    note_labels(con, rows)
            find_pending(con, VERSIONS)
            expected = con.execute(PLAIN, {"versions": list(VERSIONS)}).fetchall()
            assert con.execute(FOUND).fetchall() == expected


def test_a_twin_gets_the_labels_of_the_comment_that_has_the_same_input(
    con: duckdb.DuckDBPyConnection,
) -> None:
    put(con, same("a"), same("b"), same("c", "Nein"))
    write(con, answered(con, "a"))
    find_pending(con, VERSIONS)
    assert copy_known(con, LATER) == {"m@1": 1}
    assert counted(con, "pending") == {"m@1": 1, "m@2": 3}
    copied = (
        "SELECT label, labelled_at_utc FROM classified.label WHERE comment_id = 'b' ORDER BY ALL"
    )
    assert con.execute(copied).fetchall() == [("x", LATER), ("y", LATER)]
    find_pending(con, VERSIONS)
    assert copy_known(con, LATER) == {}
    assert counted(con, "pending") == {"m@1": 1, "m@2": 3}


@pytest.mark.parametrize("at", [None, LATER])
def test_labels_that_were_stored_at_another_time_than_noted_are_not_copied_but_made_again(
    con: duckdb.DuckDBPyConnection, at: datetime | None
) -> None:
    put(con, same("a"), same("b"))
    write(con, answered(con, "a"))
    con.execute("UPDATE ops.labelled_comment SET labelled_at_utc = ?", [at])
    find_pending(con, ["m@1"])
    assert copy_known(con, LATER) == {}
    assert counted(con, "pending") == {"m@1": 1}


def test_of_several_comments_with_the_same_input_one_is_copied_whose_time_is_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    put(con, same("a"), same("b"), same("c"))
    write(con, answered(con, "a", at=None), answered(con, "b"))
    find_pending(con, ["m@1"])
    assert copy_known(con, LATER) == {"m@1": 1}
    assert con.execute("SELECT count(*) FROM classified.label").fetchone() == (6,)


def test_labels_of_several_days_are_copied_at_once(con: duckdb.DuckDBPyConnection) -> None:
    put(con, same("a"), same("b", "Nein"), same("c"), same("d", "Nein"))
    write(con, answered(con, "a"), answered(con, "b", at=LATER))
    find_pending(con, ["m@1"])
    assert copy_known(con, LATER) == {"m@1": 2}
    assert con.execute("SELECT count(*) FROM classified.label").fetchone() == (8,)


def test_a_part_of_an_answer_is_not_copied(con: duckdb.DuckDBPyConnection) -> None:
    put(con, same("a"), same("b"))
    write(con, answered(con, "a"))
    con.execute("UPDATE ops.labelled_comment SET label_count = 3")
    find_pending(con, ["m@1"])
    assert copy_known(con, LATER) == {}
    assert counted(con, "pending") == {"m@1": 1}


def test_labels_of_about_the_same_time_are_read_at_once(con: duckdb.DuckDBPyConnection) -> None:
    moments = [NOON + seconds * NEIGHBOURS / 60 for seconds in (0, 30, 90, 151, 30)]
    con.execute("CREATE TEMP TABLE twin AS SELECT unnest(?) AS labelled_at_utc", [moments])
    assert stretches(con) == [(moments[0], moments[2]), (moments[3], moments[3])]


def test_inputs_come_by_hash_with_all_comments_that_have_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    put(con, same("a"), same("b"), same("c", "Nein"), same("d", "Ja"))
    seen, after = [], ""
    while True:
        (is_looked_at,) = find_pending(con, ["m@1"], after=after)
        rows = first_pending(con, "m@1", is_looked_at, 1)
        if rows.is_empty():
            break
        assert rows["input_hash"].n_unique() == 1
        seen.append(sorted(rows["comment_id"]))
        after = rows["input_hash"][0]
    assert sorted(seen) == [["a", "b"], ["c"], ["d"]]


def test_of_a_shard_what_the_same_version_has_labelled_is_left_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    put(con, same("a"), same("b"))
    write(con, answered(con, "a"), answered(con, "b", "m@2"))
    inputs = con.execute("FROM classified.input").pl()
    assert unlabelled(con, inputs, "m@1")["comment_id"].to_list() == ["b"]
    assert unlabelled(con, inputs, "m@2")["comment_id"].to_list() == ["a"]
    assert unlabelled(con, inputs, "m@3").height == 2


def test_of_a_shard_what_is_gone_or_worded_otherwise_is_left_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    put(con, *(same(name) for name in "abcd"))
    inputs = con.execute("FROM classified.input").pl()
    put(con, same("b", "Doch nicht"), same("c", "") | {"text_hash": "hash of Danke"})
    con.execute("DELETE FROM clean.comment WHERE comment_id = 'd'")
    con.execute("UPDATE clean.comment SET last_seen_at_utc = last_seen_at_utc + INTERVAL 1 DAY")
    assert still_worded(con, inputs)["comment_id"].to_list() == ["a"]
