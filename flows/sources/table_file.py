"""Any table of comments: CSV, Excel, JSON or Parquet, with its columns mapped to ours.

The mapping is guessed from the header and the values, shown, and can be set in `settings.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from flows.reading.column_names import FIELDS
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.shown_columns import shown_columns, some_of
from flows.reading.table_columns import Entries, each, entries_of, rounded_ids
from flows.reading.table_entries import (
    Entry,
    count_of,
    raw_text,
    somebody,
    spoken,
    status_of,
    time_cell,
)
from flows.reading.table_ids import (
    MOST_DIGITS,
    POST_FIELDS,
    comment_id_of,
    parent_id_of,
    post_id_of,
)
from flows.reading.table_plan import Plan, plan_for
from flows.reading.table_rows import begin_table, looks_like_table, open_table
from flows.reading.table_types import BrokenTable, Cell, Row
from flows.sources.base import FileSource
from models.canonical import Comments, Post, Record, Rejected
from transforms.email_domains import domain_of

SAMPLE_ROWS = 200
"""Rows that the guess looks at: enough to tell day-first from month-first dates."""

TOGETHER = 2_500
"""Rows that are read at a time: with fewer, what every look at a field costs would tell."""

TRUE_WORDS = frozenset({"true", "yes", "y", "ja", "j", "wahr", "1", "x"})


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each row as a comment, and each post that rows name once, before its comments.

    A row that is the first message of its thread is that post, not a comment.
    """
    for told in _told(landed, rules):
        # As the rows stand, and a post before the comment of the same row.
        records = [*told.records, *told.comments.apart()]
        yield from sorted(records, key=attrgetter("position"))


def read_together(landed: LandedFile, rules: ReadingRules) -> Iterator[Record | Comments]:
    """The same, the comments of some thousand rows side by side, behind their posts."""
    for told in _told(landed, rules):
        yield from told.records
        yield told.comments


def describe(landed: LandedFile, rules: ReadingRules) -> str:
    """How the file was taken apart and which column was taken for what, in one line."""
    try:
        table = begin_table(landed.path)
        ahead = list(islice(table.rows, SAMPLE_ROWS))
        plan = plan_for(landed, table, ahead, rules)
    except BrokenTable as error:
        return error.detail
    shown = shown_columns(table, [row.cells for row in ahead if isinstance(row, Row)])
    parts = [
        table.note,
        ", ".join(
            f"{field} = `{shown[plan.columns[field]]}`" for field in FIELDS if field in plan.columns
        ),
    ]
    if plan.is_order_assumed:
        parts.append(f"dates like 03/04/2025 read as `{plan.times.order}`, nothing proves it")
    if plan.text_format == "html":
        parts.append("the texts are HTML")
    unused = [
        shown[column]
        for column in table.header
        if column not in plan.columns.values() and not re.fullmatch(r"column \d+", column)
    ]
    if unused:
        parts.append(f"not used: {some_of(unused)}")
    return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class _Told:
    """What some rows tell: their comments, and all else."""

    records: list[Record]
    comments: Comments


def _told(landed: LandedFile, rules: ReadingRules) -> Iterator[_Told]:
    try:
        table = open_table(landed.path)
        ahead = list(islice(table.rows, SAMPLE_ROWS))
        plan = plan_for(landed, table, ahead, rules)
    except BrokenTable as error:
        broken = Rejected(position=0, reason=error.reason, detail=error.detail)
        yield _Told([broken], Comments(0, {}))
        return
    posts, rows = set[str](), chain(ahead, table.rows)
    while some := list(islice(rows, TOGETHER)):
        yield _told_by(some, plan, posts)


def _told_by(rows: list[Row | Rejected], plan: Plan, posts: set[str]) -> _Told:
    """What some rows tell; `posts` are those that rows before them named."""
    records: list[Record] = [row for row in rows if isinstance(row, Rejected)]
    entries = entries_of([row for row in rows if isinstance(row, Row)], plan.columns)
    rounded = rounded_ids(entries)
    records += [_rounded(entries.rows[place], text) for place, text in rounded.items()]
    entries = entries.without(rounded)
    post_ids = entries.each_alike(POST_FIELDS, partial(post_id_of, signature=plan.signature))
    opening = _first_messages(entries, post_ids) if plan.has_threads else {}
    for place, post_id in enumerate(post_ids):
        if post_id and (post_id not in posts or place in opening):
            posts.add(post_id)
            entry = entries.entry(place)
            post = _post(entry, plan, post_id)
            records.append(_first_message(entry, plan, post) if place in opening else post)
    others = [post_id for place, post_id in enumerate(post_ids) if place not in opening]
    return _Told(records, _comments(entries.without(opening), plan, others))


def _first_messages(entries: Entries, post_ids: list[str | None]) -> dict[int, str]:
    """Place of an entry that is the first message of its thread -> the id of that."""
    ids = zip(post_ids, entries.texts("comment_id"), entries.texts("post_id"), strict=True)
    return {
        place: post_id
        for place, (post_id, own, thread) in enumerate(ids)
        if post_id and own == thread
    }


def _rounded(row: Row, native_id: str) -> Rejected:
    return Rejected(
        position=row.position,
        line=row.line,
        reason="broken record",
        detail=f"the id `{native_id}` was rounded by a spreadsheet; export the file anew and do "
        "not save it in Excel",
    )


def _comments(entries: Entries, plan: Plan, post_ids: list[str | None]) -> Comments:
    """The comments that `entries` are; `post_ids` are those of their posts."""
    times = _times_of(entries, plan)
    moments = each(plan.times.read, times)
    texts = entries.texts
    channels = [plan.channel] * len(entries) if plan.channel else texts("channel")
    told: dict[str, Sequence[Any]] = {
        "platform": each(_platform, channels),
        "site": [""] * len(entries),
        "position": [row.position for row in entries.rows],
        "line": [row.line for row in entries.rows],
        "native_id": _native_ids(entries, plan, post_ids),
        "channel": channels,
        "community": texts("community"),
        "post_native_id": post_ids,
        "parent_native_id": _parent_ids(entries, plan, post_ids),
        "author": each(somebody, texts("author")),
        "author_name": each(somebody, texts("author_name")),
        "email_domain": [
            domain_of(email) or domain_of(author)
            for email, author in zip(texts("email"), texts("author"), strict=True)
        ],
        "is_owner": each(_is_true, texts("is_owner")),
        "text": each(spoken, texts("text")),
        "text_format": [plan.text_format] * len(entries),
        "language_declared": texts("language"),
        "created_at": [moment.at if moment else None for moment in moments],
        "created_at_raw": each(raw_text, times),
        "created_tz_assumed": [moment.zone_assumed if moment else None for moment in moments],
        "time_precision": [moment.precision if moment else "exact" for moment in moments],
        "status": each(status_of, texts("status")),
        "like_count": each(count_of, entries.cells("like_count")),
        "reply_count": each(count_of, entries.cells("reply_count")),
        "permalink": texts("permalink"),
    }
    return Comments(len(entries), told)


def _times_of(entries: Entries, plan: Plan) -> list[Cell]:
    """The time of each as it is written."""
    if "created_time" not in entries.columns:
        return entries.cells("created_at")
    zero = plan.times.day_zero
    return [time_cell(entries.entry(place), zero) for place in range(len(entries))]


def _native_ids(entries: Entries, plan: Plan, post_ids: list[str | None]) -> list[str | None]:
    """The id of each: most have long ones, which are taken as they are."""
    return [
        told
        if not told or len(told) > MOST_DIGITS
        else comment_id_of(entries.entry(place), plan.signature, post_ids[place])
        for place, told in enumerate(entries.texts("comment_id"))
    ]


def _parent_ids(entries: Entries, plan: Plan, post_ids: list[str | None]) -> list[str | None]:
    """The id of the comment that each answers; that of the post is none."""
    told = zip(entries.texts("parent_id"), entries.texts("post_id"), post_ids, strict=True)
    return [
        parent
        if not parent or (len(parent) > MOST_DIGITS and parent not in (post, post_id))
        else parent_id_of(entries.entry(place), plan.signature, post_id, plan.family)
        for place, (parent, post, post_id) in enumerate(told)
    ]


def _is_true(word: str | None) -> bool:
    return word is not None and word.casefold() in TRUE_WORDS


def _post(entry: Entry, plan: Plan, post_id: str) -> Post:
    texts = entry.texts
    value = entry.cells.get("post_created_at")
    moment = plan.post_times.read(value)
    channel = plan.channel or texts.get("channel")
    return Post(
        platform=_platform(channel),
        site="",
        native_id=post_id,
        position=entry.position,
        channel=channel,
        title=texts.get("post_title"),
        text=texts.get("post_text"),
        url=texts.get("post_url"),
        created_at=moment.at if moment else None,
        created_at_raw=raw_text(value),
    )


def _first_message(entry: Entry, plan: Plan, post: Post) -> Post:
    """The post that a row is, where threads go by the id of their first message."""
    value = time_cell(entry, plan.times.day_zero)
    moment = plan.times.read(value)
    return replace(
        post,
        text=spoken(entry.texts.get("text")),
        text_format=plan.text_format,
        author=somebody(entry.texts.get("author")),
        created_at=moment.at if moment else None,
        created_at_raw=raw_text(value),
        url=entry.texts.get("permalink") or post.url,
    )


def _platform(channel: str | None) -> str:
    return channel.casefold() if channel else "table"


SOURCE = FileSource(
    name="table_file",
    about="Any CSV, Excel, JSON Lines or Parquet file with one comment a row",
    how_to_get="Export the comments as a table from whatever holds them; a text and a time column "
    "are needed, everything else helps.",
    recognise=looks_like_table,
    read=read,
    read_together=read_together,
    describe=describe,
    version=6,
    is_generic=True,
)
