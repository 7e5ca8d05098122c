"""The export of a Commento domain (JSON) in, its pages and their comments out.

Format: `domain_export.go` and `comment.go` of https://gitlab.com/commento/commento, version 1. Who
wrote the comments stands after them, so the file is read twice; of a cut one names may be missing.
Link and photo of commenters are in it and are never taken over, of their e-mail only the domain is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import urljoin

from flows.reading.iso_times import moment_of
from flows.reading.json_objects import broken, object_of
from flows.reading.json_values import JsonObject, packed, text_in
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status, TextFormat
from transforms.email_domains import domain_of

PLATFORM = "commento"
CHANNEL = "blog"

NOBODY = "anonymous"
"""The id of everybody who wrote without an account."""

TOP = "root"
"""What a comment that answers no other one answers."""

DELETED = "[deleted]"
"""Commento writes it in the place of a text; the export does not say so otherwise."""

STATUS: dict[str, Status] = {"approved": "published", "unapproved": "pending", "flagged": "spam"}

FIRST_YEAR = 1990
"""Go writes the year 1 for no time."""

OPENING = re.compile(rb'\{\s*"(?:version|comments|commenters)"\s*:')
FIELDS = (re.compile(rb'"commentHex"\s*:\s*"'), re.compile(rb'"parentHex"\s*:\s*"'))
EMPTY = re.compile(rb'"comments"\s*:\s*\[\s*\]\s*,\s*"commenters"\s*:')


@dataclass
class People:
    """Names and domains of e-mail by commenter, and those who moderate."""

    names: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    moderators: set[str] = field(default_factory=set)

    def note(self, value: object) -> None:
        """Take in a commenter."""
        if not isinstance(value, dict) or not (native := text_in(value, "commenterHex")):
            return
        if name := text_in(value, "name"):
            self.names[native] = name
        if domain := domain_of(text_in(value, "email")):
            self.domains[native] = domain
        if value.get("isModerator") is True:
            self.moderators.add(native)


def recognise(sample: bytes) -> bool:
    """Whether it is JSON that begins as Commento does and has its comments."""
    text = utf_8_start(sample)
    has_comments = all(pattern.search(text) for pattern in FIELDS) or EMPTY.search(text)
    return bool(OPENING.match(text) and has_comments)


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each page when it is named first, and each comment."""
    people = _people(landed.path)
    positions, pages = count(1), set[tuple[str, str]]()
    for found in _items(landed.path, "comments"):
        position = next(positions)
        value = object_of(found, position)
        if isinstance(value, Rejected):
            yield value
        elif not text_in(value, "commentHex"):
            yield broken(
                position, found.line, "found no `commentHex`, expected one in each comment"
            )
        else:
            site, page = text_in(value, "domain") or "", text_in(value, "url")
            if page and (site, page) not in pages:
                pages.add((site, page))
                yield _post(site, page, position)
            yield _comment(value, people, position, found.line)


def _people(path: Path) -> People:
    people = People()
    for found in _items(path, "commenters"):
        if isinstance(found, Found):
            people.note(found.value)
    return people


def _items(path: Path, wanted: str) -> Iterator[Found | BrokenJson]:
    """The values of the array `wanted` of the file; at damage, that and no more."""
    with open_text(path) as file:
        window = JsonWindow(file)
        try:
            for key in window.members():
                if key == wanted and window.peek() == "[":
                    yield from (window.found() for _ in window.elements())
                elif window.peek() == "[":
                    for _ in window.elements():
                        window.value()
                else:
                    window.value()
        except BrokenJson as error:
            yield error


def _post(site: str, page: str, position: int) -> Post:
    return Post(
        platform=PLATFORM,
        site=site,
        native_id=page,
        position=position,
        channel=CHANNEL,
        url=_address(site, page),
    )


def _comment(value: JsonObject, people: People, position: int, line: int) -> Comment:
    native, parent = text_in(value, "commentHex"), text_in(value, "parentHex")
    author, page = text_in(value, "commenterHex"), text_in(value, "url")
    site, raw = text_in(value, "domain") or "", text_in(value, "creationDate")
    text, text_format = _text(value)
    address = _address(site, page) if page else None
    known, score = author if author != NOBODY else None, _score(value)
    return Comment(
        platform=PLATFORM,
        site=site,
        position=position,
        line=line,
        native_id=native,
        channel=CHANNEL,
        post_native_id=page,
        parent_native_id=parent if parent != TOP else None,
        reply_semantics="tree",
        author=known,
        author_name=people.names.get(known or ""),
        email_domain=people.domains.get(known or ""),
        is_owner=known in people.moderators,
        text=text,
        text_format=text_format,
        created_at=_moment(raw),
        created_at_raw=raw,
        status=STATUS.get(text_in(value, "state") or "", "unknown") if text else "deleted",
        like_count=score if score is not None and score >= 0 else None,
        platform_labels=packed({"score": score}) if score is not None and score < 0 else None,
        permalink=f"{address}#commento-{native}" if address else None,
    )


def _text(value: JsonObject) -> tuple[str | None, TextFormat]:
    """What was written, and how; None where it was deleted."""
    text = text_in(value, "markdown")
    if text == DELETED or value.get("deleted") is True:
        return None, "markdown"
    return (text, "markdown") if text else (text_in(value, "html"), "html")


def _score(value: JsonObject) -> int | None:
    """Votes for it less those against it."""
    score = value.get("score")
    return score if isinstance(score, int) and not isinstance(score, bool) else None


def _moment(raw: str | None) -> datetime | None:
    moment = moment_of(raw)
    return moment if moment and moment.year >= FIRST_YEAR else None


def _address(site: str, page: str) -> str | None:
    try:
        return urljoin(f"https://{site}", page) if site else None
    except ValueError:  # brackets that hold no IPv6 address
        return None


SOURCE = FileSource(
    name="commento_export",
    about="Export of a Commento domain: pages and their comments",
    how_to_get="As the owner of the domain in Commento's dashboard: General > Export Data; the "
    "link to the file comes by e-mail.",
    recognise=recognise,
    read=read,
    version=2,
)
