"""The published tables: a file each, found by itself; `.sql`, or `.py` if computed from others."""

import importlib
import re
from functools import cache
from pathlib import Path

from models.contract import Table
from transforms.corrections import CORRECTION_LOG
from transforms.derived import DerivedMart, ListedMart
from transforms.reply_queue import COMMENTS_TO_ANSWER
from transforms.statements import Statement, read_statement

MACROS = Path(__file__).parent.parent / "macros.sql"
"""Functions that the marts call; they are created wherever marts are built or published."""


def passing_macros() -> str:
    """The same functions for one connection: a lake can't describe functions, and needs none."""
    created = MACROS.read_text(encoding="utf-8").replace("REPLACE MACRO", "REPLACE TEMP MACRO")
    return "".join(part for part in re.split(r"(?<=;)\n", created) if "COMMENT ON" not in part)


READS_MARTS = re.compile(r"\bmart\.")
"""Stands in the query of a mart that is built on other marts."""


@cache
def all_marts() -> dict[str, Statement | DerivedMart | ListedMart]:
    """Every mart by name, in alphabetical order."""
    found: dict[str, Statement | DerivedMart | ListedMart] = {}
    for path in Path(__file__).parent.iterdir():
        if path.suffix == ".sql":
            found[path.stem] = read_statement(path, "mart")
        elif path.suffix == ".py" and path.stem != "__init__":
            found[path.stem] = importlib.import_module(f"{__name__}.{path.stem}").MART
    return dict(sorted(found.items()))


def sql_marts() -> list[Statement]:
    """The marts that are one SELECT over the comments; they are built first."""
    return [mart for mart in _statements() if not READS_MARTS.search(mart.query)]


def derived_marts() -> list[DerivedMart]:
    """The marts that are computed from what the first ones publish, small cells hidden."""
    return [mart for mart in all_marts().values() if isinstance(mart, DerivedMart)]


def listed_marts() -> list[ListedMart]:
    """The marts of single comments, which are chosen by what the others show and hide."""
    return [mart for mart in all_marts().values() if isinstance(mart, ListedMart)]


def later_marts() -> list[Statement]:
    """The marts that are one SELECT, but read others; they are built last."""
    return [mart for mart in _statements() if READS_MARTS.search(mart.query)]


def _statements() -> list[Statement]:
    return [mart for mart in all_marts().values() if isinstance(mart, Statement)]


@cache
def published_tables() -> dict[str, Table]:
    """Every published table by name: the marts, and those that are made from more than marts."""
    tables = [mart.table for mart in all_marts().values()]
    return {table.name: table for table in [*tables, COMMENTS_TO_ANSWER, CORRECTION_LOG]}
