from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.builders import Row, comment_row, post_row

Mart = Callable[..., list[Row]]


def felt(*names: str, sentiment: str = "negative") -> list[tuple[object, ...]]:
    return [(name, "sentiment", sentiment) for name in names]


def test_a_post_and_day_has_a_row_for_each_label(given: Callable[..., None], mart: Mart) -> None:
    given(
        posts=[post_row(title="Cloud 2026")],
        comments=[comment_row(name) for name in ("c1", "c2", "c3", "c4")],
        labels=[*felt("c1"), *felt("c2", "c3", sentiment="positive"), ("c1", "topic", "cost")],
    )
    negative, positive = mart("post_sentiment_daily")
    assert (negative["post_title"], negative["day"]) == ("Cloud 2026", date(2025, 11, 3))
    assert (negative["label"], positive["label"]) == ("negative", "positive")
    assert (negative["share_raw"], positive["share_raw"]) == (
        pytest.approx(1 / 3),
        pytest.approx(2 / 3),
    )


def test_comments_that_were_not_read_are_not_in_the_n(
    given: Callable[..., None], mart: Mart
) -> None:
    given(comments=[comment_row("c1"), comment_row("c2")], labels=felt("c1"))
    assert [row["comment_count"] for row in mart("post_sentiment_daily")] == [1]


def test_own_answers_and_spam_do_not_count(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1"),
            comment_row("c2", is_owner=True),
            comment_row("c3", status="spam"),
        ],
        labels=felt("c1", "c2", "c3"),
    )
    assert [row["comment_count"] for row in mart("post_sentiment_daily")] == [1]


def test_a_comment_on_an_unknown_post_is_not_lost(given: Callable[..., None], mart: Mart) -> None:
    given(comments=[comment_row(post_id=None, channel="x")], labels=felt("c1"))
    (row,) = mart("post_sentiment_daily")
    assert (row["post_id"], row["post_title"]) == ("x:unknown", None)


def test_days_are_rows_of_their_own(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1", created_at_utc=datetime(2025, 11, 3, 22, 59)),
            comment_row("c2", created_at_utc=datetime(2025, 11, 3, 23, 1)),
        ],
        labels=felt("c1", "c2"),
    )
    assert [row["day"] for row in mart("post_sentiment_daily")] == [
        date(2025, 11, 3),
        date(2025, 11, 4),
    ]
