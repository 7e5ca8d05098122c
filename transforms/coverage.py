"""What the manifest counts, so that nothing is left out in silence; hidden like any other cell.

All comments of the audience are the sum of every table's cells: told beside them, this number would
reveal the one that is left over. So it is a cell of its own (`("all",)`), and where it reveals
something, the tables keep their numbers and it is left out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from models.shares import HIDDEN_REASON
from transforms.statements import read_statement

COVERAGE = read_statement(Path(__file__).with_suffix(".sql"), "main")
"""One row, published in the manifest alone."""

COUNTS = tuple(
    column.name
    for column in COVERAGE.table.columns
    if column.kind == "count" and column.name != "author_count"
)


def counts_told(rows: pl.DataFrame) -> dict[str, int]:
    """The counts that `rows` of `COVERAGE` tell, by name; those that are hidden are not there."""
    (row,) = rows.to_dicts()
    return {name: row[name] for name in COUNTS if row[name] is not None}


def counts_hidden(rows: pl.DataFrame) -> dict[str, str]:
    """Why each of the other counts is left out, by name."""
    (row,) = rows.to_dicts()
    return {name: row[HIDDEN_REASON.name] for name in COUNTS if row[name] is None}


def is_hidden(facts: Mapping[str, Any]) -> bool:
    """Whether a manifest leaves out how many comments of the audience there are."""
    return "audience_comments" in facts.get("hidden_counts", {})
