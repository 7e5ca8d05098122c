"""Datasets of Apify's Facebook comments scraper: public comments and the posts they answer.

Format: https://apify.com/apify/facebook-comments-scraper, as JSON, or as CSV or Excel, in which
what is nested stands in columns like `comments/0/id`. `id` is, in base64, what the Graph API calls
a comment: `comment:{post}_{comment}`; so both give the same comment.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from flows.reading.comment_links import comment_link
from flows.reading.fixed_table import column_names, rows_to_the_end
from flows.reading.iso_times import moment_of
from flows.reading.json_objects import broken, json_objects, object_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, packed, text_in
from flows.reading.json_window import Found, utf_8_start
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable, Cell
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

PLATFORM = "facebook"

PACKED_ID = re.compile(rb'"(?:id|feedbackId)"\s*:\s*"(?:Y29tbWVudDo|ZmVlZGJhY2s6)')
"""The first signs of `comment:` and of `feedback:` in base64."""

OWN_FIELD = re.compile(rb'"(?:facebookUrl|commentUrl|inputUrl)"\s*:')
COMMENT_URL = re.compile(rb'"commentUrl"\s*:\s*"https?://[^"]*facebook\.com/[^"]*comment_id=')
"""Scrapers of other makers name the comment by its address alone."""

TABLE_SIGNS = (
    frozenset({"facebookurl", "commenturl", "text", "date"}),
    frozenset({"facebookurl", "feedbackid", "text", "date"}),
)
"""Columns of a dataset that was exported as a table."""

NESTED = re.compile(r"[/.]")
"""Between the names of a column for what is nested."""

GRAPH_ID = re.compile(r"(?:comment|feedback):(\d+)_(\d+)")
JOINED_ID = re.compile(r"\d+_\d+")
OPAQUE_POST = re.compile(r"pfbid\w+")
"""Another name of a post, which only addresses have."""


def recognise(sample: bytes) -> bool:
    """Whether it is JSON or a table whose objects have the scraper's ids and addresses."""
    text = utf_8_start(sample)
    if not text.startswith((b"[", b"{")):
        return any(sign <= column_names(sample) for sign in TABLE_SIGNS)
    return bool(OWN_FIELD.search(text) and (PACKED_ID.search(text) or COMMENT_URL.search(text)))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post when it is named first, and each comment, before the answers in it."""
    positions = count(1)
    posts: set[str] = set()
    for value in _items(landed.path):
        if isinstance(value, Rejected):
            yield replace(value, position=next(positions) if value.line else 0)
            continue
        for item, parent in _with_answers(value.value):
            position = next(positions)
            if problem := _problem(item):
                yield broken(position, value.line, problem)
                continue
            comment = _comment(item, parent, position, value.line)
            post = comment.post_native_id
            if post and post not in posts:
                posts.add(post)
                yield _post(item, post, position)
            yield comment


def _items(path: Path) -> Iterator[Found | Rejected]:
    """The items of a dataset, whatever it was exported as, and what is none."""
    with path.open("rb") as file:
        is_json = utf_8_start(file.read(SAMPLE_SIZE)).startswith((b"[", b"{"))
    if is_json:
        for found in json_objects(path):
            value = object_of(found, 0)
            yield value if isinstance(value, Rejected) else Found(value, found.line)
        return
    try:
        table = open_table(path)
    except BrokenTable as error:
        yield Rejected(position=0, reason=error.reason, detail=error.detail)
        return
    for row in rows_to_the_end(table.rows):
        yield row if isinstance(row, Rejected) else Found(_item(row.cells), row.line or 0)


def _item(cells: Mapping[str, Cell]) -> JsonObject:
    """The item that a row was: `comments/0/id` is nested again."""
    item: dict[str, Any] = {}
    for column, cell in cells.items():
        if cell is None or cell == "":
            continue
        *path, last = NESTED.split(column)
        inner = item
        for name in path:
            inner = inner.setdefault(name, {}) if isinstance(inner, dict) else {}
        if isinstance(inner, dict):
            inner[last] = f"{cell:%Y-%m-%dT%H:%M:%S}Z" if isinstance(cell, datetime) else cell
    answers = item.get("comments")
    if isinstance(answers, dict):
        item["comments"] = [_numbered(answer) for answer in answers.values()]
    return item


def _numbered(answer: Any) -> Any:
    """An answer whose own answers stand under their numbers, as a list of them."""
    if isinstance(answer, dict) and isinstance(answer.get("comments"), dict):
        return answer | {"comments": list(answer["comments"].values())}
    return answer


def _with_answers(value: JsonObject) -> Iterator[tuple[JsonObject, str | None]]:
    """An item and the answers in it, each with the id of the comment that it stands in."""
    waiting: list[tuple[JsonObject, str | None]] = [(value, None)]
    while waiting:
        item, parent = waiting.pop()
        yield item, parent
        own = _id(item)
        waiting += [(answer, own) for answer in reversed(objects_in(item, "comments"))]


def _problem(item: JsonObject) -> str | None:
    """Why an item is no comment; None if it is one."""
    error = text_in(item, "error")
    if error:
        shown = error if re.fullmatch(r"\w{1,40}", error) else "unknown"
        return f"an error of the scraper instead of a comment: `{shown}`"
    if not _id(item):
        return "found an item without `id`, `feedbackId` and `commentUrl`, expected a comment"
    return None


def _comment(item: JsonObject, above: str | None, position: int, line: int) -> Comment:
    native_id = _id(item)
    raw = text_in(item, "date")
    author = text_in(item, "profileId")
    own_half = native_id.split("_")[-1] if native_id else None
    return Comment(
        platform=PLATFORM,
        site="",
        position=position,
        line=line,
        native_id=native_id,
        id_basis="decoded" if _unpacked(item) else "permalink",
        channel=PLATFORM,
        post_native_id=_post_id(item),
        parent_native_id=_parent(item) or above,
        reply_semantics="two_level",
        author=author,
        author_name=text_in(item, "profileName"),
        is_owner=author is not None and author == _page(item),
        text=text_in(item, "text"),
        created_at=moment_of(raw),
        created_at_raw=raw,
        status="published",
        like_count=count_in(item, "likesCount"),
        reply_count=count_in(item, "commentsCount"),
        attachments=packed(_attachments(item)),
        permalink=text_in(item, "commentUrl"),
        aliases=(own_half,) if own_half and own_half != native_id else (),
    )


def _post(item: JsonObject, native_id: str, position: int) -> Post:
    url = text_in(item, "facebookUrl") or text_in(item, "inputUrl")
    opaque = OPAQUE_POST.search(url or "")
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id,
        position=position,
        channel=PLATFORM,
        text=text_in(item, "postTitle"),
        url=url,
        author=_page(item),
        status="published",
        aliases=(opaque[0],) if opaque and opaque[0] != native_id else (),
    )


def _page(item: JsonObject) -> str | None:
    return text_in(object_in(item, "pageAdLibrary"), "id")


def _id(item: JsonObject) -> str | None:
    """The comment's id as Graph writes it, or as far as its address tells."""
    if own := _unpacked(item):
        return own
    half = text_in(item, "commentId") or text_in(item, "id")
    linked = comment_link(text_in(item, "commentUrl")).comment
    if half and half.isdecimal() and (linked is None or not JOINED_ID.fullmatch(linked)):
        return _joined(item, half)
    return linked


def _unpacked(item: JsonObject) -> str | None:
    return graph_id(text_in(item, "id")) or graph_id(text_in(item, "feedbackId"))


def graph_id(text: str | None) -> str | None:
    """`{post}_{comment}`, from base64 or as it is; None where it is something else."""
    if not text or JOINED_ID.fullmatch(text):
        return text
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    found = GRAPH_ID.fullmatch(plain)
    return f"{found[1]}_{found[2]}" if found else None


def _post_id(item: JsonObject) -> str | None:
    """The first half of Graph's id, which is what Graph calls the post."""
    own = _unpacked(item)
    linked = comment_link(text_in(item, "facebookUrl")).post
    return own.split("_")[0] if own else text_in(item, "facebookId") or linked


def _parent(item: JsonObject) -> str | None:
    """The comment that is answered: as the item says, or by its address."""
    named = text_in(item, "replyToCommentId")
    if not named:
        linked = comment_link(text_in(item, "commentUrl")).parent
        return _joined(item, linked) if linked else None
    return graph_id(named) or _joined(item, named)


def _joined(item: JsonObject, half: str) -> str:
    post = _post_id(item)
    return f"{post}_{half}" if post and half.isdecimal() else half


def _attachments(item: JsonObject) -> list[dict[str, str | None]]:
    """Kinds of attachments; their addresses expire and are signed."""
    return [
        {"type": text_in(one, "__typename") or text_in(one, "type"), "url": None}
        for one in objects_in(item, "attachments")
    ]


SOURCE = FileSource(
    name="apify_facebook",
    about="Dataset of Apify's Facebook comments scraper: public comments of any page",
    how_to_get="On apify.com run the actor Facebook Comments Scraper with the addresses of the "
    "posts, then Export results > JSON, CSV or Excel; JSON keeps most.",
    recognise=recognise,
    read=read,
    version=4,
)
