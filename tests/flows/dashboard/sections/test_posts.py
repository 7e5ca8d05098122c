import polars as pl

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


def test_a_title_is_numbered_by_those_before_that_start_like_it() -> None:
    titles = ["Cloud", "Cloud am Ende", "Cloud", "Clou", "Zoll", "Cloud"]
    rows = pl.DataFrame({"post_id": list("abcdef"), "post_title": titles})
    assert short_titles(story(), rows).to_list() == [
        "Cloud", "Cloud am Ende", "Cloud (3)", "Clou (4)", "Zoll", "Cloud (4)"
    ]  # fmt: skip


def test_comments_without_a_post_are_named_by_their_channel() -> None:
    rows = pl.DataFrame({"post_id": ["intranet:unknown"], "post_title": [None]})
    assert short_titles(story(), rows).to_list() == ["intranet, ohne Beitrag"]
