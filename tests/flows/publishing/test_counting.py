"""Counts of a warehouse so large that DuckDB shares it out among threads."""

import duckdb
import polars as pl
import pytest

from flows.publishing.counting import SIGNS

MANY = 500_000
"""Comments: several of the groups of rows that DuckDB gives to a thread."""

DATED = f"""
    CREATE TABLE classified.dated AS
    SELECT range AS comment_id, 'blog' AS channel, true AS is_audience FROM range({MANY // 100})
"""
WORDING = f"""
    CREATE TABLE classified.wording AS
    SELECT range AS comment_id, 'read' AS input_hash FROM range({MANY // 100})
"""
LABEL = f"""
    CREATE TABLE classified.label AS
    SELECT range // 100 AS comment_id, 'read' AS input_hash, 'sentiment' AS head,
           'l' || range % 100 AS label, false AS is_chosen, false AS is_uncertain,
           (1 + range % 997) / 1000 AS probability, 'model' AS model_version
    FROM range({MANY})
"""
CURRENT = "CREATE TABLE ops.current_model AS SELECT 'sentiment' AS head, 'model' AS model_version"


@pytest.fixture(scope="module")
def large() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA classified")
    for statement in (DATED, WORDING, LABEL):
        connection.execute(statement)
    connection.execute("CREATE SCHEMA ops")
    connection.execute(CURRENT)
    connection.execute("CREATE TABLE sign AS SELECT 'sentiment' AS head, 'l1' AS label")
    return connection


def counted(connection: duckdb.DuckDBPyConnection, query: str, threads: int) -> pl.DataFrame:
    connection.execute(f"SET threads = {threads}")
    return connection.execute(query).pl()


def test_counts_are_the_same_to_the_last_digit_however_many_threads_add_them(
    large: duckdb.DuckDBPyConnection,
) -> None:
    alone = counted(large, SIGNS, 1)
    order = alone.columns
    assert alone.height > 0
    for _ in range(3):
        assert counted(large, SIGNS, 8).sort(order).equals(alone.sort(order))


def test_signs_come_in_one_order(large: duckdb.DuckDBPyConnection) -> None:
    assert counted(large, SIGNS, 8).equals(counted(large, SIGNS, 1))
