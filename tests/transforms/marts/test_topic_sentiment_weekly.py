from collections.abc import Callable
from datetime import date, datetime

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_a_comment_counts_under_each_of_its_topics(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2")],
        labels=[
            ("c1", "sentiment", "negative"),
            ("c1", "topic", "cloud"),
            ("c1", "topic", "cost"),
            ("c1", "topic", "erp", 0.2),
            ("c2", "sentiment", "positive"),
            ("c2", "topic", "cost"),
        ],
    )
    rows = [
        (row["topic"], row["comment_count"], row["share_raw"])
        for row in mart("topic_sentiment_weekly")
        if row["label"] == "negative"
    ]
    assert rows == [("cloud", 1, 1.0), ("cost", 2, 0.5)]


def test_weeks_are_iso_weeks(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row(created_at_utc=datetime(2024, 12, 30, 9))],
        labels=[("c1", "sentiment", "neutral"), ("c1", "topic", "ai")],
    )
    (row,) = mart("topic_sentiment_weekly")
    assert (row["week"], row["week_start"]) == ("2025-W01", date(2024, 12, 30))


def test_own_answers_do_not_count(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row(is_owner=True)],
        labels=[("c1", "sentiment", "neutral"), ("c1", "topic", "ai")],
    )
    assert mart("topic_sentiment_weekly") == []
