"""Lines of a CSV file in, its header and rows out, however it is laid out."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from operator import contains

from flows.reading.cells import forbidden
from flows.reading.csv_records import RecordLines, csv_records, without_blank_end
from flows.reading.headers import header_index, header_of, header_worth, unique_names
from flows.reading.table_types import SAMPLE_LINES, BrokenTable, Row, TableFile
from flows.reading.times import is_timely
from models.canonical import Rejected

TRIED_LINES = 2_000
"""Lines on which it is tried whether backslashes escape quotes."""

DELIMITERS = (";", ",", "\t", "|")

FEW_ROWS = 5
"""Records among which a time is looked for; tables can have thousands of columns."""


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out: `start` is the index of the line its records begin in."""

    delimiter: str
    header: list[str]
    start: int
    is_headerless: bool
    width_share: float
    """The share of the sampled records that have as many fields as the header."""
    records: int
    """How many were sampled."""
    header_line: int
    """Its number in the file."""
    has_preamble: bool
    """Whether other records stand above the header."""
    has_times: bool
    """Whether one of the sampled records holds a time."""


def csv_table(lines: list[str], encoding: str) -> TableFile:
    """The table that lines are; raises `BrokenTable` if there are none but blanks."""
    layout = layout_of(lines)
    if layout is None:
        raise BrokenTable("broken file", "the file is empty, expected a header line and rows")
    lines = _without_backslashes(lines, layout)
    shown = "tab" if layout.delimiter == "\t" else layout.delimiter
    note = f"CSV, {encoding}, delimiter `{shown}`"
    return TableFile(layout.header, csv_rows(lines, layout), note + _where(layout))


def _where(layout: Layout) -> str:
    if layout.is_headerless:
        return ", without a header"
    return f", header in line {layout.header_line}" if layout.header_line > 1 else ""


def layout_of(lines: list[str]) -> Layout | None:
    """How the lines of a CSV file are laid out; None if there is nothing but blanks."""
    start = next((index for index, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return None
    declared = re.fullmatch(r'"?sep=(.?)"?[;,\s]*', lines[start], re.IGNORECASE)
    if not declared:
        layouts = [_layout(lines, start, delimiter) for delimiter in DELIMITERS]
        return max(layouts, key=_layout_worth)
    if not any(line.strip() for line in lines[start + 1 :]):
        return None
    return _layout(lines, start + 1, declared[1] or "\t")


def _layout(lines: list[str], start: int, delimiter: str) -> Layout:
    sample = lines[: start + SAMPLE_LINES]
    records = [
        record
        for record in csv_records(sample, start, delimiter, None)
        if not isinstance(record, Rejected)
    ] or [(start + 1, lines[start].split(delimiter))]
    index = header_index([fields for _, fields in records])
    line, fields = records[index]
    header = header_of(fields)
    is_headerless = header == unique_names([None] * len(fields))
    rows = records[index + (not is_headerless) :]
    fitting = sum(len(fields) == len(header) for _, fields in rows)
    return Layout(
        delimiter=delimiter,
        header=header,
        # The line after the header's last one: a header cell may hold line breaks.
        start=line - 1 if is_headerless else _next_start(lines, line - 1, delimiter),
        is_headerless=is_headerless,
        width_share=fitting / len(rows) if rows else 1.0,
        records=len(rows),
        header_line=line,
        has_preamble=index > 0,
        has_times=any(is_timely(field) for _, fields in rows[:FEW_ROWS] for field in fields),
    )


def _next_start(lines: list[str], start: int, delimiter: str) -> int:
    feed = RecordLines(lines, start)
    try:
        next(csv.reader(feed, delimiter=delimiter, strict=True), None)
    except csv.Error:
        return start + 1
    return feed.next


def _layout_worth(layout: Layout) -> tuple[int, bool, float, int]:
    width = len(layout.header)
    is_table = width > 1 and layout.width_share >= 0.5
    worth = 0 if layout.is_headerless else header_worth(layout.header)
    return worth, is_table, layout.width_share, width


def _without_backslashes(lines: list[str], layout: Layout) -> list[str]:
    r"""The lines with `\"` as `""`, if fewer rows are broken then: MySQL and LinkedIn write so."""
    if not holds(lines, '\\"'):
        return lines
    usual = [line.replace('\\"', '""') for line in lines]

    def broken(some: list[str]) -> int:
        return sum(isinstance(row, Rejected) for row in csv_rows(some[:TRIED_LINES], layout))

    return usual if broken(usual) < broken(lines) else lines


def holds(lines: list[str], sign: str) -> bool:
    """Whether one of the lines holds `sign`; a file may have a million, and most lack it."""
    return any(map(contains, lines, repeat(sign)))


def csv_rows(lines: list[str], layout: Layout) -> Iterator[Row | Rejected]:
    """Yield every record below the header, usable or not."""
    header, width = layout.header, len(layout.header)
    least = _named_width(header)
    may_hold_nul = holds(lines, "\x00")
    records = csv_records(lines, layout.start, layout.delimiter, (least, width))
    for position, record in enumerate(records, start=1):
        if isinstance(record, Rejected):
            yield replace(record, position=position)
            continue
        line, fields = record
        if len(fields) > width:
            fields = without_blank_end(fields, width)
        if not least <= len(fields) <= width:
            detail = f"found {len(fields)} fields, expected {width}"
            yield Rejected(position=position, line=line, reason="broken record", detail=detail)
        elif may_hold_nul and any("\x00" in field for field in fields):
            yield forbidden(position, line)
        else:
            yield Row(position, line, dict(zip(header, fields, strict=False)))


def _named_width(header: Sequence[str]) -> int:
    """How many columns there are up to the last that has a name."""
    width = len(header)
    while width > 1 and header[width - 1] == f"column {width}":
        width -= 1
    # Where no column has a name, each of them is one.
    return width if header[width - 1] != f"column {width}" else len(header)
