"""The content analytics of a LinkedIn page in (Excel), its posts and what LinkedIn counted out.

There is no specification. The sheet "All posts" has a description in its first row, the header in
its second; dates are months first, whatever the language of the computer. It has no comments.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.linkedin_objects import CHANNEL, PLATFORM, moment_of_urn, post_urn_in
from flows.reading.table_rows import is_workbook
from flows.reading.table_types import BrokenTable
from flows.reading.workbook_cells import COMPOUND_FILE, sheet_cells
from flows.reading.workbook_parts import texts_in
from flows.sources.base import FileSource
from models.canonical import Post, Record, Rejected, TimePrecision

SHEET = "All posts"
SIGNS = (SHEET, "Post title", "Post link")
"""What only this workbook holds; texts stand in it with one or two bytes a sign."""

NEW_SIGNS = frozenset({"Post title", "Post link", "Impressions"})
"""The same of a file that was saved as .xlsx, whose sheets are named elsewhere."""

LONGEST_PREAMBLE = 10
"""Rows among which the header is looked for."""

COUNTS = {
    "impressions": "view",
    "clicks": "click",
    "likes": "like",
    "reposts": "share",
    "follows": "follow",
}
"""Column -> the name that other sources give what it counts."""

MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
NEAR = timedelta(hours=36)
"""How far a day may lie from a moment of it in any zone."""

Cells = Mapping[str, object]
"""A row by the names of its columns, in small letters."""


def recognise(sample: bytes) -> bool:
    """Whether it is a workbook with the columns of LinkedIn's analytics, old or saved anew."""
    if not sample.startswith(COMPOUND_FILE):
        return is_workbook(sample) and {text.strip() for text in texts_in(sample)} >= NEW_SIGNS
    return all(
        sign.encode("latin-1") in sample or sign.encode("utf-16-le") in sample for sign in SIGNS
    )


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield the post of each row; a workbook that can't be opened is one rejection."""
    try:
        rows = _rows(landed)
    except BrokenTable as error:
        yield Rejected(position=0, reason=error.reason, detail=error.detail)
        return
    yield from records_of_rows(rows, rules)


def records_of_rows(
    rows: Sequence[tuple[int, Sequence[object]]], rules: ReadingRules
) -> Iterator[Record]:
    """The posts of numbered rows, among them the header."""
    names, first = _header(rows)
    if "post link" not in names:
        detail = f"no column `Post link` in the sheet `{SHEET}`, expected LinkedIn's English export"
        yield Rejected(position=0, reason="missing column", detail=detail)
        return
    positions = count(1)
    for line, cells in rows[first:]:
        if any(str(cell).strip() for cell in cells):
            found = dict(zip(names, cells, strict=False))
            yield _record(found, next(positions), line, rules)


def _rows(landed: LandedFile) -> list[tuple[int, Sequence[object]]]:
    """The rows of the sheet with their numbers in Excel; raises `BrokenTable` if there are none."""
    for sheet in sheet_cells(landed.path):
        if sheet.name == SHEET:
            return list(enumerate(sheet.cells, start=sheet.first_row + 1))
    raise BrokenTable("broken file", f"the workbook has no sheet `{SHEET}`; export it anew")


def _header(rows: Sequence[tuple[int, Sequence[object]]]) -> tuple[list[str], int]:
    """The names of the columns, and the index of the row below them."""
    for index, (_, cells) in enumerate(rows[:LONGEST_PREAMBLE]):
        names = [" ".join(str(cell).split()).casefold() for cell in cells]
        if "post link" in names:
            return names, index + 1
    return [], 0


def _record(row: Cells, position: int, line: int, rules: ReadingRules) -> Post | Rejected:
    link = str(row.get("post link") or "").strip()
    urn = post_urn_in(link)
    if not urn:
        detail = "a row without the URN of a post in `Post link`"
        return Rejected(position=position, line=line, reason="broken record", detail=detail)
    raw = row.get("created date")
    at, precision = _moment(urn, raw, rules)
    counts = {name: _count(row.get(column)) for column, name in COUNTS.items()}
    told = {name: number for name, number in counts.items() if number is not None}
    text = str(row.get("post title") or "").strip()
    return Post(
        platform=PLATFORM,
        site="",
        native_id=urn,
        position=position,
        channel=CHANNEL,
        text=text or None,
        url=link,
        created_at=at,
        created_at_raw=str(raw) if raw not in (None, "") else None,
        time_precision=precision,
        status="published",
        reported_comment_count=_count(row.get("comments")),
        reported_counts=json.dumps(told, sort_keys=True) if told else None,
    )


def _moment(urn: str, raw: object, rules: ReadingRules) -> tuple[datetime | None, TimePrecision]:
    """When a post was made: to the millisecond by its URN, if that fits the day that is told."""
    day, exact = _day(raw), moment_of_urn(urn)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    if exact and (noon is None or abs(exact - noon) <= NEAR):
        return exact, "derived_from_id"
    if day is None:
        return None, "exact"
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(rules.time_zone)), "day"


def _day(raw: object) -> date | None:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    found = MONTH_FIRST.fullmatch(str(raw or "").strip())
    try:
        return date(int(found[3]), int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _count(cell: object) -> int | None:
    """A whole number, which old workbooks hold as a decimal; None for a blank or a share."""
    if isinstance(cell, str):
        digits = cell.strip().replace(",", "")
        return int(digits) if re.fullmatch(r"\d{1,18}", digits, re.ASCII) else None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return int(cell) if 0 <= cell < 2**63 and float(cell).is_integer() else None


SOURCE = FileSource(
    name="linkedin_analytics",
    version=2,
    about="Content analytics of a LinkedIn page: its posts and their numbers, without comments",
    how_to_get="As an admin of the page: Analytics > Content > Export; drop the .xls as it is. "
    "LinkedIn has to be set to English.",
    recognise=recognise,
    read=read,
)
