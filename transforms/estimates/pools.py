"""Which audits speak for which cell: its own, or else those of the like in the weeks before."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

LEAST_DRAWABLE = 0.95
"""Of a cell's comments, so many must have had a chance to be drawn before its audits speak for it
alone: a month of which one week was asked about is not like that week."""

Pool = tuple[str, bool, pl.DataFrame]
"""A pool's name, whether its audits lie in the cells themselves, and audits a cell: the columns of
the audits, `cell` being the place of the cell that they speak for."""


@dataclass(frozen=True)
class Pooling:
    """`least`: audited authors that a correction needs. `weeks`: how far back others are looked at.

    `alike`: what cells have in common that may lend each other audits, as `method` calls it; empty
    if there is no such thing.
    """

    least: int
    weeks: int
    alike: str


def pools(
    cells: pl.DataFrame, audits: pl.DataFrame, pooling: Pooling, may_borrow: bool
) -> Iterator[Pool]:
    """The pools of `cells`, each cell in the first that has enough; cells may be in none.

    `cells` has `cell`, `alike`, `last_day` and `drawable_share`, `audits` `cell`, `alike`, `day`,
    `author` and `comment`. A cell's weeks end with the last day that it has a comment of: what is
    audited later does not change what was said before. `may_borrow`: with audits of other cells.
    """
    places = cells.select("alike", "last_day", "drawable_share", own="cell").with_row_index("place")
    places = places.with_columns(pl.col("place").cast(pl.Int64))
    asked = places.filter(pl.col("drawable_share") >= LEAST_DRAWABLE)
    own = _enough(audits.join(asked.select("place", cell="own"), on="cell"), pooling)
    yield "own", True, own
    if not may_borrow:
        return
    left = places.join(own.select(place="cell").unique(), on="place", how="anti")
    if pooling.alike:
        alike = _enough(_lately(audits, left, pooling, pl.col("alike") == pl.col("of")), pooling)
        yield f"{pooling.alike}, {pooling.weeks} weeks", False, alike
        left = left.join(alike.select(place="cell").unique(), on="place", how="anti")
    once = audits.unique("comment", keep="first", maintain_order=True)
    every = _lately(once, left, pooling)
    yield f"all, {pooling.weeks} weeks", False, _enough(every, pooling)


def _lately(
    audits: pl.DataFrame, places: pl.DataFrame, pooling: Pooling, *also: pl.Expr
) -> pl.DataFrame:
    """Pairs of an audit and a cell in the weeks before whose last day it lies."""
    since = (pl.col("last_day") - pl.duration(weeks=pooling.weeks)).cast(pl.Date)
    weeks = places.select("place", "last_day", since=since, of="alike")
    lies_in = (pl.col("day") <= pl.col("last_day"), pl.col("day") > pl.col("since"))
    return audits.join_where(weeks, *lies_in, *also)


def _enough(pairs: pl.DataFrame, pooling: Pooling) -> pl.DataFrame:
    """Pairs of cells for which enough people speak, with the cell's place as `cell`."""
    return (
        pairs.filter(pl.col("author").n_unique().over("place") >= pooling.least)
        .with_columns(cell="place")
        .select("cell", "code", "gold", "author", "voice", "drawn_share")
    )
