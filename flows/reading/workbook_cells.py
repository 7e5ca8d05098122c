"""A workbook of Excel or LibreOffice in, the cells of its sheets out; nothing in it can hurt us.

Older files of Excel are compound files:
https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb
"""

import pickle
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.reading import workbook_child
from flows.reading.table_types import BrokenTable

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the older files of Excel begin."""

HEADER_SIZE = 512
LISTED_TABLES = 109
"""Sectors of the allocation table that the header lists: enough for seven megabytes."""

FREE = 0xFFFFFFFF

MOST_CELLS = 50_000_000
"""Cells of a sheet that are still read: a stray cell at the far corner would fill the memory."""

MOST_MEMORY = 8 << 30
"""Bytes that reading one workbook may take."""

MOST_SECONDS = 900
"""Time that reading one workbook may take: a hundred megabytes take a minute."""


@dataclass(frozen=True)
class SheetCells:
    """A sheet: its `cells` from row `first_row` (from 0) on."""

    name: str
    first_row: int
    cells: Sequence[Sequence[object]]


def sheet_cells(path: Path) -> list[SheetCells]:
    """The sheets of a workbook that hold cells; raises `BrokenTable` if it can't be read."""
    with path.open("rb") as file:
        is_compound = file.read(len(COMPOUND_FILE)) == COMPOUND_FILE
    if is_compound:
        _require_sound(path.read_bytes())
    found = _asked_of_child(path)
    if isinstance(found, str):
        raise BrokenTable("broken file", f"the workbook can't be read: {found}")
    return [SheetCells(*sheet) for sheet in found]


def _asked_of_child(path: Path) -> workbook_child.Answer:
    # `-P`: the child's folder holds modules that must not stand in for those of Python.
    command = [sys.executable, "-P", workbook_child.__file__, str(path.resolve())]
    limits = [str(MOST_CELLS), str(MOST_MEMORY)]
    try:
        done = subprocess.run(
            [*command, *limits], capture_output=True, check=False, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {MOST_SECONDS:,} seconds"
    if done.returncode != 0:
        return (
            "it is damaged, or a stray cell far outside makes it too large; export it anew, or "
            "copy the table into a new workbook"
        )
    answer: workbook_child.Answer = pickle.loads(done.stdout)
    return "it is damaged; export it anew" if answer == "damaged" else answer


def _require_sound(content: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise BrokenTable(
            "broken file", "the workbook is protected by a password; save it without one"
        )
    if not is_whole(content):
        raise BrokenTable("broken file", "the workbook is cut off or damaged; export it anew")


def is_whole(content: bytes) -> bool:
    """Whether a compound file has all sectors that its allocation table says are in use."""
    if len(content) < HEADER_SIZE or not content.startswith(COMPOUND_FILE):
        return False
    shift, table_count = (
        *struct.unpack_from("<H", content, 30),
        *struct.unpack_from("<I", content, 44),
    )
    size = 1 << min(shift, 12)
    tables = struct.unpack_from(f"<{LISTED_TABLES}I", content, 76)[:table_count]
    there = (len(content) - size) // size
    for index, table in enumerate(tables):
        if table >= there:
            return False
        entries = struct.unpack_from(f"<{size // 4}I", content, size * (table + 1))
        used = [number for number, entry in enumerate(entries) if entry != FREE]
        if used and index * (size // 4) + used[-1] >= there:
            return False
    return bool(tables)
