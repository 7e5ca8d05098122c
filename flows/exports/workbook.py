"""One Excel workbook of all marts, with a sheet that says how its numbers were made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import polars as pl

from flows.exports.base import Export, InParts
from flows.publishing.publication import Publication
from flows.wording import wording, written
from models.contract import PERIODS, Kind, Table
from transforms.coverage import COUNTS

FILE_NAME = "resonanz.xlsx"

MOST_ROWS = 20_000
MOST_COMMENTS = 5_000
"""Rows of a sheet of numbers, and of one of single comments. Excel admits 1,048,576, but nobody
reads them there, and they are most of what a publish would take; the other files have all rows."""

NAMES_OF_COMMENTS = frozenset({"comment_id", "quote_id"})
"""Columns that name the rows of tables of single comments."""

BEGINNINGS: Mapping[str, pl.Expr] = {
    "day": pl.col("day").cast(pl.String),
    "week": (pl.col("week") + "-1").str.to_date("%G-W%V-%u").cast(pl.String),
    "month": pl.col("month") + "-01",
}
"""When a period began, as texts that sort by time."""

LONGEST_CELL = 32_767
"""Characters that Excel admits in a cell."""

LONGEST_SHEET_NAME = 31

FORMATS: Mapping[Kind, str] = {"share": "0.0%", "day": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}

WIDTHS: Mapping[Kind, int] = {"text": 22, "texts": 22, "time": 17, "json": 22}

WRITERS: Mapping[Kind, str] = {
    "count": "write_number",
    "share": "write_number",
    "score": "write_number",
    "flag": "write_boolean",
    "day": "write_datetime",
    "time": "write_datetime",
}
"""The method that writes a cell of a kind; what is not here is a text and nothing else."""

NEVER_RUN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
"""A comment that begins with `=` stays a text: no cell of the workbook can run."""

CARD_FACTS = ("published_at", "code", "zone", "models", "taxonomy")


@dataclass(frozen=True)
class Shown:
    """What the workbook shows: a `publication` with some rows of each mart of `heights` rows."""

    publication: Publication
    heights: Mapping[Table, int]


def excerpt(publication: Publication) -> Shown:
    """The rows that the sheets show, and how many there are."""
    marts = publication.marts
    few = {table: for_people(table, rows) for table, rows in marts.items()}
    return Shown(
        replace(publication, marts=few), {table: rows.height for table, rows in marts.items()}
    )


def write(publication: Publication, folder: Path) -> None:
    """Write `resonanz.xlsx`: the method card, the columns explained, then a sheet a mart."""
    write_shown(excerpt(publication), folder)


def write_shown(shown: Shown, folder: Path) -> None:
    """Write `resonanz.xlsx` of what it shows."""
    import xlsxwriter

    publication = shown.publication
    words = wording(publication.language)["card"]
    with xlsxwriter.Workbook(folder / FILE_NAME, NEVER_RUN) as book:
        book.set_properties({"title": words["title"], "created": created(publication)})
        styles = {kind: book.add_format({"num_format": shown}) for kind, shown in FORMATS.items()}
        bold = book.add_format({"bold": True})
        write_lines(book.add_worksheet(words["sheet"]), card_lines(shown, words), bold)
        write_lines(book.add_worksheet(words["columns_sheet"]), column_lines(publication), bold)
        for table, frame in publication.marts.items():
            sheet = book.add_worksheet(table.name[:LONGEST_SHEET_NAME])
            write_mart(sheet, table, frame, styles, bold)


def for_people(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """What a sheet shows of `rows`: the first of a ranking, else the newest, in their order."""
    most = MOST_ROWS if NAMES_OF_COMMENTS.isdisjoint(table.grain) else MOST_COMMENTS
    if rows.height <= most:
        return rows
    if "rank" in rows.columns:
        return rows.sort("rank").head(most)
    periods = [table.period] if table.period else [p for p in PERIODS if p in rows.columns]
    if not periods:
        return rows.tail(most)
    # Of a single comment only one period is told; one without any counts as the oldest.
    began = pl.coalesce(BEGINNINGS[period] for period in periods).fill_null("")
    return rows.filter(began.rank("ordinal") > rows.height - most)


def created(publication: Publication) -> datetime:
    """The moment that the file carries: the publication's, so that equal ones are equal bytes."""
    stamp = str(publication.facts.get("published_at") or "1980-01-01T00:00:00")
    return datetime.fromisoformat(stamp).replace(tzinfo=None)


def write_lines(sheet: Any, lines: list[tuple[object, ...]], bold: Any) -> None:
    """Write lines of cells; a line of one cell is a heading."""
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 2, 70)
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            sheet.write(row, column, cell, bold if len(line) == 1 else None)


def card_lines(shown: Shown, words: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """The method card: what was published, from what, by which models, and how to read it."""
    facts = shown.publication.facts
    counts = cast(Mapping[str, object], facts.get("counts") or {})
    hidden = cast(Mapping[str, object], facts.get("hidden_counts") or {})
    values = {
        "published_at": facts.get("published_at", ""),
        "code": facts.get("resonanz", ""),
        "zone": facts.get("reporting_time_zone", ""),
        "models": as_text(facts.get("models")),
        "taxonomy": facts.get("taxonomy", ""),
    }
    return [
        (words["title"],),
        *((words[name], str(values[name])) for name in CARD_FACTS),
        (),
        (words["coverage"],),
        *(
            (words[name], words["hidden_count"] if name in hidden else counts[name])
            for name in COUNTS
            if name in counts or name in hidden
        ),
        (),
        (words["tables"],),
        *table_lines(shown, words),
        (),
        (words["reading"],),
        *(("", note) for note in words["notes"]),
    ]


def table_lines(shown: Shown, words: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """A line a mart: its name, how many rows it has, what it tells."""
    language = shown.publication.language
    for table, rows in shown.publication.marts.items():
        height = written(shown.heights[table], language)
        size = words["rows"].format(count=height)
        if rows.height < shown.heights[table]:
            some = written(rows.height, language)
            size = words["cut"].format(count=height, shown=some)
        yield table.name, size, table.about


def column_lines(publication: Publication) -> list[tuple[object, ...]]:
    """Every column of every mart with its description."""
    lines: list[tuple[object, ...]] = []
    for table in publication.marts:
        lines += [(table.name,), *((column.name, column.about) for column in table.columns), ()]
    return lines


def write_mart(
    sheet: Any, table: Table, rows: pl.DataFrame, styles: Mapping[Kind, Any], bold: Any
) -> None:
    """A mart as a table with a filter and a head that stays in sight."""
    for place, column in enumerate(table.columns):
        sheet.write(0, place, column.name, bold)
        width = max(WIDTHS.get(column.kind, 12), len(column.name) + 2)
        sheet.set_column(place, place, width, styles.get(column.kind))
        values = rows[column.name]
        if column.kind == "texts":
            values = values.list.join(", ")
        if values.dtype == pl.String:
            values = values.str.slice(0, LONGEST_CELL)
        write = getattr(sheet, WRITERS.get(column.kind, "write_string"))
        style = styles.get(column.kind)
        for row, value in enumerate(values.to_list(), start=1):
            if value not in (None, ""):  # an empty cell has the style of its column
                write(row, place, value, style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows.height, 1), len(table.columns) - 1)


def as_text(models: object) -> str:
    """Heads and the models that answer them, on one line; heads of one model together."""
    heads_of: dict[str, list[str]] = {}
    for head, version in (models if isinstance(models, Mapping) else {}).items():
        heads_of.setdefault(str(version), []).append(str(head))
    return "; ".join(f"{version}: {', '.join(heads)}" for version, heads in heads_of.items())


EXPORT = Export(
    "workbook",
    "One Excel workbook with a method card",
    write,
    in_parts=InParts(excerpt, write_shown),
)
