import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.reading.times import EXCEL_ZERO, MAC_ZERO
from flows.reading.workbook_parts import day_zero, links_by_row, texts_in

XLS = Path(__file__).parents[1] / "sources" / "samples" / "linkedin_analytics.xls"
DATE_1904 = b"\x22\x00\x02\x00"
"""How an older workbook begins to say whether its days count from 1904."""


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


def test_the_day_that_day_numbers_count_from_is_that_of_the_workbook(
    workbook: Path, tmp_path: Path
) -> None:
    assert day_zero(workbook) == EXCEL_ZERO
    book = openpyxl.load_workbook(workbook)
    book.epoch = CALENDAR_MAC_1904
    book.save(tmp_path / "mac.xlsx")
    assert day_zero(tmp_path / "mac.xlsx") == MAC_ZERO


@pytest.mark.parametrize(
    ("part", "zero"),
    [
        ('<workbook><workbookPr codeName="x" date1904="true"></workbookPr>', MAC_ZERO),
        ('<x:workbook><x:workbookPr date1904="1" />', MAC_ZERO),
        ('<workbook><workbookPr date1904="0"/>', EXCEL_ZERO),
        ('<workbook><workbookPr dateCompatibility="1"/>', EXCEL_ZERO),
        ("<workbook><sheets/>", EXCEL_ZERO),
    ],
)
def test_a_workbook_says_in_its_properties_whether_days_count_from_1904(
    part: str, zero: object, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", part)
    assert day_zero(tmp_path / "a.xlsx") == zero


def test_the_day_zero_of_an_older_workbook_is_found(tmp_path: Path) -> None:
    assert day_zero(XLS) == EXCEL_ZERO
    head, _, rest = XLS.read_bytes().partition(DATE_1904)
    (tmp_path / "mac.xls").write_bytes(head + DATE_1904 + b"\x01" + rest[1:])
    assert day_zero(tmp_path / "mac.xls") == MAC_ZERO


def test_a_workbook_that_says_nothing_of_it_counts_as_most_do(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("content.xml", "<office:document-content/>")
    for name, content in (("a.ods", packed.getvalue()), ("cut.xlsx", packed.getvalue()[:30])):
        (tmp_path / name).write_bytes(content)
        assert day_zero(tmp_path / name) == EXCEL_ZERO
