"""A file that came in: how many of its fields hold personal data that no reader takes in.

Readers name the fields that they want, so these are left behind by themselves; here they are
counted, by the names that platforms give them, so that what was left out can be told.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flows.reading.encodings import decoded_sample
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.table_rows import begin_table, open_table
from flows.reading.table_types import BrokenTable, Row

FIELDS = {
    "email": r"(?:comment_|author_?|user_?|sender_?)*e-?mails?"
    r"(?:_?address(?:es)?|[_-]?adressen?|_?hash)?|mails?",
    "ip": r"(?:comment_|author_?|user_?)*ip(?:_?address|[_-]?adresse)?|remote_?addr",
    "avatar": r"gravatar(?:_image|_hash)?|avatar(?:_?urls?|_template|_hash)?|image_\d+|picture"
    r"|profile_?(?:image|pic(?:ture)?)(?:_?url)?(?:_https)?",
    "phone": r"phone|telephone|mobile(?:_?phone)?|phone_?number|telefon",
    "birth": r"birth_?(?:day|date)|date_?of_?birth|geburtsdatum",
    "real_name": r"real_?name(?:_normalized)?|first_?name|last_?name|full_?name|vorname|nachname",
}
"""What fields are called, in small letters, by what they hold."""

NAMES = "|".join(f"(?P<{kind}>{names})" for kind, names in FIELDS.items())
NAME = re.compile(NAMES, re.IGNORECASE)
IN_JSON = re.compile(rb'"([\w-]+)"\s*:\s*(?="[^"]|\{\s*"|\[\s*[^\]\s]|-?\d)')
"""The name of any JSON field with a value: neither empty nor null, true nor false."""

IN_XML = re.compile(rb"<(?:[\w-]+:)?([\w-]+)>(?=<!\[CDATA\[[^\]]|[^<\s])")
"""The name of any XML element with a text."""

IN_HEADER = re.compile(rf"(?:.*[ ._/])?(?:{NAMES})", re.IGNORECASE)

PIECE = 1 << 20
LONGEST_FIELD = 200
"""Bytes by which pieces overlap, so that a field on their border is seen whole."""


def left_out_fields(path: Path) -> Counter[str]:
    """Kind of personal data -> how many fields of a file hold such a value."""
    with path.open("rb") as file:
        start = file.read(256).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] in (b"{", b"["):
        return count_matches(path, IN_JSON)
    if start[:1] == b"<":
        return count_matches(path, IN_XML)
    return count_cells(path)


def count_matches(path: Path, field: re.Pattern[bytes]) -> Counter[str]:
    """How often fields with personal data occur, by kind; `field` finds the names of all fields.

    All names are counted and then the few different ones looked up: three times as fast as to
    look for those of `FIELDS` at every place of the file.
    """
    names: Counter[bytes] = Counter()
    for before, piece in pieces(path):
        names.update(field.findall(before + piece))
        names.subtract(field.findall(before))
    found: Counter[str] = Counter()
    for name, count in names.items():
        match = NAME.fullmatch(name.decode())
        if count and match and match.lastgroup:
            found[match.lastgroup] += count
    return found


def pieces(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Pieces of a file, each behind the end of the one before it."""
    with path.open("rb") as file:
        before = b""
        while piece := file.read(PIECE):
            yield before, piece
            before = piece[-LONGEST_FIELD:]


def count_cells(path: Path) -> Counter[str]:
    """How many cells of a table stand below a header that `FIELDS` knows, and are not empty."""
    found: Counter[str] = Counter()
    if not may_hold_fields(path):
        return found
    try:
        table = open_table(path)
    except BrokenTable:
        return found  # its reader says what is wrong
    kinds = {name: kind for name in table.header if (kind := kind_of(name))}
    for row in table.rows if kinds else ():
        if isinstance(row, Row):
            found.update(kind for name, kind in kinds.items() if row.cells.get(name))
    return found


def may_hold_fields(path: Path) -> bool:
    """Whether a header may have such a column: cheap to tell of a text file, yes of any other.

    Comments speak of mails and telephones, too: where such a word stands, the header is looked at.
    """
    with path.open("rb") as file:
        start = file.read(SAMPLE_SIZE)
    if b"\x00" in start:
        return True
    words = re.split(r"[^\w-]+", decoded_sample(start).casefold())
    if not any(map(kind_of, set(words))):
        return False
    try:
        return any(map(kind_of, begin_table(path).header))
    except BrokenTable:
        return False  # its reader says what is wrong


def kind_of(header: str) -> str | None:
    """What a column holds by its name; None for what is no personal data of these kinds."""
    match = IN_HEADER.fullmatch(header.strip().replace(" ", "_"))
    return match.lastgroup if match else None
