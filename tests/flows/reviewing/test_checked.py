import pytest

from flows.reviewing.checked import answers_of, require_rows
from flows.reviewing.filled import FilledRow, FilledSheet
from models.errors import GiveUp
from models.questions import fixed_questions
from transforms.answered import Filled

QUESTIONS = tuple(fixed_questions().values())
SHEET = FilledSheet("a.xlsx", "s", "anna", "de", "d", {})


def row(number: int, comment_id: str = "c1", digest: str = "d1", **cells: str) -> FilledRow:
    named = {key: Filled(f"F{number}", text) for key, text in cells.items()}
    return FilledRow("Stichprobe", number, comment_id, digest, named)


def test_rows_as_they_were_written_pass() -> None:
    require_rows([row(2), row(3, "c2", "d2")], {"c1": "d1", "c2": "d2"}, "a.xlsx")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(2, "c9")], "has the key `c9`, expected one that the sheet was written with"),
        ([row(2, digest="other")], "shows another comment, post or parent"),
        ([row(2), row(3)], "Row 3 .* repeats row 2"),
    ],
)
def test_rows_that_are_not_are_named(rows: list[FilledRow], message: str) -> None:
    with pytest.raises(GiveUp, match=message):
        require_rows(rows, {"c1": "d1"}, "a.xlsx")


def test_many_problems_are_told_by_the_first_five() -> None:
    rows = [row(number, f"c{number}", sentiment="gut") for number in range(2, 9)]
    with pytest.raises(GiveUp, match=r"`Stichprobe!F2` .*`Stichprobe!F6` .*; and 2 more\."):
        answers_of(rows, QUESTIONS, SHEET)


def test_answers_are_labels_by_comment_and_head() -> None:
    assert answers_of([row(2, sentiment="positiv", note="x")], QUESTIONS, SHEET) == {
        "c1": {"sentiment": frozenset({"positive"})}
    }
