"""The warehouse as a lake: Parquet files, and a catalogue in PostgreSQL or in one file.

DuckLake (https://ducklake.select) keeps the rows in Parquet files, on a file system or S3, and all
that is known of them in a database. Many processes, also of several machines, may write at once if
that database is PostgreSQL. The extensions come from packages, so that nothing is loaded from the
network (extra `lake`).
"""

import fcntl
import os
import re
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb

from flows.engines import duckdb_file
from flows.engines.base import Engine
from flows.settings import Warehouse
from models.contract import quoted
from models.errors import GiveUp, TryAgain

NAME = "lake"
"""What the attached catalogue is called."""

POSTGRES = ("postgres:", "postgresql:")

BUCKETS = "s3://"
PASSING = (408, 429, 500, 502, 503, 504)
"""Answers of S3 after which the same question may be answered: it is slow, or asked too often
(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)."""

PASSING_SIGN = re.compile(
    r"connection|\b(dead)?lock\b|conflict|timeout|starting up|already exists", re.IGNORECASE
)
"""How DuckDB and PostgreSQL say that the same try may succeed later.

A "lock" is no "block" of a damaged file. "already exists": two that make the lake at once; the
second finds it made.
"""

QUOTED = re.compile(r'"[^"]*"')
"""How paths, addresses and names stand in errors: they may hold any word."""

FORGETTING = (
    f"CALL ducklake_flush_inlined_data('{NAME}')",
    f"CALL ducklake_rewrite_data_files('{NAME}', delete_threshold => 0)",
    f"CALL ducklake_merge_adjacent_files('{NAME}')",
    f"CALL ducklake_expire_snapshots('{NAME}', older_than => now())",
    f"CALL ducklake_cleanup_old_files('{NAME}', cleanup_all => true)",
)
"""Rows leave the catalogue for files, files with deleted rows are written anew, the old ones go."""

PASSWORD = re.compile(r"(password=)('[^']*'|\S+)|(://[^:@/\s]+:)[^@\s]+@", re.IGNORECASE)


def connect(path: Path, limits: Warehouse) -> duckdb.DuckDBPyConnection:
    """A connection with the lake as its default catalogue."""
    deadline = time.monotonic() + limits.wait_seconds
    while True:
        try:
            return attached(path, limits)
        except duckdb.Error as error:
            if not may_pass(error):
                raise GiveUp(f"The lake can't be opened: {told(error)}") from None
            if time.monotonic() > deadline:
                raise TryAgain(
                    f"The catalogue of the lake was not reached in {limits.wait_seconds} s: "
                    f"{told(error)}"
                ) from None
            time.sleep(0.5)


def attached(path: Path, limits: Warehouse) -> duckdb.DuckDBPyConnection:
    """One try to open the lake."""
    connection = duckdb.connect(config={"memory_limit": limits.memory})
    try:
        load_extensions(connection, limits)
        files = files_of(path, limits)
        if "://" not in files:
            Path(files).mkdir(parents=True, exist_ok=True)
        address = f"ducklake:{catalogue_of(path, limits)}"
        with while_opened(path, limits):
            connection.execute(f"ATTACH {quoted(address)} AS {NAME} (DATA_PATH {quoted(files)})")
        connection.execute(f"USE {NAME}")
    except BaseException:
        connection.close()
        raise
    return connection


def while_opened(path: Path, limits: Warehouse) -> AbstractContextManager[None]:
    """What keeps a catalogue that is a file in its place while it is opened."""
    if is_postgres(limits):
        return nullcontext()
    return duckdb_file.folder_locked(Path(catalogue_of(path, limits)), fcntl.LOCK_SH)


def load_extensions(connection: duckdb.DuckDBPyConnection, limits: Warehouse) -> None:
    """Load what the lake needs, from packages; raises `GiveUp` where they are not installed."""
    needed = ["ducklake"]
    if is_postgres(limits):
        needed.append("postgres_scanner")
    if limits.files.startswith(BUCKETS):
        needed.append("httpfs")
    try:
        from duckdb_extensions import import_extension

        for name in needed:
            import_extension(name)
    except ImportError:
        raise GiveUp(
            '`engine = "ducklake"` needs packages that are not installed; '
            "in the project's folder, `pip install --constraint constraints.txt --editable "
            "'.[lake]'` installs them."
        ) from None
    for name in needed:
        connection.execute(f"LOAD {name}")
    if "httpfs" in needed:
        connection.execute(bucket_secret())


def bucket_secret() -> str:
    """How the bucket is opened, by the variables that other programs read, too."""
    given = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID"),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": os.environ.get("AWS_SESSION_TOKEN"),
        "REGION": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
    }
    options = [f"{name} {quoted(value)}" for name, value in given.items() if value]
    if address := os.environ.get("AWS_ENDPOINT_URL"):
        scheme, _, host = address.partition("://")
        options += [
            f"ENDPOINT {quoted(host)}",
            "URL_STYLE 'path'",
            f"USE_SSL {'true' if scheme == 'https' else 'false'}",
        ]
    return f"CREATE OR REPLACE SECRET bucket (TYPE s3{''.join(f', {o}' for o in options)})"


def exists(path: Path, limits: Warehouse) -> bool:
    """Whether the lake was made. One in PostgreSQL is taken to be; asking it makes it."""
    return is_postgres(limits) or Path(catalogue_of(path, limits)).exists()


def forget(path: Path, limits: Warehouse) -> None:
    """Delete the files that still hold what was deleted, and every earlier state of the tables.

    What PostgreSQL keeps of rows that left it goes with its own next vacuum.
    """
    if not exists(path, limits):
        return
    with connect(path, limits) as connection:
        try:
            for statement in FORGETTING:
                connection.execute(statement)
        except duckdb.IOException as error:
            if explained := explain(error, limits):
                raise explained from error
            raise
    if not is_postgres(limits):
        catalogue = Path(catalogue_of(path, limits))
        with duckdb_file.connect(catalogue, limits) as connection:
            duckdb_file.rewrite(connection, catalogue)


def catalogue_of(path: Path, limits: Warehouse) -> str:
    """Where the catalogue is; beside `path` if the settings do not say."""
    return limits.catalogue or str(path.with_name("lake.ducklake"))


def files_of(path: Path, limits: Warehouse) -> str:
    """Where the Parquet files lie; beside `path` if the settings do not say."""
    return limits.files or str(path.with_name("lake"))


def is_postgres(limits: Warehouse) -> bool:
    """Whether the catalogue is in PostgreSQL."""
    return limits.catalogue.startswith(POSTGRES)


def may_pass(error: duckdb.Error) -> bool:
    """Whether the same try may succeed later: a server that is away, a file that is held."""
    return bool(PASSING_SIGN.search(QUOTED.sub("", str(error))))


def told(error: duckdb.Error) -> str:
    """What an error says in its first line, without passwords."""
    return PASSWORD.sub(r"\1\3***", str(error).splitlines()[0])


def explain(error: duckdb.IOException, limits: Warehouse) -> Exception | None:
    """What it means that files of the lake could not be read or written; None of a folder's."""
    if not limits.files.startswith(BUCKETS):
        return None
    answer = str(error).splitlines()[-1]  # below the address of the object
    if not isinstance(error, duckdb.HTTPException):
        return TryAgain(f"The bucket of `{limits.files}` was not reached: {answer}")
    status = f"The bucket of `{limits.files}` answers {error.status_code}: {answer}"
    if error.status_code in PASSING:
        return TryAgain(status)
    return GiveUp(
        f"{status}. Check `files` under `[warehouse]` and the variables `AWS_ACCESS_KEY_ID`, "
        "`AWS_SECRET_ACCESS_KEY`, `AWS_REGION` and `AWS_ENDPOINT_URL`."
    )


ENGINE = Engine(connect, exists, forget, explain)
