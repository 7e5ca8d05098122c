import contextlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading import workbook_cells
from flows.reading.table_types import BrokenTable
from flows.reading.workbook_cells import is_whole, sheet_cells

XLS = Path(__file__).parents[1] / "sources" / "samples" / "linkedin_analytics.xls"


def test_every_sheet_of_an_old_workbook_is_read() -> None:
    found = sheet_cells(XLS)
    assert [sheet.name for sheet in found] == ["Metrics", "All posts"]
    assert found[1].cells[1][0] == "Post title"


@given(where=st.floats(0, 1, exclude_max=True))
def test_an_old_workbook_that_is_cut_is_never_whole(where: float) -> None:
    content = XLS.read_bytes()
    assert is_whole(content)
    assert not is_whole(content[: int(where * len(content))])


@settings(max_examples=15, deadline=None)
@given(at=st.integers(0, XLS.stat().st_size - 4), wrong=st.binary(min_size=1, max_size=4))
def test_whatever_is_wrong_in_an_old_workbook_it_is_read_or_told(
    at: int, wrong: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = XLS.read_bytes()
    path = tmp_path_factory.mktemp("wrong") / "wrong.xls"
    path.write_bytes(content[:at] + wrong + content[at + len(wrong) :])
    with contextlib.suppress(BrokenTable):
        assert all(sheet.cells for sheet in sheet_cells(path))


def test_a_sound_workbook_whose_cells_take_too_much_memory_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Datum", "Kommentar"])
    book.active["XFD1048576"] = "stray"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(BrokenTable, match="stray cell"):
        sheet_cells(tmp_path / "far.xlsx")


def test_a_workbook_that_takes_for_ever_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_cells, "MOST_SECONDS", 0.001)
    with pytest.raises(BrokenTable, match="took longer"):
        sheet_cells(XLS)
