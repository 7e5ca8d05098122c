import pickle

import polars as pl
import pytest

from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.expectations import judge
from transforms.suites import THERE, is_tall, noted, suite_of, sums_of

TALL = Table(
    layer="mart",
    name="tall",
    about="An example of what every mart of shares is.",
    grain=("week", "head", "label"),
    columns=(Column("week", "text", "ISO week"), *SHARE_COLUMNS),
)


def cell(label: str, share: float | None, **fields: object) -> dict[str, object]:
    """A row of a cell of 40 people."""
    row: dict[str, object] = {
        "week": "2025-W40",
        "head": "sentiment",
        "label": label,
        "share_raw": share,
        "share": share,
        "ci_low": share,
        "ci_high": share,
        "comment_count": 50,
        "author_count": 40,
        "audit_count": 0,
        "uncertain_share": 0.1,
        "method": "raw",
        "hidden_reason": None,
    }
    return row | fields


def broken(*rows: dict[str, object]) -> tuple[list[str], list[str]]:
    """Columns that fail, and columns that warn."""
    frame = pl.DataFrame(rows, schema=TALL.schema())
    judgement = judge([suite_of(TALL, frame, smallest_cell=5), sums_of(TALL, frame)])
    return (
        [found.column for found in judgement.failed],
        [found.column for found in judgement.warnings],
    )


def test_shares_of_one_answer_that_add_up_pass() -> None:
    assert is_tall(TALL)
    assert broken(cell("negative", 0.25), cell("neutral", 0.5), cell("positive", 0.25)) == ([], [])


def test_shares_that_do_not_add_up_fail() -> None:
    rows = cell("negative", 0.25), cell("neutral", 0.5), cell("positive", 0.3)
    assert broken(*rows) == (["share_raw", "share"], [])


def test_more_people_than_comments_fail() -> None:
    assert broken(cell("cloud", 0.5, head="topic", author_count=51)) == (["comment_count"], [])


def test_shares_of_several_answers_need_not_add_up() -> None:
    assert broken(cell("cloud", 0.6, head="topic"), cell("cost", 0.7, head="topic")) == ([], [])


def test_a_cell_with_a_hidden_label_is_not_summed() -> None:
    hidden = cell("positive", None, hidden_reason="few people")
    assert broken(cell("negative", 0.25), hidden) == ([], [])


@pytest.mark.parametrize("shown", ["share_raw", "share", "ci_high", "uncertain_share"])
def test_no_cell_of_too_few_people_shows_anything(shown: str) -> None:
    row = cell("cloud", None, head="topic", author_count=4, uncertain_share=None)
    assert broken(row) == ([], [])
    assert broken(row | {shown: 0.5}) == (["shown_of_too_few"], [])


def test_an_interval_beside_its_share_fails() -> None:
    assert broken(cell("cloud", 0.5, head="topic", ci_low=0.6, ci_high=0.7)) == (["share"], [])


@pytest.mark.parametrize("week", ["2025-40", "40", ""])
def test_a_week_is_written_as_iso_8601_says(week: str) -> None:
    assert broken(cell("cloud", 0.5, head="topic", week=week)) == (["week"], [])


def test_a_text_that_must_be_there_is_missed_though_it_is_not_looked_at() -> None:
    whole = cell("negative", 0.25), cell("neutral", 0.5)
    assert broken(*whole, cell("positive", 0.25, method=None)) == (["method"], [])
    suite = suite_of(TALL, pl.DataFrame(whole, schema=TALL.schema()))
    assert set(suite.frame["method"]) == {THERE}
    assert suite.frame["hidden_reason"].null_count() == 2
    assert suite.frame["label"].to_list() == ["negative", "neutral"]


def test_a_noted_suite_expects_the_same_and_can_be_sent() -> None:
    frame = pl.DataFrame([cell("positive", 0.6), cell("negative", 0.7)], schema=TALL.schema())
    for suite in (suite_of(TALL, frame, smallest_cell=5), sums_of(TALL, frame)):
        sent = pickle.loads(pickle.dumps(noted(suite)))
        assert judge([sent]).findings == judge([suite]).findings
