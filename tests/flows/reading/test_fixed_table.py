from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.times import EXCEL_ZERO, MAC_ZERO
from models.canonical import Rejected


def test_columns_are_known_below_a_preamble() -> None:
    content = b'Report:,Mentions\nFrom:,Monday\n\n"Full Text",Date,Author\nGut,2025-11-03 08:00,a\n'
    assert column_names(content) == {"fulltext", "date", "author"}


def test_columns_of_a_workbook_are_among_its_texts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Full Text", "Date"])
    book.active.append(["Gut so", "2025-11-03"])
    book.save(tmp_path / "a.xlsx")
    assert {"fulltext", "date"} <= column_names((tmp_path / "a.xlsx").read_bytes())


def test_what_is_no_table_has_no_columns() -> None:
    assert column_names(b'{"date": "2025-11-03", "text": "a"}\n{"date": "x", "text": "b"}') == set()
    assert column_names(b"%PDF-1.7 date,text") == set()


def rows(tmp_path: Path, content: str, *needs: str) -> list[FixedRow | Rejected]:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    return list(fixed_rows(tmp_path / "a.csv", frozenset(needs)))


def test_cells_go_by_plain_names(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "Full Text,Date,Like-Count\n-,2025-11-03 08:00,3\n", "fulltext")
    assert isinstance(row, FixedRow)
    assert (row.position, row.line) == (1, 2)
    assert row.text("fulltext", "likecount") == "3"
    assert row.words("missing", "fulltext") == "-"
    assert row.text("missing") is None


def test_the_first_cell_that_is_a_count_is_taken() -> None:
    row = FixedRow(1, 2, {"likes": "n/a", "hearts": "1.234", "shares": "0"})
    assert row.count("likes", "hearts", "shares") == 1234
    assert row.count("likes", "replies") is None
    assert row.count("shares", "hearts") == 0


def test_a_table_without_its_columns_is_rejected_as_a_whole(tmp_path: Path) -> None:
    (found,) = rows(tmp_path, "Full Text,Date\nGut,2025-11-03 08:00\n", "fulltext", "url")
    assert isinstance(found, Rejected)
    assert (found.position, found.reason) == (0, "missing column")
    assert "url" in found.detail


def test_an_empty_file_is_rejected(tmp_path: Path) -> None:
    (found,) = rows(tmp_path, "", "date")
    assert isinstance(found, Rejected)
    assert found.position == 0


def test_a_row_of_too_few_fields_is_rejected(tmp_path: Path) -> None:
    first, second = rows(tmp_path, "Text,Date,Url\na,2025-11-03 08:00,x\nb,2025\n")
    assert isinstance(first, FixedRow)
    assert isinstance(second, Rejected)
    assert second.line == 3


def test_a_record_of_several_lines_that_is_cut_is_one_rejection(tmp_path: Path) -> None:
    first, cut = rows(tmp_path, 'Text,Date\na,2025-11-03 08:00\n"b\nc\nd')
    assert isinstance(first, FixedRow)
    assert isinstance(cut, Rejected)
    assert cut.line == 3


def test_a_lost_quote_costs_its_line_only(tmp_path: Path) -> None:
    found = rows(tmp_path, 'Text,Date\n"a,2025-11-03 08:00\nb\nc,2025-11-03 09:00\n')
    assert [type(one) for one in found] == [Rejected, Rejected, FixedRow]


def test_times_of_a_table_count_from_its_own_day_zero(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.save(tmp_path / "mac.xlsx")
    assert times_of(tmp_path / "mac.xlsx", "UTC", "dmy").day_zero == MAC_ZERO
    (tmp_path / "a.csv").write_bytes(b"date,text\n44504,\x22\x00\x02\x00\x01\x00\n")
    assert times_of(tmp_path / "a.csv", "UTC", "dmy").day_zero == EXCEL_ZERO


def test_cells_of_a_table_may_prove_another_order_than_the_one_set(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("date\n12/24/2025\n")
    assert times_of(tmp_path / "a.csv", "UTC", "dmy").order == "dmy"
    assert times_of(tmp_path / "a.csv", "UTC", "dmy", ["12/24/2025"]).order == "mdy"
