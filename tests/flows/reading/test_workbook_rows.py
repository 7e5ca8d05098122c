from datetime import datetime, time

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable
from flows.reading.times import EXCEL_ZERO, MAC_ZERO


def workbook(tmp_path, **sheets):
    """An xlsx file with these sheets, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_types(tmp_path):
    lines = [["Kommentar", "Datum", "Uhrzeit", "Nr"]]
    lines.append(["Gut", datetime(2025, 10, 1, 9, 30), time(9, 30), 4711])
    row = next(open_table(workbook(tmp_path, Antworten=lines)).rows)
    assert row.cells["Datum"] == datetime(2025, 10, 1, 9, 30)
    assert row.cells["Nr"] == 4711
    assert str(row.cells["Uhrzeit"]).startswith("09:30")
    assert row.line == 2


def test_a_workbook_whose_days_count_from_1904_says_so(tmp_path):
    path = workbook(tmp_path, Antworten=[["Kommentar", "Datum"], ["Gut", 44504.5]])
    assert (open_table(path).day_zero, open_table(path).note) == (
        *(EXCEL_ZERO, "Excel, sheet `Antworten`"),
    )
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    assert open_table(path).day_zero == MAC_ZERO
    assert open_table(path).note == "Excel, sheet `Antworten`, days counted from 1904"


def test_the_sheet_with_texts_and_times_wins(tmp_path):
    path = workbook(
        tmp_path,
        Hinweise=[["Bitte lesen", "ja"], *[["x", "y"]] * 50],
        Antworten=[["Kommentar", "Datum"], ["Gut", "01.10.2025"]],
        Auswertung=[["Note", "Anzahl"], *[[n, n] for n in range(80)]],
    )
    assert "`Antworten`" in open_table(path).note


def test_titles_above_the_header_of_a_sheet_are_passed_over(tmp_path):
    lines = [["Umfrage 2025"], [], ["Stand", "01.10.2025"], ["Kommentar", "Datum", "Abteilung"]]
    lines += [["Gut", "01.10.2025", "IT"], [], ["Schlecht", "02.10.2025", "HR"]]
    found = open_table(workbook(tmp_path, Antworten=lines))
    assert found.header == ["Kommentar", "Datum", "Abteilung"]
    assert "header in row 4" in found.note
    assert [row.line for row in found.rows] == [5, 7]


def test_a_number_too_long_for_excel_is_not_passed_off_as_exact(tmp_path):
    lines = [["id", "Kommentar", "Datum"], [122158000000000000, "a", "01.10.2025"]]
    assert "e+17" in str(next(open_table(workbook(tmp_path, a=lines)).rows).cells["id"])


def test_a_workbook_without_cells_is_broken(tmp_path):
    with pytest.raises(BrokenTable, match="no cells"):
        open_table(workbook(tmp_path, Leer=[]))


@pytest.mark.parametrize("size", [200, 3_000])
def test_a_cut_workbook_is_a_broken_file(tmp_path, size):
    path = workbook(tmp_path, a=[["Kommentar", "Datum"], *[["Gut", "01.10.2025"]] * 100])
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(BrokenTable) as caught:
        open_table(path)
    assert caught.value.reason == "broken file"


def test_a_workbook_with_a_password_is_a_broken_file(table):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    content += "EncryptedPackage".encode("utf-16-le") + bytes(4_000)
    with pytest.raises(BrokenTable, match="password"):
        table(content)
