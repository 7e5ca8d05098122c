from collections.abc import Callable
from datetime import date, datetime

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_comments_of_a_week_are_one_cell_a_channel(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[
            comment_row("c1", created_at_utc=datetime(2024, 12, 30, 9)),
            comment_row("c2", created_at_utc=datetime(2025, 1, 5, 9), channel="x"),
            comment_row("c3", created_at_utc=datetime(2025, 1, 6, 9), is_owner=True),
        ],
        labels=[("c1", "stance", "A"), ("c2", "stance", "B"), ("c3", "stance", "A")],
    )
    rows = mart("stance_weekly")
    assert {(row["week"], row["week_start"]) for row in rows} == {("2025-W01", date(2024, 12, 30))}
    shares = {(row["channel"], row["label"]): row["share_raw"] for row in rows}
    assert shares == {("blog", "A"): 1, ("blog", "B"): 0, ("x", "A"): 0, ("x", "B"): 1}
    assert {row["head"] for row in rows} == {"stance"}
