from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from models.contract import Column, Table
from models.errors import GiveUp
from models.findings import Finding
from transforms.data_docs import data_docs
from transforms.expectations import broken_rows, judge
from transforms.suites import Suite, suite_of

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("day", "kind"),
    columns=(
        Column("day", "text", "day"),
        Column("kind", "text", "kind", allowed=("a", "b")),
        Column("comment_count", "count", "n"),
        Column("author_count", "count", "n"),
        Column("ci_low", "share", "low", optional=True),
        Column("share", "share", "share", optional=True),
        Column("ci_high", "share", "high", optional=True),
    ),
)
GOOD = {
    "day": ["d1", "d2"],
    "kind": ["a", "b"],
    "comment_count": [4, 0],
    "author_count": [3, 0],
    "ci_low": [0.1, None],
    "share": [0.25, None],
    "ci_high": [0.6, None],
}


def failures(**columns: list[object]) -> list[Finding]:
    frame = pl.DataFrame(GOOD | columns, schema=TABLE.schema(), strict=False)
    return list(judge([suite_of(TABLE, frame)]).failed)


def test_good_rows_pass() -> None:
    assert failures() == []


def test_an_empty_table_passes() -> None:
    judgement = judge([suite_of(TABLE, TABLE.empty())])
    assert all(finding.passed for finding in judgement.findings)
    assert judgement.sentence == f"{len(judgement.findings)} checks passed"


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        pytest.param({"ci_high": [1.5, None]}, "ci_high", id="a share above 1"),
        pytest.param({"comment_count": [-1, 0]}, "comment_count", id="a negative count"),
        pytest.param({"kind": ["a", "z"]}, "kind", id="a text outside the set"),
        pytest.param({"kind": ["a", None]}, "kind", id="a null"),
        pytest.param({"author_count": [5, 0]}, "comment_count", id="more people than comments"),
        pytest.param({"ci_low": [0.3, None]}, "share", id="an interval beside it"),
    ],
)
def test_a_planted_fault_is_found(columns: dict[str, list[object]], column: str) -> None:
    assert column in {finding.column for finding in failures(**columns)}


def test_a_repeated_grain_is_found() -> None:
    repeated = failures(day=["d1", "d1"], kind=["a", "a"])
    assert [finding.expectation for finding in repeated] == ["compound columns to be unique"]


def test_a_finding_says_where_and_how_many() -> None:
    (finding,) = failures(kind=["a", "z"])
    assert str(finding) == "`mart.example.kind`: column values to be in set fails in 1 row (d2 z)"


def numbers(*values: int, keys: tuple[str, ...] = ()) -> Suite:
    """Numbers that must not be above 2, and should not be above 1."""

    def expectations(expect: Any) -> Iterator[Any]:
        for most, severity in ((1, "warning"), (2, "critical")):
            yield expect.ExpectColumnValuesToBeBetween(
                column="n", max_value=most, severity=severity, description=f"at most {most}"
            )

    return Suite("numbers", pl.DataFrame({"n": values, "text": "geheim"}), expectations, keys)


def test_what_is_declared_a_warning_does_not_fail() -> None:
    judgement = judge([numbers(1, 2)])
    assert (judgement.failed, len(judgement.warnings)) == ((), 1)
    assert judgement.sentence == "2 checks, none failed, 1 with a warning"


def test_the_sentence_of_a_bad_verdict_names_the_first_failures() -> None:
    judgement = judge([numbers(1, 3, 4, keys=("n",))])
    assert judgement.sentence == (
        "1 of 2 checks failed, the last good publish stays: `numbers.n`: at most 2 fails in "
        "2 rows (3, 4)"
    )


def test_rows_that_break_a_critical_expectation_are_named_once() -> None:
    broken, findings = broken_rows(numbers(1, 3, 2))
    assert broken.rows() == [(1, "n", "at most 2")]
    assert [finding.broken_count for finding in findings] == [2, 1]


def test_a_page_shows_verdicts_and_counts_but_no_value_of_a_row() -> None:
    page = judge([numbers(1, 3, 777)]).pages["numbers"]
    assert "at most 2" in page
    assert "2 unexpected values found" in page
    assert "777" not in page
    assert "geheim" not in page


def test_the_same_rows_give_the_same_page_whenever_they_are_judged() -> None:
    suite = suite_of(TABLE, pl.DataFrame(GOOD, schema=TABLE.schema()))
    first, second = (data_docs(judge([suite]), "2025-11-03 06:00", "") for _ in range(2))
    assert first == second


def test_an_expectation_that_can_not_be_judged_is_an_error_and_no_verdict() -> None:
    def expectations(expect: Any) -> Iterator[Any]:
        yield expect.ExpectColumnValuesToBeBetween(column="missing", max_value=1)

    with pytest.raises(GiveUp, match=r"`odd\.missing`: .* can't be judged"):
        judge([Suite("odd", pl.DataFrame({"n": [1]}), expectations)])
