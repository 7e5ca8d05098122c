"""What a number counts or numbers: words beside it that make it nobody's file and no address."""

import re
from functools import cache

from transforms.redaction.name_words import words_of

NEXT_WORD = re.compile(r"[ \u00a0-]{0,2}(?P<word>[+%€$]|[^\W\d_]{1,40})")
"""The word or sign right behind a number; no word that counts is longer."""

PERIOD = re.compile(
    r" (?:im|am|in der|a|an|each|every|jede[nsr]?) (?:Tag|Woche|Monat|Quartal|Jahr|Stunde|Minute|Sekunde|Schnitt"
    r"|day|week|month|quarter|year|hour|minute|second)\b"
)
"""What makes a number one of so many in a time."""

LOOK_AHEAD = 44
"""Characters behind a number in which that word ends."""


@cache
def counted() -> frozenset[str]:
    """Things that are counted and measured, in small letters."""
    return frozenset(word.casefold() for word in words_of("counted"))


@cache
def numbered() -> frozenset[str]:
    """Things that carry a number and are no street, as they are written: `Windows 11`, `Sprint 12`.

    In small letters some are streets abroad: `Karls gate 11`.
    """
    return words_of("numbered")


def is_count(after: str) -> bool:
    """Whether what stands behind a number says that it counts something: ` Lizenzen`, `+`."""
    following = NEXT_WORD.match(after)
    if following and following["word"].casefold() in counted():
        return True
    return bool(PERIOD.match(after))
