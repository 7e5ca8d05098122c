"""Counts of a warehouse so large that DuckDB shares it out among threads."""

import duckdb
import polars as pl
import pytest

from flows.publishing.counting import HISTOGRAM, SIGNS
from flows.publishing.hearing import NO_ANSWER

MANY = 500_000
"""Comments: several of the groups of rows that DuckDB gives to a thread."""

DATED = f"""
    CREATE TABLE classified.dated AS
    SELECT range AS comment_id, 'blog' AS channel, true AS is_audience FROM range({MANY // 100})
"""
MEMBER = f"""
    CREATE TABLE wanted AS
    SELECT range AS comment, range % 3 AS cell, 1 + range % 41 AS parts
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
    [HISTOGRAM, SIGNS, NO_ANSWER],
    ids=["answers", "signs", "none"],
)
def test_counts_are_the_same_to_the_last_digit_however_many_threads_add_them(
    large: duckdb.DuckDBPyConnection, query: str
) -> None:
    alone = counted(large, query, 1)
    order = alone.columns
    assert alone.height > 0
    for _ in range(3):
        assert counted(large, query, 8).sort(order).equals(alone.sort(order))


@pytest.mark.parametrize("query", [HISTOGRAM, SIGNS], ids=["answers", "signs"])
def test_rows_that_are_added_up_later_come_in_one_order(
    large: duckdb.DuckDBPyConnection, query: str
) -> None:
    assert counted(large, query, 8).equals(counted(large, query, 1))
