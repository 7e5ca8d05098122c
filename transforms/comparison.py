"""Two states of a mart in, what moved between them out: for the correction log and for `diff`."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from models.contract import Column, Table

MOVED = 1e-9
"""A share that moves by less has moved by rounding only."""

NUMBERS = ("count", "share", "score")
"""Kinds of columns that are numbers: a text that reads otherwise is no number that moved."""

WHOLE = "all"
"""The period of a mart whose rows belong to none."""


@dataclass(frozen=True)
class Moved:
    """How the rows of one period of a mart differ: how many, and the largest move of a share."""

    period: str
    added_count: int
    removed_count: int
    changed_count: int
    largest_move: float | None

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return bool(self.added_count or self.removed_count or self.changed_count)


def moves(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> list[Moved]:
    """What moved in each period that both states have or `before` alone has, by period.

    Only numbers in columns that both have are compared: a column that is new corrects nothing. A
    period that only `after` has is new, and not among them.
    """
    both = matched(table, before, after)
    numbers = compared(table, before, after)
    period = pl.col(table.period).cast(pl.String) if table.period else pl.lit(WHOLE)
    is_in_both = pl.col("is_before") & pl.col("is_after")
    shares = [column.name for column in numbers if column.kind == "share"]
    told = both.group_by(period.alias("period")).agg(
        had=pl.col("is_before").any(),
        added=(pl.col("is_after") & ~pl.col("is_before")).sum(),
        removed=(pl.col("is_before") & ~pl.col("is_after")).sum(),
        changed=(is_in_both & differs(numbers)).sum(),
        largest=pl.max_horizontal([move(name).max() for name in shares] or [pl.lit(None)]),
    )
    return [
        Moved(row["period"], row["added"], row["removed"], row["changed"], row["largest"])
        for row in told.sort("period").to_dicts()
        if row["had"]
    ]


def largest_moves(
    table: Table, before: pl.DataFrame, after: pl.DataFrame, count: int
) -> pl.DataFrame:
    """The `count` shares that moved most: `key`, `column`, `before`, `after`, biggest first."""
    both = matched(table, before, after)
    key = pl.concat_str([pl.col(name).cast(pl.String) for name in table.grain], separator=" / ")
    parts = [
        both.filter(move(column.name) > MOVED).select(
            key=key,
            column=pl.lit(column.name),
            before=pl.col(in_state_before(column.name)),
            after=pl.col(column.name),
        )
        for column in compared(table, before, after)
        if column.kind == "share"
    ]
    if not parts:
        return pl.DataFrame(schema={"key": pl.String, "column": pl.String})
    size = (pl.col("after") - pl.col("before")).abs()
    return pl.concat(parts).sort(size, "key", descending=[True, False]).head(count)


def matched(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Rows of both states side by side by their grain: `before`'s columns are `in_state_before`."""
    keys = list(table.grain)
    earlier = before.rename(
        {name: in_state_before(name) for name in before.columns if name not in keys}
    )
    return (
        after.with_columns(is_after=True)
        .join(
            earlier.with_columns(is_before=True),
            on=keys,
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
        .with_columns(pl.col("is_after", "is_before").fill_null(False))
    )


def in_state_before(name: str) -> str:
    """The column's name in `matched`, one that no table has: many have a `share_before`."""
    return f"{name}, state before"


def compared(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> list[Column]:
    """The columns of numbers that both states have."""
    shared = set(before.columns) & set(after.columns) - set(table.grain)
    return [c for c in table.columns if c.name in shared and c.kind in NUMBERS]


def differs(numbers: list[Column]) -> pl.Expr:
    """Whether any of `numbers` differs in a row of `matched`."""
    unequal = [
        pl.col(column.name).is_null().ne(pl.col(in_state_before(column.name)).is_null())
        | (move(column.name) > MOVED).fill_null(False)
        for column in numbers
    ]
    return pl.any_horizontal(unequal) if unequal else pl.lit(False)


def move(name: str) -> pl.Expr:
    """By how much a number of `matched` moved; null where either is unknown."""
    return (pl.col(name).cast(pl.Float64) - pl.col(in_state_before(name)).cast(pl.Float64)).abs()


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names under which two descriptions of a state differ, in alphabetical order."""
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
