"""One object of the Facebook Graph API in, the post or the comment that it is out.

Fields: https://developers.facebook.com/docs/graph-api/reference/comment/ and .../page-post/, v26.0.
What is missing or of another type than Graph says is None. Names of people mentioned are never
taken over.
"""

import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from flows.reading.iso_times import Moment, placed
from flows.reading.landed import ReadingRules
from models.canonical import Comment, Post, Status

PLATFORM = "facebook"
CHANNEL = "facebook"

JOINED_ID = re.compile(r"(\d+)_(\d+)")
"""`{page}_{post}` for a post, `{post}_{comment}` for a comment."""

HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half an emoji, from a text that was cut in its middle; UTF-8 can't hold it."""

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

TOTAL_NAMES = {"reactions": "reaction", "likes": "like"}

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
    first, second = _halves(text_in(value, "id"))
    if address := text_in(value, "permalink_url"):
        return "comment" if "comment_id=" in address else "post"
    if value.keys() & COMMENT_FIELDS or (first and first in posts):
        return "comment"
    if value.keys() & POST_FIELDS or (first and first == _author(value)):
        return "post"
    return _kind_by_comments(value, first, second)


def ids_of_post(value: GraphObject) -> tuple[str | None, str | None]:
    """The ids of a post and of its page."""
    full, link = text_in(value, "id"), _link(value)
    page, post = _halves(full)
    return post or full or link.post, page or link.page or _author(value)


def place_of(value: GraphObject, above: Place, pages: Mapping[str, str | None]) -> Place:
    """Where a comment stands, by what is `above` it, by its ids and by the `pages` of posts."""
    post = above.post or _post_of_comment(value)
    # Addresses are taken apart last: that takes longer than all the rest of a comment.
    page = above.page or pages.get(post or "") or _link(value).page
    return Place(post, page, above.parent, above.line)


def nested_comments(value: GraphObject) -> list[GraphObject]:
    """The comments that stand in a post, or the answers that stand in a comment."""
    comments = value.get("comments")
    objects = comments.get("data") if isinstance(comments, dict) else comments
    return [item for item in objects if isinstance(item, dict)] if isinstance(objects, list) else []


def post_of(value: GraphObject, native_id: str, position: int, rules: ReadingRules) -> Post:
    """The post that an object is."""
    full = text_in(value, "id")
    created = _time(text_in(value, "created_time"), rules.time_zone)
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id,
        position=position,
        channel=CHANNEL,
        text=text_in(value, "message"),
        url=text_in(value, "permalink_url"),
        author=_author(value),
        created_at=created.at,
        created_at_raw=created.raw,
        status=_status_of_post(value),
        reported_comment_count=_total(value.get("comments")),
        reported_counts=_json(_totals(value) | _shares(value)),
        aliases=(full,) if full and full != native_id else (),
    )


def comment_of(value: GraphObject, place: Place, position: int, rules: ReadingRules) -> Comment:
    """The comment that an object is; those that stand in it are not looked at."""
    native_id, id_basis = _id_of_comment(value, place)
    created = _time(text_in(value, "created_time"), rules.time_zone)
    author = _author(value)
    likes = _count(value.get("like_count"))
    return Comment(
        platform=PLATFORM,
        site="",
        position=position,
        line=place.line,
        native_id=native_id,
        id_basis=id_basis,
        channel=CHANNEL,
        post_native_id=place.post,
        parent_native_id=_parent(value, place, native_id),
        reply_semantics="two_level",
        author=author,
        author_name=text_in(object_in(value, "from"), "name"),
        is_owner=bool(value.get("admin_creator") or (author and author == place.page)),
        text=text_in(value, "message"),
        created_at=created.at,
        created_at_raw=created.raw,
        created_tz_assumed=created.zone_assumed,
        status="hidden" if value.get("is_hidden") else "published",
        visibility="private" if value.get("is_private") else None,
        like_count=likes if likes is not None else _total(value.get("likes")),
        reply_count=_count(value.get("comment_count")),
        reactions=_json(_reactions(value)),
        attachments=_attachments(value),
        mentions=_mentions(value.get("message_tags")),
        permalink=text_in(value, "permalink_url"),
        aliases=tuple(filter(None, [_halves(native_id)[1]])),
    )


def text_in(value: GraphObject, key: str) -> str | None:
    """The text or id under `key`; None where it is blank or something else."""
    found = value.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found.strip():
        return None
    return found if found.isascii() else HALF_CHARACTER.sub("\ufffd", found)


def object_in(value: GraphObject, key: str) -> GraphObject:
    """The object under `key`; an empty one where it is something else."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _kind_by_comments(value: GraphObject, first: str | None, second: str | None) -> Kind | None:
    """What an object is by the ids of what stands in it, and the halves of its own."""
    above = {_halves(text_in(nested, "id"))[0] for nested in nested_comments(value)} - {None}
    if second in above:
        return "post"
    return "comment" if first in above else None


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


def _post_of_comment(value: GraphObject) -> str | None:
    own, _ = _halves(text_in(value, "id"))
    if found := own or _link(value).post:
        return found
    target = text_in(object_in(value, "object"), "id")
    return _halves(target)[1] or target


def _id_of_comment(value: GraphObject, place: Place) -> tuple[str | None, IdBasis]:
    """Its id, and what that is taken from; an address gives it as Graph itself would join it."""
    if native_id := text_in(value, "id"):
        return native_id, "native"
    link = _link(value)
    if linked := link.reply or link.comment:
        return _joined(place.post, linked), "permalink"
    return None, "hash"


def _parent(value: GraphObject, place: Place, native_id: str | None) -> str | None:
    """The comment it answers: as it says itself, by where it stands, or by its address."""
    if named := text_in(object_in(value, "parent"), "id") or place.parent:
        return named
    if ANSWER_IN_ADDRESS not in (text_in(value, "permalink_url") or ""):
        return None
    link = _link(value)
    if link.reply and link.comment:
        return _joined(_halves(native_id)[0] or place.post, link.comment)
    return None


def _author(value: GraphObject) -> str | None:
    return text_in(object_in(value, "from"), "id")


def _halves(joined: str | None) -> tuple[str | None, str | None]:
    found = JOINED_ID.fullmatch(joined or "")
    return (found[1], found[2]) if found else (None, None)


def _joined(post: str | None, comment: str) -> str:
    return f"{post}_{comment}" if post else comment


def _time(raw: str | None, zone: str) -> Moment:
    """The time that `raw` says; asked for with `date_format=U`, it is seconds."""
    if not raw or not raw.isdecimal():
        return placed(raw, zone)
    try:
        return Moment(datetime.fromtimestamp(int(raw), UTC), raw)
    except (ValueError, OverflowError, OSError):
        return Moment(None, raw)


def _status_of_post(value: GraphObject) -> Status:
    if value.get("is_hidden"):
        return "hidden"
    return "pending" if value.get("is_published") is False else "published"


def _attachments(value: GraphObject) -> str | None:
    """Kind and address of what hangs on a comment; addresses of media files carry signatures."""
    attachment = object_in(value, "attachment")
    if not attachment:
        return None
    address = text_in(attachment, "unshimmed_url") or text_in(attachment, "url")
    return _json([{"type": text_in(attachment, "type"), "url": address}])


def _mentions(tags: Any) -> str | None:
    """Where the text mentions somebody, without saying whom."""
    lists = list(tags.values()) if isinstance(tags, dict) else [tags]
    flat = [tag for part in lists if isinstance(part, list) for tag in part]
    places = [
        {"offset": tag["offset"], "length": tag["length"]}
        for tag in flat
        if isinstance(tag, dict)
        and isinstance(tag.get("offset"), int)
        and isinstance(tag.get("length"), int)
    ]
    return _json(places)


def _totals(value: GraphObject) -> dict[str, int]:
    """Counts of reactions: those of any edge but `comments`, by the name it was asked for."""
    return {
        TOTAL_NAMES.get(name, name): total
        for name, edge in value.items()
        if isinstance(edge, dict) and name != "comments" and (total := _total(edge)) is not None
    }


def _reactions(value: GraphObject) -> dict[str, int]:
    """Without the sum, where there is more than it: it would count every reaction twice."""
    totals = _totals(value)
    types = {name: total for name, total in totals.items() if name != "reaction"}
    return types or totals


def _shares(value: GraphObject) -> dict[str, int]:
    shared = _count(object_in(value, "shares").get("count"))
    return {} if shared is None else {"share": shared}


def _total(edge: Any) -> int | None:
    summary = object_in(edge, "summary") if isinstance(edge, dict) else {}
    return _count(summary.get("total_count"))


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if is_count else None


def _json(value: Any) -> str | None:
    """JSON in one fixed way of writing it; None for nothing."""
    if not value:
        return None
    return HALF_CHARACTER.sub("\ufffd", json.dumps(value, ensure_ascii=False, sort_keys=True))
