"""Reddit's posts and comments as the public dumps have them, one JSON object a line.

Format: https://github.com/ArthurHeitmann/arctic_shift, with the schemas of each month in it; the
older dumps of Pushshift are alike. Files of posts (RS) and of comments (RC) are read the same way,
and so is what the download tool of Arctic Shift saves for one subreddit or one user.
"""

import json
import re
from collections.abc import Iterator
from itertools import count

from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.reddit_objects import comment_of, is_comment, is_post, post_of
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

NAME = re.compile(rb'"subreddit(?:_id)?"\s*:')
TIME = re.compile(rb'"created_utc"\s*:')
COMMENT = re.compile(rb'"link_id"\s*:\s*"t3_')
POST = re.compile(rb'"(?:selftext|num_comments|is_self)"\s*:')


def recognise(sample: bytes) -> bool:
    """Whether its first line is a post or a comment of Reddit, by the names of its fields."""
    text = utf_8_start(sample)
    first, _, rest = text.partition(b"\n")
    if not first.startswith(b"{"):
        return False
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # Some posts are longer than the sample.
        return (
            not rest
            and all(pattern.search(first) for pattern in (NAME, TIME))
            and bool(COMMENT.search(first) or (POST.search(first) and b'"title"' in first))
        )
    return _is_reddits(value)


def _is_reddits(value: object) -> bool:
    is_named = isinstance(value, dict) and "created_utc" in value and "subreddit" in value
    return isinstance(value, dict) and is_named and (is_comment(value) or is_post(value))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post and comment, in file order; a line that is broken costs itself."""
    positions = count(1)
    with open_text(landed.path) as file:
        window = JsonWindow(file)
        while window.peek():
            try:
                found = window.found()
            except BrokenJson as error:
                yield _rejected(next(positions), error.detail, error.line)
                window.skip_document()
            else:
                yield _record(found, next(positions))


def _record(found: Found, position: int) -> Record:
    value = found.value
    if found.has_stray_bytes:
        return _rejected(position, "bytes that are not UTF-8 in an object", found.line)
    if isinstance(value, dict) and is_comment(value):
        return comment_of(value, position, found.line)
    post = post_of(value, position) if isinstance(value, dict) and is_post(value) else None
    return post or _rejected(
        position, "neither a comment (`body`, `link_id`) nor a post (`title`, `id`)", found.line
    )


def _rejected(position: int, detail: str, line: int) -> Rejected:
    return Rejected(position=position, reason="broken record", detail=detail, line=line)


SOURCE = FileSource(
    name="reddit_dump",
    about="Dump of Reddit (JSON lines): posts, comments, or both",
    how_to_get="Open Arctic Shift's download tool, name the subreddit or the user, tick posts and "
    "comments, and save both files; monthly .zst dumps are read as they are.",
    recognise=recognise,
    read=read,
)
