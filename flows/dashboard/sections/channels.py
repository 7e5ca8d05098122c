"""How much came in on each channel, and how it felt in the last month."""

import polars as pl

from flows.dashboard.charts import counts_over_time
from flows.dashboard.rows import last_period, names_by_size, wide
from flows.dashboard.story import Story
from flows.dashboard.view import ChartView, Section


def channels(story: Story) -> Section:
    """How much came in on each channel, and how it felt in the last month."""
    words, volumes = story.words["channels"], story.marts.get("channel_weekly", pl.DataFrame())
    shown = volumes.filter(pl.col("comment_count") > 0) if volumes.height else volumes
    if shown.is_empty():
        return Section("channels", words["title"])
    sizes = shown.group_by("channel").agg(pl.col("comment_count").sum())
    order = sizes.sort("comment_count", "channel", descending=[True, False])["channel"].to_list()
    bars = shown.select(
        "week", "week_start", "comment_count", row="channel", told=pl.col("comment_count")
    )
    chart = ChartView(
        counts_over_time(bars, order, story.words["short_day"]),
        words["caption"],
        words["summary"].format(count=story.number(len(order))),
    )
    rows = last_period(story.rows("channel_sentiment_monthly"))
    named = rows.with_columns(row="channel") if rows.height else rows
    tables = (
        [wide(story, named, names_by_size(named), words["heads"], key="channel", period="month")]
        if named.height
        else []
    )
    return Section("channels", words["title"], chart=chart, tables=tables)
