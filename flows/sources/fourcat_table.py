"""Tables of 4CAT (CSV): posts and comments that its browser extension or its scrapers collected.

Format: https://github.com/digitalmethodsinitiative/4cat, `map_item` of each of its data sources.
`unix_timestamp` is the time; `timestamp` is the same on the clock of 4CAT's server. Times of
LinkedIn are guesses from "18mo", but its ids tell the millisecond.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flows.reading.fixed_table import FixedRow, column_names, fixed_rows
from flows.reading.json_values import packed
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.table_entries import count_of, somebody
from flows.reading.times import from_number
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, TimePrecision
from transforms.canonical import CHANNEL_OF_HOST

NEEDS = frozenset({"id", "body", "author", "timestamp", "unixtimestamp"})
SIGNS = (
    NEEDS | {"threadid"},
    NEEDS | {"authorname", "isingroup", "groupname"},
)
"""Columns of its tables; those of Facebook, which hold posts only, have no threads."""

OTHER_PLATFORM = "fourcat"
HOSTS = CHANNEL_OF_HOST | {"tiktok.com": "tiktok"}
LINKS = ("commenturl", "url", "posturl", "link", "collectedfromurl")

YES = frozenset({"yes", "true", "1"})
LIKES = ("likes", "likecount", "numlikes", "reactions", "score")
REPLIES = ("replies", "replycount", "comments", "numcomments")

REACTION = re.compile(r"reactions?((?!s?$)\w+)")
"""A count of one kind: `reaction_like` of LinkedIn, `reactions_love` of Facebook."""

LINKEDIN_TIME_BITS = 22
"""A LinkedIn id is the milliseconds since 1970, then so many bits of a counter."""


@dataclass(frozen=True)
class TimeOfRow:
    """When something was said, as it was written, and how exactly that is known."""

    at: datetime | None
    raw: str | None
    precision: TimePrecision = "exact"


def recognise(sample: bytes) -> bool:
    """Whether it is a table with the columns that 4CAT gives every data source."""
    names = column_names(sample)
    return any(sign <= names for sign in SIGNS)


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each row that begins a thread as a post, the others as comments.

    Comments of TikTok name their post beside; it comes once, before them.
    """
    posts: set[str] = set()
    for row in fixed_rows(landed.path, NEEDS):
        if isinstance(row, Rejected):
            yield row
            continue
        native_id = row.text("id")
        if native_id is None:
            detail = "found a row without `id`"
            yield Rejected(
                position=row.position, line=row.line, reason="broken record", detail=detail
            )
        elif row.text("threadid") in (None, native_id) and "iscommentoncomment" not in row.cells:
            yield _post(row, native_id)
        else:
            named = row.text("postid")
            if named and row.text("posturl") and named not in posts:
                posts.add(named)
                yield _named_post(row, named)
            yield _comment(row, native_id)


def _post(row: FixedRow, native_id: str) -> Post:
    platform, channel = _platform(row)
    moment = _moment(row, platform, native_id)
    reactions = {
        found[1]: number
        for name, cell in row.cells.items()
        if (found := REACTION.fullmatch(name)) and (number := count_of(cell))
    }
    return Post(
        platform=platform,
        site="",
        native_id=_linkedin_urn(native_id) if platform == "linkedin" else native_id,
        position=row.position,
        channel=channel,
        title=row.text("subject", "title"),
        text=row.words("body"),
        url=_address(row),
        author=somebody(row.text("author")),
        created_at=moment.at,
        created_at_raw=moment.raw,
        time_precision=moment.precision,
        status="published",
        reported_comment_count=row.count(*REPLIES),
        reported_counts=packed(reactions),
    )


def _linkedin_urn(native_id: str) -> str:
    return native_id if native_id.startswith("urn:li:") else f"urn:li:activity:{native_id}"


def _named_post(row: FixedRow, native_id: str) -> Post:
    """The post that a comment names in columns of its own."""
    platform, channel = _platform(row)
    return Post(
        platform=platform,
        site="",
        native_id=native_id,
        position=row.position,
        channel=channel,
        text=row.words("postbody"),
        url=row.text("posturl"),
    )


def _comment(row: FixedRow, native_id: str) -> Comment:
    platform, channel = _platform(row)
    moment = _moment(row, platform, native_id)
    thread, post = row.text("threadid"), row.text("postid")
    is_answer = (row.text("iscommentoncomment") or "").casefold() in YES
    named = row.text("parentid", "parent", "inreplyto", "replyto")
    parent = thread if is_answer and thread != native_id else named
    return Comment(
        platform=platform,
        site="",
        position=row.position,
        line=row.line,
        native_id=native_id,
        channel=channel,
        post_native_id=post or (thread if thread != native_id else None),
        parent_native_id=parent if parent not in (post, None if post else thread) else None,
        reply_semantics="two_level" if row.text("iscommentoncomment") else "unknown",
        author=somebody(row.text("author")),
        author_name=somebody(row.text("authorfull", "authorfullname", "authorname")),
        text=row.words("body"),
        language_declared=row.text("languageguess", "language"),
        created_at=moment.at,
        created_at_raw=moment.raw,
        time_precision=moment.precision,
        status="published",
        like_count=row.count(*LIKES),
        reply_count=row.count(*REPLIES),
        platform_labels=packed({"pinned": True} if row.text("issticky") == "yes" else {}),
        permalink=_address(row),
    )


def _moment(row: FixedRow, platform: str, native_id: str) -> TimeOfRow:
    raw = row.text("unixtimestamp")
    number = native_id.rpartition(":")[2]
    if platform == "linkedin" and number.isdecimal() and len(number) <= 20:
        at = from_number(int(number) >> LINKEDIN_TIME_BITS)
        return TimeOfRow(at, raw, "derived_from_id") if at else TimeOfRow(None, raw)
    is_guess = row.text("timestampago") is not None
    return TimeOfRow(_of_epoch(raw), raw, "relative" if is_guess else "exact")


def _of_epoch(raw: str | None) -> datetime | None:
    try:
        at = from_number(float(raw or ""))
    except (ValueError, OverflowError):
        return None
    return at if at and at.tzinfo == UTC else None


def _platform(row: FixedRow) -> tuple[str, str | None]:
    """The platform that a row's links lead to, and the channel; other boards go by 4CAT's name."""
    for name in LINKS:
        try:
            host = urlsplit(row.text(name) or "").hostname or ""
        except ValueError:
            continue
        if platform := HOSTS.get(host.removeprefix("www.").removeprefix("m.")):
            return platform, platform
    return OTHER_PLATFORM, None


def _address(row: FixedRow) -> str | None:
    links = (row.text(name) for name in LINKS[:-1])
    return next((link for link in links if link and link.startswith("http")), None)


SOURCE = FileSource(
    name="fourcat_table",
    about="Table of 4CAT (CSV): posts and comments collected by it or by Zeeschuimer",
    how_to_get="Collect with the browser extension Zeeschuimer, send it to your 4CAT server, open "
    "the dataset there and choose Download > CSV.",
    recognise=recognise,
    read=read,
    version=2,
)
