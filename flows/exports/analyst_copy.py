"""A DuckDB file of the marts, described column by column, for ad-hoc SQL."""

from pathlib import Path

import duckdb

from flows.exports.base import Export
from flows.publishing.publication import Publication
from transforms.marts import MACROS
from transforms.shortcuts import shortcut_statements

FILE_NAME = "resonanz.duckdb"


def write(publication: Publication, folder: Path) -> None:
    """Write `resonanz.duckdb`, read-only: marts in the schema `mart`, short ways beside them."""
    path = folder / FILE_NAME
    with duckdb.connect(path) as connection:
        # Each statement by itself would be written through to the disk: they are hundreds.
        connection.begin()
        connection.execute("CREATE SCHEMA mart")
        connection.execute(MACROS.read_text(encoding="utf-8"))
        for table, frame in publication.marts.items():
            connection.execute(table.ddl())
            connection.register("rows_of_mart", frame)
            connection.execute(f"INSERT INTO {table.full_name} FROM rows_of_mart")
            connection.unregister("rows_of_mart")
            for comment in table.comments():
                connection.execute(comment)
        for statement in shortcut_statements(table.name for table in publication.marts):
            connection.execute(statement)
        connection.commit()
        connection.execute("CHECKPOINT")
    path.chmod(0o444)


EXPORT = Export(
    "analyst_copy", "A read-only DuckDB file of all marts, for SQL", write, is_whole=True
)
