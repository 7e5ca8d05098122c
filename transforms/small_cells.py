"""Published tables in, the same rows out, without numbers that tell about too few people.

Whose comments a row counts is declared by its table (`SmallCells`). A row is hidden if a cell that
it tells about has fewer authors than `smallest`, or if such a cell could be computed with it (see
`transforms.suppression`). A hidden row stays in its place and says why. A cell has one fate in all
tables.
"""

import numpy as np
import polars as pl

from models.contract import Table
from models.shares import HIDDEN_METHOD, HIDDEN_REASON, small_cells_of, tells_of_people
from transforms.cells import Marts, cells_of, cells_told, family_of, name_of
from transforms.suppression import hidden_cells

WOULD_REVEAL = "would reveal another row"


def few_authors(smallest: int) -> str:
    """The reason of a row with too few people."""
    return f"fewer than {smallest} authors"


def hide_small_cells(marts: Marts, facts: pl.DataFrame, smallest: int) -> dict[Table, pl.DataFrame]:
    """`marts` without what tells about fewer than `smallest` people.

    `facts` are the comments behind them (`classified.counted`). Raises `ContractBroken` if a table
    does not say whose comments it counts, or counts them by what `facts` do not have.
    """
    counting = {
        table: rows
        for table, rows in marts.items()
        if not small_cells_of(table).exempt and parts_comments(table, facts)
    }
    if not counting:
        return dict(marts)
    reasons = reasons_of(counting, facts, smallest)
    hidden = {table: without_hidden(table, rows, reasons) for table, rows in counting.items()}
    return {table: hidden.get(table, rows) for table, rows in marts.items()}


def parts_comments(table: Table, facts: pl.DataFrame) -> bool:
    """Whether `facts` know what `table` counts by: segments are known where somebody sets them."""
    told = [name for name in family_of(table) if name in facts.columns]
    return facts.is_empty() or not any(facts[name].is_null().all() for name in told)


def reasons_of(marts: Marts, facts: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """The cells of `marts` that are hidden, each with its `family`, dimensions and `reason`."""
    cells = cells_of(marts, facts, smallest)
    few = cells.listed["is_few"].to_numpy()
    reason = np.where(few, few_authors(smallest), WOULD_REVEAL)
    return cells.listed.with_columns(reason=pl.Series(reason, dtype=pl.String)).filter(
        pl.Series(hidden_cells(cells, smallest))
    )


def without_hidden(table: Table, rows: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """`rows` of `table`, numbers and all, but for those that tell about a hidden cell."""
    hidden = pl.concat(
        cells.join(reasons.filter(family=name_of(family)), on=family).select("row", "reason")
        for family, cells in cells_told(table, rows)
    )
    # By the alphabet, too few authors come before what would reveal them.
    why = hidden.group_by("row").agg(pl.min("reason"))
    joined = rows.with_row_index("row").join(why, on="row", how="left", maintain_order="left")
    return emptied(table, joined).select(rows.columns)


def emptied(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, with no numbers where there is a `reason`."""
    declared = small_cells_of(table)
    is_shown = pl.col("reason").is_null()
    told = [column.name for column in table.columns if tells_of_people(column, declared)]
    kept = rows.with_columns(
        *(pl.when(is_shown).then(name).alias(name) for name in told),
        pl.coalesce("reason", HIDDEN_REASON.name).alias(HIDDEN_REASON.name),
    )
    if "method" in rows.columns:
        method = pl.when(is_shown).then("method").otherwise(pl.lit(HIDDEN_METHOD))
        kept = kept.with_columns(method=method)
    return kept
