from itertools import permutations

import polars as pl
import pytest

from flows.dashboard.sections.posts import posts, short_titles
from tests.flows.dashboard.publications import story


def test_posts_with_most_comments_come_first_with_their_whole_title() -> None:
    (table,) = posts(story()).tables
    assert table.rows[0][0].text.endswith("(0)")
    assert len(table.rows) == 15


def test_titles_that_are_cut_alike_stay_apart() -> None:
    rows = pl.DataFrame({"post_id": ["a", "a", "b"], "post_title": ["x" * 60] * 3})
    first, again, second = short_titles(story(), rows)
    assert first == again
    assert first != second


def test_equal_titles_are_numbered_and_others_stay_as_they_are() -> None:
    titles = ["Cloud", "Cloud am Ende", "Cloud", "Clou", "Cloud"]
    rows = pl.DataFrame({"post_id": list("abcde"), "post_title": titles})
    assert short_titles(story(), rows).to_list() == [
        "Cloud", "Cloud am Ende", "Cloud (2)", "Clou", "Cloud (3)"
    ]  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(["Cloud", "Cloud", "Cloud (2)"])))
def test_no_number_makes_a_title_that_another_post_has(order: tuple[str, ...]) -> None:
    rows = pl.DataFrame({"post_id": list("abc"), "post_title": order})
    told = short_titles(story(), rows).to_list()
    assert sorted(told) == ["Cloud", "Cloud (2)", "Cloud (3)"]
    assert told[order.index("Cloud (2)")] == "Cloud (2)"


def test_comments_without_a_post_are_named_by_their_channel() -> None:
    rows = pl.DataFrame({"post_id": ["intranet:unknown"], "post_title": [None]})
    assert short_titles(story(), rows).to_list() == ["intranet, ohne Beitrag"]
