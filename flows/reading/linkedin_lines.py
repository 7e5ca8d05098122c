"""A member's export of LinkedIn in, the lines of each of its records out, and the text in them.

One export quotes in two ways (`\\"` in comments, `""` in posts), wraps each line of a post in
quotes, and, until about 2021, left comments of several lines without any. What begins like a record
is one, whatever quotes are lost above it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from flows.reading.encodings import decoded_lines
from flows.reading.json_window import STRAY_BYTE, open_text
from models.canonical import Rejected

COMMENTS_HEADER = re.compile(r'"?Date"?,"?Link"?,"?Message"?', re.IGNORECASE)
SHARES_HEADER = re.compile(
    r'"?Date"?,"?ShareLink"?,"?ShareCommentary"?,"?SharedUrl"?,"?MediaUrl"?,"?Visibility"?',
    re.IGNORECASE,
)
"""Of 2021 (`SharedURL`) and 2025 (`SharedUrl`)."""

LONGEST_PREAMBLE = 10
"""Lines of notes that may stand above the header."""

LONGEST_RECORD = 5_000
"""Lines after which what goes on and on is no message."""

CLOCK = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: UTC)?"
LINK = r'https?://(?:[\w-]+\.)?linkedin\.com/[^,"\s]*'
START = re.compile(
    rf'"?(?P<date>{CLOCK})"?,(?:"?(?P<link>{LINK})"?|(?:"")?),|,"?(?P<undated>{LINK})"?,'
)
"""How a record begins; LinkedIn leaves the date or the link of some comments blank."""

BEGUN = re.compile(rf'"?{CLOCK}"?,')
OUTLINES = (
    *("0000-00-00 00:00:00,", '"0000-00-00 00:00:00",', ",https://", ",http://"),
    *("0000-00-00 00:00:00 UTC,", '"0000-00-00 00:00:00 UTC",'),
)
"""What the last line of a file that was cut looks like, if it was to begin a record."""

CELL = r'(?:"[^"]*"|[^",\n]*)'
SHARE_END = re.compile(rf',{CELL},{CELL},"?(?P<visibility>\w*)"?$')
"""What follows the text of a post: two addresses and who may see it."""

QUOTED = re.compile(r'"((?:[^"\\]|\\["\\]|""|\\(?!["\\]))*)"')
QUOTE = re.compile(r'\\?""|\\"')
ESCAPED = re.compile(r'\\(["\\])')
"""In comments, as LinkedIn writes them: `\\` before a quote, and before itself."""


@dataclass(frozen=True)
class Lines:
    """The lines of one record as one text, without its last line break; `line` is the first.

    `is_last` of the file, which may have been cut; `is_ended` by a line break.
    """

    text: str
    line: int
    is_last: bool
    is_ended: bool


def export_lines(path: Path) -> Iterator[str]:
    """The lines of a file; bytes that are not UTF-8 come through, unless none of it is."""
    lines, encoding = decoded_lines(path.read_bytes())
    if "mixed" not in encoding:
        yield from lines
        return
    with open_text(path) as file:
        yield from map(_unix, file)


def _unix(line: str) -> str:
    return line.rstrip("\r\n") + "\n" if line.endswith(("\r", "\n")) else line


def skip_to_header(numbered: Iterator[tuple[int, str]]) -> bool | None:
    """Whether the header, which is skipped, is that of the posts; None if there is none."""
    for number, line in numbered:
        for header, is_shares in ((COMMENTS_HEADER, False), (SHARES_HEADER, True)):
            if header.fullmatch(line.strip()):
                return is_shares
        if number >= LONGEST_PREAMBLE:
            return None
    return None


def records_in(numbered: Iterator[tuple[int, str]]) -> Iterator[Lines | Rejected]:
    """The lines from each that begins a record to the next such line."""
    lines: list[str] = []
    first, is_too_long = 0, False
    for number, line in chain(numbered, [(0, "")]):
        if (not number or begins(line)) and lines and not _is_within(line, lines):
            text = "".join(lines)
            ended = text.endswith("\n")
            found = Lines(text.rstrip("\n"), first, is_last=not number, is_ended=ended)
            yield _unreadable(found, is_too_long) or found
            lines = []
        if not lines:
            first, is_too_long = number, False
        if len(lines) > LONGEST_RECORD:
            is_too_long = True
        elif lines or line.strip():
            lines.append(line)


def begins(line: str) -> bool:
    """Whether a line is the first of a record, or what is left of one."""
    if START.match(line):
        return True
    if line.endswith("\n"):
        return False
    outline = re.sub(r"\d", "0", line)
    return bool(BEGUN.match(line)) or any(shape.startswith(outline) for shape in OUTLINES)


def _is_within(line: str, lines: list[str]) -> bool:
    """Whether a line that may begin a record, but has no address, stands in an open quote."""
    start, above = START.match(line), START.match(lines[0])
    if not line or not above or (start and (start["link"] or start["undated"])):
        return False
    raw = "".join(lines)[above.end() :].rstrip("\n")
    return raw.startswith('"') and not QUOTED.fullmatch(raw)


def _unreadable(lines: Lines, is_too_long: bool) -> Rejected | None:
    """Why a run of lines is no record; None if it may be one."""
    if is_too_long:
        return broken_record(lines, f"more than {LONGEST_RECORD:,} lines, expected the next record")
    if STRAY_BYTE.search(lines.text):
        return broken_record(lines, "bytes that are not UTF-8")
    if not lines.is_ended:
        return broken_record(lines, "the file ends within this record: it may have been cut")
    if not START.match(lines.text):
        return broken_record(
            lines, "text that belongs to no record, expected a date and an address"
        )
    return None


def field_text(raw: str, is_last: bool, *, has_escapes: bool = False) -> str | None:
    """The text of a field that fills `raw`; None if its quotes do not close.

    What follows closing quotes is text too. `is_last`: the file may have been cut behind a line.
    `has_escapes`: a backslash may stand before itself, too, as in comments.
    """
    raw = raw.rstrip("\n")
    if not raw.startswith('"'):
        return raw
    if whole := QUOTED.fullmatch(raw):
        return _unquoted(whole[1], has_escapes)
    if is_last:
        return None
    if len(raw) > 1 and raw.endswith('"'):
        return _unquoted(raw[1:-1], has_escapes)
    part = QUOTED.match(raw)
    return _unquoted(part[1], has_escapes) + raw[part.end() :] if part else None


def _unquoted(inner: str, has_escapes: bool) -> str:
    """What stands within quotes; doubled ones are a spreadsheet's, which escapes nothing else."""
    if has_escapes and '""' not in inner:
        return ESCAPED.sub(r"\1", inner)
    return QUOTE.sub('"', inner)


def unwrapped(text: str) -> str:
    """The text of a post without the quotes that LinkedIn puts around each of its lines."""
    lines = text.split("\n")
    ends = sum(line.endswith('"') for line in lines[:-1])
    starts = sum(line.startswith('"') for line in lines[1:])
    if ends + starts <= len(lines) - 1:
        return text
    opened = [lines[0], *(line.removeprefix('"') for line in lines[1:])]
    return "\n".join([*(line.removesuffix('"') for line in opened[:-1]), opened[-1]])


def broken_record(lines: Lines, detail: str) -> Rejected:
    return Rejected(position=0, line=lines.line, reason="broken record", detail=detail)
