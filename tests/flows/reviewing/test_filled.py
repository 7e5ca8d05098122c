from datetime import date
from pathlib import Path

import pytest

from flows.reviewing.filled import filled_rows, read_workbook, text_of
from flows.reviewing.plan import questions_of
from flows.settings import load_settings
from models.errors import GiveUp
from models.questions import HEADS
from tests.review_desk import Desk, fill


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  ja ", "ja"),
        (2030.0, "2030"),
        (2.5, "2.5"),
        (True, "true"),
        (date(2025, 11, 3), "2025-11-03"),
        ("a_x000D_\nb", "a\nb"),
    ],
)
def test_whatever_type_a_program_gave_a_cell_it_is_its_text(cell: object, text: str) -> None:
    assert text_of(cell) == text


def test_a_file_tells_its_sheet_and_names_the_cells_that_are_filled(workplace: Path) -> None:
    desk = Desk(workplace)
    desk.week(2)
    (path,) = desk.sheet()
    filled = read_workbook(fill(path, {"c1": {"topic 2": "Kosten", "note": "hm"}}))
    assert (filled.sheet, filled.reviewer, filled.language) == ("2025-W45", "anna", "de")
    rows = filled_rows(filled, questions_of(HEADS, load_settings()))
    (row,) = [row for row in rows if row.comment_id == "c1"]
    assert {key: cell.name for key, cell in row.cells.items()} == {
        "topic 2": f"I{row.number}",
        "note": f"O{row.number}",
    }


def test_a_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(GiveUp, match="protected by a password: save it without one"):
        read_workbook(path)
