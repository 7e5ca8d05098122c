"""The files with posts of an X archive in (tweets.js and its like), own posts and answers out.

Each is JSON behind `window.YTD.<kind>.part<n> =`. An archive holds nothing that others wrote.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import IO, Any

from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.x_tweets import Part, answered_in, records_of
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

PREFIX = re.compile(
    r"window\.YTD\.(?P<kind>tweets?|community_tweets?|deleted_tweets?|note_tweets?)\.part\d+\s*="
)
LONGEST_PREFIX = 200
"""Characters before the JSON; the longest that is known has 42."""


def recognise(sample: bytes) -> bool:
    """Whether it begins as the archive's files with posts do."""
    return bool(PREFIX.match(utf_8_start(sample[:LONGEST_PREFIX]).decode("utf-8", "replace")))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield own posts and own answers, in the order of the file; retweets are neither."""
    positions = count(1)
    with open_text(landed.path) as file:
        kind = _kind(file)
    if kind is None:
        detail = "the beginning `window.YTD.tweets.part0 =` is missing"
        yield Rejected(position=0, reason="broken file", detail=detail)
        return
    part = Part(kind, {} if kind.startswith("note") else answered_in(_values(landed)))
    for found in _elements(landed):
        records = (found,) if isinstance(found, Rejected) else records_of(found, part)
        for record in records:
            record.position = next(positions)
            yield record


def _kind(file: IO[str]) -> str | None:
    """What the file says it holds; the file is left behind its prefix."""
    prefix = ""
    while len(prefix) < LONGEST_PREFIX and (sign := file.read(1)):
        prefix += sign
        if sign == "=":
            found = PREFIX.fullmatch(prefix.lstrip())
            return found["kind"] if found else None
    return None


def _values(landed: LandedFile) -> Iterator[Any]:
    return (found.value for found in _elements(landed) if isinstance(found, Found))


def _elements(landed: LandedFile) -> Iterator[Found | Rejected]:
    """The elements of the file, up to where it is broken."""
    with open_text(landed.path) as file:
        _kind(file)
        window = JsonWindow(file)
        try:
            for _ in window.elements():
                yield window.found()
        except BrokenJson as error:
            detail = f"{error.detail}; what stands below is lost, get the file anew"
            yield Rejected(position=0, line=error.line, reason="broken record", detail=detail)


SOURCE = FileSource(
    name="x_archive",
    about="Own posts and answers from an archive of an X account",
    how_to_get="X > Settings > Your account > Download an archive of your data; a link comes after "
    "a day or more. Drop the zip into the inbox as it is.",
    recognise=recognise,
    read=read,
    version=3,
)
