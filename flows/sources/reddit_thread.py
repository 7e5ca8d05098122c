"""A thread or a listing of Reddit, saved as JSON from a browser, in; posts and comments out.

Format: https://www.reddit.com/dev/api/ (`/comments/{id}.json`): listings in listings, a comment's
answers within it. So that a long thread needs little memory, answers are yielded before what they
answer. Stubs (`more`) stand for comments that are not in the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flows.reading.json_window import BrokenJson, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.reddit_objects import comment_of, post_of
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

LISTING = re.compile(rb'\[?\s*\{\s*"kind"\s*:\s*"Listing"')
THING = re.compile(rb'"kind"\s*:\s*"t[13]"')

STUB = "more"
DEEPEST = 200
"""Listings within listings: more than a thread has, fewer than Python can go down."""


@dataclass(frozen=True)
class Thing:
    """A kind and an object without its answers; `line` is where it starts."""

    kind: str | None
    value: dict[str, Any]
    line: int
    has_stray_bytes: bool = False


@dataclass
class Reader:
    """Turns things to records; remembers who made the post that comments follow."""

    positions: Iterator[int] = field(default_factory=lambda: count(1))
    submitter: str | None = None

    def record(self, found: Thing | BrokenJson) -> Record | None:
        """The record that a thing is; None for a stub, which is none."""
        if isinstance(found, BrokenJson):
            return self._rejected(found.detail, found.line)
        if found.kind == STUB:
            return None
        if found.has_stray_bytes:
            return self._rejected("bytes that are not UTF-8 in an object", found.line)
        if found.kind == "t1":
            return comment_of(found.value, next(self.positions), found.line, self.submitter)
        if found.kind != "t3":
            detail = "neither a comment (`t1`) nor a post (`t3`)"
            return self._rejected(detail, found.line)
        author = found.value.get("author")
        self.submitter = author if isinstance(author, str) else None
        position = next(self.positions)
        post = post_of(found.value, position)
        return post or Rejected(
            position=position, line=found.line, reason="broken record", detail="a post without `id`"
        )

    def _rejected(self, detail: str, line: int) -> Rejected:
        return Rejected(
            position=next(self.positions), line=line, reason="broken record", detail=detail
        )


def recognise(sample: bytes) -> bool:
    """Whether it starts as a listing of Reddit does and holds a post or a comment."""
    text = utf_8_start(sample)
    return bool(LISTING.match(text) and THING.search(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post and comment, answers first; of a cut file, those that are whole."""
    reader = Reader()
    with open_text(landed.path) as file:
        window = JsonWindow(file)
        while window.peek():
            try:
                for thing in _answer(window):
                    if record := reader.record(thing):
                        yield record
            except BrokenJson as error:
                if record := reader.record(error):
                    yield record
                window.skip_document()


def _answer(window: JsonWindow) -> Iterator[Thing]:
    if window.peek() != "[":
        yield from _things(window, 0)
        return
    for _ in window.elements():
        yield from _things(window, 0)


def _things(window: JsonWindow, depth: int) -> Iterator[Thing]:
    """The things within the next value, then itself, unless it is a listing."""
    line = window.line()
    if window.peek() != "{":
        window.value()
        yield Thing(None, {}, line)
        return
    if depth > DEEPEST:
        raise BrokenJson(f"not a thread: more than {DEEPEST} levels of answers", line)
    kind, fields, has_stray_bytes = None, dict[str, Any](), False
    for key in window.members():
        if key != "data" or window.peek() != "{":
            value = window.value()
            kind = value if key == "kind" and isinstance(value, str) else kind
            continue
        for name in window.members():
            if name == "children" and window.peek() == "[" and kind != STUB:
                for _ in window.elements():
                    yield from _things(window, depth + 1)
            elif name == "replies" and window.peek() == "{":
                yield from _things(window, depth + 1)
            else:
                found = window.found()
                fields[name] = found.value
                has_stray_bytes = has_stray_bytes or found.has_stray_bytes
    if kind != "Listing":
        yield Thing(kind, fields, line, has_stray_bytes)


SOURCE = FileSource(
    name="reddit_thread",
    about="Thread of Reddit, saved as JSON from a browser",
    how_to_get="Open the post on reddit.com while signed in, put `.json?limit=500&raw_json=1` "
    "behind its address and save the page.",
    recognise=recognise,
    read=read,
)
