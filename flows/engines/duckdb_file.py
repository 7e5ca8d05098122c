"""The warehouse as one DuckDB file: the default. One process may open it at a time."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from flows.engines.base import Engine
from flows.running.disk import refusal
from flows.settings import Warehouse
from models.contract import quoted
from models.errors import GiveUp, TryAgain
from models.tables.layout import LAYOUT

Done = TypeVar("Done")

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


def make(path: Path) -> None:
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
        duckdb.connect(new, config={"storage_compatibility_version": STORAGE}).close()
        new.replace(path)
    finally:
        os.close(folder)


def connect(path: Path, limits: Warehouse) -> duckdb.DuckDBPyConnection:
    """A connection to the file at `path`, waited for as long as the settings allow."""
    if not path.exists():
        make(path)
    try:
        return once_free(
            path, limits, lambda: duckdb.connect(path, config={"memory_limit": limits.memory})
        )
    except duckdb.IOException as error:
        if told := refusal(error):
            raise GiveUp(told) from error
        raise GiveUp(
            f"`{path}` can't be opened as a DuckDB file: {str(error).splitlines()[0]}. "
            "Put back a copy, or delete it: `resonanz refine` builds it again from landing."
        ) from error


def once_free(path: Path, limits: Warehouse, work: Callable[[], Done]) -> Done:
    """What `work` on the file at `path` gives, once no other program holds it.

    Raises `TryAgain` if one still does after the seconds that the settings allow.
    """
    deadline = time.monotonic() + limits.wait_seconds
    while True:
        try:
            return work()
        except duckdb.IOException as error:
            if HELD not in str(error):
                raise
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
    """Write the file anew, in the layout of new ones; waits for it as `connect` does."""
    once_free(path, limits, lambda: rewrite(path, limits.memory, STORAGE))


def rewrite(path: Path, memory: str = "1GB", storage: str = "v1.0.0") -> None:
    """Write a DuckDB file anew, laid out as `storage` says: what was deleted stays in the old one.

    Views are left out where they can't be made; the next run makes those of the warehouse again.
    """
    if not path.exists():
        return
    mode = path.stat().st_mode
    copy = path.with_name(path.name + FILE_COPY)
    copy.unlink(missing_ok=True)
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        connection.execute(f"ATTACH {quoted(str(path))} AS old (READ_ONLY)")
        connection.execute(f"ATTACH {quoted(str(copy))} AS new (STORAGE_VERSION {quoted(storage)})")
        copy_tables(connection)
        connection.execute("CHECKPOINT new")
        connection.execute("DETACH new")
        connection.execute("DETACH old")
    copy.chmod(mode)
    copy.replace(path)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def copy_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table of `old` in `new`, with its rows, descriptions and macros."""
    schemas = connection.execute(
        "SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = 'old'"
    ).fetchall()
    connection.execute("USE new")
    for (schema,) in schemas:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS new.{schema}")
    tables = connection.execute(
        "SELECT schema_name, table_name, sql, comment FROM duckdb_tables() "
        "WHERE database_name = 'old' AND NOT temporary"
    ).fetchall()
    for schema, table, sql, comment in tables:
        connection.execute(sql)
        if f"{schema}.{table}" != LAYOUT.full_name:  # its row says that the views are there, too
            connection.execute(f'INSERT INTO new.{schema}."{table}" FROM old.{schema}."{table}"')
        if comment:
            connection.execute(f'COMMENT ON TABLE new.{schema}."{table}" IS {quoted(comment)}')
    for schema, table, column, comment in connection.execute(
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = 'old' AND comment IS NOT NULL "
        "AND (schema_name, table_name) IN (SELECT (schema_name, table_name) FROM duckdb_tables() "
        "WHERE database_name = 'old')"
    ).fetchall():
        connection.execute(
            f'COMMENT ON COLUMN new.{schema}."{table}"."{column}" IS {quoted(comment)}'
        )
    connection.execute("USE memory")


ENGINE = Engine(connect, exists, forget)
