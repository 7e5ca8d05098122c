"""A text as files may write it: each sign as it is, or as JSON, HTML, XML, CSV or Meta spell it."""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from html.entities import html5

AMPERSAND = r"(?:&|\\u0026)(?:amp;)*"
"""Begins a reference; one that was marked up twice is `&amp;uuml;`."""

SPACE = (
    r"(?:\s|\\[nrtf]|\\u(?:00(?:0[9a-d]|1[c-f]|20|85|a0)|1680|20(?:0[0-9a]|2[89f]|5f)|3000)"
    r"|<br\s*/?>"
    rf"|{AMPERSAND}(?:#0*(?:9|10|13|32|160)|#x0*(?:9|a|d|20|a0)|nbsp);)+"
)
"""What parts words, however much of it."""

SPELLED = {'"': r'\\?"{1,2}', "\\": r"\\{1,2}", "/": r"\\?/", "\b": r"(?:\x08|\\b)"}
"""Signs that JSON, and CSV for the first, write with another before them."""


def as_written(text: str) -> str:
    """A pattern, for any case, of `text` however a file spells its signs and parts its words."""
    words = SPACE.join(
        "".join(map(sign, word)) for word in unicodedata.normalize("NFC", text).split()
    )
    before, after = (f"(?:{SPACE})?" if end.isspace() else "" for end in (text[:1], text[-1:]))
    return before + words + after


@cache
def sign(character: str) -> str:
    """A pattern of one sign; letters of ASCII are themselves, an umlaut may be of two pieces."""
    if character.isascii() and (character.isalnum() or character in "_-., "):
        return re.escape(character)
    code = ord(character)
    references = [f"#0*{code}", f"#x0*{code:x}", *map(re.escape, references_by_sign()[character])]
    parts = unicodedata.normalize("NFD", character)
    spellings = [
        *(["".join(map(sign, parts))] if parts != character else []),
        SPELLED.get(character, re.escape(character)),
        escaped(character.encode("utf-16-be", "surrogatepass"), 2),
        escaped(character.encode("utf-8", "surrogatepass"), 1),
        rf"{AMPERSAND}(?:{'|'.join(references)});?+",
    ]
    return f"(?:{'|'.join(dict.fromkeys(spellings))})"


def escaped(content: bytes, width: int) -> str:
    r"""A pattern of units of bytes as JSON escapes them: `\u00fc`; Meta does so with UTF-8."""
    units = (content[at : at + width].hex() for at in range(0, len(content), width))
    return "".join(rf"\\u{unit:0>4}" for unit in units)


@cache
def references_by_sign() -> dict[str, list[str]]:
    """The names that HTML has for a sign."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, character in html5.items():
        if name.endswith(";") and len(character) == 1:
            found[character].append(name[:-1])
    return found
