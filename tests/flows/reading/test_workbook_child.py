from pathlib import Path

import openpyxl

from flows.reading.workbook_child import answer

XLS = Path(__file__).parents[1] / "sources" / "samples" / "linkedin_analytics.xls"


def test_the_sheets_of_a_workbook_come_with_their_first_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Antworten"
    book.active["B3"] = "Gut"
    book.create_sheet("Leer")
    book.save(tmp_path / "book.xlsx")
    assert answer(str(tmp_path / "book.xlsx"), 100) == [("Antworten", 2, [["Gut"]])]


def test_a_sheet_with_too_many_cells_is_told() -> None:
    assert "cells" in answer(str(XLS), 3)


def test_a_file_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "note.xlsx").write_bytes(b"PK\x03\x04 and more")
    assert isinstance(answer(str(tmp_path / "note.xlsx"), 100), str)


def test_what_calamine_panics_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "cut.xls").write_bytes(XLS.read_bytes()[:-98])
    assert answer(str(tmp_path / "cut.xls"), 10**6) == "damaged"
