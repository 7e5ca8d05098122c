"""What tests of table files share: bytes in, the table they are or its rows out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.reading.table_rows import open_table
from flows.reading.table_types import Cell, Row, TableFile

OpenTable = Callable[[bytes | str], TableFile]


@pytest.fixture
def table(tmp_path: Path) -> OpenTable:
    """The file with these bytes, opened; a text is UTF-8."""

    def opened(content: bytes | str) -> TableFile:
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_table(path)

    return opened


@pytest.fixture
def cells(table: OpenTable) -> Callable[[bytes | str], list[list[Cell]]]:
    """The cells of each row that came through, in order."""

    def read(content: bytes | str) -> list[list[Cell]]:
        return [list(row.cells.values()) for row in table(content).rows if isinstance(row, Row)]

    return read


@pytest.fixture
def outcomes(table: OpenTable) -> Callable[[bytes | str], list[object]]:
    """Each record: its first cell, or the line and reason why it was rejected."""

    def read(content: bytes | str) -> list[object]:
        return [
            next(iter(row.cells.values())) if isinstance(row, Row) else (row.line, row.reason)
            for row in table(content).rows
        ]

    return read
