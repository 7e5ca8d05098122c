"""One CSV a mart as a German Excel opens it by a double click: semicolon, decimal comma, BOM."""

from pathlib import Path

from flows.exports.base import Export
from flows.exports.cells import harmless
from flows.publishing.publication import Publication

FOLDER = "excel-de"


def write(publication: Publication, folder: Path) -> None:
    """Write `excel-de/<mart>.csv` for each mart.

    Days stay ISO (`2025-11-03`), which Excel reads as days in every language.
    """
    (folder / FOLDER).mkdir()
    for table, frame in publication.marts.items():
        harmless(frame).write_csv(
            folder / FOLDER / f"{table.name}.csv",
            include_bom=True,
            separator=";",
            decimal_comma=True,
            line_terminator="\r\n",
            float_precision=6,
        )


EXPORT = Export("excel_csv", "One CSV a mart, as a German Excel opens it", write)
