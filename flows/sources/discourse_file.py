"""A topic of a Discourse forum, saved as JSON from a browser, in; its text and its posts out.

Format: https://docs.discourse.org (`/t/{id}.json`, `/t/{id}/posts.json`, `/posts.json`, and
`/posts/{id}.json`). A file holds one answer, several as JSON lines, or a list of answers or posts.
It does not say which forum it is of, so ids are those of one forum only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flows.reading.discourse_objects import comment_of, is_first, is_notice, topic_of
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

OPENING = re.compile(rb'(?:\[\s*)?\{\s*"(?!resonanz_page")')
POSTS = re.compile(rb'"(?:post_stream"\s*:\s*\{|latest_posts"\s*:\s*\[)')
POST = re.compile(rb'"cooked"\s*:\s*"')
SINGLE = (re.compile(rb'"post_number"\s*:\s*\d'), re.compile(rb'"topic_id"\s*:\s*\d'))
"""What a post says beside its text where no topic is around it."""


@dataclass(frozen=True)
class Topic:
    """The end of an answer: what it says beside the posts."""

    fields: dict[str, Any]
    line: int


@dataclass
class Reader:
    """Turns posts to records; the first of a topic waits for the title, which comes last."""

    positions: Iterator[int] = field(default_factory=lambda: count(1))
    first: dict[str, Any] | None = None
    owners: dict[int, Any] = field(default_factory=dict)
    """Who made which topic, as far as their first posts were seen."""

    def records(self, found: Found | Topic | BrokenJson) -> Iterator[Record]:
        """The records that a part of the file gives."""
        if isinstance(found, BrokenJson):
            yield self._rejected(found.detail, found.line)
        elif isinstance(found, Topic):
            yield from self._topic(found)
        elif found.has_stray_bytes:
            yield self._rejected("bytes that are not UTF-8 in a post", found.line)
        elif not isinstance(found.value, dict) or "cooked" not in found.value:
            yield self._rejected("a post without `cooked`", found.line)
        elif is_first(found.value):
            # Of several topics in one answer, each is told when the next begins.
            yield from self._of_first_post()
            self.first = found.value
            if isinstance(topic := found.value.get("topic_id"), int):
                self.owners[topic] = found.value.get("username")
        elif not is_notice(found.value):
            yield self._comment(found)

    def _comment(self, found: Found) -> Record:
        topic = found.value.get("topic_id")
        owner = self.owners.get(topic) if isinstance(topic, int) else None
        return comment_of(found.value, next(self.positions), line=found.line, owner=owner)

    def _topic(self, topic: Topic) -> Iterator[Record]:
        if "title" not in topic.fields:
            yield from self._of_first_post()
            return
        first, self.first = self.first, None
        stream = {"posts": [first] if first else []}
        position = next(self.positions)
        post = topic_of({**topic.fields, "post_stream": stream}, first, position)
        yield post or Rejected(
            position=position,
            line=topic.line,
            reason="broken record",
            detail="a topic without `id`",
        )

    def _of_first_post(self) -> Iterator[Record]:
        """The topic as far as its first post tells it."""
        first, self.first = self.first, None
        if first is None:
            return
        told = {"id": first.get("topic_id"), "slug": first.get("topic_slug")}
        titles = {
            "title": first.get("topic_title"),
            "fancy_title": first.get("topic_html_title"),
        }
        post = topic_of(
            {**told, **titles, "post_stream": {"posts": [first]}}, first, next(self.positions)
        )
        if post:
            yield post

    def _rejected(self, detail: str, line: int) -> Rejected:
        return Rejected(
            position=next(self.positions), line=line, reason="broken record", detail=detail
        )


def recognise(sample: bytes) -> bool:
    """Whether it is JSON with the posts of a topic in it, or with posts by themselves."""
    text = utf_8_start(sample)
    holds_posts = POSTS.search(text) or all(sign.search(text) for sign in SINGLE)
    return bool(OPENING.match(text) and holds_posts and POST.search(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield the comments in their order, then the topic; of a cut file, the comments before it."""
    reader, is_damaged = Reader(), False
    with open_text(landed.path) as file:
        window = JsonWindow(file)
        while window.peek():
            if is_damaged and any(map(window.takes, ",]}")):
                continue  # of the list that the damage was in
            try:
                for part in _answers(window):
                    yield from reader.records(part)
            except BrokenJson as error:
                is_damaged = True
                yield from reader.records(error)
                window.skip_document()


def _answers(window: JsonWindow) -> Iterator[Found | Topic]:
    if window.peek() != "[":
        yield from _answer(window)
        return
    for _ in window.elements():
        yield from _answer(window)


def _answer(window: JsonWindow) -> Iterator[Found | Topic]:
    """The posts of one answer, then the rest of it; an answer that is a post, as it is."""
    line, fields = window.line(), dict[str, Any]()
    if window.peek() != "{":
        yield window.found()
        return
    has_stray_bytes = False
    for key in window.members():
        if key == "latest_posts" and window.peek() == "[":
            yield from (window.found() for _ in window.elements())
        elif key == "post_stream" and window.peek() == "{":
            for name in window.members():
                if name == "posts" and window.peek() == "[":
                    yield from (window.found() for _ in window.elements())
                else:
                    window.value()
        else:
            found = window.found()
            fields[key] = found.value
            has_stray_bytes = has_stray_bytes or found.has_stray_bytes
    if "cooked" in fields:
        yield Found(fields, line, has_stray_bytes)
        fields = {}
    yield Topic(fields, line)


SOURCE = FileSource(
    name="discourse_file",
    about="Topic of a Discourse forum, saved as JSON from a browser",
    how_to_get="Open the topic in a browser, put `.json?print=true` behind its address (up to "
    "1,000 posts; `.json` alone gives 20) and save the page.",
    recognise=recognise,
    read=read,
    version=2,
)
