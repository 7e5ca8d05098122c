"""A review sheet in, the .xlsx file that a person fills in out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from flows.reviewing.layout import FORMAT, META, PageColumn, page_columns
from flows.reviewing.words import WORDS
from models.questions import Language, Question
from models.tables.review import PURPOSES

LINE_HEIGHT, TALLEST = 15, 409
"""Points; Excel shows no taller row."""

DARK, YELLOW, GREY = (PatternFill("solid", start_color=c) for c in ("1F3A5F", "FFF8DC", "F2F2F2"))
PLAIN, BOLD, LARGE = Font("Calibri", 11), Font("Calibri", 11, True), Font("Calibri", 14, True)
WHITE, DIM = Font("Calibri", 11, True, color="FFFFFF"), Font("Calibri", 8, color="909090")
LINE = Border(*(Side("thin", "D8D8D8") for _ in range(4)))
TOP = Alignment(vertical="top", wrap_text=True)
NARROW = Alignment(vertical="top", wrap_text=False)
TAB = {"audit": "2E7D32", "training": "B26A00"}


@dataclass(frozen=True)
class SheetRow:
    """A comment on a sheet: texts by the column that shows them, and the model's words by head."""

    comment_id: str
    purpose: str
    texts: Mapping[str, str]
    machine: Mapping[str, str]


@dataclass(frozen=True)
class ReviewSheet:
    """A sheet for one reader, in one language."""

    name: str
    reviewer: str
    digest: str
    language: Language
    questions: tuple[Question, ...]
    rows: tuple[SheetRow, ...]


def write_workbook(sheet: ReviewSheet, path: Path) -> None:
    """Write `sheet` to `path`, whole or not at all."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = META, sheet.name
    write_instructions(book, sheet)
    lists = write_lists(book, sheet)
    for purpose in PURPOSES:
        if rows := [row for row in sheet.rows if row.purpose == purpose]:
            write_page(book, purpose, rows, sheet, lists)
    write_machine(book, sheet)
    book.move_sheet(META, len(book.sheetnames))
    book.active = 1
    partial = path.with_name(f".{path.name}.partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    book.save(partial)
    partial.replace(path)


def put(page: Any, row: int, column: int, text: str) -> Any:
    """Write `text` into a cell, as text whatever it begins with; returns the cell."""
    cell = page.cell(row, column)
    cell.value = text
    # openpyxl takes what begins with `=` for a formula. The quote keeps Excel from doing so when
    # somebody opens the cell and leaves it again; the format keeps numbers from becoming such.
    cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
    cell.alignment, cell.font = TOP, PLAIN
    return cell


def write_page(
    book: Any, purpose: str, rows: Sequence[SheetRow], sheet: ReviewSheet, lists: Mapping[str, str]
) -> None:
    """Add the page of the comments that are on the sheet for `purpose`."""
    page = book.create_sheet(getattr(WORDS[sheet.language], purpose))
    columns = page_columns(sheet.questions, sheet.language)
    write_header(page, [column.title for column in columns])
    for number, row in enumerate(rows, start=1):
        write_comment(page, number, row, columns)
    for place, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(place)].width = column.width
        page.column_dimensions[get_column_letter(place)].hidden = column.holds == "key"
        if column.question:
            page.add_data_validation(drop_down(column, place, len(rows), sheet.language, lists))
    comment = next(place for place, column in enumerate(columns) if column.key == "comment")
    page.freeze_panes = page.cell(2, comment + 2)
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    page.sheet_properties.tabColor = TAB[purpose]
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    lock(page)


def write_header(page: Any, titles: Sequence[str]) -> None:
    """Fill in the first row."""
    for place, title in enumerate(titles, start=1):
        cell = put(page, 1, place, title)
        cell.fill, cell.font = DARK, WHITE
    page.row_dimensions[1].height = 2.2 * LINE_HEIGHT


def write_comment(page: Any, number: int, row: SheetRow, columns: Sequence[PageColumn]) -> None:
    """Fill in the row of one comment; its height is that of its longest text."""
    texts = {**row.texts, "number": str(number), "comment_id": row.comment_id}
    lines = 1
    for place, column in enumerate(columns, start=1):
        text = texts.get(column.key, "")
        cell = put(page, number + 1, place, text) if text else page.cell(number + 1, place)
        cell.alignment = NARROW if column.holds == "key" else TOP
        cell.border = LINE
        if column.is_open:
            cell.fill, cell.protection, cell.number_format = YELLOW, Protection(locked=False), "@"
        elif column.holds == "key":
            cell.font = DIM
        else:
            lines = max(lines, lines_of(text, column.width))
    page.row_dimensions[number + 1].height = min(TALLEST, (lines + 0.5) * LINE_HEIGHT)


def lines_of(text: str, width: int) -> int:
    """How many lines `text` takes in a column of `width` characters."""
    return sum(max(1, ceil(len(line) * 1.1 / width)) for line in text.split("\n"))


def drop_down(
    column: PageColumn, place: int, count: int, language: Language, lists: Mapping[str, str]
) -> DataValidation:
    """The list of answers for the cells of a column."""
    assert column.question
    words = WORDS[language]
    found = DataValidation(
        "list", formula1=lists[column.question.head], allow_blank=True, showErrorMessage=True
    )
    found.error, found.errorTitle = words.pick, column.title
    letter = get_column_letter(place)
    found.add(f"{letter}2:{letter}{count + 1}")
    return found


def write_lists(book: Any, sheet: ReviewSheet) -> dict[str, str]:
    """Add the page that says what the file is; returns, by head, where its answers stand on it."""
    page = book.create_sheet(META)
    page.sheet_state = "veryHidden"
    told = {
        "format": FORMAT,
        "sheet": sheet.name,
        "reviewer": sheet.reviewer,
        "language": sheet.language,
        "digest": sheet.digest,
    }
    for number, (name, value) in enumerate(told.items(), start=1):
        put(page, number, 1, name)
        put(page, number, 2, value)
    places = {}
    for column, question in enumerate(sheet.questions, start=4):
        offered = question.offered(sheet.language)
        for number, word in enumerate(offered, start=1):
            put(page, number, column, word)
        letter = get_column_letter(column)
        places[question.head] = f"{META}!${letter}$1:${letter}${len(offered)}"
    lock(page)
    return places


def write_machine(book: Any, sheet: ReviewSheet) -> None:
    """Add the hidden page with the model's answers."""
    words = WORDS[sheet.language]
    page = book.create_sheet(words.machine)
    page.sheet_state = "hidden"
    titles = [question.title(sheet.language) for question in sheet.questions]
    write_header(page, [words.number, *titles, words.comment_id])
    for purpose in PURPOSES:
        rows = [row for row in sheet.rows if row.purpose == purpose]
        for number, row in enumerate(rows, start=1):
            said = [row.machine.get(question.head, "") for question in sheet.questions]
            place = page.max_row + 1
            shown = f"{getattr(words, purpose)} {number}"
            for column, text in enumerate([shown, *said, row.comment_id], start=1):
                put(page, place, column, text)
    for column in range(1, len(titles) + 3):
        page.column_dimensions[get_column_letter(column)].width = 22
    page.freeze_panes = "B2"
    lock(page)


def write_instructions(book: Any, sheet: ReviewSheet) -> None:
    """Add the page that says how to fill in the others, and what each answer means."""
    words, language = WORDS[sheet.language], sheet.language
    page = book.create_sheet(words.instructions)
    for letter, width in zip("ABC", (22, 28, 88), strict=True):
        page.column_dimensions[letter].width = width
    put(page, 1, 1, f"{words.heading} – {sheet.name}, {sheet.reviewer}").alignment = NARROW
    page.cell(1, 1).font = LARGE
    for row, text in enumerate(words.guide, start=3):
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        put(page, row, 1, text)
        page.row_dimensions[row].height = lines_of(text, 130) * LINE_HEIGHT + 3
    row = len(words.guide) + 4
    for column, title in enumerate(words.meaning, start=1):
        cell = put(page, row, column, title)
        cell.fill, cell.font = DARK, WHITE
    for question in sheet.questions:
        row += 1
        put(page, row, 1, question.title(language)).font = BOLD
        put(page, row, 3, question.about(language)).font = BOLD
        for column in (1, 2, 3):
            page.cell(row, column).fill = GREY
        page.row_dimensions[row].height = lines_of(question.about(language), 88) * LINE_HEIGHT
        for choice in question.choices:
            row += 1
            put(page, row, 2, choice.title(language))
            put(page, row, 3, choice.about(language))
            page.row_dimensions[row].height = lines_of(choice.about(language), 88) * LINE_HEIGHT
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    lock(page)


def lock(page: Any) -> None:
    """Protect all but the open cells, without a password; widths and filters stay free."""
    protection = page.protection
    protection.sheet = True
    # Each of these says whether the action is forbidden.
    protection.formatColumns = protection.formatRows = protection.autoFilter = False
