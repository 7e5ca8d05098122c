from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.builders import Row, comment_row, post_row

Mart = Callable[[str], list[Row]]


def test_shares_count_what_the_audience_felt(given: Callable[..., None], mart: Mart) -> None:
    given(
        posts=[post_row(title="Cloud 2026")],
        comments=[comment_row(name) for name in ("c1", "c2", "c3", "c4")],
        labels=[
            ("c1", "sentiment", "negative"),
            ("c1", "sentiment", "positive", 0.1),
            ("c2", "sentiment", "positive"),
            ("c3", "sentiment", "positive"),
            ("c1", "topic", "cost"),
        ],
    )
    (row,) = mart("post_sentiment_daily")
    assert (row["post_title"], row["day"]) == ("Cloud 2026", date(2025, 11, 3))
    assert (row["comment_count"], row["labelled_count"]) == (4, 3)
    assert (row["negative_share"], row["neutral_share"]) == (pytest.approx(1 / 3), 0)
    assert row["positive_share"] == pytest.approx(2 / 3)


def test_intervals_are_wilsons(given: Callable[..., None], mart: Mart) -> None:
    # Worked by hand for 1 of 4: centre 2.92/7.84, half width 1.96 * sqrt(0.75 + 0.96) / 7.84.
    given(
        comments=[comment_row(name) for name in ("c1", "c2", "c3", "c4")],
        labels=[
            ("c1", "sentiment", "negative"),
            *[(name, "sentiment", "neutral") for name in ("c2", "c3", "c4")],
        ],
    )
    (row,) = mart("post_sentiment_daily")
    assert row["negative_low"] == pytest.approx(0.0455873, abs=1e-6)
    assert row["negative_high"] == pytest.approx(0.6993582, abs=1e-6)
    assert (row["positive_low"], row["positive_share"]) == (0, 0)


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
    (row,) = mart("post_sentiment_daily")
    counts = (row["comment_count"], row["own_answer_count"], row["left_out_count"])
    assert counts == (1, 1, 1)
    assert row["negative_count"] == 1


def test_a_day_without_labels_has_no_shares_rather_than_zero(
    given: Callable[..., None], mart: Mart
) -> None:
    given(comments=[comment_row()])
    (row,) = mart("post_sentiment_daily")
    assert (row["labelled_count"], row["negative_share"]) == (0, None)


def test_a_comment_on_an_unknown_post_is_not_lost(given: Callable[..., None], mart: Mart) -> None:
    given(comments=[comment_row(post_id=None, channel="x")])
    (row,) = mart("post_sentiment_daily")
    assert (row["post_id"], row["post_title"]) == ("x:unknown", None)


def test_one_loud_author_is_one_author(given: Callable[..., None], mart: Mart) -> None:
    given(comments=[comment_row(name, author_key="a") for name in ("c1", "c2", "c3")])
    assert mart("post_sentiment_daily")[0]["author_count"] == 1


def test_days_are_rows_of_their_own(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1", created_at_utc=datetime(2025, 11, 3, 22, 59)),
            comment_row("c2", created_at_utc=datetime(2025, 11, 3, 23, 1)),
        ]
    )
    assert [row["day"] for row in mart("post_sentiment_daily")] == [
        date(2025, 11, 3),
        date(2025, 11, 4),
    ]
