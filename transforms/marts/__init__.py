"""The published tables: one `.sql` each, found by itself."""

from functools import cache
from pathlib import Path

from transforms.statements import Statement, read_statement

MACROS = Path(__file__).parent.parent / "macros.sql"
"""Functions that the marts call; they are created wherever marts are built or published."""


@cache
def all_marts() -> dict[str, Statement]:
    """Every mart by name, in alphabetical order."""
    return {
        path.stem: read_statement(path, "mart")
        for path in sorted(Path(__file__).parent.glob("*.sql"))
    }
