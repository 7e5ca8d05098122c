from collections.abc import Callable

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_a_comment_may_want_several_things(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2")],
        labels=[
            ("c1", "intent", "question"),
            ("c1", "intent", "praise"),
            ("c2", "intent", "question"),
            ("c2", "intent", "praise", 0.2),
        ],
    )
    rows = mart("intent_weekly")
    assert [(row["label"], row["share_raw"], row["comment_count"]) for row in rows] == [
        ("praise", 0.5, 2),
        ("question", 1.0, 2),
    ]
