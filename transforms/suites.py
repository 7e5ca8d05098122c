"""What is expected of a table: its contract and hand-written rules in, a suite out.

Nothing here imports Great Expectations: a suite is given the room of its expectations when it is
judged. `severity` beside an expectation says whether it fails the gate or only warns.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from models.contract import Column, Table
from models.shares import ONE_ANSWER, SHARE_COLUMNS

SUM_TOLERANCE = 1e-6
"""Shares that are parts of one whole must add up to 1 but for rounding."""
INTERVALS = (("ci_low", "share", "ci_high"), ("net_low", "net_sentiment", "net_high"))
"""Columns that must come in ascending order in every row."""

AT_MOST = (("comment_count", "author_count"), ("comment_count", "labelled_count"))
"""Columns of which the second is a part of the first."""

PATTERNS = {"week": r"^\d{4}-W\d{2}$", "month": r"^\d{4}-\d{2}$"}
"""How values of a column of this name are written."""

SHOWN = ("share_raw", "share", "ci_low", "ci_high", "uncertain_share")
"""What a row of too few people must not show."""

THERE = "(there)"
"""Stands for a text that is not looked at."""

Expect = Any
"""The module `great_expectations.expectations`, or what has the same names (`transforms.sieve`)."""


@dataclass(frozen=True)
class Suite:
    """A frame and what is expected of it; `keys` are columns whose values name a broken row.

    `row_count` is of how many rows the frame has those that may break something; None: of its own.
    """

    name: str
    frame: pl.DataFrame
    expectations: Callable[[Expect], Iterator[Any]]
    keys: tuple[str, ...] = ()
    row_count: int | None = None


@dataclass(frozen=True)
class Notes:
    """What a suite expects, written down: equal to `Suite.expectations`, for another process."""

    expected: tuple[tuple[str, dict[str, Any]], ...]

    def __call__(self, expect: Expect) -> Iterator[Any]:
        for kind, fields in self.expected:
            yield getattr(expect, kind)(**fields)


class _Notebook:
    """Has the names that an `Expect` has, whatever they are, and takes down what they are given."""

    def __getattr__(self, kind: str) -> Callable[..., tuple[str, dict[str, Any]]]:
        return lambda **fields: (kind, fields)


def noted(suite: Suite) -> Suite:
    """The same suite, its expectations as what they are and not as what says them."""
    return replace(suite, expectations=Notes(tuple(suite.expectations(_Notebook()))))


def suite_of(table: Table, frame: pl.DataFrame, smallest_cell: int = 0) -> Suite:
    """The suite of a published table.

    Its columns keep what the contract says, its grain is unique, parts add up to their whole,
    intervals hold their share, and no row shows shares of fewer than `smallest_cell` people.
    """
    derived = derived_columns(table, smallest_cell)
    marked = without_texts(table, frame)
    widened = marked.with_columns(**derived) if derived else marked
    # At 0 and 1 shares and the ends of their intervals meet, but for the last bit.
    rounded = widened.with_columns(pl.selectors.float().round(9))
    return Suite(
        table.full_name, rounded, lambda expect: _table(table, derived, expect), table.grain
    )


def without_texts(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with a mark for each text of which nothing is expected but to be there.

    Great Expectations makes a Python object of every cell: comments' texts would be most of them.
    """
    free = [
        column.name
        for column in table.columns
        if column.kind in ("text", "texts")
        and not column.allowed
        and column.name not in {*table.grain, *PATTERNS}
    ]
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.lit(THERE)).alias(name) for name in free
    )


def row_expectations(table: Table, expect: Expect, without: Collection[str] = ()) -> Iterator[Any]:
    """What each column of `table` promises of each of its values, but for those left out."""
    for column in table.columns:
        if column.name not in without:
            yield from _column(column, expect)


def derived_columns(table: Table, smallest_cell: int = 0) -> dict[str, pl.Expr]:
    """Name -> a number that must be zero in each row of `table`, null where undefined."""
    derived: dict[str, pl.Expr] = {}
    if is_tall(table):
        derived["shown_of_too_few"] = (
            (pl.col("author_count") < smallest_cell)
            & pl.any_horizontal(pl.col(name).is_not_null() for name in SHOWN)
        ).cast(pl.Float64)
    return derived


def is_tall(table: Table) -> bool:
    """Whether `table` has a row for each label, with the columns that every share carries."""
    return {column.name for column in SHARE_COLUMNS} <= set(table.column_names)


def sums_of(table: Table, frame: pl.DataFrame) -> Suite:
    """The suite of the cells of a tall table: the shares of one question's labels add up to 1.

    A cell in which a label is hidden or has no share is left out.
    """
    cell = [name for name in table.grain if name != "label"]
    sums = (
        frame.filter(pl.col("head").is_in(ONE_ANSWER))
        .group_by(cell, maintain_order=True)
        .agg(*(_sum_of_all(name) for name in ("share_raw", "share")))
    )
    return Suite(f"{table.full_name}: sums of shares", sums, _sums, keys=tuple(cell))


def ordered(table: Table) -> list[tuple[str, str]]:
    """Pairs of columns that `table` has, of which the first is never less than the second."""
    pairs = list(AT_MOST)
    for low, middle, high in INTERVALS:
        pairs += [(middle, low), (high, middle)]
    return [pair for pair in pairs if set(pair) <= set(table.column_names)]


def _sum_of_all(name: str) -> pl.Expr:
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)


def _sums(expect: Expect) -> Iterator[Any]:
    for column in ("share_raw", "share"):
        yield expect.ExpectColumnValuesToBeBetween(
            column=column,
            min_value=1 - SUM_TOLERANCE,
            max_value=1 + SUM_TOLERANCE,
            description="the shares of a question's labels add up to 1",
        )


def _table(table: Table, derived: Mapping[str, pl.Expr], expect: Expect) -> Iterator[Any]:
    yield expect.ExpectTableColumnsToMatchSet(
        column_set=[*table.column_names, *derived], exact_match=True
    )
    yield from row_expectations(table, expect)
    if len(table.grain) == 1:
        yield expect.ExpectColumnValuesToBeUnique(column=table.grain[0])
    else:
        yield expect.ExpectCompoundColumnsToBeUnique(column_list=list(table.grain))
    for name in derived:
        yield expect.ExpectColumnValuesToBeBetween(
            column=name, min_value=-SUM_TOLERANCE, max_value=SUM_TOLERANCE
        )
    for upper, lower in ordered(table):
        yield expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=upper,
            column_B=lower,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )


def _column(column: Column, expect: Expect) -> Iterator[Any]:
    if not column.optional:
        yield expect.ExpectColumnValuesToNotBeNull(column=column.name)
    if column.kind == "share":
        yield expect.ExpectColumnValuesToBeBetween(column=column.name, min_value=0, max_value=1)
    if column.kind == "count":
        yield expect.ExpectColumnValuesToBeBetween(column=column.name, min_value=0)
    if column.allowed:
        yield expect.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.allowed))
    if column.name in PATTERNS:
        yield expect.ExpectColumnValuesToMatchRegex(column=column.name, regex=PATTERNS[column.name])
