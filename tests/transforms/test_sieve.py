from datetime import datetime
from typing import Any

import polars as pl
import pytest

from models.tables.comment import COMMENT
from tests.builders import Row, comment_row
from transforms.expectations import broken_rows, judge
from transforms.row_checks import row_suite
from transforms.sieve import doubtful
from transforms.suites import Suite

SOUND: Row = {"text_hash": "0123456789abcdef" * 2, "comment_id": "blog:c1"}

STRANGE: dict[str, tuple[Any, ...]] = {
    "text": ("", "x" * 101, "x" * 100, "\ufffd" * 9 + "a", "\ufffda", "\ufffd"),
    "text_hash": ("", "zz", "0" * 31, "0" * 32 + "\n", "A" * 32, "\u0663" * 32),
    "comment_id": ("", "c1", "a:", "a: b", "a b:c", "a\x1cb:c", "a:\u00a0", "a\u2028:c", ":c"),
    "created_at_utc": tuple(datetime(year, 1, 1) for year in (1970, 1994, 1995, 2026, 2100, 2101)),
    "edited_at_utc": (datetime(2025, 1, 1), datetime(2031, 1, 1)),
    "parent_id": ("blog:c1", "blog:c9"),
    "like_count": (-1, 0, 2**62),
    "status": ("gone", "", "Published"),
    "kind": ("order_note", "review"),
    "edit_basis": ("?", "api"),
    "time_precision": ("vague", "day"),
    "reactions": ("", "{like", "NaN", "1", "[" * 3_000, '{"a": 1}\n', "\ufeff{}"),
}  # fmt: skip
"""Values of which some break a check, some are odd, and some only look so."""


def frame_of(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame([comment_row() | SOUND | row for row in rows], schema=COMMENT.schema())


def test_what_great_expectations_finds_was_doubtful_before() -> None:
    planted = [{column: value} for column, values in STRANGE.items() for value in values]
    suite = row_suite(frame_of({}, *planted), longest_text=100)
    doubts = doubtful(suite).arg_true().to_list()
    broken, findings = broken_rows(suite)
    assert set(broken["row"]) <= set(doubts)
    # The rows that the sieve lets through, judged alone: nothing is wrong or odd about any.
    rest = row_suite(frame_of({}, *planted).filter(~doubtful(suite)), longest_text=100)
    assert rest.frame.height > 1
    assert all(found.passed for found in judge([rest]).findings)
    assert not all(found.passed for found in findings)


def test_few_sound_rows_are_doubtful() -> None:
    rows = frame_of({}, {"reactions": '{"like": 2}', "parent_id": "blog:c9", "kind": "review"})
    assert doubtful(row_suite(rows, longest_text=100)).to_list() == [False, False]


def test_without_rows_nothing_is_doubtful() -> None:
    assert doubtful(row_suite(COMMENT.empty(), longest_text=100)).is_empty()


def test_a_kind_of_expectation_that_is_not_rendered_is_told() -> None:
    suite = Suite("x", frame_of({}), lambda expect: iter([expect.ExpectColumnMaxToBeBetween()]))
    with pytest.raises(AttributeError, match="ExpectColumnMaxToBeBetween"):
        doubtful(suite)
