"""The quality gate: contracts and hand-written rules in, a verdict by Great Expectations out.

The only module that imports Great Expectations, and late: that alone takes seconds. Only verdicts
leave it, never values: texts of comments do not belong in a log.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from models.contract import Column, Table
from models.shares import ONE_ANSWER

SUM_TOLERANCE = 1e-6
"""Shares that are parts of one whole must add up to 1 but for rounding."""

PARTS = ("share", "share_raw")
"""Columns that sum to 1 over the labels of one cell, where a head gives one answer."""

INTERVALS = (("ci_low", "share", "ci_high"), ("net_low", "net_sentiment", "net_high"))
"""Columns that must come in ascending order in every row."""

AT_MOST = (("comment_count", "author_count"), ("comment_count", "labelled_count"))
"""Columns of which the second is a part of the first."""


@dataclass(frozen=True)
class Finding:
    """One expectation's verdict on one table: what was expected, and how many rows break it."""

    table: str
    expectation: str
    column: str
    passed: bool
    broken_count: int

    def __str__(self) -> str:
        where = f"`{self.table}.{self.column}`" if self.column else f"`{self.table}`"
        return f"{where}: {self.expectation} fails in {self.broken_count:,} rows"


def judge(frames: Mapping[Table, pl.DataFrame]) -> list[Finding]:
    """Every expectation's verdict on every frame, generated from its table's contract."""
    gx = _quiet_gx()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("gate")
    findings: list[Finding] = []
    for table, frame in frames.items():
        suite = gx.ExpectationSuite(
            name=table.full_name, expectations=list(expectations(table, gx))
        )
        asset = source.add_dataframe_asset(table.full_name)
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
            {"dataframe": judged_columns(table, frame).to_pandas()}
        )
        result = batch.validate(suite, result_format="SUMMARY")
        findings += [_finding(table, entry) for entry in result.results]
    return findings


def expectations(table: Table, gx: Any) -> Iterator[Any]:
    """The suite of `table`: what its columns promise, and what holds between them."""
    expect = gx.expectations
    for column in table.columns:
        yield from _column_expectations(column, expect)
    if len(table.grain) == 1:
        yield expect.ExpectColumnValuesToBeUnique(column=table.grain[0])
    else:
        yield expect.ExpectCompoundColumnsToBeUnique(column_list=list(table.grain))
    for name in derived_columns(table):
        yield expect.ExpectColumnValuesToBeBetween(
            column=name, min_value=-SUM_TOLERANCE, max_value=SUM_TOLERANCE
        )
    pairs = [(high, low) for high, low in AT_MOST if {high, low} <= set(table.column_names)]
    for low, middle, high in intervals(table):
        pairs += [(middle, low), (high, middle)]
    for upper, lower in pairs:
        yield expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=upper,
            column_B=lower,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )


def judged_columns(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the differences that must be zero as columns of their own, and rounded shares.

    Shares and interval ends are rounded to nine places: at 0 and 1 they meet, but for the last bit.
    """
    derived = derived_columns(table)
    with_differences = frame.with_columns(**derived) if derived else frame
    return with_differences.with_columns(pl.selectors.float().round(9))


def derived_columns(table: Table) -> dict[str, pl.Expr]:
    """Name -> a difference that must be zero in each row of `table`, null where undefined."""
    if not {*PARTS, "head", "label"}.issubset(table.column_names):
        return {}
    cell = [name for name in table.grain if name != "label"]
    # A row that is left out takes its whole cell out: what remains need not sum to 1.
    defined = pl.col("head").is_in(ONE_ANSWER) & pl.col("share").is_not_null().all().over(cell)
    return {
        f"{part}_minus_one": pl.when(defined).then(pl.col(part).sum().over(cell) - 1)
        for part in PARTS
    }


def intervals(table: Table) -> list[tuple[str, str, str]]:
    """The (low, middle, high) columns that `table` has."""
    return [interval for interval in INTERVALS if set(interval) <= set(table.column_names)]


def _column_expectations(column: Column, expect: Any) -> Iterator[Any]:
    yield expect.ExpectColumnToExist(column=column.name)
    if not column.optional:
        yield expect.ExpectColumnValuesToNotBeNull(column=column.name)
    if column.kind == "share":
        yield expect.ExpectColumnValuesToBeBetween(column=column.name, min_value=0, max_value=1)
    if column.kind == "count":
        yield expect.ExpectColumnValuesToBeBetween(column=column.name, min_value=0)
    if column.allowed:
        yield expect.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.allowed))


def _finding(table: Table, entry: Any) -> Finding:
    config = entry.expectation_config
    return Finding(
        table=table.full_name,
        expectation=config.type.removeprefix("expect_").replace("_", " "),
        column=str(config.kwargs.get("column") or config.kwargs.get("column_A") or ""),
        passed=bool(entry.success),
        broken_count=int((entry.result or {}).get("unexpected_count") or 0),
    )


def _quiet_gx() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("great_exp")]:
        logging.getLogger(name).setLevel(logging.ERROR)
    return gx
