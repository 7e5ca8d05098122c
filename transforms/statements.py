"""A `.sql` file of this room: a TOML header that declares its columns, then one SELECT."""

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from models.contract import Column, SmallCells, Table
from models.shares import HIDDEN_REASON, MOOD_COLUMNS, NET_COLUMNS, SHARE_COLUMNS, tells_of_people

HEADER = re.compile(r"\A/\*---\n(?P<toml>.*?)---\*/\n(?P<query>.*)\Z", re.DOTALL)

SIDE_BY_SIDE = """WITH answer AS (
{query}
)
SELECT
    {cell},
    max(share) FILTER (label = 'negative')      AS negative,
    max(ci_low) FILTER (label = 'negative')     AS negative_low,
    max(ci_high) FILTER (label = 'negative')    AS negative_high,
    max(share) FILTER (label = 'neutral')       AS neutral,
    max(share) FILTER (label = 'positive')      AS positive,
    max(ci_low) FILTER (label = 'positive')     AS positive_low,
    max(ci_high) FILTER (label = 'positive')    AS positive_high,
    max(comment_count)                          AS comment_count,
    max(author_count)                           AS author_count,
    max(hidden_reason)                          AS hidden_reason
FROM answer
GROUP BY {cell}
ORDER BY {cell}"""
"""Rows of sentiment shares, one an answer, as one row a cell with `MOOD_COLUMNS`."""


@dataclass(frozen=True)
class Shares:
    """What a share mart estimates: of which head, and how its cells are alike.

    `many`: several labels may apply, so each has a share of its own; `with_none`: and so has having
    none of them. `alike` names the column whose equal cells of other weeks may lend their audits.
    `net`: what each label adds to the net, for marts that take it over.
    """

    head: str
    alike: str = ""
    many: bool = False
    with_none: bool = False
    net: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Statement:
    """One SELECT and the contract of the table it makes.

    Without `shares` the SELECT returns the table's rows. With `shares` it returns a row for each
    comment of each cell, `comment_id` last, and the estimator makes the rows of these. `net_of`
    names the share mart whose nets are put beside the rows, by the columns that both grains have.
    """

    table: Table
    query: str
    shares: Shares | None = None
    net_of: str = ""

    def view(self) -> str:
        """The statement that makes it a view."""
        return f"CREATE OR REPLACE VIEW {self.table.full_name} AS {self.query}"


def read_statement(path: Path, layer: Literal["classified", "mart", "main"]) -> Statement:
    """Read one `.sql` file; its name is the table's name. Raises ValueError without a header.

    A column is declared as `name = [kind, description]`, with a third entry `"optional"` where it
    may be null, or a list of the texts that are allowed. A table `[shares]` adds the columns of
    every share, a table `[net]` those of the net sentiment of the share mart `of`, a table `[mood]`
    puts shares of sentiment, a row an answer, side by side in a row a cell. `[small_cells]` says
    whose comments its rows count (see `SmallCells`): what tells of these people may then be null,
    and the table gains `hidden_reason`.
    """
    found = HEADER.match(path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"`{path.name}` must start with a header `/*---` ... `---*/`")
    header = tomllib.loads(found["toml"])
    shares = _shares(header["shares"]) if "shares" in header else None
    net_of = header.get("net", {}).get("of", "")
    own = tuple(_column(name, entry) for name, entry in header["columns"].items())
    is_mood = "mood" in header
    added = (SHARE_COLUMNS if shares else ()) + (NET_COLUMNS if net_of else ())
    added += MOOD_COLUMNS if is_mood else ()
    table = Table(
        layer=layer,
        name=path.stem,
        about=header["about"],
        grain=(*header["grain"], *(("head", "label") if shares else ())),
        columns=own + added,
    )
    query = found["query"].strip().removesuffix(";")
    if is_mood:
        query = SIDE_BY_SIDE.format(query=query, cell=", ".join(column.name for column in own))
    statement = Statement(table, query, shares, net_of)
    if "small_cells" not in header:
        return statement
    declared: dict[str, Any] = {
        name: entry if isinstance(entry, str) else tuple(entry)
        for name, entry in header["small_cells"].items()
    }
    return _that_may_hide(statement, SmallCells(**declared))


def _that_may_hide(statement: Statement, small_cells: SmallCells) -> Statement:
    """`statement` with room for hidden rows, unless its table is exempt."""
    table = replace(statement.table, small_cells=small_cells)
    if small_cells.exempt:
        return replace(statement, table=table)
    columns = tuple(
        replace(column, optional=column.optional or tells_of_people(column, small_cells))
        for column in table.columns
    )
    if HIDDEN_REASON.name in table.column_names:
        return replace(statement, table=replace(table, columns=columns))
    reason = f"NULL::VARCHAR AS {HIDDEN_REASON.name}"
    return replace(
        statement,
        table=replace(table, columns=(*columns, HIDDEN_REASON)),
        query=f"SELECT rows_of.*, {reason} FROM (\n{statement.query}\n) AS rows_of",
    )


def _shares(entry: dict[str, Any]) -> Shares:
    net = tuple((label, float(value)) for label, value in entry.pop("net", {}).items())
    return Shares(**entry, net=net)


def _column(name: str, entry: list[object]) -> Column:
    kind, about, *rest = entry
    allowed = tuple(rest[0]) if rest and isinstance(rest[0], list) else ()
    return Column(name, kind, about, allowed=allowed, optional="optional" in rest)  # type: ignore[arg-type]
