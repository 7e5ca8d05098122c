"""The posts with most comments, their shares and intervals."""

from collections import defaultdict

import polars as pl

from flows.dashboard.charts import dots_with_intervals
from flows.dashboard.rows import behind, by, counted, drawn, heads, names_by_size
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Cell, ChartView, Section, TableView

MOST_POSTS = 15
LONGEST_TITLE = 48
"""Characters of a post's title beside its dots; the table has all of it."""


def posts(story: Story) -> Section:
    """The posts with most comments, their shares and intervals."""
    words, rows = story.words["posts"], story.rows("post_sentiment")
    if rows.is_empty():
        return Section("posts", words["title"])
    named = rows.with_columns(row=short_titles(story, rows))
    order = names_by_size(named)[:MOST_POSTS]
    kept = named.filter(pl.col("row").is_in(order))
    answers = [story.name(label) for label in SENTIMENTS]
    spec = dots_with_intervals(
        drawn(story, kept.filter(pl.col("label") != "neutral"), "row"), answers, order
    )
    chart = ChartView(
        spec, words["caption"], words["summary"].format(count=story.number(len(order)))
    )
    stances = story.rows("post_stance").join(kept, on="post_id", how="semi")
    against = by(stances.filter(pl.col("label") == "oppose"), "post_id")
    cells = []
    for name in order:
        of_post = by(kept.filter(pl.col("row") == name), "label")
        row = next(iter(of_post.values()))
        cells.append(
            [
                Cell(story.post(row)),
                Cell(row["channel"]),
                *(
                    behind(
                        story, story.interval(of_post.get(s)), post_id=row["post_id"], sentiment=s
                    )
                    for s in ("negative", "positive")
                ),
                Cell(story.interval(against.get(row["post_id"])), is_number=True),
                *counted(story, row),
            ]
        )
    table = TableView(story.words["as_table"], heads(words["heads"], 2), cells)
    return Section("posts", words["title"], chart=chart, tables=[table])


def short_titles(story: Story, rows: pl.DataFrame) -> pl.Series:
    """The titles of posts, short enough to stand beside a chart, and no two alike."""
    told = rows.select("post_id", "post_title").unique("post_id", maintain_order=True)
    wholes = {row["post_id"]: story.post(row) for row in told.iter_rows(named=True)}
    shorts = {
        post: whole if len(whole) <= LONGEST_TITLE else f"{whole[: LONGEST_TITLE - 1]}…"
        for post, whole in wholes.items()
    }
    taken, numbers, titles = set(shorts.values()), defaultdict[str, int](int), {}
    for post, short in shorts.items():
        title = short
        while numbers[short] and title in taken:  # the first of equal ones stays as it is
            numbers[short] += 1
            title = f"{short} ({numbers[short]})"
        numbers[short] = max(numbers[short], 1)
        taken.add(title)
        titles[post] = title
    return rows["post_id"].replace_strict(titles, return_dtype=pl.String)
