"""The published tables: one `.sql` each, found by itself."""

from functools import cache
from pathlib import Path

from models.contract import Table
from transforms.corrections import CORRECTION_LOG
from transforms.reply_queue import COMMENTS_TO_ANSWER
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


@cache
def published_tables() -> dict[str, Table]:
    """Every published table by name: the marts, and those that are made from more than SQL."""
    tables = [statement.table for statement in all_marts().values()]
    return {table.name: table for table in [*tables, COMMENTS_TO_ANSWER, CORRECTION_LOG]}
