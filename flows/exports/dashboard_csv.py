"""One CSV a mart for dashboards: UTF-8, comma, ISO dates, stable columns and rows (RFC 4180)."""

from pathlib import Path

from flows.exports.base import Export
from flows.exports.cells import harmless
from flows.publishing.publication import Publication


def write(publication: Publication, folder: Path) -> None:
    """Write `<mart>.csv` for each mart."""
    for table, frame in publication.marts.items():
        harmless(frame).write_csv(folder / f"{table.name}.csv", float_precision=6)


EXPORT = Export("dashboard_csv", "One CSV a mart, for dashboards", write)
