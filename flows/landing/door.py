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
from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable, Row

FIELDS = {
    "email": r"(?:comment_|author_?|user_?|sender_?)*e-?mail(?:_?address|-?adresse)?|mail",
    "ip": r"(?:comment_|author_?|user_?)*ip(?:_?address)?|remote_?addr",
    "avatar": r"gravatar(?:_image|_hash)?|avatar(?:_?urls?|_template|_hash)?|image_\d+|picture"
    r"|profile_?(?:image|pic(?:ture)?)(?:_?url)?(?:_https)?",
    "phone": r"phone|telephone|mobile(?:_?phone)?|phone_?number|telefon",
    "birth": r"birth_?(?:day|date)|date_?of_?birth|geburtsdatum",
    "real_name": r"real_?name(?:_normalized)?|first_?name|last_?name|full_?name|vorname|nachname",
}
"""What fields are called, in small letters, by what they hold."""

NAMES = "|".join(f"(?P<{kind}>{names})" for kind, names in FIELDS.items())
IN_JSON = re.compile(rf'"(?:{NAMES})"\s*:\s*(?:"(?!")|\{{\s*")'.encode(), re.IGNORECASE)
"""A JSON field with a value: neither empty, null nor a number."""

IN_XML = re.compile(
    rf"<(?:[\w-]+:)?(?:{NAMES})>(?:<!\[CDATA\[(?!\])|(?![<\s]))".encode(), re.IGNORECASE
)
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


def count_matches(path: Path, pattern: re.Pattern[bytes]) -> Counter[str]:
    """How often fields that `pattern` knows occur, by kind."""
    found: Counter[str] = Counter()
    for piece, fresh in pieces(path):
        for match in pattern.finditer(piece):
            if match.end() > fresh and match.lastgroup:
                found[match.lastgroup] += 1
    return found


def pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """Pieces of a file, each with how many of its bytes stood at the end of the one before."""
    with path.open("rb") as file:
        before = b""
        while piece := file.read(PIECE):
            yield before + piece, len(before)
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
    """Whether a header may have such a column: cheap to tell of a text file, yes of any other."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_SIZE)
    if b"\x00" in start:
        return True
    words = re.split(r"[^\w-]+", decoded_sample(start).casefold())
    return any(kind_of(word) for word in set(words))


def kind_of(header: str) -> str | None:
    """What a column holds by its name; None for what is no personal data of these kinds."""
    match = IN_HEADER.fullmatch(header.strip().replace(" ", "_"))
    return match.lastgroup if match else None
