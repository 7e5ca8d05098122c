"""Posts and comments as Instagram's Graph API writes them in, records out.

Fields: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media and
.../instagram-comment, v26.0.
"""

import json
from collections.abc import Iterator
from typing import Any

from flows.reading.api_pages import LandedPage
from flows.reading.graph_places import GraphObject
from flows.reading.iso_times import moment_of
from flows.reading.json_values import object_in, text_in
from flows.reading.landed import ReadingRules
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "instagram"
CHANNEL = "instagram"


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The posts or the comments of one answer, each comment before its answers."""
    edge = page.about["edge"]
    if edge == "account":
        return
    for value in page.body["data"]:
        if not has_id(value):
            detail = f"an object of `{edge}` without `id`, expected one in each"
            yield Rejected(position=0, reason="broken record", detail=detail, line=page.line)
        elif edge == "media":
            yield _post(value)
        else:
            yield from _comments(value, page)


def has_id(value: Any) -> bool:
    """Whether it is an object with an id."""
    return isinstance(value, dict) and text_in(value, "id") is not None


def _post(value: GraphObject) -> Post:
    likes, shortcode = _count(value, "like_count"), _shortcode(value)
    return Post(
        platform=PLATFORM,
        site="",
        native_id=str(text_in(value, "id")),
        position=0,
        channel=CHANNEL,
        text=text_in(value, "caption"),
        url=text_in(value, "permalink"),
        author=text_in(value, "username"),
        created_at=moment_of(text_in(value, "timestamp")),
        created_at_raw=text_in(value, "timestamp"),
        status="published",
        reported_comment_count=_count(value, "comments_count"),
        reported_counts=None if likes is None else json.dumps({"like": likes}),
        aliases=(shortcode,) if shortcode else (),
    )


def _shortcode(value: GraphObject) -> str | None:
    """What the post is called in its address, as exports call it."""
    path = (text_in(value, "permalink") or "").rstrip("/")
    return text_in(value, "shortcode") or path.rpartition("/")[2] or None


def _comments(value: GraphObject, page: LandedPage) -> Iterator[Comment]:
    own = _comment(value, page, page.about.get("comment"))
    yield own
    replies = object_in(value, "replies").get("data")
    for reply in replies if isinstance(replies, list) else []:
        if has_id(reply):
            yield _comment(reply, page, own.native_id)


def _comment(value: GraphObject, page: LandedPage, parent: str | None) -> Comment:
    author = object_in(value, "from")
    name = text_in(value, "username") or text_in(author, "username")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=page.line,
        native_id=text_in(value, "id"),
        channel=CHANNEL,
        post_native_id=page.about["post"],
        parent_native_id=text_in(value, "parent_id") or parent,
        reply_semantics="two_level",
        author=text_in(author, "id") or name,
        author_name=name,
        is_owner=name is not None and name == page.about["account"],
        text=text_in(value, "text"),
        created_at=moment_of(text_in(value, "timestamp")),
        created_at_raw=text_in(value, "timestamp"),
        status="hidden" if value.get("hidden") is True else "published",
        like_count=_count(value, "like_count"),
    )


def _count(value: GraphObject, name: str) -> int | None:
    found = value.get(name)
    is_count = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    return found if is_count else None
