"""A row of a table file in, what it says of each of our fields out."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.reading.column_names import plain_name
from flows.reading.table_types import Cell, Row
from flows.reading.times import EXCEL_ZERO, excel_serial, is_day
from models.canonical import Status

MOST_COUNTED = 10**15
"""No count is as large; what is would not fit into the warehouse either."""

ID_FIELDS = ("comment_id", "parent_id", "post_id")

DECIMAL_ID = re.compile(r"^(\d+)\.0$")

SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long id; its last digits are lost."""

DECIMAL_MARKS = frozenset(".,Ee")

SPACING = re.compile(r"[\s'’]")

THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*", re.ASCII)

MOST_DIGITS = 15
"""Of a count."""

WHOLE = re.compile(rf"(\d{{1,{MOST_DIGITS}}})(?:[.,]\d+)?", re.ASCII)

NO_VALUE = frozenset({"", "null", "none", "nan", "n/a", "\\n", "-"})
"""What databases and scripts write where there is nothing."""

LONGEST_NO_VALUE = max(map(len, NO_VALUE))

NOBODY = NO_VALUE | frozenset({"0", "anonymous", "anonym", "gast", "guest", "unbekannt", "unknown"})
"""Authors that are nobody in particular; as one person they would be the busiest of all."""

STATUS_WORDS: dict[str, Status] = {
    "published": "published",
    "approved": "published",
    "freigegeben": "published",
    "1": "published",
    "veroeffentlicht": "published",
    "pending": "pending",
    "hold": "pending",
    "0": "pending",
    "heldforreview": "pending",
    "hidden": "hidden",
    "verborgen": "hidden",
    "spam": "spam",
    "likelyspam": "spam",
    "trash": "trash",
    "papierkorb": "trash",
    "rejected": "trash",
    "deleted": "deleted",
    "geloescht": "deleted",
}


@dataclass(slots=True)  # frozen, it would take three times as long to make
class Entry:
    """A row by fields: its `cells` as they are, and its `texts`, where there is anything."""

    position: int
    line: int | None
    cells: dict[str, Cell]
    texts: dict[str, str]


def entry_of(row: Row, columns: Mapping[str, str]) -> Entry:
    """What `row` says of each field that has a column; `columns` is field -> column."""
    cells = {field: row.cells.get(column) for field, column in columns.items()}
    texts = {field: text for field, cell in cells.items() if (text := reader_of(field)(cell))}
    return Entry(row.position, row.line, cells, texts)


def reader_of(field: str) -> Callable[[Cell], str | None]:
    """How the cells of a field are made texts."""
    return id_text if field in ID_FIELDS else words if field == "text" else said


def words(cell: Cell) -> str | None:
    """What a cell holds, without blanks around it; None if that is nothing."""
    if cell is None:
        return None
    return (cell if isinstance(cell, str) else str(cell)).strip() or None


def said(cell: Cell) -> str | None:
    """The same of a cell in which `null` and its like mean nothing, too."""
    text = words(cell)
    # By its length most of what says something is told apart.
    if text is None or len(text) > LONGEST_NO_VALUE or text.casefold() not in NO_VALUE:
        return text
    return None


def id_text(cell: Cell) -> str | None:
    """The same of an id: scripts make decimals of numbers in columns with gaps, `4711.0`."""
    text = said(cell)
    return DECIMAL_ID.sub(r"\1", text) if text and text.endswith(".0") else text


LAST_DAY = 2_958_465
"""The last day that Excel counts, 9999-12-31."""


def time_cell(entry: Entry, day_zero: datetime = EXCEL_ZERO) -> Cell:
    """The time of a row, put together where day and clock stand in two columns.

    `day_zero` is the day that bare day numbers count from.
    """
    value, clock = entry.cells.get("created_at"), entry.cells.get("created_time")
    if clock in (None, "") or value in (None, "") or not is_day(value):
        return value
    if isinstance(value, int | float):
        if not 0 < value <= LAST_DAY:
            return value
        value = excel_serial(value, day_zero)
    day = f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value).strip()
    return f"{day} {_clock_text(clock)}"


def _clock_text(clock: Cell) -> str:
    if isinstance(clock, datetime):
        return f"{clock:%H:%M:%S}"
    if isinstance(clock, int | float) and 0 <= clock < 1:
        return f"{excel_serial(clock):%H:%M:%S}"
    return str(clock).strip()


def raw_text(value: Cell) -> str | None:
    """A value as it is written; None if it is blank."""
    return (str(value).strip() or None) if value is not None else None


def somebody(name: str | None) -> str | None:
    """The name of an author; None if it names nobody in particular."""
    is_nobody = name is None or name.casefold() in NOBODY or is_rounded(name)
    return None if is_nobody else name


def is_rounded(value: str) -> bool:
    """Whether a spreadsheet has made a rounded number of an id."""
    # By its second sign most ids are told apart without a look at all of it.
    return value[1:2] in DECIMAL_MARKS and bool(SCIENTIFIC.fullmatch(value))


def status_of(word: str | None) -> Status:
    """A state as moderators call it, in German or English."""
    return STATUS_WORDS.get(plain_name(word), "unknown") if word else "unknown"


def count_of(cell: Cell) -> int | None:
    """A count as German and English spreadsheets write it: 3, 3.0, 1.234, 1,234, 1 234."""
    if isinstance(cell, int | float):
        return int(cell) if 0 <= cell < MOST_COUNTED else None
    if not isinstance(cell, str) or not cell:
        return None
    if len(cell) <= MOST_DIGITS and cell.isdecimal() and cell.isascii():
        return int(cell)
    text = SPACING.sub("", cell)
    if THOUSANDS.fullmatch(text):
        text = re.sub(r"[.,]", "", text)
    whole = WHOLE.fullmatch(text)
    return int(whole[1]) if whole else None


def spoken(text: str | None) -> str | None:
    """The words of a cell; YouTube Takeout wraps them in JSON, whole or as joined segments."""
    if not text or text == "\\N" or not text.startswith("{") or '"text"' not in text:
        return None if text == "\\N" else text
    decoder, position, words = json.JSONDecoder(strict=False), 0, []
    while position < len(text):
        try:
            segment, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return text
        inner = segment.get("takeoutSegments", [segment]) if isinstance(segment, dict) else []
        words += [str(part["text"]) for part in inner if isinstance(part, dict) and "text" in part]
        while position < len(text) and text[position] in ", \n\r\t":
            position += 1
    return "".join(words).strip() or text
