"""A person taken out of tables, as text, Parquet or workbooks: his rows go, the others stay."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.erasing.objects import ID_FIELD, OTHERS, renamed
from flows.erasing.traces import Traces


def edited_table(text: str, traces: Traces) -> str:
    """A table of text without the rows of the person; the others stay to the letter."""
    sample = text[:20_000]
    delimiter = max(",;\t|", key=sample.count)
    # Cut where `csv` ends lines: `splitlines` does it at form feeds and Unicode's separators, too.
    kept, lines = [], list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    taken, columns = 0, Columns()
    for row in reader:
        chunk = "".join(lines[taken : reader.line_num])
        columns = columns if taken else columns_of(row)
        taken = reader.line_num
        if not is_own_row(columns.own(row), traces):
            cells = columns.nameless(row, traces)
            kept.append(chunk if cells == row else written_row(cells, delimiter, chunk))
    return "".join(kept)


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold ids, and which tell of others than the author, by place."""

    ids: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()

    def own(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The cells that tell whose a row is."""
        return tuple(cell for place, cell in enumerate(row) if place not in self.others)

    def nameless(self, row: Sequence[Any], traces: Traces) -> list[Any]:
        """A row of others, which answers the person's comments namelessly and mentions nobody."""
        return [self.left(place, cell, traces) for place, cell in enumerate(row)]

    def left(self, place: int, cell: Any, traces: Traces) -> Any:
        """A cell of a row of others, as it stays."""
        left = renamed(cell, traces) if place in self.ids else cell
        return traces.unmentioned(left) if place in self.others else left


def columns_of(header: Sequence[Any]) -> Columns:
    """Which columns are of which kind, by the names in a table's first row."""
    names = [str(name or "").strip() for name in header]
    return Columns(
        frozenset(place for place, name in enumerate(names) if ID_FIELD.search(name)),
        frozenset(place for place, name in enumerate(names) if OTHERS.search(name)),
    )


def written_row(cells: list[str], delimiter: str, before: str) -> str:
    """A changed row of a table, with the line's end that it had."""
    end = before[len(before.rstrip("\r\n")) :]
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(cells)
    return line.getvalue()


def edit_parquet(path: Path, traces: Traces) -> None:
    """A Parquet file without the rows of the person."""
    import polars as pl

    try:
        rows = pl.read_parquet(path, glob=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"`{path.name}` is no whole Parquet file") from error
    kept = without(rows, traces)
    if not kept.equals(rows):
        kept.write_parquet(path)


def without(rows: Any, traces: Traces) -> Any:
    """A frame without the person's rows, and without traces in the others."""
    import polars as pl

    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    if not texts or rows.is_empty():
        return rows
    columns = columns_of(texts)
    own = [is_own_row(columns.own(row), traces) for row in rows.select(texts).iter_rows()]
    kept = rows.filter(~pl.Series(own))
    return kept.with_columns(
        pl.Series(
            name,
            [cell and traces.taken_from(columns.left(place, cell, traces)) for cell in kept[name]],
            pl.String,
        )
        for place, name in enumerate(texts)
    )


def is_own_row(cells: Sequence[Any], traces: Traces) -> bool:
    """Whether a row is of one of the person's comments, or of the person."""
    return any(
        cell in traces.comment_ids
        or cell in traces.texts
        or cell in traces.permalinks
        or traces.is_author(cell)
        for cell in cells
        if cell is not None
    )


def edit_workbook(path: Path, traces: Traces) -> None:
    """A workbook of Excel without the rows of the person."""
    import openpyxl

    # As a stream: a landed file's ending is not that of a workbook.
    book, is_changed = openpyxl.load_workbook(io.BytesIO(path.read_bytes())), False
    for sheet in book.worksheets:
        columns = columns_of(next(sheet.iter_rows(max_row=1, values_only=True), ()))
        own = [
            number
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if is_own_row(columns.own(row), traces)
        ]
        for number in reversed(own):
            sheet.delete_rows(number)
            is_changed = True
        for row in sheet.iter_rows():
            for place, cell in enumerate(row):
                left = without_traces(columns.left(place, cell.value, traces), traces)
                if left != cell.value:
                    cell.value, is_changed = left, True
    if is_changed:
        book.save(path)


def without_traces(value: Any, traces: Traces) -> Any:
    """The value of a workbook's cell without what stands for the person."""
    if isinstance(value, str) and traces.found_in(value):
        return traces.taken_from(value)
    return value
