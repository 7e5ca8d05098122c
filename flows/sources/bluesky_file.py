"""Threads of Bluesky, saved as `getPostThread` answers them, in; the post and its comments out.

Format: https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread. A file holds one answer, or
several as JSON lines. What stands above the post that was asked for is not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.reading.bluesky_objects import Above, record_of_node, root_of
from flows.reading.json_values import object_in, text_in
from flows.reading.json_window import BrokenJson, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

ANSWER = re.compile(rb'\{\s*"(?:thread|threadgate)"\s*:\s*\{')
BLUESKY = re.compile(rb'"app\.bsky\.feed\.defs#\w+"|"at://did:')

DEEPEST = 200
"""Levels of answers that are read: Bluesky itself shows fewer, and reading is nested like them."""


@dataclass(frozen=True)
class Node:
    """A node of a thread without those below it, what it answers, and its line."""

    fields: dict[str, Any]
    above: Above
    line: int


def recognise(sample: bytes) -> bool:
    """Whether it is JSON that begins with a thread and names what Bluesky names."""
    text = utf_8_start(sample)
    return bool(ANSWER.match(text) and BLUESKY.search(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post of a thread before those that answer it; of a cut file those before the cut.

    A rejection that is all there is to a file is one of the file.
    """
    position = 0
    with open_text(landed.path) as file:
        for record in _records(JsonWindow(file)):
            position += 1
            yield replace(record, position=position)
        if not position:
            yield Rejected(position=0, reason="broken file", detail="a file without a thread")


def _records(window: JsonWindow) -> Iterator[Record]:
    while window.peek():
        try:
            for key in window.members():
                if key == "thread" and window.peek() == "{":
                    yield from map(_record, _nodes(window, None, 0))
                else:
                    window.value()
        except BrokenJson as error:
            yield Rejected(position=0, line=error.line, reason="broken record", detail=error.detail)
            window.skip_document()


def _nodes(window: JsonWindow, above: Above, depth: int) -> Iterator[Node]:
    """The nodes of the thread that comes next; a node is told once what is below it begins."""
    line = window.line()
    if depth > DEEPEST:
        raise BrokenJson(f"answers that are nested deeper than {DEEPEST} levels", line)
    fields: dict[str, Any] = {}
    is_told = False
    for key in window.members():
        if key == "replies" and window.peek() == "[":
            yield Node(fields, above, line)
            is_told = True
            below = _below(fields)
            for _ in window.elements():
                yield from _nodes(window, below, depth + 1)
        else:
            fields[key] = window.value()
    if not is_told:
        yield Node(fields, above, line)


def _below(fields: dict[str, Any]) -> Above:
    view = object_in(fields, "post")
    root, address = root_of(view), text_in(view, "uri")
    return (root, address) if root and address else None


def _record(node: Node) -> Record:
    record = record_of_node(node.fields, node.above)
    return replace(record, line=node.line) if isinstance(record, Comment | Rejected) else record


SOURCE = FileSource(
    name="bluesky_file",
    about="A thread of Bluesky as its interface answers it: a post and all its comments",
    how_to_get="Open https://public.api.bsky.app/xrpc/app.bsky.feed.getPostThread?depth=100&uri= "
    "with the at:// address of the post behind it, and save what the browser shows as a file.",
    recognise=recognise,
    read=read,
)
