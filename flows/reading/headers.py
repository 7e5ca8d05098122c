"""The first records of a table in, which of them is the header and its column names out."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.reading.columns import named_columns
from flows.reading.times import is_timely

LONGEST_PREAMBLE = 30
"""Records that may stand above the header: exports put a title and their filters there."""


def header_index(records: Sequence[Sequence[object]]) -> int:
    """The index of the record that is the header: the first that names what comments have.

    If none does, it is the first that is about as wide as most are: titles are narrower.
    """
    first = records[:LONGEST_PREAMBLE]
    worths = [header_worth(record) for record in first[:1]]
    if worths != [2]:
        worths = [header_worth(record) for record in first]
    for worth in (2, 1):
        if worth in worths:
            return worths.index(worth)
    widths = [filled_count(record) for record in records]
    usual = Counter(widths).most_common(1)[0][0]
    wide = (index for index, width in enumerate(widths) if width >= max(0.6 * usual, 1))
    return next(wide, 0)


def header_worth(record: Sequence[object]) -> int:
    """2 if a record names a text and a time, 1 if it names two other fields, else 0."""
    if any(is_timely(cell) for cell in record):
        return 0
    named = named_columns([str(cell) for cell in record if isinstance(cell, str) and cell.strip()])
    if {"text", "created_at"} <= named.keys():
        return 2
    return int(len(named) >= 2)


def filled_count(record: Sequence[object]) -> int:
    """How many cells of a record are not blank."""
    return sum(cell is not None and bool(str(cell).strip()) for cell in record)


def header_of(record: Sequence[object]) -> list[str]:
    """The column names that a header record gives, or numbers if it is a row: it holds a time."""
    is_row = any(is_timely(cell) for cell in record)
    return unique_names([None] * len(record) if is_row else record)


def unique_names(names: Iterable[object]) -> list[str]:
    """Column names that can be told apart: blanks get a number, repeats a suffix."""
    taken: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        text = " ".join(str(name).split()) if name is not None else ""
        unique = text = text or f"column {number}"
        repeat = 1
        while unique in taken:
            repeat += 1
            unique = f"{text} ({repeat})"
        taken[unique] = None
    return list(taken)
