import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.reviewing.layout import META
from flows.reviewing.plan import questions_of
from flows.reviewing.workbook import ReviewSheet, SheetRow, lines_of, write_workbook
from flows.settings import load_settings
from models.questions import HEADS, Language

DANGEROUS = ["=1+1", "+49 30", "-5", "@SUM(A1)", '=HYPERLINK("http://example.org")', "0815"]


def row(number: int, comment: str, purpose: str = "audit") -> SheetRow:
    texts = {"place": "blog", "post": comment, "parent": comment, "comment": comment}
    return SheetRow(f"={number}", purpose, texts, {"sentiment": "negativ", "topic": "Kosten, KI"})


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write a sheet in a language and open it again."""

    def write(language: Language = "de") -> Any:
        rows = [row(n, text) for n, text in enumerate(DANGEROUS)] + [row(9, "x", "training")]
        questions = questions_of(HEADS, load_settings())
        sheet = ReviewSheet("2025-W45", "anna", "d1", language, questions, tuple(rows))
        write_workbook(sheet, tmp_path / "a.xlsx")
        return load_workbook(tmp_path / "a.xlsx")

    return write


def test_no_cell_can_run_as_a_formula(written: Any, tmp_path: Path) -> None:
    book = written()
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [book["Stichprobe"].cell(n + 2, 5).value for n in range(6)] == DANGEROUS
    # The quote keeps them texts when somebody opens the cell and leaves it again.
    assert all(cell.quotePrefix for cell in cells if str(cell.value) in DANGEROUS)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        pages = [parts.read(name) for name in parts.namelist() if "/worksheets/" in name]
    assert not any(b"<f>" in page for page in pages)


def test_only_answer_cells_and_notes_can_be_written_in(written: Any) -> None:
    book = written()
    for page in book:
        assert page.protection.sheet
        assert page.protection.password is None
    page = book["Stichprobe"]
    unlocked = {cell.column_letter for cell in page[2] if not cell.protection.locked}
    assert unlocked == set("FGHIJKLMNO")
    assert all(cell.protection.locked for cell in page[1])


@pytest.mark.parametrize(
    ("language", "pages", "sentiments", "last"),
    [
        ("de", ["Anleitung", "Stichprobe", "Training", "Maschine"], "negativ", "keines davon"),
        ("en", ["Instructions", "Sample", "Training", "Machine"], "negative", "none of these"),
    ],
)
def test_every_question_has_a_drop_down_in_the_language_of_the_sheet(
    written: Any, language: Language, pages: list[str], sentiments: str, last: str
) -> None:
    book = written(language)
    assert book.sheetnames == [*pages, META]
    page = book[pages[1]]
    lists = {str(found.sqref): found.formula1 for found in page.data_validations.dataValidation}
    assert set(lists) == {f"{letter}2:{letter}7" for letter in "FGHIJKLMN"}
    assert book[META][lists["F2:F7"].split("!")[1]][0][0].value == sentiments
    assert book[META][lists["H2:H7"].split("!")[1]][0][0].value == last
    assert len(book[META][lists["H2:H7"].split("!")[1]]) == 19


def test_what_the_machine_said_is_hidden_and_nowhere_else(written: Any) -> None:
    book = written()
    assert book["Maschine"].sheet_state == "hidden"
    assert book[META].sheet_state == "veryHidden"
    said = [cell.value or "" for cell in book["Maschine"][2]]
    assert said == ["Stichprobe 1", "negativ", "", "Kosten, KI", "", "", "", "=0"]
    for name in ("Stichprobe", "Training"):
        values = [cell.value for line in book[name].iter_rows() for cell in line]
        assert "negativ" not in values


def test_instructions_name_every_answer_and_its_meaning(written: Any) -> None:
    page = written("de")["Anleitung"]
    rows = [[cell.value for cell in line] for line in page.iter_rows()]
    meanings = {line[1]: line[2] for line in rows if line[1]}
    for question in questions_of(HEADS, load_settings()):
        for choice in question.choices:
            assert meanings[choice.de]
    assert meanings["Sicherheit"].startswith("Angriffe")


def test_the_page_reads_well(written: Any) -> None:
    page = written()["Stichprobe"]
    assert page.freeze_panes == "F2"
    assert page.auto_filter.ref == "A1:P7"
    assert page["E2"].alignment.wrap_text
    assert page.column_dimensions["E"].width >= 50
    assert page.column_dimensions["P"].hidden


def test_a_row_is_as_high_as_its_longest_text() -> None:
    assert lines_of("kurz", 20) == 1
    assert lines_of("a\n\nb", 20) == 3
    assert lines_of("x" * 100, 20) == 6
