"""A suite in, the rows that may break it out: the few that Great Expectations has to judge.

The same declarations are rendered twice: as objects of Great Expectations, which judge and say
what is wrong, and here as Polars expressions, which need neither its start nor pandas but only say
"doubtful". A row that is not doubtful breaks nothing; a doubtful one may yet be sound.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl

from transforms.suites import Suite

MOST_JUDGED = 20_000
"""Rows up to which all are judged: pandas takes some 8 µs a row of a published table, which is
nothing beside the start of Great Expectations."""

ALWAYS_JUDGED = 1_000
"""Rows that are judged whatever the sieve says: so a page on sound rows says that they are."""


def sifted(suite: Suite) -> Suite:
    """`suite` with only its first rows and the doubtful ones, where there are many.

    Great Expectations finds the same broken rows in it, as many and in the same order.
    """
    height = suite.frame.height
    if height <= MOST_JUDGED:
        return suite
    # To pandas, what is no number is missing.
    asked = replace(suite, frame=suite.frame.with_columns(pl.selectors.float().fill_nan(None)))
    is_first = pl.int_range(height, eager=True) < ALWAYS_JUDGED
    return replace(suite, frame=suite.frame.filter(doubtful(asked) | is_first), row_count=height)


def doubtful(suite: Suite) -> pl.Series:
    """Whether each row of the suite's frame may break one of its expectations.

    Raises `AttributeError` for a kind of expectation that is not rendered here.
    """
    doubts = [doubt.fill_null(value=False) for doubt in suite.expectations(RENDERED)]
    return suite.frame.select(doubtful=pl.any_horizontal(doubts)).to_series()


def _is_null(column: str, **_: Any) -> pl.Expr:
    return pl.col(column).is_null()


def _is_outside(
    column: str, min_value: float | None = None, max_value: float | None = None, **_: Any
) -> pl.Expr:
    bounds = (
        [] if min_value is None else [pl.col(column) < min_value],
        [] if max_value is None else [pl.col(column) > max_value],
    )
    return pl.any_horizontal(*bounds[0], *bounds[1])


def _is_strange(column: str, value_set: Sequence[Any], **_: Any) -> pl.Expr:
    return ~pl.col(column).is_in(value_set)


def _is_repeated(column: str, **_: Any) -> pl.Expr:
    return pl.col(column).is_duplicated()


def _are_repeated(column_list: Sequence[str], **_: Any) -> pl.Expr:
    return pl.struct(column_list).is_duplicated()


def _is_less(column_A: str, column_B: str, *, or_equal: bool, **_: Any) -> pl.Expr:  # noqa: N803
    upper, lower = pl.col(column_A), pl.col(column_B)
    return upper < lower if or_equal else upper <= lower


def _of_no_row(**_: Any) -> pl.Expr:
    return pl.lit(value=False)


def _is_unlike(column: str, regex: str, **_: Any) -> pl.Expr:
    # Not by Polars: its expressions take other signs for blanks than those of Python do.
    search = re.compile(regex).search
    return _fails(column, lambda value: search(value) is not None)


def _is_no_json(column: str, **_: Any) -> pl.Expr:
    return _fails(column, _is_json)


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _fails(column: str, is_sound: Callable[[str], bool]) -> pl.Expr:
    """Whether values of `column` are not sound; null for those that are missing."""

    def fails(values: pl.Series) -> pl.Series:
        # Each value once: of a million rows, hundreds have the same week.
        kinds = values.unique().drop_nulls()
        return values.is_in([value for value in kinds.to_list() if not is_sound(value)])

    return pl.col(column).map_batches(fails, return_dtype=pl.Boolean)


RENDERED = SimpleNamespace(
    ExpectColumnValuesToNotBeNull=_is_null,
    ExpectColumnValuesToBeBetween=_is_outside,
    ExpectColumnValuesToBeInSet=_is_strange,
    ExpectColumnValuesToMatchRegex=_is_unlike,
    ExpectColumnValuesToBeJsonParseable=_is_no_json,
    ExpectColumnValuesToBeUnique=_is_repeated,
    ExpectCompoundColumnsToBeUnique=_are_repeated,
    ExpectColumnPairValuesAToBeGreaterThanB=_is_less,
    ExpectTableColumnsToMatchSet=_of_no_row,
)
"""What `great_expectations.expectations` has under these names; missing values break only the
first, as there."""
