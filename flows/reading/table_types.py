"""What a table file is read as: its header and its rows of typed cells, whatever its format."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flows.reading.times import EXCEL_ZERO
from models.canonical import Reason, Rejected

Cell = str | int | float | bool | datetime | None
"""A value as its file types it; CSV cells are texts."""

SAMPLE_LINES = 200
"""Lines that tell how a text file is laid out: preamble, header, delimiter."""


class BrokenTable(Exception):
    """The file as a whole can't be read as a table; says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(slots=True)  # frozen, it would take three times as long to make
class Row:
    """One record: `position` counts from 1, `line` is where it starts in a text file or sheet."""

    position: int
    line: int | None
    cells: dict[str, Cell]


@dataclass(frozen=True)
class TableFile:
    """A table's header, its rows (read once, in order), and how it was taken apart.

    `is_keyed`: the format itself tells names from rows, as JSON and Parquet do. `day_zero` is the
    day that bare day numbers in it count from.
    """

    header: list[str]
    rows: Iterator[Row | Rejected]
    note: str
    is_keyed: bool = False
    day_zero: datetime = EXCEL_ZERO
