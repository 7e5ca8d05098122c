import polars as pl
import pytest

from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.expectations import Finding, judge

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("kind", "head", "label"),
    columns=(Column("kind", "text", "kind", allowed=("a", "b")), *SHARE_COLUMNS),
)
GOOD = {
    "kind": ["a", "a", "b", "b"],
    "head": ["sentiment", "sentiment", "topic", "topic"],
    "label": ["negative", "positive", "cost", "cloud"],
    "share_raw": [0.25, 0.75, 0.9, 0.9],
    "share": [0.3, 0.7, 0.8, 0.9],
    "ci_low": [0.1, 0.4, 0.7, 0.8],
    "ci_high": [0.6, 0.9, 0.9, 1.0],
    "comment_count": [4, 4, 5, 5],
    "author_count": [3, 3, 5, 5],
    "audit_count": [0, 0, 60, 60],
    "uncertain_share": [0.0, 0.0, None, None],
    "method": ["emq", "emq", "ppi (own)", "ppi (own)"],
    "hidden_reason": [None, None, None, None],
}


def failures(**columns: list[object]) -> list[Finding]:
    frame = pl.DataFrame(GOOD | columns, schema=TABLE.schema(), strict=False)
    return [finding for finding in judge({TABLE: frame}) if not finding.passed]


def test_good_rows_pass() -> None:
    assert failures() == []


def test_a_cell_with_a_row_that_is_left_out_need_not_sum_to_1() -> None:
    left_out = {
        name: [None, *GOOD[name][1:]] for name in ("share", "share_raw", "ci_low", "ci_high")
    }
    assert failures(**left_out) == []


def test_an_empty_table_passes() -> None:
    assert all(finding.passed for finding in judge({TABLE: TABLE.empty()}))


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        pytest.param({"ci_high": [0.6, 1.9, 0.9, 1]}, "ci_high", id="a share above 1"),
        pytest.param({"audit_count": [-1, 0, 0, 0]}, "audit_count", id="a negative count"),
        pytest.param({"kind": ["a", "a", "z", "z"]}, "kind", id="a text outside the set"),
        pytest.param({"method": ["emq", "emq", "emq", None]}, "method", id="a null"),
        pytest.param({"share": [0.3, 0.8, 0.8, 0.9]}, "share_minus_one", id="shares over 1"),
        pytest.param({"share_raw": [0, 0.8, 0.9, 0.9]}, "share_raw_minus_one", id="raw below 1"),
        pytest.param({"author_count": [5, 3, 5, 5]}, "comment_count", id="more people than n"),
        pytest.param({"ci_low": [0.4, 0.4, 0.7, 0.8]}, "share", id="an interval above it"),
        pytest.param({"ci_high": [0.2, 0.9, 0.9, 1]}, "ci_high", id="an interval below it"),
    ],
)
def test_a_planted_fault_is_found(columns: dict[str, list[object]], column: str) -> None:
    assert column in {finding.column for finding in failures(**columns)}


def test_a_repeated_grain_is_found() -> None:
    repeated = failures(label=["negative", "positive", "cost", "cost"])
    assert [finding.expectation for finding in repeated] == ["compound columns to be unique"]


def test_a_finding_says_where_and_how_many_but_quotes_no_value() -> None:
    (finding,) = failures(kind=["a", "a", "secret", "secret"])
    assert str(finding) == "`mart.example.kind`: column values to be in set fails in 2 rows"
