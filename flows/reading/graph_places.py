"""What an object of the Facebook Graph API is, and where it stands: its post, page and comment.

By what it says itself, by its ids, by what stands around it and, last, by its address.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from flows.reading.json_values import object_in, text_in

JOINED_ID = re.compile(r"(\d+)_(\d+)")
"""`{page}_{post}` for a post, `{post}_{comment}` for a comment."""

COMMENT_FIELDS = frozenset(
    [
        "attachment",
        "can_comment",
        "can_hide",
        "can_like",
        "can_remove",
        "can_reply_privately",
        "comment_count",
        "is_private",
        "like_count",
        "object",
        "parent",
        "user_likes",
    ]
)
POST_FIELDS = frozenset(
    [
        "attachments",
        "backdated_time",
        "full_picture",
        "icon",
        "is_expired",
        "is_published",
        "parent_id",
        "picture",
        "shares",
        "status_type",
        "story",
        "updated_time",
    ]
)
"""Fields that only the one or only the other has."""

ANSWER_IN_ADDRESS = "reply_comment_id"
"""The parameter of an address that names an answer."""

Kind = Literal["post", "comment"]
IdBasis = Literal["native", "permalink", "hash"]
GraphObject = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a comment stands: ids of its post, the page and the comment it answers, and its line.

    The line is known only of objects that stand on their own.
    """

    post: str | None = None
    page: str | None = None
    parent: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Link:
    """The ids that an address of a post or a comment holds."""

    page: str | None = None
    post: str | None = None
    comment: str | None = None
    reply: str | None = None


def kind_of(value: GraphObject, posts: Container[str]) -> Kind | None:
    """What an object is, by what it holds and the `posts` so far; None if it could be either."""
    first, second = halves(text_in(value, "id"))
    if address := text_in(value, "permalink_url"):
        return "comment" if "comment_id=" in address else "post"
    if value.keys() & COMMENT_FIELDS or (first and first in posts):
        return "comment"
    if value.keys() & POST_FIELDS or (first and first == author_of(value)):
        return "post"
    return _kind_by_comments(value, first, second)


def _kind_by_comments(value: GraphObject, first: str | None, second: str | None) -> Kind | None:
    """What an object is by the ids of what stands in it, and the halves of its own."""
    above = {halves(text_in(nested, "id"))[0] for nested in nested_comments(value)} - {None}
    if second in above:
        return "post"
    return "comment" if first in above else None


def ids_of_post(value: GraphObject) -> tuple[str | None, str | None]:
    """The ids of a post and of its page."""
    full, link = text_in(value, "id"), _link(value)
    page, post = halves(full)
    return post or full or link.post, page or link.page or author_of(value)


def author_of(value: GraphObject) -> str | None:
    """The id of who wrote it."""
    return text_in(object_in(value, "from"), "id")


def place_of(value: GraphObject, above: Place, pages: Mapping[str, str | None]) -> Place:
    """Where a comment stands, by what is `above` it, by its ids and by the `pages` of posts."""
    post = above.post or _post_of_comment(value)
    # Addresses are taken apart last: that takes longer than all the rest of a comment.
    page = above.page or pages.get(post or "") or _link(value).page
    return Place(post, page, above.parent, above.line)


def _post_of_comment(value: GraphObject) -> str | None:
    own, _ = halves(text_in(value, "id"))
    if found := own or _link(value).post:
        return found
    target = text_in(object_in(value, "object"), "id")
    return halves(target)[1] or target


def nested_comments(value: GraphObject) -> list[GraphObject]:
    """The comments that stand in a post, or the answers that stand in a comment."""
    comments = value.get("comments")
    objects = comments.get("data") if isinstance(comments, dict) else comments
    return [item for item in objects if isinstance(item, dict)] if isinstance(objects, list) else []


def id_of_comment(value: GraphObject, place: Place) -> tuple[str | None, IdBasis]:
    """Its id, and what that is taken from; an address gives it as Graph itself would join it."""
    if native_id := text_in(value, "id"):
        return native_id, "native"
    link = _link(value)
    if linked := link.reply or link.comment:
        return _joined(place.post, linked), "permalink"
    return None, "hash"


def parent_of(value: GraphObject, place: Place, native_id: str | None) -> str | None:
    """The comment it answers: as it says itself, by where it stands, or by its address."""
    if named := text_in(object_in(value, "parent"), "id") or place.parent:
        return named
    if ANSWER_IN_ADDRESS not in (text_in(value, "permalink_url") or ""):
        return None
    link = _link(value)
    if link.reply and link.comment:
        return _joined(halves(native_id)[0] or place.post, link.comment)
    return None


def _link(value: GraphObject) -> Link:
    """The ids in `permalink_url`."""
    try:
        address = urlsplit(text_in(value, "permalink_url") or "")
    except ValueError:
        return Link()
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    page = re.match(r"/(\d+)/", address.path)
    post = re.search(r"/(?:posts|permalink|videos)/(?:[^/]+/)?(\w+)/?$", address.path)
    return Link(
        page[1] if page else None,
        post[1] if post else query.get("story_fbid") or query.get("fbid"),
        query.get("comment_id"),
        query.get(ANSWER_IN_ADDRESS),
    )


def halves(joined: str | None) -> tuple[str | None, str | None]:
    """The two numbers of an id that is joined of them; (None, None) of any other."""
    found = JOINED_ID.fullmatch(joined or "")
    return (found[1], found[2]) if found else (None, None)


def _joined(post: str | None, comment: str) -> str:
    return f"{post}_{comment}" if post else comment
