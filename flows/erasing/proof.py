"""Proof of an erasure: every file below the data folder is looked through for what must be gone."""

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from flows.erasing.scrub import Traces
from flows.erasing.stored import text_columns
from flows.landing.sealing import is_sealed, unsealed
from flows.settings import Paths


@dataclass(frozen=True)
class Proof:
    """How many files were looked through, and those in which something was still found."""

    file_count: int
    byte_count: int
    found: tuple[str, ...]


def look_through(
    paths: Paths, traces: Traces, seal_key: bytes, namesakes: frozenset[Path] = frozenset()
) -> Proof:
    """Search every file, sealed, packed or in DuckDB's format, for names and texts of a person.

    In the landed files `namesakes` the name is that of somebody else.
    """
    files = [
        path for path in sorted(paths.root.rglob("*")) if path.is_file() and not path.is_symlink()
    ]
    found = [
        path.relative_to(paths.root).as_posix()
        for path in files
        if any(
            is_in(content, sought_in(path, paths, traces, namesakes))
            for content in contents(path, seal_key)
        )
        or (path.suffix in (".duckdb", ".ducklake") and is_in_tables(path, traces))
        or (path.suffix == ".parquet" and is_in_parquet(path, traces))
    ]
    return Proof(len(files), sum(path.stat().st_size for path in files), tuple(found))


def sought_in(path: Path, paths: Paths, traces: Traces, namesakes: frozenset[Path]) -> Traces:
    """What must not be in a file."""
    if path in namesakes:
        return traces.without_names
    return replace(traces, pseudonyms=frozenset()) if holds_ledger(path, paths) else traces


def holds_ledger(path: Path, paths: Paths) -> bool:
    """Whether a file may hold the ledger of erasures, whose keyed hashes stay."""
    return path in (paths.warehouse, paths.lake_catalogue) or path.is_relative_to(paths.lake)


def contents(path: Path, seal_key: bytes) -> Iterator[bytes]:
    """The bytes of a file, and of what is sealed or packed in it."""
    raw = path.read_bytes()
    yield raw
    if is_sealed(path):
        yield b"".join(unsealed(path, seal_key))
    elif raw[:2] == b"\x1f\x8b":
        yield from unpacked_gzip(raw)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.flag_bits & 1:  # what a password protects can't be read
                    yield archive.read(member)


def unpacked_gzip(raw: bytes) -> Iterator[bytes]:
    """What a gzip file holds; nothing of a damaged one."""
    try:
        yield gzip.decompress(raw)
    except (OSError, EOFError):
        return


def is_in(content: bytes, traces: Traces) -> bool:
    """Whether bytes hold a trace, in one of the codes that files are written in."""
    return any(traces.found_in(content.decode(code, "ignore")) for code in ("utf-8", "utf-16-le"))


def is_in_tables(path: Path, traces: Traces) -> bool:
    """Whether a table of a DuckDB file holds a trace; its bytes may be packed."""
    with duckdb.connect(path, read_only=True) as connection:
        return any(
            traces.found_in(value)
            for table, column in text_columns(connection)
            for (value,) in connection.execute(
                f'SELECT DISTINCT "{column}" FROM {table} WHERE "{column}" IS NOT NULL'
            ).fetchall()
        )


def is_in_parquet(path: Path, traces: Traces) -> bool:
    """Whether a text column of a Parquet file, whose pages are packed, holds a trace."""
    frame = pl.read_parquet(path, glob=False)
    if "keyed_hash" in frame.columns:  # the ledger, in a lake
        traces = replace(traces, pseudonyms=frozenset())
    return any(
        traces.found_in(value)
        for column in frame.select(pl.col(pl.String)).iter_columns()
        for value in column.drop_nulls().unique()
    )
