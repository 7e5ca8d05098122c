from collections.abc import Callable, Iterator

import duckdb
import polars as pl
import pytest

from flows.warehouse import frame
from models.contract import Table
from tests.share_marts import (
    SEGMENT_SENTIMENT_MONTHLY,
    SENTIMENT_WEEKLY,
    facts_of,
    marts_of,
    share_table,
    shares,
)
from tests.transforms.test_small_cells import MONDAY, people, segment_of
from transforms.marts import published_tables
from transforms.shortcuts import all_shortcuts, shortcut_statements

Make = Callable[[dict[Table, pl.DataFrame]], duckdb.DuckDBPyConnection]


@pytest.fixture
def made() -> Iterator[Make]:
    """A database of some published tables, with the views that these allow."""
    connection = duckdb.connect()

    def make(marts: dict[Table, pl.DataFrame]) -> duckdb.DuckDBPyConnection:
        connection.execute("CREATE SCHEMA mart")
        for table, rows in marts.items():
            connection.register("rows_of", rows)
            connection.execute(f"CREATE TABLE {table.full_name} AS FROM rows_of")
            connection.unregister("rows_of")
        for statement in shortcut_statements(table.name for table in marts):
            connection.execute(statement)
        return connection

    yield make
    connection.close()


def test_every_view_holds_what_it_declares_and_is_described(made: Make) -> None:
    tables = published_tables().values()
    connection = made({table: table.empty() for table in tables})
    for shortcut in all_shortcuts():
        rows = frame(connection, f"FROM {shortcut.table.name}")
        assert dict(rows.schema) == dict(shortcut.table.schema()), shortcut.table.name
    views, columns = (
        connection.execute(f"SELECT count(*), count(comment) FROM {source}").fetchone()
        for source in (
            "duckdb_views() WHERE NOT internal",
            "duckdb_columns() WHERE schema_name = 'main' AND NOT internal",
        )
    )
    assert views == (len(all_shortcuts()),) * 2
    assert columns == (sum(len(shortcut.table.columns) for shortcut in all_shortcuts()),) * 2


def test_a_view_is_left_out_where_its_table_is_not_published() -> None:
    statements = list(shortcut_statements(["sentiment_weekly"]))
    assert [one for one in statements if "VIEW main.mood_weekly AS" in one]
    assert not [one for one in statements if "post_mood" in one]


def test_a_week_is_one_line_and_a_hidden_one_says_why(made: Make) -> None:
    facts = facts_of(people("a", 9, "p", "x") + people("b", 2, "p", "x", MONDAY.replace(day=10)))
    told = pl.col("author_count") >= 5
    rows = marts_of(facts)[SENTIMENT_WEEKLY].with_columns(
        share=pl.when(told).then("share"),
        comment_count=pl.when(told).then("comment_count"),
        hidden_reason=pl.when(~told).then(pl.lit("fewer than 5 authors")),
    )
    full, hidden = frame(made({SENTIMENT_WEEKLY: rows}), "FROM mood_weekly").to_dicts()
    assert (full["comment_count"], full["hidden_reason"]) == (9, None)
    assert full["negative"] == pytest.approx(1 / 3)
    assert (hidden["negative"], hidden["hidden_reason"]) == (None, "fewer than 5 authors")


def test_segments_stand_beside_all_of_the_audience(made: Make) -> None:
    facts = facts_of(people("e", 9, "p1", "blog") + people("f", 11, "p2", "x"), segment_of)
    monthly = share_table("sentiment_monthly", "month")
    marts = {
        SEGMENT_SENTIMENT_MONTHLY: marts_of(facts)[SEGMENT_SENTIMENT_MONTHLY],
        monthly: shares(monthly, facts, "sentiment"),
    }
    rows = frame(made(marts), "SELECT segment, comment_count FROM segment_mood_monthly")
    counts = dict(rows.iter_rows())
    assert counts["(all)"] == sum(counts.values()) - counts["(all)"] == 20
