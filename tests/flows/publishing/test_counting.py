"""Counts of a warehouse so large that DuckDB shares it out among threads."""

import duckdb
import polars as pl
import pytest

from flows.publishing.counting import SIGNS, gather_signs

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


def test_channels_may_be_called_what_columns_are_and_share_the_signs_that_all_of_them_have() -> (
    None
):
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA classified")
    connection.execute("CREATE SCHEMA ops")
    connection.execute(
        "CREATE TABLE classified.dated AS "
        "SELECT unnest(['head', 'label']) AS channel, unnest([1, 2]) AS comment_id, "
        "true AS is_audience"
    )
    connection.execute(
        "CREATE TABLE classified.wording AS SELECT comment_id, 'read' AS input_hash "
        "FROM classified.dated"
    )
    connection.execute(
        "CREATE TABLE classified.label AS "
        "FROM (VALUES (1, 'yes', 0.5), (1, 'no', 0.9), (2, 'yes', 0.2)) AS l(comment_id, label, "
        "probability) SELECT *, 'read' AS input_hash, 'toxic' AS head, 'model' AS model_version"
    )
    connection.execute(
        "CREATE TABLE ops.current_model AS SELECT 'toxic' AS head, 'model' AS model_version"
    )
    signs = gather_signs(connection, [("toxic", "yes"), ("toxic", "no")])
    assert (signs.names, signs.channels) == ((("toxic", "yes"),), ("head", "label"))
    assert signs.means.ravel() == pytest.approx([0.0, -1.386], abs=1e-3)
    assert signs.counts.tolist() == [1, 1]
