"""One object of the Facebook Graph API in, the post or the comment that it is out.

Fields: https://developers.facebook.com/docs/graph-api/reference/comment/ and .../page-post/, v26.0.
What is missing or of another type than Graph says is None. Names of people mentioned are never
taken over.
"""

from datetime import UTC, datetime
from typing import Any

from flows.reading.graph_places import (
    GraphObject,
    Place,
    author_of,
    halves,
    id_of_comment,
    parent_of,
)
from flows.reading.iso_times import WrittenTime, placed
from flows.reading.json_values import object_in, packed, text_in
from flows.reading.landed import ReadingRules
from models.canonical import Comment, Post, Status

PLATFORM = "facebook"
CHANNEL = "facebook"
TOTAL_NAMES = {"reactions": "reaction", "likes": "like"}


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
        author=author_of(value),
        created_at=created.at,
        created_at_raw=created.raw,
        status=_status_of_post(value),
        reported_comment_count=_total(value.get("comments")),
        reported_counts=packed(_totals(value) | _shares(value)),
        aliases=(full,) if full and full != native_id else (),
    )


def comment_of(value: GraphObject, place: Place, position: int, rules: ReadingRules) -> Comment:
    """The comment that an object is; those that stand in it are not looked at."""
    native_id, id_basis = id_of_comment(value, place)
    created = _time(text_in(value, "created_time"), rules.time_zone)
    author = author_of(value)
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
        parent_native_id=parent_of(value, place, native_id),
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
        reactions=packed(_reactions(value)),
        attachments=_attachments(value),
        mentions=_mentions(value.get("message_tags")),
        permalink=text_in(value, "permalink_url"),
        aliases=tuple(filter(None, [halves(native_id)[1]])),
    )


def _time(raw: str | None, zone: str) -> WrittenTime:
    """The time that `raw` says; asked for with `date_format=U`, it is seconds."""
    if not raw or not raw.isdecimal():
        return placed(raw, zone)
    try:
        return WrittenTime(datetime.fromtimestamp(int(raw), UTC), raw)
    except (ValueError, OverflowError, OSError):
        return WrittenTime(None, raw)


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
    return packed([{"type": text_in(attachment, "type"), "url": address}])


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
    return packed(places)


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
