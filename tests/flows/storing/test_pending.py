"""What is pending is what the labels themselves say, however the notes on them came about."""

import duckdb
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from flows.storing import pending
from flows.storing.known import note_labels
from flows.storing.pending import (
    copy_known,
    counted,
    find_pending,
    first_pending,
    stretches,
    unlabelled,
)
from flows.warehouse import append, merge, prepare, use_time_zone
from models.tables.comment import COMMENT
from models.tables.label import LABEL
from tests.builders import comment_row, label_row

VERSIONS = ("m@1", "m@2")

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
) -> pl.DataFrame:
    """Labels of a comment in its present wording."""
    input_hash = hash_of(con, comment_id)
    made = [
        label_row(comment_id, "topic", label, input_hash=input_hash, model_version=version)
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
    assert copy_known(con) == {"m@1": 1}
    assert counted(con, "pending") == {"m@1": 1, "m@2": 3}
    copied = "SELECT label FROM classified.label WHERE comment_id = 'b' ORDER BY ALL"
    assert con.execute(copied).fetchall() == [("x",), ("y",)]
    find_pending(con, VERSIONS)
    assert copy_known(con) == {}
    assert counted(con, "pending") == {"m@1": 1, "m@2": 3}


@pytest.mark.parametrize(("first_row", "last_row"), [(0, 0), (1, 2), (900, 950)])
def test_labels_that_lie_elsewhere_than_noted_are_found_all_the_same(
    con: duckdb.DuckDBPyConnection, first_row: int, last_row: int
) -> None:
    put(con, same("a"), same("b"), same("c", "Nein"))
    write(con, answered(con, "c"), answered(con, "a"))
    con.execute(
        "UPDATE ops.labelled_comment SET first_row = ?, last_row = ?", [first_row, last_row]
    )
    find_pending(con, ["m@1"])
    assert copy_known(con) == {"m@1": 1}
    assert con.execute("SELECT count(*) FROM classified.label").fetchone() == (6,)


def test_a_part_of_an_answer_is_not_copied(con: duckdb.DuckDBPyConnection) -> None:
    put(con, same("a"), same("b"))
    write(con, answered(con, "a"))
    con.execute("UPDATE ops.labelled_comment SET label_count = 3")
    append(con, LABEL, answered(con, "a", "other@1", ("z",)))  # so that the counts agree
    find_pending(con, ["m@1"])
    assert copy_known(con) == {}
    assert counted(con, "pending") == {"m@1": 1}


def test_labels_near_each_other_are_read_at_once(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "NEIGHBOURS", 10)
    con.execute(
        "CREATE TEMP TABLE twin AS "
        "FROM (VALUES (31, 35), (0, 4), (12, 20), (15, 17)) AS t(first_row, last_row)"
    )
    assert stretches(con) == [(0, 20), (31, 35)]
    monkeypatch.setattr(pending, "NEIGHBOURS", 7)
    assert stretches(con) == [(0, 4), (12, 20), (31, 35)]


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
