"""A workbook of Excel or LibreOffice in, the rows of the sheet that holds the comments out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flows.reading.cells import typed_cell
from flows.reading.columns import guess_columns
from flows.reading.headers import filled_count, header_index, header_of, unique_names
from flows.reading.table_types import SAMPLE_LINES, BrokenTable, Row, TableFile
from flows.reading.times import EXCEL_ZERO
from flows.reading.workbook_cells import SheetCells, sheet_cells
from flows.reading.workbook_parts import day_zero
from models.canonical import Rejected

EXACT_DIGITS = 10**15
"""From here on Excel keeps only the first 15 digits of a number."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: `cells` from row `first_row` (from 0) on, its header among them."""

    name: str
    cells: Sequence[Sequence[object]]
    first_row: int
    header_index: int
    header: list[str]
    is_headerless: bool


def workbook_table(path: Path) -> TableFile:
    """The best sheet of a workbook; raises `BrokenTable` if none can be read."""
    sheets = [sheet for found in sheet_cells(path) if (sheet := _sheet(found))]
    if not sheets:
        raise BrokenTable("broken file", "the workbook holds no cells, expected a header and rows")
    best = max(sheets, key=_sheet_worth)
    line = best.first_row + best.header_index + 1
    note = f"Excel, sheet `{best.name}`"
    if best.is_headerless:
        note += ", without a header"
    elif line > 1:
        note += f", header in row {line}"
    zero = day_zero(path)
    if zero != EXCEL_ZERO:
        note += f", days counted from {zero.year}"
    return TableFile(best.header, _sheet_rows(best), note, day_zero=zero)


def _sheet(sheet: SheetCells) -> Sheet | None:
    cells = sheet.cells
    filled = [index for index, row in enumerate(cells[: SAMPLE_LINES * 5]) if filled_count(row)]
    if not filled:
        return None
    index = filled[header_index([cells[row] for row in filled])]
    header = header_of([_sheet_cell(cell) for cell in cells[index]])
    is_headerless = header == unique_names([None] * len(header))
    return Sheet(sheet.name, cells, sheet.first_row, index, header, is_headerless)


def _sheet_worth(sheet: Sheet) -> tuple[bool, int, int]:
    rows = (row.cells for row in _sheet_rows(sheet) if isinstance(row, Row))
    guess = guess_columns(sheet.header, list(islice(rows, SAMPLE_LINES)))
    return {"text", "created_at"} <= guess.keys(), len(guess), len(sheet.cells)


def _sheet_rows(sheet: Sheet) -> Iterator[Row | Rejected]:
    position = 0
    start = sheet.header_index + (not sheet.is_headerless)
    for index in range(start, len(sheet.cells)):
        if not filled_count(sheet.cells[index]):
            continue
        position += 1
        values = [typed_cell(_sheet_cell(cell)) for cell in sheet.cells[index]]
        cells = dict(zip(sheet.header, values, strict=False))
        yield Row(position, sheet.first_row + index + 1, cells)


def _sheet_cell(cell: object) -> object:
    if cell == "":
        return None
    if isinstance(cell, str):
        # How a workbook writes a carriage return within a cell.
        return cell.replace("_x000D_", "")
    # Excel keeps every number as a float: an id 4711 must not become "4711.0".
    is_exact = isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_DIGITS
    return int(cell) if isinstance(cell, float) and is_exact else cell
