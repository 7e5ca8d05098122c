from collections.abc import Callable
from datetime import datetime

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_all_comments_of_a_month_in_the_reporting_zone_are_one_cell(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=[
            comment_row("c1", created_at_utc=datetime(2025, 9, 30, 23)),
            comment_row("c2", created_at_utc=datetime(2025, 10, 2, 9), channel="x"),
            comment_row("c3", created_at_utc=datetime(2025, 10, 3, 9), is_owner=True),
        ],
        labels=[("c1", "sentiment", "A"), ("c2", "sentiment", "B"), ("c3", "sentiment", "A")],
    )
    rows = mart("sentiment_monthly")
    assert {(row["month"], row["comment_count"]) for row in rows} == {("2025-10", 2)}
    assert {row["label"]: row["share_raw"] for row in rows} == {"A": 0.5, "B": 0.5}
