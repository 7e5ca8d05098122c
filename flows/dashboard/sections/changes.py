"""What changed this week and how sure that is, in sentences."""

import polars as pl

from flows.dashboard.rows import by
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Section


def changes(story: Story, week: str | None = None) -> Section:
    """What changed in a week, the newest unless it is named, and how sure that is, in sentences."""
    words = story.words["changes"]
    weeks = story.marts.get("sentiment_weekly", pl.DataFrame())
    if weeks.is_empty():
        return Section("changes", words["title"], [words["nothing"]])
    week = week or str(weeks["week"].max())
    return Section(
        "changes",
        words["title"],
        [*state_of_week(story, week), *comparability(story, week), *alerts(story, week)],
    )


def state_of_week(story: Story, week: str) -> list[str]:
    """How the comments of `week` felt, or of the last one until then that may be told."""
    words, shown = story.words["changes"], story.rows("sentiment_weekly")
    shown = shown.filter(pl.col("week") <= week) if shown.height else shown
    few = [words["few"].format(week=story.week(week))]
    if shown.is_empty():
        return few
    told = str(shown["week"].max())
    by_label = by(shown.filter(pl.col("week") == told), "label")
    row = next(iter(by_label.values()))
    shares = {label: story.interval(by_label.get(label)) for label in SENTIMENTS}
    counts = {name: story.number(row[name]) for name in ("comment_count", "author_count")}
    return [
        *(few if told != week else []),
        words["now"].format(week=story.week(told), **counts, **shares),
    ]


def comparability(story: Story, week: str) -> list[str]:
    """A warning if the week can't be compared with those before."""
    drift = story.marts.get("drift_weekly", pl.DataFrame())
    if drift.is_empty():
        return []
    flagged = drift.filter((pl.col("week") == week) & pl.col("is_flagged"))
    words = story.words["changes"]["not_comparable"]
    return [
        words.format(week=story.week(week), reason=row["reason"])
        for row in flagged.head(1).to_dicts()
    ]


def alerts(story: Story, week: str) -> list[str]:
    """A sentence an alert; that nothing moved until `week`, if there is none."""
    told = story.facts.get("alerts")
    if told:
        return list(told)
    tested = story.marts.get("change_weekly", pl.DataFrame())
    until = tested.filter(pl.col("week") <= week) if tested.height else tested
    if until.is_empty():
        return []
    last = str(until["week"].max())
    is_told = until.filter(pl.col("week") == last)["p_value"].is_not_null().any()
    return [story.words["changes"]["quiet" if is_told else "untold"].format(week=story.week(last))]
