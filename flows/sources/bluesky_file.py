"""Answers of Bluesky's interface, saved as files, in; the posts and comments in them out.

Format: https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread, of which a thread is the best
that can be had; lists of posts (`getPosts`, `searchPosts`, `getAuthorFeed`) and records as the
account's own server has them (`listRecords`, `getRecord`) are read, too. A file holds one answer,
several as JSON lines, or a list of them. What stands above the post that was asked for is not
looked at, and what an account reposted is somebody else's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.reading.bluesky_objects import Above, record_of_node, record_of_view, root_of
from flows.reading.json_values import object_in, text_in
from flows.reading.json_window import BrokenJson, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

OPENING = re.compile(
    rb'(?:\[\s*)?\{\s*"(?:thread|threadgate|posts|feed|records|cursor|hitsTotal|post|uri|cid|\$type)"'
)
BLUESKY = re.compile(rb'"app\.bsky\.feed\.defs#\w+"|"at://did:[^"/]+/app\.bsky\.feed\.post/')

LISTS = frozenset(["posts", "feed", "records"])
"""Where answers that are no thread keep what they list."""

POST_TYPE = "app.bsky.feed.post"
REPOST = "app.bsky.feed.defs#reasonRepost"

DEEPEST = 200
"""Levels of answers that are read: Bluesky itself shows fewer, and reading is nested like them."""


@dataclass(frozen=True)
class Node:
    """A node of a thread without those below it, what it answers, and its line."""

    fields: dict[str, Any]
    above: Above
    line: int


def recognise(sample: bytes) -> bool:
    """Whether it is JSON that begins as an answer does and names posts as Bluesky does."""
    text = utf_8_start(sample)
    return bool(OPENING.match(text) and BLUESKY.search(text))


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
            yield Rejected(position=0, reason="broken file", detail="a file without a post")


def _records(window: JsonWindow) -> Iterator[Record]:
    is_damaged = False
    while window.peek():
        if is_damaged and any(map(window.takes, ",]}")):
            continue  # of the list that the damage was in
        try:
            yield from filter(None, map(_record, _answers(window)))
        except BrokenJson as error:
            is_damaged = True
            yield Rejected(position=0, line=error.line, reason="broken record", detail=error.detail)
            window.skip_document()


def _answers(window: JsonWindow) -> Iterator[Node]:
    if window.peek() != "[":
        yield from _nodes(window, None, 0)
        return
    for _ in window.elements():
        yield from _nodes(window, None, 0)


def _nodes(window: JsonWindow, above: Above, depth: int) -> Iterator[Node]:
    """The nodes of what comes next; a node is told once what is below it begins.

    What only wraps a thread or a list is no node.
    """
    line = window.line()
    if depth > DEEPEST:
        raise BrokenJson(f"answers that are nested deeper than {DEEPEST} levels", line)
    fields: dict[str, Any] = {}
    is_told = False
    for key in window.members():
        if key == "thread" and window.peek() == "{":
            is_told = True
            yield from _nodes(window, None, depth)
        elif key in LISTS and window.peek() == "[":
            is_told = True
            for _ in window.elements():
                yield from _nodes(window, None, depth + 1)
        elif key == "replies" and window.peek() == "[":
            yield Node(fields, above, line)
            is_told = True
            below = _below(fields)
            for _ in window.elements():
                yield from _nodes(window, below, depth + 1)
        else:
            fields[key] = window.value()
    if not is_told and (depth or fields.keys() & {"post", "uri"}):
        yield Node(fields, above, line)


def _below(fields: dict[str, Any]) -> Above:
    view = object_in(fields, "post")
    root, address = root_of(view), text_in(view, "uri")
    return (root, address) if root and address else None


def _record(node: Node) -> Record | None:
    """The record that a node is; None for what is neither a post nor a comment of its own."""
    fields = node.fields
    if text_in(object_in(fields, "reason"), "$type") == REPOST:
        return None
    value = object_in(fields, "record") or object_in(fields, "value")
    if "post" in fields or not value:
        record = record_of_node(fields, node.above)
    elif text_in(value, "$type") not in (None, POST_TYPE):
        return None
    else:
        record = record_of_view({**fields, "record": value})
    return replace(record, line=node.line) if isinstance(record, Comment | Rejected) else record


SOURCE = FileSource(
    name="bluesky_file",
    about="Saved answers of Bluesky's interface: a thread with all its comments, or lists of posts",
    how_to_get="Open https://public.api.bsky.app/xrpc/app.bsky.feed.getPostThread?depth=100&uri= "
    "with the at:// address of the post behind it, and save what the browser shows as a file.",
    recognise=recognise,
    read=read,
    version=2,
)
