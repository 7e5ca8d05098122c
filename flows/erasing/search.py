"""Whether a file holds a person, however it is packed, and whether something of it stays unseen."""

import codecs
import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb
import polars as pl

from flows.erasing.scrub import edited_text, text_of
from flows.erasing.stored import text_columns
from flows.erasing.traces import Traces
from flows.landing.archives import members, packing_of_all
from flows.landing.unpacking import Budget, Damage, TooMuch
from flows.reading.encodings import UMLAUTS, is_text
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.xml_start import HEAD, UnreadableXml, encoding_of
from flows.settings import Ingest

Finding = Literal["found", "unopened"]
"""The person is in it; or a part of it is damaged, protected, beyond a limit or unknown."""

UNREADABLE = (OSError, duckdb.Error, pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What is raised for bytes that are not what they say; Polars panics at some of them."""

NEVER_OPENED = (b"BZh", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00")
"""Beginnings of what is packed in ways that Resonanz does not open."""

PIECE = 1 << 24
"""Bytes that are searched at a time."""

OVERLAP = 1 << 16
"""Bytes by which pieces overlap at least."""

LONGEST_ESCAPE = 24
"""Bytes of one character as Meta's JSON may write it: four times `\\uXXXX`."""

CONTINUED = bytes(range(0x80, 0xC0))
"""Bytes that begin no character of UTF-8."""

WIDE = {2: ("utf-16-le", "utf-16-be"), 4: ("utf-32-le", "utf-32-be")}
"""Encodings by the bytes of a character."""

ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)#?\w+;")
"""A sign that HTML or XML names, but for those that everybody writes."""

SLICE = 100_000
"""Rows of a Parquet file that are unpacked at a time."""


@dataclass(frozen=True)
class Search:
    """What is sought, how far archives are unpacked, and where to."""

    traces: Traces
    limits: Ingest
    folder: Path
    is_export: bool = False
    """Whether files are a platform's: then fields that hold nothing but a name count, too."""

    def findings(self, path: Path) -> Iterator[Finding]:
        """What is found of the person in a file, or in what is packed in it; never raises.

        Takes as long as it is asked: who only wants to know whether the person is in it stops.
        """
        try:
            with path.open("rb") as file:
                start = file.read(SAMPLE_SIZE)
            if is_in_bytes(path, start, self.traces) or self.would_be_edited(path, start):
                yield "found"
            if is_database(path, start):
                yield from finding(is_in_tables(path, self.traces))
            elif start.startswith(b"PAR1") or path.suffix == ".parquet":
                yield from finding(is_in_parquet(path, self.traces, self.limits))
            elif packing_of_all(start):
                yield from self.packed(path)
            elif start.startswith(NEVER_OPENED) or zipfile.is_zipfile(path):
                yield "unopened"
        except (*UNREADABLE, TooMuch):
            yield "unopened"

    def would_be_edited(self, path: Path, start: bytes) -> bool:
        """Whether a platform's file of text is another once it is edited."""
        if not self.is_export or not is_text(start):
            return False
        try:
            text, _ = text_of(path.read_bytes())
        except UnreadableXml:
            return False
        # Where a reader knows ids by their shape, those of erased comments stay.
        return edited_text(text, replace(self.traces, nameless={})) != text

    def packed(self, archive: Path) -> Iterator[Finding]:
        """The same of what an archive or a document of Office holds."""
        with TemporaryDirectory(prefix=".unpacked-", dir=self.folder) as name:
            folder = Path(name)
            for member in members(archive, is_no_archive, folder, self.limits, is_thorough=True):
                if isinstance(member, Damage) or member.is_too_deep:
                    yield "unopened"
                    continue
                yield from finding(self.traces.found_in(member.path) > 0)
                if member.file:
                    yield from self.findings(member.file)

    def finds(self, path: Path) -> bool:
        """Whether the person is in what can be opened of a file."""
        return "found" in self.findings(path)


def finding(is_found: bool) -> Iterator[Finding]:
    """A finding, if there is one."""
    if is_found:
        yield "found"


def is_no_archive(sample: bytes) -> bool:
    """Whether a member is looked into as it is."""
    return packing_of_all(sample) is None


def is_database(path: Path, start: bytes) -> bool:
    """Whether a file is one of DuckDB, or says so."""
    return path.suffix in (".duckdb", ".ducklake") or start[8:12] == b"DUCK"


def is_in_bytes(path: Path, start: bytes, traces: Traces) -> bool:
    """Whether the bytes of a file hold a trace, whichever encoding they are in."""
    declared = declared_encoding(start)
    return any(
        traces.begins_in(text, 1 if number else 0)
        for number, piece in enumerate(pieces(path, traces))
        for text in texts_of(piece, declared)
    )


def pieces(path: Path, traces: Traces) -> Iterator[bytes]:
    """Pieces of a file, each behind the end of the one before it; a trace is whole in one."""
    overlap = max(OVERLAP, LONGEST_ESCAPE * max(map(len, traces.texts), default=0))
    with path.open("rb") as file:
        before = b""
        while piece := file.read(PIECE):
            yield before + piece
            before = piece[-overlap:]


def texts_of(piece: bytes, declared: str) -> Iterator[str]:
    """What bytes are as text, in the codes of files, and as a browser shows them."""
    text = piece.decode("utf-8", "ignore")
    yield text
    if ENTITY.search(text):
        yield html.unescape(text)
    if b"\x00" in piece:
        width = 4 if piece.count(0) > 0.6 * len(piece) else 2
        yield from (piece.decode(code, "ignore") for code in WIDE[width])
    elif not is_utf_8(piece):
        yield from (piece.decode(code, "ignore") for code in {*UMLAUTS, declared})


def is_utf_8(piece: bytes) -> bool:
    """Whether bytes are UTF-8; a character that is cut at either end is no matter."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(piece.lstrip(CONTINUED), final=len(piece) < PIECE)
    except UnicodeDecodeError:
        return False
    return True


def declared_encoding(start: bytes) -> str:
    """The encoding that XML says it has; UTF-8 for anything else."""
    try:
        return encoding_of(start[:HEAD])
    except UnreadableXml:
        return "utf-8"


def is_in_tables(path: Path, traces: Traces) -> bool:
    """Whether a table of a DuckDB file holds a trace; its bytes may be packed."""
    with duckdb.connect(path, read_only=True) as connection:
        return next(columns_with(connection, traces), None) is not None


def columns_with(connection: duckdb.DuckDBPyConnection, traces: Traces) -> Iterator[str]:
    """The columns in which a table holds a trace, as `clean.comment.text`."""
    for table, column in text_columns(connection):
        if any(traces.found_in(value) for value in values_of(connection, table, column)):
            yield f"{table}.{column}"


def values_of(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> Iterator[str]:
    """The different texts of a column."""
    rows = connection.execute(
        f'SELECT DISTINCT "{column}" FROM {table} WHERE "{column}" IS NOT NULL'
    )
    while batch := rows.fetchmany(SLICE):
        yield from (value for (value,) in batch)


def is_in_parquet(path: Path, traces: Traces, limits: Ingest) -> bool:
    """Whether a text column of a Parquet file, whose pages are packed, holds a trace.

    Raises `TooMuch` at the limit of bytes; how many times its size it unpacks to says nothing, as
    columns in which values repeat are small.
    """
    rows = pl.scan_parquet(path, glob=False)
    columns = rows.collect_schema()
    if "keyed_hash" in columns:  # the ledger, in a lake
        traces = replace(traces, pseudonyms=frozenset())
    texts = rows.select(name for name, kind in columns.items() if kind == pl.String)
    budget = Budget(limits, limits.most_bytes)
    count = rows.select(pl.len()).collect().item() if texts.collect_schema() else 0
    for offset in range(0, count, SLICE):
        part = texts.slice(offset, SLICE).collect()
        budget.count(int(part.estimated_size()))
        for column in part.iter_columns():
            if any(traces.found_in(value) for value in column.drop_nulls().unique()):
                return True
    return False
