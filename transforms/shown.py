"""What a sheet shows of a comment, and the digests that tell whether a file still shows it."""

import hashlib
import json
import re
from collections.abc import Iterable

LONGEST_COMMENT, LONGEST_CONTEXT = 15_000, 700
"""Characters; a cell of Excel takes 32,767 units of UTF-16, of which an emoji needs two."""

_FORBIDDEN = re.compile("[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold: https://www.w3.org/TR/xml/#charsets."""
_ESCAPE = re.compile(r"_(x[0-9a-fA-F]{4}_)")
"""What spreadsheets read as one character, written by its number (ECMA-376, 22.9.2.19)."""


def shown(text: str | None, longest: int = LONGEST_COMMENT) -> str:
    """`text` as every spreadsheet reads it alike; cut, with a mark, if it is longer."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    plain = _FORBIDDEN.sub("", lines)
    safe = _ESCAPE.sub(r"_ \1", plain).strip()
    return safe if len(safe) <= longest else safe[: longest - 4].rstrip() + " […]"


def row_digest(sheet: str, comment_id: str, texts: Iterable[str]) -> str:
    """Equal for rows of one sheet that show the same: its id and its texts, white space apart."""
    parts = [sheet, comment_id, *(" ".join(text.split()) for text in texts)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def sheet_digest(sheet: str, row_digests: Iterable[str]) -> str:
    """Equal for sheets of one name with the same rows in the same order."""
    return hashlib.sha256("\n".join([sheet, *row_digests]).encode()).hexdigest()[:16]
