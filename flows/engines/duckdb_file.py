"""The warehouse as one DuckDB file: the default. One process may open it at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.engines.base import Engine
from flows.running.disk import refusal
from flows.settings import Warehouse
from models.contract import quoted
from models.errors import GiveUp, TryAgain
from models.tables.layout import LAYOUT

HELD = "Could not set lock on file"
"""How DuckDB says that another process has the file open."""

STORAGE = "v1.4.0"
"""How DuckDB lays out a new file (https://duckdb.org/docs/stable/internals/storage).

By itself it takes the oldest layout, for the sake of its own early versions; a commit then writes
what describes all rows anew, not only the changed ones. What people read is published in that one:
their clients may be older than ours.
"""

FILE_COPY = ".rewritten"
"""Ending of the file that takes the warehouse's place once it is whole."""

LOG = ".wal"
"""Ending of the file in which DuckDB keeps what is committed and not in its place yet."""


@contextmanager
def folder_locked(path: Path, lock: int) -> Iterator[None]:
    """Hold a lock of the folder of `path` while the block runs: `LOCK_SH` to open the file,
    `LOCK_EX` to put one in its place.

    DuckDB opens a file before it locks it: if another took its place between the two, all that is
    written would go into a file that nobody finds. The lock ends with the process that holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, lock)
        yield
    finally:
        os.close(folder)


def make(path: Path) -> None:
    """Put an empty warehouse at `path`, whole or not at all, unless another run has done so.

    DuckDB writes a new file in pieces, and refuses one that a killed process left half written.
    """
    with folder_locked(path, fcntl.LOCK_EX):
        if path.exists():
            return
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        duckdb.connect(new, config={"storage_compatibility_version": STORAGE}).close()
        new.replace(path)


def connect(path: Path, limits: Warehouse) -> duckdb.DuckDBPyConnection:
    """A connection to the file at `path`, waited for as long as the settings allow."""
    if not path.exists():
        make(path)
    deadline = time.monotonic() + limits.wait_seconds
    while True:
        try:
            with folder_locked(path, fcntl.LOCK_SH):
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


def exists(path: Path, limits: Warehouse) -> bool:
    """Whether the file is there."""
    return path.exists()


def forget(path: Path, limits: Warehouse) -> None:
    """Write the file anew, in the layout of new ones; raises `TryAgain` while another holds it."""
    if path.exists():
        with connect(path, limits) as connection:
            rewrite(connection, path, STORAGE)


def rewrite(connection: duckdb.DuckDBPyConnection, path: Path, storage: str = "v1.0.0") -> None:
    """Write the file that `connection` has open anew, as `storage` lays it out, and close it.

    What was deleted stays in the old file, which is gone. Nobody else opens `path` before the new
    one is there. Views are left out; the next run makes those of the warehouse again.
    """
    require_alone(connection, path)
    mode = path.stat().st_mode
    copy = path.with_name(path.name + FILE_COPY)
    for left in (copy, copy.with_name(copy.name + LOG)):
        left.unlink(missing_ok=True)  # a run that was killed may have left them
    connection.execute("CHECKPOINT")  # a log that stayed would be read into the new file
    connection.execute(f"ATTACH {quoted(str(copy))} AS anew (STORAGE_VERSION {quoted(storage)})")
    copy_tables(connection)
    connection.execute("CHECKPOINT anew")
    connection.execute("DETACH anew")
    copy.chmod(mode)
    with folder_locked(path, fcntl.LOCK_EX):
        copy.replace(path)
        connection.close()


def require_alone(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise `RuntimeError` if this process has the file at `path` open a second time.

    What is written there would go into the old file.
    """
    if connection.execute("SELECT count FROM duckdb_connection_count()").fetchone() != (1,):
        raise RuntimeError(f"`{path}` is open in this process a second time; close it first.")


def copy_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table of the open file in `anew`, with its rows and descriptions."""
    row = connection.execute("SELECT current_database()").fetchone()
    old = str(row[0]) if row else ""
    tables = connection.execute(
        "SELECT schema_name, table_name, sql, comment FROM duckdb_tables() "
        "WHERE database_name = ? AND NOT temporary",
        [old],
    ).fetchall()
    columns = connection.execute(
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = $old AND comment IS NOT NULL "
        "AND (schema_name, table_name) IN (SELECT (schema_name, table_name) FROM duckdb_tables() "
        "WHERE database_name = $old)",
        {"old": old},
    ).fetchall()
    connection.execute("USE anew.main")
    for schema in {schema for schema, *_ in tables}:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS anew.{schema}")
    for schema, table, sql, comment in tables:
        connection.execute(sql)
        if f"{schema}.{table}" != LAYOUT.full_name:  # its row says that the views are there, too
            rows = f'"{old}".{schema}."{table}"'
            connection.execute(f'INSERT INTO anew.{schema}."{table}" FROM {rows}')
        if comment:
            connection.execute(f'COMMENT ON TABLE anew.{schema}."{table}" IS {quoted(comment)}')
    for schema, table, column, comment in columns:
        connection.execute(
            f'COMMENT ON COLUMN anew.{schema}."{table}"."{column}" IS {quoted(comment)}'
        )
    connection.execute(f'USE "{old}".main')


ENGINE = Engine(connect, exists, forget)
