from pathlib import Path

import openpyxl
import pytest

from flows.reading.workbook_parts import links_by_row, texts_in


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["Date", "Größe & Form"])
    book.active.append(["x", "view"])
    book.active.append(["y", "view"])
    book.active["B2"].hyperlink = "https://a.example/?x=1&y=2"
    book.active["B3"].hyperlink = "https://a.example/3"
    book.active["A3"].hyperlink = "https://a.example/who"
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_texts_of_cells_are_found_in_the_first_bytes(workbook: Path) -> None:
    assert {"Date", "Größe & Form", "view"} <= set(texts_in(workbook.read_bytes()))


def test_a_cut_or_broken_file_gives_what_can_be_read(workbook: Path) -> None:
    content = workbook.read_bytes()
    assert list(texts_in(content[:20])) == []
    assert list(texts_in(b"PK\x03\x04" + bytes(4) + b"\x08" + bytes(40))) == []


def test_addresses_are_told_by_row(workbook: Path) -> None:
    found = links_by_row(workbook)
    assert found.keys() == {2, 3}
    assert found[2] == ["https://a.example/?x=1&y=2"]
    assert set(found[3]) == {"https://a.example/3", "https://a.example/who"}


def test_a_file_that_is_no_workbook_has_no_links(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    assert links_by_row(tmp_path / "a.csv") == {}
