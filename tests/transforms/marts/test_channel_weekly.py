from collections.abc import Callable
from datetime import date, datetime

import duckdb
import pytest

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


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
    assert (blog["week"], blog["labelled_count"]) == ("2025-W45", 2)
    assert (x["comment_count"], x["labelled_count"], x["net_sentiment"]) == (1, 0, None)


def test_the_net_is_positive_less_negative_with_neutral_in_the_n(
    given: Callable[..., None], mart: Mart
) -> None:
    felt = ["positive", "positive", "neutral", "negative", "neutral"]
    names = [f"c{place}" for place in range(len(felt))]
    given(
        comments=[comment_row(name) for name in names],
        labels=[(name, "sentiment", label) for name, label in zip(names, felt, strict=True)],
    )
    (row,) = mart("channel_weekly")
    assert row["net_sentiment"] == pytest.approx(1 / 5)
    assert row["net_low"] < row["net_sentiment"] < row["net_high"]  # type: ignore[operator]


def test_own_answers_and_spam_are_left_out_and_counted(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[
            comment_row("c1"),
            comment_row("c2", is_owner=True),
            comment_row("c3", status="spam"),
        ],
        labels=[(name, "sentiment", "negative") for name in ("c1", "c2", "c3")],
    )
    (row,) = mart("channel_weekly")
    counts = (row["comment_count"], row["own_answer_count"], row["left_out_count"])
    assert counts == (1, 1, 1)


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
