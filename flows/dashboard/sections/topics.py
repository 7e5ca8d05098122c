"""How each topic felt in the last month."""

import polars as pl

from flows.dashboard.charts import stacked_shares
from flows.dashboard.rows import drawn, last_period, names_by_size, wide
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import ChartView, Section


def topics(story: Story) -> Section:
    """How each topic felt in the last month."""
    words, rows = story.words["topics"], last_period(story.rows("topic_sentiment_monthly"))
    if rows.is_empty():
        return Section("topics", words["title"])
    named = rows.with_columns(row=pl.col("topic").map_elements(story.name, pl.String))
    order = names_by_size(named)
    chart = ChartView(
        stacked_shares(drawn(story, named, "row"), [story.name(a) for a in SENTIMENTS], order),
        words["caption"].format(period=story.month(rows["month"][0])),
        words["summary"].format(count=story.number(len(order)), first=order[0]),
    )
    table = wide(story, named, order, words["heads"], key="topic", period="month")
    return Section("topics", words["title"], chart=chart, tables=[table])
