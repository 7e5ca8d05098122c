from collections.abc import Callable
from datetime import datetime

import pytest

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_shares_are_of_all_comments_that_were_read(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2"), comment_row("c3")],
        labels=[
            ("c1", "topic", "cloud"),
            ("c1", "topic", "cost"),
            ("c2", "topic", "cost"),
            ("c2", "topic", "cloud", 0.1),
            ("c3", "topic", "cost", 0.1),
            ("c3", "topic", "cloud", 0.1),
        ],
    )
    rows = {row["label"]: row for row in mart("topic_share_monthly")}
    assert {topic: row["share_raw"] for topic, row in rows.items()} == {
        "(none)": pytest.approx(1 / 3),
        "cloud": pytest.approx(1 / 3),
        "cost": pytest.approx(2 / 3),
    }
    assert {row["comment_count"] for row in rows.values()} == {3}


def test_comments_not_yet_read_for_topics_are_not_in_the_n(
    given: Callable[..., None], mart: Mart
) -> None:
    given(comments=[comment_row("c1"), comment_row("c2")], labels=[("c1", "topic", "cost")])
    none, cost = mart("topic_share_monthly")
    assert (none["share_raw"], cost["share_raw"], cost["comment_count"]) == (0, 1, 1)


def test_months_are_those_of_the_reporting_zone(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row(created_at_utc=datetime(2025, 10, 31, 23, 30))],
        labels=[("c1", "topic", "cost")],
    )
    assert mart("topic_share_monthly")[0]["month"] == "2025-11"


def test_own_answers_do_not_count(given: Callable[..., None], mart: Mart) -> None:
    given(comments=[comment_row(is_owner=True)], labels=[("c1", "topic", "cost")])
    assert mart("topic_share_monthly") == []
