"""The warehouse file: open it for one transaction, read frames, merge frames by grain."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from flows.engines import engine_of
from flows.settings import Warehouse
from models.contract import DUCKDB_TYPE, Table
from models.cores import cores
from models.errors import GiveUp, TryAgain
from models.tables import all_tables
from models.tables.labelled_comment import LABELLED_COMMENT
from models.tables.layout import LAYOUT
from models.tables.reporting import REPORTING
from transforms.row_checks import MOST_DAYS_AHEAD
from transforms.views import all_views

LAYERS = ("clean", "classified", "mart", "ops")

MADE_ANEW = (LABELLED_COMMENT,)
"""Tables that hold nothing of their own: one of another shape makes place for one of today's."""

STRETCH = 122_880
"""Rows that DuckDB stores together (https://duckdb.org/docs/stable/internals/storage)."""

STREAMED = {
    "Out of Memory Error": duckdb.OutOfMemoryException,
    "IO Error": duckdb.IOException,
}
"""How errors of a stream begin -> the errors that they are."""

LEFT_BEHIND = (
    "DELETE FROM clean.comment_version WHERE comment_id NOT IN "
    "(SELECT comment_id FROM clean.comment)"
)
"""Wordings whose comment is no more, as earlier versions left them when a file was read anew."""

LABELS_LEFT_BEHIND = """
    INSERT INTO ops.left_comment BY NAME
    SELECT DISTINCT comment_id, TIMESTAMP '1970-01-01' AS first_seen_at_utc
    FROM (
        SELECT comment_id FROM classified.label ANTI JOIN clean.comment USING (comment_id)
        UNION ALL
        SELECT comment_id
        FROM (FROM classified.label WHERE decided_by IS NOT NULL)
        ANTI JOIN classified.input USING (comment_id, input_hash)
    )
    ANTI JOIN ops.left_comment USING (comment_id)
"""
"""Comments that are no more and have labels, and such as have a sentence of another wording: with
what earlier versions left of them the next `classify` deals."""

LABELS_LOST = (
    "DELETE FROM ops.labelled_file WHERE landed_file IN "
    "(SELECT comment.landed_file FROM clean.comment AS comment "
    "JOIN classified.post_wording AS worded USING (post_id) "
    "WHERE worded.post_hash IS NULL)"
)
"""Earlier versions took the labels away with the words of a post, and never looked again at the
comments below it. Whoever has labels is not read again by being looked at."""

AHEAD = (
    "UPDATE ops.refined_file SET is_checked = false WHERE landed_file IN "
    "(SELECT landed_file FROM clean.comment "
    f"WHERE created_at_utc >= last_seen_at_utc + INTERVAL {MOST_DAYS_AHEAD + 1} DAYS)"
)
"""Files with comments of the future, which earlier versions let in: the next `refine` judges them.

To read them again would not do: of some the bytes are gone.
"""


class Streamed(Protocol):
    """Rows that can be read as an Arrow stream, as a Polars frame or an Arrow table."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """A capsule with the stream."""


@contextmanager
def writing(path: Path, limits: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose work is committed as a whole when the block ends well, else not at all.

    Raises `TryAgain` while another process holds the file (DuckDB admits one at a time), `GiveUp`
    if the work needs more memory than `limits` allow, and what the engine says of files that can't
    be read or written.
    """
    with opened(path, limits) as connection:
        prepare(connection)
        connection.begin()
        yield connection
        commit(connection)


@contextmanager
def asking(path: Path, limits: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to ask by: what its work changes is undone when the block ends, well or not.

    Tables and views are those of this version meanwhile, whichever made the warehouse. The file is
    held as for `writing`: DuckDB lets nobody read it beside a writer. Raises what `writing` raises.
    """
    with opened(path, limits) as connection:
        is_of_now = layout_of(connection) == planned_layout()
        connection.begin()
        if not is_of_now:
            make_all(connection)
        yield connection


@contextmanager
def opened(path: Path, limits: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed when the block ends; raises what `writing` raises."""
    engine = engine_of(limits)
    connection = engine.connect(path, limits)
    try:
        yield connection
    except duckdb.IOException as error:
        if explained := engine.explain(error, limits):
            raise explained from error
        raise
    except duckdb.OutOfMemoryException as error:
        raise GiveUp(
            f"The warehouse needs more memory than the `{limits.memory}` that DuckDB may use; "
            "nothing of this step was written. Set a larger `memory` under `[warehouse]`: "
            f"twice as much, say. ({str(error).splitlines()[0]})"
        ) from error
    finally:
        connection.close()  # rolls back what was not committed


def commit(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the work durable; raises `TryAgain` if another writer of a lake changed the same."""
    try:
        connection.commit()
    except duckdb.TransactionException as error:
        if "conflict" not in str(error).lower():
            raise  # as of a disk that is full
        raise TryAgain(
            "Another program changed the same tables of the warehouse at the same time; "
            "nothing of this step was written."
        ) from error


def exists(path: Path, limits: Warehouse) -> bool:
    """Whether there is a warehouse; none is made by asking."""
    return engine_of(limits).exists(path, limits)


def forget(path: Path, limits: Warehouse) -> None:
    """Let nothing that was deleted remain on disk, where the engine would keep it for a while."""
    engine_of(limits).forget(path, limits)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what does not exist yet: schemas, tables with their descriptions, views.

    A warehouse that says that it is as this version makes it is left alone: to make the views once
    more would be a change, and a lake keeps a record of every one. A transaction of its own, so
    that the first writers of a lake don't all make the same tables until they commit.
    """
    if layout_of(connection) == planned_layout():
        return
    connection.begin()
    make_all(connection)
    connection.execute(LEFT_BEHIND)
    connection.execute(LABELS_LEFT_BEHIND)
    connection.execute(LABELS_LOST)
    connection.execute(AHEAD)
    connection.execute(f"DELETE FROM {LAYOUT.full_name}")
    merge(connection, LAYOUT, pl.DataFrame({"digest": [planned_layout()]}))
    commit(connection)


@cache
def planned_layout() -> str:
    """What this version makes of an empty warehouse, as one hash."""
    statements = [table.ddl() for table in all_tables().values()]
    statements += [comment for table in all_tables().values() for comment in table.comments()]
    statements += [view.view() for view in all_views()]
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()


def layout_of(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The hash of the version that made the warehouse; None for an empty or earlier one."""
    try:
        found = connection.execute(f"SELECT digest FROM {LAYOUT.full_name}").fetchone()
    except duckdb.CatalogException:
        return None
    return str(found[0]) if found else None


def make_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Every schema, table and view that is not there yet."""
    known = {
        row[0]
        for row in connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        ).fetchall()
    }
    for layer in LAYERS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
    for table in MADE_ANEW:
        if table.full_name in known and columns_of(connection, table) != table.column_names:
            connection.execute(f"DROP TABLE {table.full_name}")
            known.remove(table.full_name)
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
    missing = set(table.column_names) - set(columns_of(connection, table))
    for column in table.columns:
        if column.name in missing and column.optional:
            kind = DUCKDB_TYPE[column.kind]
            connection.execute(f'ALTER TABLE {table.full_name} ADD COLUMN "{column.name}" {kind}')


def columns_of(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """The columns that `table` has in the warehouse, in their order."""
    found = connection.execute(f"SELECT * FROM {table.full_name} LIMIT 0").description
    return [column[0] for column in found]


def frame(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: list[object] | dict[str, object] | None = None,
) -> pl.DataFrame:
    """The answer to `query` as a Polars frame.

    Without parameters all threads make it; what `execute` answers is streamed, and one makes it.
    """
    if parameters:
        return connection.execute(query, parameters).pl()
    return connection.sql(query).pl()


def batches(connection: duckdb.DuckDBPyConnection, query: str, size: int) -> Iterator[Any]:
    """The answer to `query` as Arrow batches of `size` rows: one is read while the last is used.

    Nothing else may be asked of the connection meanwhile. Raises what DuckDB raises.
    """
    with told_by_duckdb(), ThreadPoolExecutor(1) as reading:
        reader = connection.execute(query).to_arrow_reader(size)
        coming = reading.submit(next, reader, None)
        while (batch := coming.result()) is not None:
            coming = reading.submit(next, reader, None)
            yield batch


@contextmanager
def told_by_duckdb() -> Iterator[None]:
    """Raise errors of the block as DuckDB does: Arrow tells those of a stream without a kind."""
    try:
        yield
    except OSError as error:
        kinds = (kind for words, kind in STREAMED.items() if str(error).startswith(words))
        if kind := next(kinds, None):
            raise kind(str(error)) from error
        raise


def beside(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    wanted: pl.DataFrame,
    parameters: list[object] | None = None,
) -> pl.DataFrame:
    """The answer to a `query` that also reads the frame `wanted`, under that name and once.

    A frame that is registered under a name stays in memory until the transaction ends.
    """
    carry_out(connection, query, wanted, parameters)
    return connection.pl()


def carry_out(
    connection: duckdb.DuckDBPyConnection,
    statement: str,
    rows: Streamed,
    parameters: list[object] | dict[str, object] | None = None,
) -> None:
    """Execute a `statement` that also reads `rows`, under the name `wanted` and once.

    DuckDB finds them by the name that they have here. It gets an Arrow stream, which is read once
    (https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html): of a frame itself
    DuckDB makes an Arrow table first, and copies all texts for it.
    """
    wanted = rows.__arrow_c_stream__()  # noqa: F841 - DuckDB reads it
    connection.execute(statement, parameters or [])


def read(connection: duckdb.DuckDBPyConnection, table: Table) -> pl.DataFrame:
    """All rows of `table`."""
    return frame(connection, f"FROM {table.full_name}").select(table.column_names)


def matching(
    connection: duckdb.DuckDBPyConnection, table: Table, keys: pl.DataFrame
) -> pl.DataFrame:
    """The rows of `table` whose grain occurs in `keys`."""
    if keys.is_empty():
        return table.empty()
    wanted = keys.select(table.grain).unique()
    # Most of what comes in is new. To see that, the first column of the grain alone is read.
    if beside(connection, f"{first_stored(table)} LIMIT 1", wanted).is_empty():
        return table.empty()
    query = (
        f"FROM {table.full_name} SEMI JOIN (FROM wanted WHERE {table.grain[0]} IS NOT NULL) "
        f"USING ({', '.join(table.grain)})"
    )
    return beside(connection, query, wanted).select(table.column_names)


def first_stored(table: Table) -> str:
    """A query for rows of `table` whose grain begins, or may begin, as one of `wanted` does.

    Numbers are compared where the table has them. The filter leaves nothing out, but only where
    there is one DuckDB sifts the rows of the table while it reads them.
    """
    first = table.grain[0]
    asked, column = first, first
    if first in table.numbers:
        asked, column = number(first), table.numbers[first]
    return (
        f"SELECT 1 FROM {table.full_name} "
        f"SEMI JOIN (SELECT {asked} AS {column} FROM wanted WHERE {first} IS NOT NULL) "
        f"USING ({column})"
    )


def number(column: str) -> str:
    """SQL for a whole number made of the texts in `column`: 48 bits, which compare faster."""
    return f"(md5_number_lower({column}) >> 16)::BIGINT"


def merge(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Replace the rows of `table` that share a grain with `rows`, and add the others.

    Raises `ContractBroken` before anything is written if `rows` do not fit the table.
    """
    incoming = table.require(rows)
    if incoming.is_empty():
        return
    match = " AND ".join(f"stored.{name} = wanted.{name}" for name in table.grain)
    known = incoming.select(table.grain)
    carry_out(
        connection, f"DELETE FROM {table.full_name} AS stored USING wanted WHERE {match}", known
    )
    insert(connection, table, incoming)


def append(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Add `rows`, whose grain the caller knows to be new, to `table`."""
    incoming = table.require(rows)
    if not incoming.is_empty():
        insert(connection, table, incoming)


def insert(connection: duckdb.DuckDBPyConnection, table: Table, incoming: pl.DataFrame) -> None:
    """Write rows that fit `table`, with the numbers of their texts."""
    made = [f"{number(text)} AS {column}" for text, column in table.numbers.items()]
    rows = f"SELECT * REPLACE ({', '.join(made)}) FROM wanted" if made else "FROM wanted"
    statement = f"INSERT INTO {table.full_name} BY NAME {rows}"
    if incoming.height <= STRETCH:
        carry_out(connection, statement, incoming)
        return
    wanted = in_stretches(incoming)  # noqa: F841 - DuckDB reads it
    connection.execute(statement)


def in_stretches(rows: pl.DataFrame) -> Any:
    """`rows` as an Arrow table of which each thread of DuckDB reads a stretch; nothing is copied.

    One thread alone reads a stream, or a table in one piece.
    """
    whole = rows.to_arrow(compat_level=pl.CompatLevel.newest())
    return type(whole).from_batches(whole.to_batches(max_chunksize=STRETCH), whole.schema)


def number_all(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Write the numbers of texts that have none: rows of an earlier version, or made by hand.

    Where every row has its numbers nothing is read: DuckDB knows of each stretch whether it has
    nulls.
    """
    for text, column in table.numbers.items():
        connection.execute(
            f"UPDATE {table.full_name} SET {column} = {number(text)} WHERE {column} IS NULL"
        )


def leave_cores(connection: duckdb.DuckDBPyConnection, beside: int) -> None:
    """Let DuckDB have the cores that processes `beside` this one leave; one of all always waits.

    Threads that have no core each take turns, which of a short statement is most of the time.
    """
    if beside > 1:
        connection.execute(f"SET threads = {max(1, cores() - beside + 1)}")


def use_time_zone(connection: duckdb.DuckDBPyConnection, time_zone: str) -> None:
    """Let the views count days in `time_zone`."""
    row = pl.DataFrame({"time_zone": [time_zone]})
    if not read(connection, REPORTING).equals(row):
        connection.execute("DELETE FROM ops.reporting")
        merge(connection, REPORTING, row)
