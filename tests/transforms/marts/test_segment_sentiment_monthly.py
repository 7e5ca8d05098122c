from collections.abc import Callable
from datetime import datetime

import duckdb
import polars as pl

from flows.warehouse import merge
from models.tables.segment import SEGMENT
from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def segments(con: duckdb.DuckDBPyConnection, **names: str) -> None:
    """Say of comments which segment they are of."""
    rows = [{"comment_id": c, "segment": name, "basis": "channel"} for c, name in names.items()]
    merge(con, SEGMENT, pl.DataFrame(rows, schema=SEGMENT.schema()))


def test_comments_of_a_month_are_one_cell_a_segment(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[
            # In Berlin it is October already.
            comment_row("c1", created_at_utc=datetime(2025, 9, 30, 23)),
            comment_row("c2", created_at_utc=datetime(2025, 10, 2, 9)),
            comment_row("c3", created_at_utc=datetime(2025, 10, 3, 9), is_owner=True),
        ],
        labels=[("c1", "sentiment", "A"), ("c2", "sentiment", "B"), ("c3", "sentiment", "A")],
    )
    segments(con, c1="employees", c2="public", c3="employees")
    rows = mart("segment_sentiment_monthly")
    assert {row["month"] for row in rows} == {"2025-10"}
    shares = {(row["segment"], row["label"]): row["share_raw"] for row in rows}
    assert shares == {
        ("employees", "A"): 1, ("employees", "B"): 0, ("public", "A"): 0, ("public", "B"): 1,
    }  # fmt: skip


def test_where_no_rules_tell_anybody_apart_there_are_no_rows(
    given: Callable[..., None], mart: Mart
) -> None:
    given(comments=[comment_row("c1")], labels=[("c1", "sentiment", "A")])
    assert mart("segment_sentiment_monthly") == []
