"""A table whose maker always calls its columns the same in, its rows by those names out.

Names are compared as `plain_name` writes them: without case, spaces and signs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flows.reading.column_names import plain_name
from flows.reading.csv_rows import layout_of
from flows.reading.encodings import decoded_sample, text_lines
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.table_entries import NO_VALUE, count_of
from flows.reading.table_rows import is_workbook, looks_like_table, open_table
from flows.reading.table_types import BrokenTable, Cell, Row, TableFile
from flows.reading.times import EXCEL_ZERO, TimeReader, time_reader
from flows.reading.workbook_parts import day_zero, texts_in
from models.canonical import Rejected

NEVER_CLOSED = "a quote opens here and is never closed"
"""How a record of several lines is turned away that the end of the file cuts off."""


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A row: its cells by the plain names of their columns."""

    position: int
    line: int | None
    cells: dict[str, Cell]

    def text(self, *names: str) -> str | None:
        """The first of the cells called `names` that holds something, as it is written."""
        return next((text for name in names if (text := _text(self.cells.get(name)))), None)

    def words(self, *names: str) -> str | None:
        """The same of what somebody said, in which a dash or "null" is a word."""
        cells = (self.cells.get(name) for name in names)
        texts = (str(cell) for cell in cells if cell is not None)
        return next((text for text in texts if text.strip()), None)

    def count(self, *names: str) -> int | None:
        """The first of the cells called `names` that is a count."""
        counts = (count_of(self.cells.get(name)) for name in names)
        return next((count for count in counts if count is not None), None)


@lru_cache(maxsize=1)
def column_names(sample: bytes) -> frozenset[str]:
    """Plain names of the columns of a CSV file, by its first bytes; of a workbook all its texts.

    Empty for what is no table. Remembered for one file: each source of tables asks the same of it.
    """
    if is_workbook(sample):
        return frozenset(map(plain_name, texts_in(sample)))
    if not looks_like_table(sample):
        return frozenset()
    text = decoded_sample(sample)
    layout = None if text.lstrip().startswith(("{", "[")) else layout_of(text_lines(text))
    return frozenset(map(plain_name, layout.header)) if layout else frozenset()


def fixed_rows(path: Path, needs: frozenset[str]) -> Iterator[FixedRow | Rejected]:
    """Yield each row; a table without the columns of `needs` is a single rejection."""
    try:
        table = open_table(path)
    except BrokenTable as error:
        yield Rejected(position=0, reason=error.reason, detail=error.detail)
        return
    names = dict(zip(table.header, map(plain_name, table.header), strict=True))
    if missing := sorted(needs - set(names.values())):
        detail = f"columns are missing: {', '.join(missing)}; the file may have been cut"
        yield Rejected(position=0, reason="missing column", detail=detail)
        return
    yield from _rows(table, names)


def times_of(path: Path, zone: str, order: str, samples: Iterable[object] = ()) -> TimeReader:
    """A reader of the times in a table, whose bare day numbers count from its own day 0.

    `samples` are cells that may prove another order of days and months than `order`.
    """
    with path.open("rb") as file:
        is_counted = is_workbook(file.read(SAMPLE_SIZE))
    zero = day_zero(path) if is_counted else EXCEL_ZERO
    return time_reader(samples, zone, order, day_zero=zero)


def _rows(table: TableFile, names: dict[str, str]) -> Iterator[FixedRow | Rejected]:
    for row in rows_to_the_end(table.rows):
        if isinstance(row, Row):
            cells = {names[column]: cell for column, cell in row.cells.items() if column in names}
            yield FixedRow(row.position, row.line, cells)
        else:
            yield row


def rows_to_the_end(rows: Iterator[Row | Rejected]) -> Iterator[Row | Rejected]:
    """The rows; lines below a quote that is never closed, where no row follows, are part of it."""
    waiting: list[Rejected] = []
    for row in rows:
        if isinstance(row, Row):
            yield from waiting
            waiting = []
            yield row
        elif waiting or row.detail == NEVER_CLOSED:
            waiting.append(row)
        else:
            yield row
    yield from waiting[:1]


def _text(cell: Cell) -> str | None:
    if cell is None:
        return None
    text = str(cell).strip()
    return None if text.casefold() in NO_VALUE else text
