"""The data dictionary: every table with its grain and columns, as text."""

import json
import re
import textwrap

from models.contract import Column, Table, ticked
from models.errors import GiveUp
from models.tables import all_tables
from transforms.marts import MACROS, published_tables
from transforms.published_contract import contract_of, require_kept
from transforms.shortcuts import all_shortcuts
from transforms.views import all_views

INTRODUCTION = """\
Generated from the contracts by `resonanz tables --markdown`; a test keeps it true. `mart.*` is
published; `main.*` are views of the published DuckDB file, to be asked without `main.`; the others
are in the warehouse file, which belongs to the flows. Times are UTC, days, weeks and months are
those of the reporting time zone, shares go from 0 to 1, empty means unknown.
"""
"""Stands above the tables."""


def every_table() -> dict[str, Table]:
    """Marts first, then the tables and views that they are made from; by full name."""
    views = [statement.table for statement in all_views()]
    shortcuts = [statement.table for statement in all_shortcuts()]
    tables = [*published_tables().values(), *shortcuts, *views]
    return {table.full_name: table for table in tables} | all_tables()


def describe(name: str | None) -> str:
    """The list of tables, or one of them column by column; raises `GiveUp` for an unknown name."""
    known = every_table()
    if name is None:
        return _overview(list(known.values()))
    found = known.get(name) or next((table for table in known.values() if table.name == name), None)
    if found is None:
        raise GiveUp(f"There is no table `{name}`, expected one of {ticked(list(known))}.")
    return _details(found)


def _overview(tables: list[Table]) -> str:
    width = max(len(table.full_name) for table in tables)
    lines = [f"{table.full_name:<{width}}  {table.about}" for table in tables]
    told = [f"{call:<{width}}  {about}" for call, about in functions().items()]
    return "\n".join([*lines, "", "Functions:", *told])


def functions() -> dict[str, str]:
    """The functions of the published file, as they are called, and what each of them gives."""
    source = MACROS.read_text(encoding="utf-8")
    about = dict(re.findall(r"COMMENT ON MACRO (\w+) IS '(.*)';", source))
    calls = re.findall(r"MACRO (\w+)(\(.*?\)) AS", source)
    return {f"{name}{parameters}": about[name] for name, parameters in calls}


def _details(table: Table) -> str:
    name_width = max(len(column.name) for column in table.columns)
    lines = [
        table.full_name,
        *textwrap.wrap(table.about, 96),
        f"One row per {', '.join(table.grain)}.",
    ]
    lines += [""]
    for column in table.columns:
        about = column.about + (f" [{' | '.join(column.allowed)}]" if column.allowed else "")
        lines.append(f"  {column.name:<{name_width}}  {column.kind:<5}  {about}")
    return "\n".join(lines)


def as_markdown() -> str:
    """All tables as one page, `docs/tables.md`."""
    parts = ["# Tables", "", INTRODUCTION.strip()]
    for table in every_table().values():
        parts += ["", f"## `{table.full_name}`", "", table.about, ""]
        parts += [f"One row per `{'`, `'.join(table.grain)}`.", ""]
        parts += ["| column | holds | what it says |", "|---|---|---|"]
        parts += [_markdown_row(column) for column in table.columns]
    parts += ["", "## Functions", "", "| function | gives |", "|---|---|"]
    parts += [f"| `{call}` | {about} |" for call, about in functions().items()]
    return "\n".join(parts)


def as_contract(before: str) -> str:
    """What readers of the published tables may rely on, as JSON; `before` is that of last time.

    Raises `ContractBroken` if something is taken away without a higher version.
    """
    now = contract_of(published_tables())
    if before.strip():
        require_kept(json.loads(before), now)
    return json.dumps(now, indent=1)


def _markdown_row(column: Column) -> str:
    holds = column.kind + (", may be empty" if column.optional else "")
    about = column.about.replace("|", "\\|")
    if column.allowed:
        about += f": {ticked(column.allowed)}"
    return f"| `{column.name}` | {holds} | {about} |"
