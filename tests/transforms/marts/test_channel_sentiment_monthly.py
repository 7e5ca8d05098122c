from collections.abc import Callable
from datetime import datetime

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_comments_of_a_month_are_one_cell_a_channel(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1", created_at_utc=datetime(2025, 1, 1, 9)),
            comment_row("c2", created_at_utc=datetime(2025, 1, 5, 9), channel="x"),
            comment_row("c3", created_at_utc=datetime(2025, 1, 6, 9), is_owner=True),
        ],
        labels=[("c1", "sentiment", "A"), ("c2", "sentiment", "B"), ("c3", "sentiment", "A")],
    )
    rows = mart("channel_sentiment_monthly")
    assert {row["month"] for row in rows} == {"2025-01"}
    shares = {(row["channel"], row["label"]): row["share_raw"] for row in rows}
    assert shares == {("blog", "A"): 1, ("blog", "B"): 0, ("x", "A"): 0, ("x", "B"): 1}
    assert {row["head"] for row in rows} == {"sentiment"}
