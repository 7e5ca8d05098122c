"""Counts of a warehouse so large that DuckDB shares it out among threads."""

import duckdb
import polars as pl
import pytest

from flows.publishing.counting import HISTOGRAM, ORIGINS, SAID, SIGNS, with_voices
from flows.publishing.hearing import NO_ANSWER

MANY = 500_000
"""Comments: several of the groups of rows that DuckDB gives to a thread."""

DATED = f"""
    CREATE TABLE classified.dated AS
    SELECT range AS comment_id, 'blog' AS channel, true AS is_audience FROM range({MANY // 100})
"""
MEMBER = f"""
    CREATE TABLE wanted AS
    SELECT range AS comment, range % 3 AS cell, 'blog' AS channel, 1 + range % 41 AS parts,
           range % 2 AS code, 1 AS chosen
    FROM range({MANY})
"""
ANSWER = f"""
    CREATE TABLE answer AS
    SELECT range AS comment, 0 AS question, range % 2 AS code, 1 AS chosen FROM range({MANY})
"""
TOLD = f"""
    CREATE TABLE told AS
    SELECT range // 100 AS comment, range // 100 AS comment_id, 'sentiment' AS head,
           'l' || range % 100 AS label,
           false AS is_chosen, (1 + range % 997) / 1000 AS probability
    FROM range({MANY})
"""


ALONE, AMONG = (HISTOGRAM.format(said=SAID[many]) for many in (False, True))
"""The histogram of a head with one label, and of one where several may apply."""


@pytest.fixture(scope="module")
def large() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA classified")
    for statement in (DATED, MEMBER, ANSWER, TOLD):
        connection.execute(statement)
    connection.execute("CREATE TABLE classified.current_label AS FROM told")
    connection.execute("CREATE TABLE sign AS SELECT 'sentiment' AS head, 'l1' AS label")
    return connection


def counted(connection: duckdb.DuckDBPyConnection, query: str, threads: int) -> pl.DataFrame:
    connection.execute(f"SET threads = {threads}")
    return connection.execute(query, {"places": 3} if "$places" in query else {}).pl()


@pytest.mark.parametrize(
    "query",
    [ALONE, AMONG, ORIGINS, SIGNS, NO_ANSWER],
    ids=["one answer", "answers", "origins", "signs", "none"],
)
def test_counts_are_the_same_to_the_last_digit_however_many_threads_add_them(
    large: duckdb.DuckDBPyConnection, query: str
) -> None:
    alone = counted(large, query, 1)
    order = alone.columns
    assert alone.height > 0
    for _ in range(3):
        assert counted(large, query, 8).sort(order).equals(alone.sort(order))


@pytest.mark.parametrize(
    "query", [ALONE, AMONG, ORIGINS, SIGNS], ids=["one answer", "answers", "origins", "signs"]
)
def test_rows_that_are_added_up_later_come_in_one_order(
    large: duckdb.DuckDBPyConnection, query: str
) -> None:
    assert counted(large, query, 8).equals(counted(large, query, 1))


def test_voices_of_a_cell_add_up_to_its_people(large: duckdb.DuckDBPyConnection) -> None:
    voices = with_voices(counted(large, ALONE, 8))["voices"].sum()
    people = counted(large, "SELECT sum(1 / parts) FROM wanted", 1).item()
    assert voices == pytest.approx(people)


def test_rows_that_differ_in_parts_alone_are_added_up_in_their_order() -> None:
    rows = pl.DataFrame(
        {
            "cell": [0, 0, 0, 1, 1],
            "code": [7, 7, 8, 8, 8],
            "parts": [1, 3, 1, 7, 49],
            "comments": [2, 3, 4, 7, 5],
        }
    )
    assert with_voices(rows).rows() == [(0, 7, 5, 3.0), (0, 8, 4, 4.0), (1, 8, 12, 1 + 5 / 49)]
    assert with_voices(rows.clear()).is_empty()
