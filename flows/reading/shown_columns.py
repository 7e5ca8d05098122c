"""A table's columns in, what a log may call each of them out.

Where a file has no header its first row stands in for one: a name, or what somebody wrote.
"""

from collections.abc import Mapping, Sequence

from flows.reading.column_names import SYNONYMS, plain_name
from flows.reading.columns import NUMBERED
from flows.reading.headers import header_worth
from flows.reading.table_types import Cell, TableFile
from models.contract import ticked
from models.counted import Counted

MOST_SHOWN = 40
"""Columns that a message names."""

LONGEST_SHOWN = 40
"""Characters of a name in such a list: a question of a survey has hundreds."""

KNOWN = frozenset(name for names in SYNONYMS.values() for name in names)
"""Names of columns, as `plain_name` writes them, that are shown wherever they stand."""


def shown_columns(table: TableFile, samples: Sequence[Mapping[str, Cell]]) -> dict[str, str]:
    """Column -> what a message calls it, by `samples` of the rows.

    By its name if the names are those of a header, or it is one that we know. Else only its place
    and its length are told: `column 2 (38 characters)`.
    """
    is_header = table.is_keyed or is_headed(table.header, samples)
    return {
        column: column
        if is_header or is_known(column) or column == f"column {number}"
        else f"column {number} ({Counted(len(column)):character|characters})"
        for number, column in enumerate(table.header, start=1)
    }


def is_headed(header: Sequence[str], samples: Sequence[Mapping[str, Cell]]) -> bool:
    """Whether a first row is plainly a header: it names what comments have, or stands over numbers.

    A name that stands below itself is a value: `comment` in a column of kinds.
    """
    if any(cells.get(column) == column for cells in samples for column in header):
        return False
    return header_worth(header) > 0 or any(is_over_numbers(column, samples) for column in header)


def is_over_numbers(column: str, samples: Sequence[Mapping[str, Cell]]) -> bool:
    """Whether a name without a digit stands over some cells, all of them numbers."""
    cells = [str(cell).strip() for row in samples if (cell := row.get(column)) not in (None, "")]
    has_digit = any(map(str.isdigit, column))
    return len(cells) > 1 and not has_digit and all(map(NUMBERED.fullmatch, cells))


def is_known(column: str) -> bool:
    """Whether a column is called as one of our fields is, and nothing else stands beside it."""
    kept = "".join(filter(str.isalnum, column)).casefold()
    return plain_name(column) in KNOWN and len(kept) <= len(plain_name(column))


def some_of(shown: Sequence[str]) -> str:
    """The first of some columns as they are shown, cut short, and how many more there are."""
    names = [
        name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"
        for name in shown[:MOST_SHOWN]
    ]
    more = len(shown) - len(names)
    return ticked(names) + (f" and {more} more" if more else "")
