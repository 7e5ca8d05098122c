"""What came in, what could not be used, what is missing, and what was corrected."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows.dashboard.rows import heads, number_cells
from flows.dashboard.story import Story
from flows.dashboard.view import Cell, Section, TableView
from transforms.coverage import is_hidden

MOST_GAPS = 10


def quality(story: Story) -> Section:
    """What came in, what could not be used, and what was corrected."""
    words = story.words["quality"]
    counts = {name: story.number(n) for name, n in story.facts.get("counts", {}).items()}
    said = words["counts_hidden" if is_hidden(story.facts) else "counts"]
    sentences = [said.format(**counts)] if counts else []
    log = story.marts.get("correction_log", pl.DataFrame())
    if log.height:
        sentences.append(words["corrections"].format(count=story.number(log.height)))
    tables = [table for table in (gaps(story), sources(story)) if table.rows]
    return Section("quality", words["title"], sentences, tables=tables)


def gaps(story: Story) -> TableView:
    """The posts of which most comments are missing."""
    words, rows = story.words["quality"], story.marts.get("post_coverage", pl.DataFrame())
    known = rows.filter(pl.col("missing_count") > 0) if rows.height else rows
    worst = known.sort("missing_count", descending=True).head(MOST_GAPS) if known.height else known
    cells = [
        [
            Cell(story.post(row)),
            Cell(row["channel"]),
            *number_cells(story, row, "reported_comment_count", "loaded_comment_count"),
        ]
        for row in worst.to_dicts()
    ]
    return TableView(words["gaps"], heads(words["heads"], 2), cells, is_folded=False)


def sources(story: Story) -> TableView:
    """What each source counts on each channel, what is here of it, and when it last told of it."""
    words, rows = story.words["quality"], story.marts.get("source_coverage", pl.DataFrame())
    cells = [
        [
            Cell(row["source"]),
            Cell(row["channel"]),
            *number_cells(story, row, "post_count", "reported_comment_count"),
            *(here(story, row, name) for name in ("loaded_comment_count", "missing_count")),
            Cell(story.day(row["last_seen_day"]), is_number=True),
        ]
        for row in rows.to_dicts()
    ]
    return TableView(words["sources"], heads(words["source_heads"], 2), cells)


def here(story: Story, row: Mapping[str, Any], name: str) -> Cell:
    """A count of loaded comments, or that it is hidden."""
    is_hidden = row["hidden_reason"] is not None
    return Cell(story.words["hidden"] if is_hidden else story.number(row[name]), is_number=True)
