"""What changed this week and how sure that is, in sentences."""

import polars as pl

from flows.dashboard.rows import by
from flows.dashboard.story import SENTIMENTS, Story
from flows.dashboard.view import Section


def changes(story: Story) -> Section:
    """What changed this week and how sure that is, in sentences."""
    words = story.words["changes"]
    weeks = story.marts.get("sentiment_weekly", pl.DataFrame())
    if weeks.is_empty():
        return Section("changes", words["title"], [words["nothing"]])
    week = weeks["week"].max()
    return Section(
        "changes",
        words["title"],
        [*state_of_week(story, str(week)), *comparability(story, str(week)), *alerts(story)],
    )


def state_of_week(story: Story, week: str) -> list[str]:
    """How the comments of the last week felt, or of the last one that may be told."""
    words, shown = story.words["changes"], story.rows("sentiment_weekly")
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


def alerts(story: Story) -> list[str]:
    """A sentence an alert; that nothing moved, if there is none."""
    told = story.facts.get("alerts")
    if told:
        return list(told)
    tested = story.marts.get("change_weekly", pl.DataFrame())
    if tested.is_empty():
        return []
    week = str(tested["week"].max())
    is_told = tested.filter(pl.col("week") == week)["p_value"].is_not_null().any()
    return [story.words["changes"]["quiet" if is_told else "untold"].format(week=story.week(week))]
