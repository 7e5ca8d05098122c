from collections.abc import Callable
from datetime import datetime

from tests.builders import Row, comment_row, post_row

Mart = Callable[..., list[Row]]


def test_all_days_of_a_post_are_one_cell(given: Callable[..., None], mart: Mart) -> None:
    given(
        posts=[post_row(title="Cloud 2026")],
        comments=[
            comment_row("c1"),
            comment_row("c2", created_at_utc=datetime(2025, 12, 1, 9)),
            comment_row("c3", post_id="p2"),
        ],
        labels=[(name, "sentiment", "negative") for name in ("c1", "c2", "c3")],
    )
    rows = mart("post_sentiment")
    assert [(row["post_id"], row["post_title"], row["comment_count"]) for row in rows] == [
        ("p1", "Cloud 2026", 2),
        ("p2", None, 1),
    ]
