"""Large tables of a publish, put aside on disk while it works: they are read as if they were here.

Lists of single comments are most of what a publish holds, and each is looked at a few times only.
"""

import ctypes
import tempfile
from mmap import ACCESS_READ, mmap
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc

LARGE = 64 * 2**20
"""Bytes from which on a table is put aside."""


def aside(rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """`rows`; where they are large in a file in `folder`, mapped: nothing is copied to read them.

    Where memory is short the system takes back what such a frame has of it, and reads it again when
    it is asked for. The file has no name, so nothing remains of it when the frame is gone, nor
    after a crash. Where the disk has no room for it, `rows` stay where they are.
    """
    if rows.estimated_size() < LARGE:
        return rows
    try:
        table = mapped(rows, folder)
    except OSError:
        return rows
    found = pl.DataFrame(pl.from_arrow(table, rechunk=False))
    return found.cast(dict(rows.schema))  # type: ignore[arg-type]


def mapped(rows: pl.DataFrame, folder: Path) -> pa.Table:
    """`rows` in a file: Arrow's format, in one piece, as of several Polars makes one in memory.

    https://arrow.apache.org/docs/format/Columnar.html. Raises OSError if it can't be written.
    """
    table = rows.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    with tempfile.TemporaryFile(dir=folder) as file:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        file.flush()
        content = pa.py_buffer(mmap(file.fileno(), 0, access=ACCESS_READ))
    return pa.ipc.open_file(pa.BufferReader(content)).read_all()


def give_back() -> None:
    """Let the system have what was freed in pieces, as tables of DuckDB's threads are.

    The C library of Linux keeps it for the thread that had it (malloc_trim(3)); where there is no
    such function nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
