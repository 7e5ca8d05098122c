"""What spreadsheets make of the tables of each maker: days as numbers, from 1900 or from 1904."""

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from flows.sources.base import all_sources
from models.canonical import Comment, Post, Record
from tests.cut_files import SAMPLES, reader, specific_sources

DATES = {
    "brandwatch_table": "Date",
    "exportcomments_table": "Date",
    "linkedin_export": "Date",
    "reddit_export": "date",
    "talkwalker_table": "published",
    "viva_engage": "created_at",
}
"""The column of each source's table in which a spreadsheet makes days of the times."""

NO_DAYS = {"fourcat_table": "times are the seconds since 1970"}
"""Sources whose workbooks hold no days, and what they hold."""

FIRST = datetime(2025, 11, 5, 12)


def workbook(name: str, epoch: datetime) -> bytes:
    """The sample of a source as a workbook, its times the numbers of days from `epoch` on."""
    text = (SAMPLES / f"{name}.csv").read_text(encoding="utf-8-sig")
    book = openpyxl.Workbook()
    book.epoch = epoch
    place: int | None = None
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), dialect(text))):
        cells: list[object] = list(row)
        if place is not None and place < len(cells):
            cells[place] = to_excel(FIRST + timedelta(days=number), epoch)
        elif DATES.get(name) in row:
            place = row.index(DATES[name])
        book.active.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def dialect(text: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = ";" if ";" in text.split("\n", 1)[0] else ","

    return Found


def days_of(records: list[Record]) -> list[datetime | None]:
    told = [record for record in records if isinstance(record, Comment | Post)]
    return [record.created_at and record.created_at.astimezone(UTC) for record in told]


def test_each_source_of_tables_that_reads_workbooks_says_what_days_are_in_them() -> None:
    samples = {path.stem for path in SAMPLES.glob("*.csv")}
    found = {
        source
        for sample in samples
        for source in specific_sources(workbook(sample, CALENDAR_WINDOWS_1900))
    }
    assert found == DATES.keys() | NO_DAYS.keys()


@pytest.mark.parametrize("name", DATES)
def test_days_are_those_that_the_workbook_means(name: str) -> None:
    records_of = reader(all_sources()[name], "a.xlsx")
    usual, old_mac = (
        days_of(records_of(workbook(name, epoch)))
        for epoch in (CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904)
    )
    assert old_mac == usual
    assert {moment.year for moment in usual if moment} == {2025}
