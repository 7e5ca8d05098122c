"""What a spreadsheet makes of a cell: texts that it would run are made harmless."""

import polars as pl

RUNS_AS_FORMULA = r"^[=+\-@\t\r]"
"""A text cell that starts so is run by Excel and LibreOffice (OWASP: CSV injection)."""


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would run as a formula.

    Lists of texts become one text, separated by commas: a cell holds one value.
    """
    lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    flat = frame.with_columns(pl.col(lists).list.join(", "))
    return flat.with_columns(
        pl.when(pl.col(name).str.contains(RUNS_AS_FORMULA))
        .then(pl.concat_str(pl.lit("'"), name))
        .otherwise(name)
        .alias(name)
        for name, kind in flat.schema.items()
        if kind == pl.String
    )
