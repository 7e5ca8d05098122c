"""A DuckDB file of the marts, described column by column, for ad-hoc SQL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.exports.base import Export
from flows.publishing.publication import Marts, Publication
from flows.warehouse import in_stretches
from transforms.marts import MACROS
from transforms.shortcuts import shortcut_statements

FILE_NAME = "resonanz.duckdb"

NAMES = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart'"


def write(publication: Publication, folder: Path) -> None:
    """Write `resonanz.duckdb`, read-only: marts in the schema `mart`, short ways beside them."""
    with filling(folder / FILE_NAME) as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute(MACROS.read_text(encoding="utf-8"))
        put(connection, publication.marts)


def widen(publication: Publication, narrow: Path, folder: Path) -> None:
    """Write the file of the folder `narrow` with the marts of `publication` beside its own."""
    path = folder / FILE_NAME
    shutil.copyfile(narrow / FILE_NAME, path)  # without its mode: it may be written
    with filling(path) as connection:
        put(connection, publication.marts)


def put(connection: duckdb.DuckDBPyConnection, marts: Marts) -> None:
    """Put `marts` beside those that are there, and the short ways that there were not yet."""
    known = set(shortcut_statements(names_in(connection)))
    for table, frame in marts.items():
        connection.execute(table.ddl())
        connection.register("rows_of_mart", in_stretches(frame))
        connection.execute(f"INSERT INTO {table.full_name} FROM rows_of_mart")
        connection.unregister("rows_of_mart")
        for comment in table.comments():
            connection.execute(comment)
    for statement in shortcut_statements(names_in(connection)):
        if statement not in known:
            connection.execute(statement)


def names_in(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The marts that are there."""
    return [name for (name,) in connection.execute(NAMES).fetchall()]


@contextmanager
def filling(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file to be written in one go; nobody writes it afterwards."""
    with duckdb.connect(path) as connection:
        # Each statement by itself would be written through to the disk: they are hundreds.
        connection.begin()
        yield connection
        connection.commit()
        connection.execute("CHECKPOINT")
    path.chmod(0o444)


EXPORT = Export("analyst_copy", "A read-only DuckDB file of all marts, for SQL", write, widen=widen)
