"""Single items of feeds; whole feeds are tested with `comment_feed`."""

from datetime import UTC, datetime

import pytest

from flows.reading.feed_entries import Entry
from flows.reading.feed_heads import Blog
from flows.reading.landed import ReadingRules
from flows.reading.xml_elements import Node
from models.canonical import Comment

POST = "https://blog.example/plan/"


def entry(blog: Blog, **fields: str) -> Entry:
    """An item with these elements; `dc__creator` is `dc:creator`."""
    children = [Node(tag.replace("__", ":"), {}, 1, text) for tag, text in fields.items()]
    return Entry(Node("item", {}, 1, children=children), blog)


def comment(**fields: str) -> Comment:
    found = entry(Blog(is_of_comments=True), **fields).comment(1, ReadingRules())
    assert isinstance(found, Comment)
    return found


@pytest.mark.parametrize("sign", ["#comment-7", "#c7", "#isso-7", "?showComment=7"])
def test_an_address_leads_to_a_comment_in_many_ways(sign: str) -> None:
    found = entry(Blog(), link=f"{POST}{sign}")
    assert (found.place, found.page) == ("7", POST)


def test_a_blog_of_wordpress_knows_posts_by_number() -> None:
    fields = {
        "link": f"{POST}comment-page-2/#comment-7",
        "guid": "https://blog.example/?p=3#comment-7",
    }
    assert entry(Blog(is_wordpress=True), **fields).post_id == "3"
    assert entry(Blog(), **fields).post_id == POST


@pytest.mark.parametrize(
    ("raw", "at", "zone"),
    [
        ("Mon, 03 Nov 2025 08:00:00 GMT", 8, None),
        ("Mon, 03 Nov 2025 08:00:00 -0000", 8, None),
        ("Mon, 03 Nov 2025 09:00:00", 8, "Europe/Berlin"),
        ("Mo, 03 Nov 2025 09:00:00 +0100", 8, None),
        ("Mon, 03 Nov 2025 09:00:00 XYZ", None, None),
        ("gestern", None, None),
        ("0000-00-00 00:00:00", None, None),
    ],
)
def test_a_time_is_read_or_none(raw: str, at: int | None, zone: str | None) -> None:
    found = comment(pubDate=raw)
    expected = datetime(2025, 11, 3, at, tzinfo=UTC) if at else None
    assert (found.created_at, found.created_at_raw, found.created_tz_assumed) == (
        *(expected, raw, zone),
    )


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({"author": "anna@example.org (Anna B.)"}, "Anna B."),
        ({"author": "anna@example.org"}, None),
        ({"dc__creator": "anna@example.org"}, None),
    ],
)
def test_an_author_is_a_name_and_never_an_address(
    fields: dict[str, str], author: str | None
) -> None:
    found = comment(**fields)
    assert (found.author, found.author_name) == (author, author)
    assert "@" not in repr(found)
