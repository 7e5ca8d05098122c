"""Two snapshots in, what moved between them out, as text: the command `diff`."""

from collections.abc import Mapping

import polars as pl

from flows.publishing.snapshots import Snapshot, find_snapshot
from flows.settings import load_settings
from models.contract import Table
from models.counted import Counted
from transforms.comparison import Moved, largest_moves, moves
from transforms.corrections import WITHOUT_NUMBERS, reason_of
from transforms.marts import published_tables

MOST_SHARES = 5
"""Shares that are named of each table; the sums tell the rest."""


def compare(earlier: str, later: str) -> str:
    """What differs between two snapshots; raises `GiveUp` if one is not there."""
    published = load_settings().paths.published
    before, after = find_snapshot(published, earlier), find_snapshot(published, later)
    lines = [
        f"{before.name} -> {after.name}",
        f"why: {reason_of(before.rested_on, after.rested_on)}",
    ]
    rows_before, rows_after = before.marts(WITHOUT_NUMBERS), after.marts(WITHOUT_NUMBERS)
    for table in tables():
        lines += table_lines(table, rows_before, rows_after)
    return "\n".join([*lines, *file_lines(before, after)])


def tables() -> list[Table]:
    """The published tables that hold numbers of their own."""
    return [t for name, t in published_tables().items() if name not in WITHOUT_NUMBERS]


def table_lines(
    table: Table, before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> list[str]:
    """What moved in one table: sums, then the shares that moved most."""
    if table.name not in before or table.name not in after:
        if table.name in before or table.name in after:
            return [f"{table.name}: only in the {'earlier' if table.name in before else 'later'}"]
        return []
    pair = before[table.name], after[table.name]
    moved = [one for one in moves(table, *pair) if one.is_any]
    new = pair[1].height - pair[0].height
    if not moved and not new:
        return [f"{table.name}: the same"]
    return [f"{table.name}: {sums(moved, new)}"] + [
        f"  {row['key']}  {row['column']}  {row['before']:.3f} -> {row['after']:.3f}"
        for row in largest_moves(table, *pair, MOST_SHARES).to_dicts()
    ]


def sums(moved: list[Moved], new: int) -> str:
    """How much of a table moved, in one line."""
    periods = len(moved)
    changed = sum(one.changed_count for one in moved)
    return (
        f"{Counted(changed):row|rows} moved in "
        f"{Counted(periods):published period|published periods}, {new:+,} rows in all"
    )


def file_lines(before: Snapshot, after: Snapshot) -> list[str]:
    """How many files stayed as they were."""
    old, new = before.manifest.get("files", {}), after.manifest.get("files", {})
    same = sum(new.get(name) == digest for name, digest in old.items())
    return [f"files: {same:,} the same, {len(new) - same:,} new or changed"]
