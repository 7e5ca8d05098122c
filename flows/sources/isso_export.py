"""Threads in the JSON that Isso imports (`isso import -t generic`) in, pages and comments out.

Format: class `Generic` of https://github.com/isso-comments/isso/blob/master/isso/migrate.py. Ids of
comments count within their thread only, and Isso itself makes new ones: they are not taken over,
and neither are IP and web address; of an e-mail only the domain is. Times have no zone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from flows.reading.json_objects import broken, json_objects, object_of
from flows.reading.json_values import JsonObject, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected
from transforms.email_domains import domain_of

PLATFORM = "isso"
CHANNEL = "blog"

THREAD = re.compile(rb'\[\s*\{\s*"(?:comments|id|title)"\s*:')
COMMENT = (
    re.compile(rb'"comments"\s*:\s*\[\s*\{'),
    re.compile(rb'"remote_addr"\s*:'),
    re.compile(rb'"created"\s*:\s*"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"'),
)


def recognise(sample: bytes) -> bool:
    """Whether it is a JSON list of threads whose comments have Isso's fields and times."""
    text = utf_8_start(sample)
    return bool(THREAD.match(text) and all(pattern.search(text) for pattern in COMMENT))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each thread, followed by its comments; a thread that is cut is lost as a whole."""
    positions = count(1)
    for found in json_objects(landed.path):
        position = next(positions)
        thread = object_of(found, position)
        if isinstance(thread, Rejected):
            yield thread
            continue
        page, comments = text_in(thread, "id"), thread.get("comments")
        if not page or not isinstance(comments, list):
            yield broken(position, found.line, "found no `id` or no `comments`, expected both")
            continue
        yield _post(thread, page, position)
        for value in comments:
            yield _comment(value, page, next(positions), found.line, rules)


def _post(thread: JsonObject, page: str, position: int) -> Post:
    return Post(
        platform=PLATFORM,
        site="",
        native_id=page,
        position=position,
        channel=CHANNEL,
        title=text_in(thread, "title"),
    )


def _comment(
    value: Any, page: str, position: int, line: int, rules: ReadingRules
) -> Comment | Rejected:
    if not isinstance(value, dict):
        detail = f"found a JSON {type(value).__name__}, expected a comment"
        return broken(position, line, detail)
    author, raw = text_in(value, "author"), text_in(value, "created")
    created = _moment(raw, rules.time_zone)
    return Comment(
        platform=PLATFORM,
        site="",
        position=position,
        line=line,
        id_basis="hash",
        channel=CHANNEL,
        post_native_id=page,
        reply_semantics="flat",
        author=author,
        author_name=author,
        email_domain=domain_of(text_in(value, "email")),
        text=text_in(value, "text"),
        text_format="markdown",
        created_at=created,
        created_at_raw=raw,
        created_tz_assumed=rules.time_zone if created else None,
        status="published",
    )


def _moment(raw: str | None, zone: str) -> datetime | None:
    try:
        moment = datetime.strptime(raw or "", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - placed below
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


SOURCE = FileSource(
    name="isso_export",
    about="Threads as Isso imports them: pages and their comments",
    how_to_get="Isso has no export of its own: programs that move comments to Isso write this file "
    "for `isso import -t generic`. Of a running Isso ask `isso_api`.",
    recognise=recognise,
    read=read,
)
