from collections.abc import Callable
from datetime import date, datetime

import duckdb
import pytest

from tests.builders import Row, comment_row

Mart = Callable[[str], list[Row]]


def reject(con: duckdb.DuckDBPyConnection, channel: str | None, position: int = 1) -> None:
    con.execute(
        "INSERT INTO clean.rejected_comment VALUES ('f', ?, NULL, 'no time', '', ?, ?)",
        [position, channel, datetime(2025, 11, 5, 8)],
    )


def test_a_channels_week_counts_comments_people_and_posts(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[
            comment_row("c1", author_key="a"),
            comment_row("c2", author_key="a", post_id="p2"),
            comment_row("c3", channel="x"),
        ],
        labels=[("c1", "sentiment", "negative"), ("c2", "sentiment", "positive")],
    )
    blog, x = mart("channel_weekly")
    assert (blog["comment_count"], blog["author_count"], blog["post_count"]) == (2, 1, 2)
    assert (blog["week"], blog["negative_share"]) == ("2025-W45", pytest.approx(0.5))
    assert (x["comment_count"], x["labelled_count"], x["negative_share"]) == (1, 0, None)


def test_rejected_records_are_counted_in_the_week_they_were_received(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], mart: Mart
) -> None:
    given(comments=[comment_row()])
    reject(con, "blog", 1)
    reject(con, "blog", 2)
    (row,) = mart("channel_weekly")
    assert (row["comment_count"], row["rejected_count"]) == (1, 2)


def test_a_week_of_nothing_but_rejections_is_still_a_row(
    con: duckdb.DuckDBPyConnection, mart: Mart
) -> None:
    reject(con, None)
    (row,) = mart("channel_weekly")
    assert (row["channel"], row["week_start"], row["comment_count"], row["rejected_count"]) == (
        "(unknown)",
        date(2025, 11, 3),
        0,
        1,
    )
