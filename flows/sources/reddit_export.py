"""comments.csv and posts.csv of the data that Reddit hands to an account, own words in and out.

Format: https://support.reddithelp.com/hc/en-us/articles/360043048352 says how to ask; what the
columns hold is not documented. Ids, addresses and texts become what `reddit_api` makes of them. The
IP that something was written from is in every row and is never taken over; private chats, which
come in the same archive, are turned away.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.json_objects import broken
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.reddit_objects import comment_of, post_of
from flows.reading.table_rows import is_workbook
from flows.reading.times import TimeReader
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

BOTH = frozenset({"id", "permalink", "date", "subreddit", "body"})
COMMENTS = BOTH | {"link", "parent"}
POSTS = BOTH | {"title", "url"}
CHATS = frozenset({"messageid", "message", "channelurl", "conversationtype"})
"""Columns of chat_history.csv: what was said to somebody, in rows that look like comments."""

POST_IN_ADDRESS = re.compile(r"/comments/([0-9a-z]+)(?:/|$)")
NATIVE = re.compile(r"(?:t[13]_)?([0-9a-z]+)")


def recognise(sample: bytes) -> bool:
    """Whether it is a table with the columns of own comments, own posts, or chats."""
    names = column_names(sample)
    return any(columns <= names for columns in (COMMENTS, POSTS, CHATS))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each row as a comment or a post of the account's owner."""
    with landed.path.open("rb") as start:
        sample = start.read(SAMPLE_SIZE)
    if column_names(sample) >= CHATS:
        detail = "a table of private chats, left out on purpose"
        yield Rejected(position=0, reason="private message", detail=detail)
        return
    is_open = not is_workbook(sample) and _ends_open(landed.path)
    times, last = times_of(landed.path, "UTC", "dmy"), None
    for row in fixed_rows(landed.path, BOTH):
        if last is not None:
            yield _record(last, times)
        last = row
    if isinstance(last, FixedRow) and is_open:
        yield broken(last.position, last.line, "the file ends within this row")
    elif last is not None:
        yield _record(last, times)


def _ends_open(path: Path) -> bool:
    """Whether the last cell may go on: neither a line nor a quote ends behind it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read(1) not in (b"\n", b"\r", b'"', b"\x00")


def _record(row: FixedRow | Rejected, times: TimeReader) -> Record:
    if isinstance(row, Rejected):
        return row
    native = _native(row.text("id"))
    if not native:
        return broken(row.position, row.line, "a row without the `id` of a comment or a post")
    moment = times.read(row.text("date"))
    value: dict[str, object] = {
        "id": native,
        "permalink": row.text("permalink"),
        "created_utc": moment.at.timestamp() if moment else None,
    }
    return _comment(row, value) if "parent" in row.cells else _post(row, value)


def _comment(row: FixedRow, value: dict[str, object]) -> Comment:
    post, above = _post_of(row), _native(row.text("parent"))
    links = {
        "link_id": f"t3_{post}" if post else None,
        # What answers the post itself has nothing here, or the post's own id.
        "parent_id": f"t1_{above}" if above and above != post else None,
    }
    comment = comment_of(value | links | {"body": row.words("body")}, row.position, row.line)
    return replace(comment, is_owner=True, created_at_raw=row.text("date"))


def _post(row: FixedRow, value: dict[str, object]) -> Post | Rejected:
    texts = {"title": row.words("title"), "selftext": row.words("body")}
    post = post_of(value | texts, row.position)
    if post is None:
        return broken(row.position, row.line, "a row without the `id` of a post")
    return replace(post, created_at_raw=row.text("date"))


def _post_of(row: FixedRow) -> str | None:
    """The post that a comment stands under: both addresses in its row lead there."""
    for name in ("link", "permalink"):
        found = POST_IN_ADDRESS.search(_path(row.text(name)))
        if found:
            return found[1]
    return None


def _path(address: str | None) -> str:
    try:
        return urlsplit(address or "").path
    except ValueError:
        return ""


def _native(text: str | None) -> str | None:
    """An id without the sign of its kind; None for what is none."""
    found = NATIVE.fullmatch(text or "")
    return found[1] if found else None


SOURCE = FileSource(
    name="reddit_export",
    about="Own comments and posts from the data that Reddit hands to an account (CSV)",
    how_to_get="Log in, open https://www.reddit.com/settings/data-request and ask for your data; a "
    "link comes by message. Drop the zip into the inbox as it is, or comments.csv and posts.csv.",
    recognise=recognise,
    read=read,
    version=2,
)
