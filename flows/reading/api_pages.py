"""Answers of a platform's interface, as they land: one JSON object a line.

    {"resonanz_page": 1, "source": "hackernews_api", "about": {...}, "body": ...}

`about` is what a reader needs beside the body (the post that was asked for, the site); a line of a
full sweep has `sweep`, the moment the sweep began, and, where it ends a post, `completes`: every
comment of that post is in this file.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flows.reading.landed import LandedFile, ReadingRules
from models.canonical import Record, Rejected, Swept

VERSION = 1
OPENING = b'{"resonanz_page":'
"""How every landed page begins: other sources of JSON leave such files alone."""


@dataclass(frozen=True)
class LandedPage:
    """One answer as it landed; `line` counts from 1."""

    body: Any
    about: dict[str, Any] = field(default_factory=dict)
    completes: str | None = None
    line: int = 1


@dataclass(frozen=True)
class Unread:
    """A page that can't be read; `detail` says why."""

    line: int
    detail: str

    def rejected(self) -> Rejected:
        """What is said of it."""
        return Rejected(position=0, reason="broken record", detail=self.detail, line=self.line)


UNEXPECTED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading an answer raises that is not as its platform's answers are; RecursionError: JSON
nested as no platform nests it."""

ReadPage = Callable[[LandedPage, ReadingRules], Iterator[Record]]
"""Yield the records of one page, positions left 0; may raise ValueError, KeyError or TypeError."""


def page_line(
    source: str, body: Any, about: dict[str, Any], sweep: str | None, completes: str | None
) -> str:
    """A page as its line; equal pages give equal lines, so that nothing new lands nothing."""
    page: dict[str, Any] = {"resonanz_page": VERSION, "source": source, "about": about}
    if sweep:
        page |= {"sweep": sweep}
    if completes is not None:
        page |= {"completes": completes}
    return json.dumps(page | {"body": body}, ensure_ascii=False, separators=(",", ":"))


def recognise_pages(source: str) -> Callable[[bytes], bool]:
    """The `recognise` of a source: whether a file holds pages of it."""
    start = f'{{"resonanz_page":{VERSION},"source":"{source}",'.encode()
    return lambda sample: sample.startswith(start)


def read_pages(
    platform: str, read_page: ReadPage, site: Callable[[dict[str, Any]], str] = lambda about: ""
) -> Callable[[LandedFile, ReadingRules], Iterator[Record]]:
    """The `read` of a source, made of what reads one page of it.

    A page that can't be read is a `Rejected` and the rest goes on. `site` says, from `about`, the
    site of the posts that a sweep completed. Behind a page that can't be read no post is complete:
    the comments on it would be taken for deleted.
    """

    def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
        position, is_whole = 0, True
        for page in _pages(landed):
            for record in _records(page, rules):
                is_whole = is_whole and not isinstance(record, Unread)
                if isinstance(record, Unread):
                    record = record.rejected()
                elif isinstance(record, Swept) and not is_whole:
                    continue
                position += 1
                yield replace(record, position=position)

    def _records(page: LandedPage | Unread, rules: ReadingRules) -> Iterator[Record | Unread]:
        if isinstance(page, Unread):
            yield page
            return
        try:
            for record in read_page(page, rules):
                if isinstance(record, Rejected) and record.line is None:
                    record = replace(record, line=page.line)
                yield record
            if page.completes is not None:
                yield Swept(
                    platform=platform,
                    site=site(page.about),
                    post_native_id=page.completes,
                    position=0,
                )
        except UNEXPECTED as error:
            yield Unread(page.line, f"an answer that can't be read ({type(error).__name__})")

    return read


def _pages(landed: LandedFile) -> Iterator[LandedPage | Unread]:
    with landed.path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _page(number, line)


def _page(number: int, line: bytes) -> LandedPage | Unread:
    try:
        page = json.loads(line)
        body, about, completes = page["body"], page["about"], page.get("completes")
    except UNEXPECTED:
        return Unread(number, "a line that is no page: the file may have been cut")
    if not isinstance(about, dict) or not isinstance(completes, str | None):
        return Unread(number, "a page whose `about` or `completes` is not as it was landed")
    return LandedPage(body, about, completes, number)
