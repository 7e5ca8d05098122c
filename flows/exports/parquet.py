"""Parquet, one file a mart and period: yesterday's changes only if yesterday's numbers did."""

from pathlib import Path

import polars as pl

from flows.exports.base import Export
from flows.publishing.publication import Publication
from models.contract import Table

FOLDER = "parquet"
WHOLE = "all"
"""Name of the only file of a mart whose rows belong to no period."""


def write(publication: Publication, folder: Path) -> None:
    """Write `parquet/<mart>/<period>.parquet`; a mart without a period is one file, `all.parquet`.

    A mart without rows is one file, too, so that its columns are known.
    """
    for table, frame in publication.marts.items():
        target = folder / FOLDER / table.name
        target.mkdir(parents=True)
        for period, rows in by_period(table, frame):
            rows.write_parquet(target / f"{period}.parquet", compression="zstd")


def by_period(table: Table, frame: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """`frame` cut into its periods, in the order of their names."""
    if table.period is None or frame.is_empty():
        return [(WHOLE, frame)]
    parts = frame.partition_by(table.period, as_dict=True, maintain_order=True)
    named = {str(key[0]): rows for key, rows in parts.items()}
    return [(period, named[period]) for period in sorted(named)]


EXPORT = Export("parquet", "Parquet files, one a mart and period, for other tools", write)
