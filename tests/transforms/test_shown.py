import re

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from transforms.shown import LONGEST_CONTEXT, row_digest, sheet_digest, shown


@given(st.text())
def test_whatever_people_write_can_be_stored_in_a_workbook(text: str) -> None:
    page = Workbook().active
    page["A1"] = shown(text)  # openpyxl raises for characters that XML can't hold
    assert not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff\ufffe\uffff]", shown(text))


def test_what_spreadsheets_take_for_an_escape_is_broken_up() -> None:
    assert shown("a_x0041_b") == "a_ x0041_b"


def test_long_context_is_cut_with_a_mark() -> None:
    text = shown("word " * 1000, LONGEST_CONTEXT)
    assert len(text) <= LONGEST_CONTEXT
    assert text.endswith(" […]")


def test_a_digest_forgives_white_space_and_nothing_else() -> None:
    digest = row_digest("s", "c1", ["Gut so!", "", "Post"])
    assert digest == row_digest("s", "c1", [" Gut\n so! ", " ", "Post"])
    for other in (
        ("t", "c1", ["Gut so!", "", "Post"]),
        ("s", "c2", ["Gut so!", "", "Post"]),
        ("s", "c1", ["Gut so", "", "Post"]),
        ("s", "c1", ["Gut so!", "Post", ""]),
    ):
        assert digest != row_digest(*other)


def test_a_sheets_digest_knows_its_rows_and_their_order() -> None:
    assert sheet_digest("s", ["a", "b"]) != sheet_digest("s", ["b", "a"])
    assert sheet_digest("s", ["a", "b"]) == sheet_digest("s", iter(["a", "b"]))
