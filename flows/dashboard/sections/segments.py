"""The parts of the audience: beside each other, and each alone for whoever chooses it."""

from collections.abc import Iterator

import polars as pl

from flows.dashboard.charts import dots_with_intervals, shares_over_time
from flows.dashboard.rows import (
    behind,
    by,
    counted,
    drawn,
    heads,
    last_period,
    names_by_size,
    wide,
)
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Cell, ChartView, Section, TableView

MART = "segment_sentiment_monthly"


def segment_names(story: Story) -> list[str]:
    """Every part of the audience that the tables name, in alphabetical order; none: no rules."""
    rows = story.marts.get(MART, pl.DataFrame())
    return rows["segment"].unique().sort().to_list() if rows.height else []


def segments(story: Story) -> Section:
    """How each part of the audience felt in the last month."""
    words, rows = story.words["segments"], last_period(story.rows(MART))
    if rows.is_empty():
        nothing = [words["hidden"]] if segment_names(story) else []
        return Section("segments", words["title"], nothing)
    named = rows.with_columns(row="segment")
    order = names_by_size(named)
    answers = [story.name(label) for label in SENTIMENTS]
    chart = ChartView(
        dots_with_intervals(drawn(story, named, "row"), answers, order),
        words["caption"].format(period=story.month(rows["month"][0])),
        words["summary"].format(count=story.number(len(order))),
    )
    table = wide(story, named, order, words["heads"], key="segment", period="month")
    return Section("segments", words["title"], chart=chart, tables=[table])


def sentiment_of_segments(story: Story) -> Iterator[Section]:
    """Sentiment over time of each part of the audience, to be shown where it is chosen."""
    rows = story.rows(MART)
    for number, name in enumerate(segment_names(story), start=1):
        yield sentiment_of(story, name, rows.filter(segment=name), f"sentiment_{number}")


def sentiment_of(story: Story, name: str, rows: pl.DataFrame, place: str) -> Section:
    """The months of one part of the audience; a sentence where all of them are hidden."""
    words = story.words["segments"]
    title = words["alone"].format(segment=name)
    if rows.is_empty():
        return Section(place, title, [words["hidden"]], segment=name, instead_of="sentiment")
    months = rows.with_columns(week="month", week_start=(pl.col("month") + "-01").str.to_date())
    answers = [story.name(label) for label in SENTIMENTS]
    last = by(last_period(rows), "label")
    shares = {label: story.interval(last.get(label)) for label in SENTIMENTS}
    chart = ChartView(
        shares_over_time(drawn(story, months, "week"), answers, story.words["short_day"]),
        words["monthly"],
        words["course"].format(
            segment=name, months=story.number(rows["month"].n_unique()), **shares
        ),
    )
    cells = [
        [
            Cell(row["month"]),
            Cell(story.name(row["label"])),
            behind(
                story,
                story.interval(row),
                segment=name,
                month=row["month"],
                sentiment=row["label"],
            ),
            *counted(story, row),
        ]
        for row in rows.sort("month", "label", descending=[True, False]).to_dicts()
    ]
    table = TableView(story.words["as_table"], heads(words["month_heads"], 2), cells)
    return Section(place, title, chart=chart, tables=[table], segment=name, instead_of="sentiment")
