"""A filled review sheet in, whatever program saved it; which sheet it is and its cells out."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from flows.reviewing.layout import DIGESTED, FORMAT, META, PageColumn, page_columns
from flows.reviewing.words import WORDS
from models.errors import GiveUp
from models.questions import LANGUAGES, Language, Question
from transforms.answered import Filled
from transforms.shown import row_digest

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cells = Sequence[Sequence[object]]


@dataclass(frozen=True)
class FilledRow:
    """A comment's row: what it shows, by its digest, and the cells that people have filled."""

    page: str
    number: int
    comment_id: str
    digest: str
    cells: Mapping[str, Filled]


@dataclass(frozen=True)
class FilledSheet:
    """What a file says it is, and its pages of comments, not yet looked at."""

    file: str
    sheet: str
    reviewer: str
    language: Language
    digest: str
    pages: Mapping[str, Cells]


def read_workbook(path: Path) -> FilledSheet:
    """Read a file; raises `GiveUp` if it is no workbook, or no review sheet."""
    book = opened(path)
    if META not in book.sheet_names:
        raise GiveUp(
            f"`{path.name}` is no review sheet, it has no page `{META}`: take in a file that "
            "`resonanz review sample` wrote, saved under whatever name as .xlsx."
        )
    told = {text_of(row[0]): text_of(row[1]) for row in cells_of(book, META) if len(row) > 1}
    language = next((known for known in LANGUAGES if known == told.get("language")), None)
    if told.get("format") != FORMAT or language is None:
        raise GiveUp(
            f"`{path.name}` is laid out as `{told.get('format')}` in language "
            f"`{told.get('language')}`, expected `{FORMAT}` in one of `de`, `en`: write the sheet "
            "anew with `resonanz review sample`."
        )
    sheet, reviewer, digest = (told.get(key, "") for key in ("sheet", "reviewer", "digest"))
    return FilledSheet(path.name, sheet, reviewer, language, digest, pages_of_comments(book))


def pages_of_comments(book: "CalamineWorkbook") -> dict[str, Cells]:
    """The cells of each page that holds anything and is none of those which nobody fills in.

    What a page's own header says is not asked: a page whose header was changed would be passed over
    with its answers, when it should be refused.
    """
    others = {META}.union(*({words.instructions, words.machine} for words in WORDS.values()))
    pages = {name: cells_of(book, name) for name in book.sheet_names if name not in others}
    return {
        name: cells
        for name, cells in pages.items()
        if any(text_of(cell) for row in cells for cell in row)
    }


def opened(path: Path) -> "CalamineWorkbook":
    """The workbook in a file; raises `GiveUp` if there is none, or it can't be read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        content = path.read_bytes()
    except OSError as error:
        raise GiveUp(f"`{path}` can't be read ({error.strerror}): nothing was taken in.") from error
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise GiveUp(f"`{path.name}` is protected by a password: save it without one.")
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError, ValueError) as error:
        raise GiveUp(
            f"`{path.name}` can't be read as a workbook ({error}): save the sheet as .xlsx."
        ) from error


def cells_of(book: "CalamineWorkbook", name: str) -> Cells:
    """The cells of a page, from its corner on."""
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError) as error:
        raise GiveUp(f"page `{name}` can't be read ({error}): save the sheet as .xlsx.") from error


def filled_rows(filled: FilledSheet, questions: Sequence[Question]) -> list[FilledRow]:
    """The rows of all pages; raises `GiveUp` naming the cell if a page is not as it was written."""
    columns = page_columns(questions, filled.language)
    if not filled.pages:
        raise GiveUp(f"`{filled.file}` has no page of comments any more: start from a fresh file.")
    rows = []
    for page, cells in filled.pages.items():
        require_header(cells[0], columns, page, filled.file)
        for number, row in enumerate(cells[1:], start=2):
            if any(text_of(cell) for cell in row):
                rows.append(filled_row(row, number, page, columns, filled))
    return rows


def require_header(
    found: Sequence[object], columns: Sequence[PageColumn], page: str, file: str
) -> None:
    """Raise `GiveUp` if the first row of a page does not name its columns."""
    titles = [text_of(cell) for cell in found]
    for place in range(max(len(columns), len(titles))):
        title = titles[place] if place < len(titles) else ""
        expected = columns[place].title if place < len(columns) else ""
        if title != expected:
            raise GiveUp(
                f"`{get_column_letter(place + 1)}1` of page `{page}` in `{file}` holds `{title}`, "
                f"expected `{expected}`: the first row must stay as it was written. If the page is "
                "one of your own, take it out of the file."
            )


def filled_row(
    row: Sequence[object],
    number: int,
    page: str,
    columns: Sequence[PageColumn],
    filled: FilledSheet,
) -> FilledRow:
    """One row of a page, its open cells by the key of their column."""
    texts = {
        column.key: text_of(row[place]) if place < len(row) else ""
        for place, column in enumerate(columns)
    }
    cells = {
        column.key: Filled(f"{get_column_letter(place)}{number}", texts[column.key])
        for place, column in enumerate(columns, start=1)
        if column.is_open and texts[column.key]
    }
    digest = row_digest(filled.sheet, texts["comment_id"], [texts[key] for key in DIGESTED])
    return FilledRow(page, number, texts["comment_id"], digest, cells)


def text_of(cell: object) -> str:
    """A cell as text, whatever type a program has given it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell).replace("_x000D_", "").strip()
