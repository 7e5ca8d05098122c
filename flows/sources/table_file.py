"""Any table of comments: CSV, Excel, JSON or Parquet, with its columns mapped to ours.

The mapping is guessed from the header and the values, shown, and can be set in `settings.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from flows.reading.column_names import FIELDS
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.table_entries import (
    ID_FIELDS,
    Entry,
    count_of,
    entry_of,
    is_rounded,
    raw_text,
    somebody,
    spoken,
    status_of,
    time_cell,
)
from flows.reading.table_ids import comment_id_of, parent_id_of, post_id_of
from flows.reading.table_plan import Plan, plan_for, some_columns
from flows.reading.table_rows import looks_like_table, open_table
from flows.reading.table_types import BrokenTable
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected
from transforms.email_domains import domain_of

SAMPLE_ROWS = 200
"""Rows that the guess looks at: enough to tell day-first from month-first dates."""

TRUE_WORDS = frozenset({"true", "yes", "y", "ja", "j", "wahr", "1", "x"})


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each row as a comment, and each post that rows name once, before its comments.

    A row that is the first message of its thread is that post, not a comment.
    """
    try:
        table = open_table(landed.path)
        ahead = list(islice(table.rows, SAMPLE_ROWS))
        plan = plan_for(landed, table, ahead, rules)
    except BrokenTable as error:
        yield Rejected(position=0, reason=error.reason, detail=error.detail)
        return
    posts: set[str] = set()
    for row in chain(ahead, table.rows):
        if isinstance(row, Rejected):
            yield row
        else:
            yield from _records(entry_of(row, plan.columns), plan, posts)


def describe(landed: LandedFile, rules: ReadingRules) -> str:
    """How the file was taken apart and which column was taken for what, in one line."""
    try:
        table = open_table(landed.path)
        plan = plan_for(landed, table, list(islice(table.rows, SAMPLE_ROWS)), rules)
    except BrokenTable as error:
        return error.detail
    parts = [
        table.note,
        ", ".join(
            f"{field} = `{plan.columns[field]}`" for field in FIELDS if field in plan.columns
        ),
    ]
    if plan.is_order_assumed:
        parts.append(f"dates like 03/04/2025 read as `{plan.times.order}`, nothing proves it")
    if plan.text_format == "html":
        parts.append("the texts are HTML")
    unused = [
        column
        for column in table.header
        if column not in plan.columns.values() and not re.fullmatch(r"column \d+", column)
    ]
    if unused:
        parts.append(f"not used: {some_columns(unused)}")
    return "; ".join(parts)


def _records(entry: Entry, plan: Plan, posts: set[str]) -> Iterator[Record]:
    texts = entry.texts
    for field in ID_FIELDS:
        if field in texts and is_rounded(texts[field]):
            yield _rounded(entry, texts[field])
            return
    post_id = post_id_of(entry, plan.signature)
    is_post = plan.has_threads and post_id and texts.get("comment_id") == texts.get("post_id")
    if post_id and (is_post or post_id not in posts):
        posts.add(post_id)
        post = _post(entry, plan, post_id)
        yield _first_message(entry, plan, post) if is_post else post
    if not is_post:
        yield _comment(entry, plan, post_id)


def _rounded(entry: Entry, native_id: str) -> Rejected:
    return Rejected(
        position=entry.position,
        line=entry.line,
        reason="broken record",
        detail=f"the id `{native_id}` was rounded by a spreadsheet; export the file anew and do "
        "not save it in Excel",
    )


def _comment(entry: Entry, plan: Plan, post_id: str | None) -> Comment:
    texts = entry.texts
    value = time_cell(entry)
    moment = plan.times.read(value)
    channel = plan.channel or texts.get("channel")
    return Comment(
        platform=_platform(channel),
        site="",
        position=entry.position,
        line=entry.line,
        native_id=comment_id_of(entry, plan.signature, post_id),
        channel=channel,
        community=texts.get("community"),
        post_native_id=post_id,
        parent_native_id=parent_id_of(entry, plan.signature, post_id, plan.family),
        author=somebody(texts.get("author")),
        author_name=somebody(texts.get("author_name")),
        email_domain=domain_of(texts.get("email")) or domain_of(texts.get("author")),
        is_owner=texts.get("is_owner", "").casefold() in TRUE_WORDS,
        text=spoken(texts.get("text")),
        text_format=plan.text_format,
        language_declared=texts.get("language"),
        created_at=moment.at if moment else None,
        created_at_raw=raw_text(value),
        created_tz_assumed=moment.zone_assumed if moment else None,
        time_precision=moment.precision if moment else "exact",
        status=status_of(texts.get("status")),
        like_count=count_of(entry.cells.get("like_count")),
        reply_count=count_of(entry.cells.get("reply_count")),
        permalink=texts.get("permalink"),
    )


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
    value = time_cell(entry)
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
    describe=describe,
    version=5,
    is_generic=True,
)
