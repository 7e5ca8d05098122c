import polars as pl
import pytest

from models.contract import Column, Table
from transforms.expectations import Finding, judge

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("day", "kind"),
    columns=(
        Column("day", "text", "day"),
        Column("kind", "text", "kind", allowed=("a", "b")),
        Column("comment_count", "count", "n"),
        Column("negative_count", "count", "n"),
        Column("neutral_count", "count", "n"),
        Column("positive_count", "count", "n"),
        Column("negative_low", "share", "low", optional=True),
        Column("negative_share", "share", "share", optional=True),
        Column("negative_high", "share", "high", optional=True),
        Column("neutral_share", "share", "share", optional=True),
        Column("positive_share", "share", "share", optional=True),
    ),
)
GOOD = {
    "day": ["d1", "d2"],
    "kind": ["a", "b"],
    "comment_count": [4, 0],
    "negative_count": [1, 0],
    "neutral_count": [1, 0],
    "positive_count": [2, 0],
    "negative_low": [0.1, None],
    "negative_share": [0.25, None],
    "negative_high": [0.6, None],
    "neutral_share": [0.25, None],
    "positive_share": [0.5, None],
}


def failures(**columns: list[object]) -> list[Finding]:
    frame = pl.DataFrame(GOOD | columns, schema=TABLE.schema(), strict=False)
    return [finding for finding in judge({TABLE: frame}) if not finding.passed]


def test_good_rows_pass() -> None:
    assert failures() == []


def test_an_empty_table_passes() -> None:
    assert all(finding.passed for finding in judge({TABLE: TABLE.empty()}))


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        pytest.param({"negative_share": [1.5, None]}, "negative_share", id="a share above 1"),
        pytest.param({"comment_count": [-1, 0]}, "comment_count", id="a negative count"),
        pytest.param({"kind": ["a", "z"]}, "kind", id="a text outside the set"),
        pytest.param({"kind": ["a", None]}, "kind", id="a null"),
        pytest.param({"positive_share": [0.9, None]}, "shares_minus_one", id="shares over 1"),
        pytest.param({"neutral_count": [2, 0]}, "parts_minus_whole", id="parts above the whole"),
        pytest.param({"negative_low": [0.3, None]}, "negative_share", id="an interval beside it"),
    ],
)
def test_a_planted_fault_is_found(columns: dict[str, list[object]], column: str) -> None:
    assert column in {finding.column for finding in failures(**columns)}


def test_a_repeated_grain_is_found() -> None:
    repeated = failures(day=["d1", "d1"], kind=["a", "a"])
    assert [finding.expectation for finding in repeated] == ["compound columns to be unique"]


def test_a_finding_says_where_and_how_many_but_quotes_no_value() -> None:
    (finding,) = failures(kind=["a", "secret"])
    assert str(finding) == "`mart.example.kind`: column values to be in set fails in 1 rows"
