"""One CSV a mart for dashboards: UTF-8, comma, ISO dates, stable columns and rows (RFC 4180)."""

from pathlib import Path

import polars as pl

from flows.exports.base import Export, Marts

RUNS_AS_FORMULA = r"^[=+\-@\t\r]"
"""A text cell that starts so is run by Excel and LibreOffice (OWASP: CSV injection)."""


def write(marts: Marts, folder: Path) -> None:
    """Write `<mart>.csv` for each mart."""
    for table, frame in marts.items():
        harmless(frame).write_csv(folder / f"{table.name}.csv", float_precision=6)


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would run as a formula."""
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(RUNS_AS_FORMULA))
        .then(pl.concat_str(pl.lit("'"), name))
        .otherwise(name)
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    )


EXPORT = Export("dashboard_csv", "One CSV a mart, for dashboards", write)
