from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.mentions import Mention, post_id, records_of
from flows.reading.times import Moment
from models.canonical import Comment, Post

THREAD = "https://forum.example/1"


def mention(**fields: Any) -> Mention:
    values: dict[str, Any] = {
        "tool": "tool",
        "position": 3,
        "line": 4,
        "url": THREAD + "#2",
        "raw_time": "x",
        "moment": Moment(datetime(2025, 11, 3, tzinfo=UTC), "exact", None),
        "is_post": False,
        "author": "jo",
    }
    return Mention(**values | fields)


def test_a_comment_names_its_post_once() -> None:
    posts: set[str] = set()
    first = list(records_of(mention(thread=THREAD), posts))
    second = list(records_of(mention(thread=THREAD), posts))
    assert [type(one) for one in first] == [Post, Comment]
    assert [type(one) for one in second] == [Comment]
    assert (first[0].native_id, first[0].platform) == (THREAD, "tool")


def test_a_post_that_came_is_not_told_again_by_its_comments() -> None:
    posts: set[str] = set()
    (post,) = records_of(mention(is_post=True, url=THREAD, text="Gut"), posts)
    (comment,) = records_of(mention(thread=THREAD), posts)
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (post.text, comment.post_native_id) == ("Gut", THREAD)


def test_an_answer_to_the_post_has_no_parent() -> None:
    posts = {THREAD}
    (top,) = records_of(mention(thread=THREAD, answered=THREAD), posts)
    (below,) = records_of(mention(thread=THREAD, answered=THREAD + "#1"), posts)
    assert isinstance(top, Comment)
    assert isinstance(below, Comment)
    assert (top.parent_native_id, below.parent_native_id) == (None, THREAD + "#1")


def test_the_author_of_the_thread_is_its_owner() -> None:
    (own,) = records_of(mention(thread_author="jo"), set())
    (other,) = records_of(mention(thread_author="al"), set())
    (nobody,) = records_of(mention(author=None), set())
    assert [one.is_owner for one in (own, other, nobody) if isinstance(one, Comment)] == [
        *(True, False, False)
    ]


def test_without_an_address_a_comment_goes_by_its_words() -> None:
    (found,) = records_of(mention(url=None), set())
    assert isinstance(found, Comment)
    assert (found.native_id, found.id_basis) == (None, "hash")


@pytest.mark.parametrize(
    ("address", "native_id"),
    [
        ("https://www.facebook.com/nordhafen/posts/22", "22"),
        ("https://x.com/nordhafen/status/11", "11"),
        ("https://www.reddit.com/r/x/comments/1ab/t/", "1ab"),
        (THREAD, THREAD),
        ("t-77", "t-77"),
        (None, None),
    ],
)
def test_posts_go_by_the_ids_of_their_platforms(address: str | None, native_id: str | None) -> None:
    assert post_id(address) == native_id
