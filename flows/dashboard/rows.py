"""Rows of marts in, rows of charts and cells of tables out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Cell, Head, TableView


def drawn(story: Story, rows: pl.DataFrame, first: str) -> pl.DataFrame:
    """`rows` as charts take them: answers by name, and what a tooltip tells."""
    told = [story.interval(row) for row in rows.to_dicts()]
    kept = [name for name in ("week", "week_start", "row") if name in rows.columns]
    return rows.select(
        *dict.fromkeys([first, *kept]),
        "share",
        "ci_low",
        "ci_high",
        answer=pl.col("label").map_elements(story.name, pl.String),
        place=pl.col("label").replace_strict(
            SENTIMENTS, range(len(SENTIMENTS)), default=0, return_dtype=pl.Int64
        ),
        counted=pl.format("n = {}", "comment_count"),
        told=pl.Series(told, dtype=pl.String),
    )


def wide(
    story: Story,
    rows: pl.DataFrame,
    order: Sequence[str],
    titles: Sequence[str],
    *,
    key: str,
    period: str,
) -> TableView:
    """One line a row, its sentiments beside each other; each number leads to its comments."""
    cells = []
    for name in order:
        of_row = by(rows.filter(pl.col("row") == name), "label")
        row = next(iter(of_row.values()))
        place = {key: row[key], period: row[period]}
        shares = [
            behind(story, story.interval(of_row.get(s)), **place, sentiment=s) for s in SENTIMENTS
        ]
        cells.append([Cell(name), *shares, *counted(story, row)])
    return TableView(story.words["as_table"], heads(titles, 1), cells)


def behind(story: Story, text: str, **filters: str) -> Cell:
    """A number with the filter of the comments behind it, if some are told with its cell."""
    is_any = (
        story.comments.height
        and not story.comments.filter(
            *(
                pl.col("topics").list.contains(value) if name == "topic" else pl.col(name) == value
                for name, value in filters.items()
            )
        ).is_empty()
    )
    return Cell(text, True, evidence=json.dumps(filters, sort_keys=True) if is_any else None)


def counted(story: Story, row: Mapping[str, Any]) -> list[Cell]:
    """How many comments and people a row rests on."""
    return number_cells(story, row, "comment_count", "author_count")


def number_cells(story: Story, row: Mapping[str, Any], *names: str) -> list[Cell]:
    """Counts of `row` as cells; unknown ones are empty."""
    return [Cell(story.number(row[name]), is_number=True) for name in names]


def heads(titles: Sequence[str], texts: int) -> list[Head]:
    """Heads of columns, of which the first `texts` are no numbers."""
    return [Head(title, place >= texts) for place, title in enumerate(titles)]


def by(rows: pl.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    """Rows by the value of a column in which each has its own."""
    return {row[column]: row for row in rows.to_dicts()}


def last_period(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the last month."""
    return rows.filter(pl.col("month") == pl.col("month").max()) if rows.height else rows


def names_by_size(rows: pl.DataFrame) -> list[str]:
    """Names of rows, those with most comments first."""
    sizes = rows.group_by("row").agg(pl.col("comment_count").max())
    return sizes.sort("comment_count", "row", descending=[True, False])["row"].to_list()
