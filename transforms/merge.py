"""What is stored and what just came in, joined: the newer record counts, what it omits stays."""

import polars as pl

from models.contract import Table

FIRST, LAST = "first_seen_at_utc", "last_seen_at_utc"


def merged(incoming: pl.DataFrame, stored: pl.DataFrame, table: Table) -> pl.DataFrame:
    """One row for each row of `incoming`, with what `stored` knew of it.

    The record seen last counts; a value it leaves unknown is taken from the other one. A wording
    that differs from the newer one marks the comment as edited.
    """
    both = incoming.join(stored, on=list(table.grain), how="left", suffix="_stored")
    is_newer = pl.col(f"{LAST}_stored").is_null() | (pl.col(LAST) >= pl.col(f"{LAST}_stored"))
    columns = {
        column.name: _newest(column.name, column.optional, is_newer)
        for column in table.columns
        if column.name not in table.grain
    }
    if "is_owner" in columns:
        # Not every way in tells whose account it is: whoever was known as the owner stays it.
        columns["is_owner"] = pl.col("is_owner") | pl.col("is_owner_stored").fill_null(False)
    columns[FIRST] = pl.min_horizontal(FIRST, f"{FIRST}_stored")
    columns[LAST] = pl.max_horizontal(LAST, f"{LAST}_stored")
    if "edit_basis" in columns:
        columns |= _edit_marks()
    if "gone_at_utc" in columns:
        columns["gone_at_utc"] = _gone_unless_seen_again()
    return both.with_columns(**columns).select(table.column_names)


def _newest(name: str, is_optional: bool, is_newer: pl.Expr) -> pl.Expr:
    incoming, stored = pl.col(name), pl.col(f"{name}_stored")
    newest = pl.when(is_newer).then(incoming).otherwise(stored)
    older = pl.when(is_newer).then(stored).otherwise(incoming)
    return pl.coalesce(newest, older) if is_optional else newest


def _gone_unless_seen_again() -> pl.Expr:
    gone = pl.coalesce("gone_at_utc", "gone_at_utc_stored")
    return pl.when(gone >= pl.col(LAST)).then(gone)


def _edit_marks() -> dict[str, pl.Expr]:
    # The same file read anew may give another text because its reader improved: not an edit.
    is_reworded = (
        pl.col("text_hash_stored").is_not_null()
        & (pl.col("text_hash") != pl.col("text_hash_stored"))
        & (pl.col("landed_file") != pl.col("landed_file_stored"))
    )
    is_edited = pl.coalesce("is_edited", "is_edited_stored")
    basis = pl.coalesce("edit_basis", "edit_basis_stored")
    return {
        "is_edited": pl.when(is_reworded).then(pl.lit(True)).otherwise(is_edited),
        "edit_basis": pl.when(is_reworded)
        .then(pl.coalesce(basis, pl.lit("hash_changed")))
        .otherwise(basis),
    }
