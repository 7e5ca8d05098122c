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
    site of the posts that a sweep completed.
    """

    def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
        position = 0
        for page in _pages(landed):
            records = [page] if isinstance(page, Rejected) else _records(page, rules)
            for record in records:
                position += 1
                yield replace(record, position=position)
            if isinstance(page, LandedPage) and page.completes is not None:
                position += 1
                yield Swept(
                    platform=platform,
                    site=site(page.about),
                    post_native_id=page.completes,
                    position=position,
                )

    def _records(page: LandedPage, rules: ReadingRules) -> Iterator[Record]:
        try:
            for record in read_page(page, rules):
                if isinstance(record, Rejected) and record.line is None:
                    record = replace(record, line=page.line)
                yield record
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield _rejected(page.line, f"an answer that can't be read ({type(error).__name__})")

    return read


def _pages(landed: LandedFile) -> Iterator[LandedPage | Rejected]:
    with landed.path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                page = json.loads(line)
                yield LandedPage(page["body"], page["about"], page.get("completes"), number)
            except (ValueError, KeyError, TypeError):
                yield _rejected(number, "a line that is no page: the file may have been cut")


def _rejected(line: int, detail: str) -> Rejected:
    return Rejected(position=0, reason="broken record", detail=detail, line=line)
