"""How the audience felt over time."""

import polars as pl

from flows.dashboard.charts import shares_over_time
from flows.dashboard.rows import behind, by, counted, drawn, heads
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Cell, ChartView, Section, TableView


def sentiment(story: Story) -> Section:
    """Sentiment over time, with its interval as a band."""
    words, rows = story.words["sentiment"], story.rows("sentiment_weekly")
    if rows.is_empty():
        return Section("sentiment", words["title"])
    last = by(rows.filter(pl.col("week") == rows["week"].max()), "label")
    shares = {label: story.interval(last.get(label)) for label in SENTIMENTS}
    answers = [story.name(label) for label in SENTIMENTS]
    chart = ChartView(
        shares_over_time(drawn(story, rows, "week"), answers, story.words["short_day"]),
        words["caption"],
        words["summary"].format(weeks=story.number(rows["week"].n_unique()), **shares),
    )
    cells = [
        [
            Cell(row["week"]),
            Cell(story.name(row["label"])),
            behind(story, story.interval(row), week=row["week"], sentiment=row["label"]),
            *counted(story, row),
        ]
        for row in rows.sort("week", "label", descending=[True, False]).to_dicts()
    ]
    table = TableView(story.words["as_table"], heads(words["heads"], 2), cells)
    return Section("sentiment", words["title"], chart=chart, tables=[table])
