from datetime import datetime
from typing import Any

import polars as pl
import pytest

from models.contract import Column, Table
from models.tables.comment import COMMENT
from tests.builders import Row, comment_row
from transforms.expectations import broken_rows, judge
from transforms.row_checks import row_suite
from transforms.sieve import ALWAYS_JUDGED, MOST_JUDGED, doubtful, sifted
from transforms.suites import Suite, suite_of

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


PUBLISHED = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("week", "label"),
    columns=(
        Column("week", "text", "week"),
        Column("label", "text", "answer", allowed=("yes", "no")),
        Column("comment_count", "count", "n"),
        Column("author_count", "count", "n"),
        Column("ci_low", "share", "low", optional=True),
        Column("share", "share", "share"),
        Column("ci_high", "share", "high", optional=True),
    ),
)
PLANTED: tuple[Row, ...] = (
    {"week": "2025-W1"},
    {"week": "2025-W01\n"},
    {"week": None},
    {"label": "perhaps"},
    {"comment_count": -1, "author_count": -1},
    {"author_count": 4},
    {"author_count": 3},
    {"share": 1.5},
    {"share": None},
    {"share": float("nan")},
    {"ci_high": 0.4},
    {"ci_low": 0.6},
    {"ci_low": float("nan"), "ci_high": None},
    {"week": "2025-W07", "label": "no"},
    {"week": "2025-W07", "label": "no"},
)
"""What breaks a promise of the table, or only looks so."""


def published(*planted: Row) -> Suite:
    """More rows than are judged, each a week of its own, with those `planted` among the last."""
    count = MOST_JUDGED + len(planted)
    sound = {"label": "yes", "comment_count": 3, "author_count": 2}
    shares = {"ci_low": 0.5, "share": 0.5, "ci_high": 0.5}
    rows = [
        {"week": f"{1000 + n // 50}-W{n % 50:02}"} | sound | shares
        for n in range(count - len(planted))
    ]
    rows[-1:-1] = [
        sound | shares | {"week": f"9999-W{n:02}"} | row for n, row in enumerate(planted)
    ]
    return suite_of(PUBLISHED, pl.DataFrame(rows, schema=PUBLISHED.schema(), strict=False))


def test_of_a_large_table_the_same_rows_are_found_broken() -> None:
    suite = published(*PLANTED)
    whole, few = judge([suite]), judge([sifted(suite)])
    assert few.findings == whole.findings
    assert len(whole.failed) > 8
    page = few.pages["mart.example"]
    assert f"of {suite.frame.height} total rows" in page


def test_of_a_large_sound_table_only_the_first_rows_are_judged() -> None:
    sound = published({"author_count": 3})
    assert sifted(sound).frame.equals(sound.frame.head(ALWAYS_JUDGED))


def test_a_table_of_few_rows_is_judged_whole() -> None:
    suite = suite_of(PUBLISHED, PUBLISHED.empty())
    assert sifted(suite) is suite
