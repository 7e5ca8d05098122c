"""How much came in on each channel, and how it felt in the last month."""

from datetime import timedelta

import polars as pl

from flows.dashboard.charts import counts_over_time
from flows.dashboard.rows import last_period, names_by_size, wide
from flows.dashboard.story import Story
from flows.dashboard.view import ChartView, Section

MOST_WEEKS, MOST_CHANNELS = 104, 10
"""What a chart can tell apart: weeks of two years, and its scheme has ten colours."""


def channels(story: Story) -> Section:
    """How much came in on each channel, and how it felt in the last month."""
    words, volumes = story.words["channels"], story.marts.get("channel_weekly", pl.DataFrame())
    shown = volumes.filter(pl.col("comment_count") > 0) if volumes.height else volumes
    if shown.is_empty():
        return Section("channels", words["title"])
    sizes = shown.group_by("channel").agg(pl.col("comment_count").sum())
    order = sizes.sort("comment_count", "channel", descending=[True, False])["channel"].to_list()
    rows = [*order[: MOST_CHANNELS - 1], words["others"]] if len(order) > MOST_CHANNELS else order
    chart = ChartView(
        counts_over_time(_bars(shown, rows), rows, story.words["short_day"]),
        words["caption" if shown["week_start"].n_unique() <= MOST_WEEKS else "of_two_years"],
        words["summary"].format(count=story.number(len(order))),
    )
    latest = last_period(story.rows("channel_sentiment_monthly"))
    named = latest.with_columns(row="channel") if latest.height else latest
    tables = (
        [wide(story, named, names_by_size(named), words["heads"], key="channel", period="month")]
        if named.height
        else []
    )
    return Section("channels", words["title"], chart=chart, tables=tables)


def _bars(volumes: pl.DataFrame, rows: list[str]) -> pl.DataFrame:
    """The latest weeks of `rows`; channels that are none of them stand together in the last."""
    row = pl.when(pl.col("channel").is_in(rows)).then("channel").otherwise(pl.lit(rows[-1]))
    first = pl.col("week_start").max() - timedelta(weeks=MOST_WEEKS - 1)
    return (
        volumes.filter(pl.col("week_start") >= first)
        .group_by("week", "week_start", row=row)
        .agg(pl.col("comment_count").sum())
        .with_columns(told="comment_count")
        .sort("week_start", "row")
    )
