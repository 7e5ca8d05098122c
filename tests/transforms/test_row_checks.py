from datetime import datetime, timedelta

import polars as pl
import pytest

from models.tables.comment import COMMENT
from tests.builders import Row, comment_row
from transforms.expectations import broken_rows
from transforms.row_checks import row_suite

GOOD: Row = {"text_hash": "0123456789abcdef" * 2, "comment_id": "blog:c1"}


def verdict(*rows: Row) -> tuple[list[tuple[object, ...]], list[str]]:
    """What is broken by row, and the warnings."""
    frame = pl.DataFrame([comment_row() | GOOD | row for row in rows], schema=COMMENT.schema())
    broken, findings = broken_rows(row_suite(frame, longest_text=100))
    odd = [found for found in findings if found.severity == "warning" and not found.passed]
    return broken.rows(), [found.column for found in odd]


def test_ordinary_comments_pass() -> None:
    assert verdict({}, {"comment_id": "blog:c2", "reactions": '{"like": 2}'}) == ([], [])


@pytest.mark.parametrize(
    ("planted", "column"),
    [
        pytest.param({"text": "x" * 101}, "text_length", id="a text that is too long"),
        pytest.param({"text": ""}, "text_length", id="no text"),
        pytest.param({"text": "\ufffd" * 9 + "a"}, "unreadable_share", id="an unreadable text"),
        pytest.param({"text_hash": "zz"}, "text_hash", id="a hash that is none"),
        pytest.param({"comment_id": "c1"}, "comment_id", id="an id without its platform"),
        pytest.param({"created_at_utc": datetime(1970, 1, 1)}, "created_year", id="the epoch"),
        pytest.param({"created_at_utc": datetime(2052, 11, 5)}, "days_ahead", id="the future"),
        pytest.param({"like_count": -1}, "like_count", id="a negative count"),
        pytest.param({"status": "gone"}, "status", id="an unknown status"),
        pytest.param({"time_precision": "vague"}, "time_precision", id="an unknown precision"),
        pytest.param({"id_basis": "guess"}, "id_basis", id="an unknown basis"),
        pytest.param({"reply_semantics": "?"}, "reply_semantics", id="unknown semantics"),
        pytest.param({"edit_basis": "?"}, "edit_basis", id="an unknown basis of an edit"),
        pytest.param({"reactions": "{like"}, "reactions", id="broken JSON"),
    ],
)
def test_a_planted_fault_breaks_its_row_and_no_other(planted: Row, column: str) -> None:
    broken, _ = verdict({"comment_id": "blog:c2"}, planted, {"comment_id": "blog:c3"})
    assert [(row, found) for row, found, _ in broken] == [(1, column)]


@pytest.mark.parametrize(
    ("planted", "column"),
    [
        pytest.param({"edited_at_utc": datetime(2025, 1, 1)}, "days_until_edit", id="edited first"),
        pytest.param({"parent_id": "blog:c1"}, "is_own_parent", id="an answer to itself"),
        pytest.param({"kind": "order_note"}, "kind", id="a kind that we do not know"),
    ],
)
def test_what_is_only_odd_is_a_warning(planted: Row, column: str) -> None:
    assert verdict(planted) == ([], [column])


def test_clocks_and_zones_may_differ_by_a_day() -> None:
    seen = comment_row()["last_seen_at_utc"]
    ahead = {"created_at_utc": seen + timedelta(hours=47)}  # type: ignore[operator]
    assert verdict(ahead) == ([], [])
    too_far = {"created_at_utc": seen + timedelta(hours=48)}  # type: ignore[operator]
    assert [found for _, found, _ in verdict(too_far)[0]] == ["days_ahead"]


def test_a_row_that_breaks_several_checks_comes_once() -> None:
    broken, _ = verdict({"text_hash": "zz", "status": "gone", "like_count": -1})
    assert len(broken) == 1
