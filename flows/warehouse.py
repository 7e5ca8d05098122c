"""The warehouse file: open it for one transaction, read frames, merge frames by grain."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from flows.running.disk import refusal
from flows.settings import Warehouse
from models.contract import DUCKDB_TYPE, Table
from models.errors import GiveUp, TryAgain
from models.tables import all_tables
from models.tables.reporting import REPORTING
from transforms.views import all_views

LAYERS = ("clean", "classified", "mart", "ops")

HELD = "Could not set lock on file"
"""How DuckDB says that another process has the file open."""


@contextmanager
def writing(path: Path, limits: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose work is committed as a whole when the block ends well, else not at all.

    Raises `TryAgain` while another process holds the file (DuckDB admits one at a time).
    """
    connection = _connect(path, limits)
    try:
        connection.begin()
        prepare(connection)
        yield connection
        connection.commit()
    finally:
        connection.close()  # rolls back what was not committed


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what does not exist yet: schemas, tables with their descriptions, views."""
    known = {
        row[0]
        for row in connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        ).fetchall()
    }
    for layer in LAYERS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    for table in all_tables().values():
        if table.full_name not in known:
            connection.execute(table.ddl())
            for comment in table.comments():
                connection.execute(comment)
        else:
            add_new_columns(connection, table)
    for view in all_views():
        connection.execute(view.view())


def add_new_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Give a table of an earlier version the optional columns that it has gained since."""
    known = connection.execute(f"SELECT * FROM {table.full_name} LIMIT 0").description
    missing = set(table.column_names) - {column[0] for column in known}
    for column in table.columns:
        if column.name in missing and column.optional:
            kind = DUCKDB_TYPE[column.kind]
            connection.execute(f'ALTER TABLE {table.full_name} ADD COLUMN "{column.name}" {kind}')


def frame(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: list[object] | dict[str, object] | None = None,
) -> pl.DataFrame:
    """The answer to `query` as a Polars frame."""
    return connection.execute(query, parameters or []).pl()


def beside(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    wanted: pl.DataFrame,
    parameters: list[object] | None = None,
) -> pl.DataFrame:
    """The answer to a `query` that also reads the frame `wanted`, under that name.

    A frame that is registered under a name stays in memory until the transaction ends.
    """
    return connection.execute(query, parameters or []).pl()


def read(connection: duckdb.DuckDBPyConnection, table: Table) -> pl.DataFrame:
    """All rows of `table`."""
    return frame(connection, f"FROM {table.full_name}").select(table.column_names)


def matching(
    connection: duckdb.DuckDBPyConnection, table: Table, keys: pl.DataFrame
) -> pl.DataFrame:
    """The rows of `table` whose grain occurs in `keys`."""
    query = f"FROM {table.full_name} SEMI JOIN wanted USING ({', '.join(table.grain)})"
    wanted = keys.select(table.grain).unique()
    # Most of what comes in is new. To see that, the columns of the grain alone are read.
    if beside(connection, f"SELECT 1 {query} LIMIT 1", wanted).is_empty():
        return table.empty()
    return beside(connection, query, wanted).select(table.column_names)


def merge(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Replace the rows of `table` that share a grain with `rows`, and add the others.

    Raises `ContractBroken` before anything is written if `rows` do not fit the table.
    """
    # Not registered: so it would stay in memory until the transaction ends.
    incoming = table.require(rows)
    if incoming.is_empty():
        return
    match = " AND ".join(f"stored.{name} = incoming.{name}" for name in table.grain)
    connection.execute(f"DELETE FROM {table.full_name} AS stored USING incoming WHERE {match}")
    connection.execute(f"INSERT INTO {table.full_name} BY NAME FROM incoming")


def append(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Add `rows`, whose grain the caller knows to be new, to `table`."""
    incoming = table.require(rows)
    if not incoming.is_empty():
        connection.execute(f"INSERT INTO {table.full_name} BY NAME FROM incoming")


def use_time_zone(connection: duckdb.DuckDBPyConnection, time_zone: str) -> None:
    """Let the views count days in `time_zone`."""
    row = pl.DataFrame({"time_zone": [time_zone]})
    if not read(connection, REPORTING).equals(row):
        connection.execute("DELETE FROM ops.reporting")
        merge(connection, REPORTING, row)


def _make(path: Path) -> None:
    """Put an empty warehouse at `path`, whole or not at all, unless another run has done so.

    DuckDB writes a new file in pieces, and refuses one that a killed process left half written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists():
            return
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        duckdb.connect(new).close()
        new.replace(path)
    finally:
        os.close(folder)


def _connect(path: Path, limits: Warehouse) -> duckdb.DuckDBPyConnection:
    if not path.exists():
        _make(path)
    deadline = time.monotonic() + limits.wait_seconds
    while True:
        try:
            return duckdb.connect(path, config={"memory_limit": limits.memory})
        except duckdb.IOException as error:
            if told := refusal(error):
                raise GiveUp(told) from error
            if HELD not in str(error):
                raise GiveUp(
                    f"`{path}` can't be opened as a DuckDB file: {str(error).splitlines()[0]}. "
                    "Put back a copy, or delete it: `resonanz refine` builds it again from landing."
                ) from error
            if time.monotonic() > deadline:
                raise TryAgain(
                    f"`{path}` is held by another program since {limits.wait_seconds} s. Let that "
                    "run end, or close the client that opened it (people read "
                    "`published/latest/resonanz.duckdb` instead)."
                ) from error
            time.sleep(0.5)
