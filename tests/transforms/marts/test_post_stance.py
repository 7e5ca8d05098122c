from collections.abc import Callable

from tests.builders import Row, comment_row

Mart = Callable[..., list[Row]]


def test_it_tells_sides_not_feelings(given: Callable[..., None], mart: Mart) -> None:
    given(
        comments=[comment_row("c1"), comment_row("c2")],
        labels=[
            ("c1", "stance", "support"),
            ("c1", "sentiment", "negative"),
            ("c2", "sentiment", "negative"),
        ],
    )
    (row,) = mart("post_stance")
    assert (row["head"], row["label"], row["comment_count"]) == ("stance", "support", 1)
