"""Postal addresses whose street is written in small letters, as many write on a telephone."""

import re
from collections.abc import Iterator
from functools import cache

from transforms.redaction.counts import LOOK_AHEAD, is_count
from transforms.redaction.name_words import words_of
from transforms.redaction.span import Span

SMALL = "a-zäöüß"

STREET = re.compile(
    rf"(?<![\w@./#-])(?P<name>[{SMALL}-]{{3,30}}?)(?P<kind>(?:(?<=er) )?(?:stra(?:ß|ss)e|str\.|gasse|allee)|weg)(?: |(?<=\.))"
    r"(?P<number>(?!(?:19|20)\d\d\b)\d{1,4}(?P<letter>[a-h])?(?:[-–/]\d{1,4}[a-h]?){0,3})(?![\w%€:/-]|[.,]\d)"
    r"(?:,? (?P<postcode>\d{5}|(?<=, )(?!(?:19|20)\d\d\b)\d{4}(?= \w))(?: [^\W\d_][\w-]+)?)?"
)
"""The first name may stand apart (`wiener straße`); which ones are none is up to `no_streets`."""

END = re.compile(r"\s*$|\s*\n|[,;!?)](?!\d)|\.(?!\d)| (?:in|und|oder|bei)\b")
"""What may follow a number that counts nothing: in small letters things look like other words."""

LIVES = re.compile(r"\b(?:wohn\w*|adresse|anschrift|gemeldet)\b[^\n.!?,]*$", re.IGNORECASE)
NEAR = 30
"""Characters before a street in which somebody says that he lives there."""


@cache
def no_streets() -> frozenset[str]:
    """What stands before `straße`, `str.`, `gasse` or `weg` in words that name no street."""
    return words_of("no_streets")


def find_small_streets(text: str) -> Iterator[Span]:
    """Every street in small letters with its number, and the postcode and town behind it."""
    for match in STREET.finditer(text):
        if match["name"].rpartition("-")[2] in no_streets():
            continue
        if has_postcode(match):
            yield Span(match.start(), match.end(), "address")
        elif is_lived_at(match) if match["kind"] == "weg" else END.match(text, match.end("number")):
            yield Span(match.start(), match.end("number"), "address")


def has_postcode(match: re.Match[str]) -> bool:
    """Whether a number behind the street's own is a postcode, and counts nothing."""
    end = match.end("postcode")
    return end > 0 and not is_count(match.string[end : end + LOOK_AHEAD])


def is_lived_at(match: re.Match[str]) -> bool:
    """Whether a way is a street: its number has a letter, or somebody says that he lives there.

    Most ways are none, and those with an s in their joint (`lösungsweg 2a`) hardly ever.
    """
    before = match.string[max(0, match.start() - NEAR) : match.start()]
    has_letter = match["letter"] is not None and not match["name"].endswith("s")
    return has_letter or bool(LIVES.search(before))
