"""What waits for an answer, the most pressing first."""

import polars as pl

from flows.dashboard.story import Story, is_link
from flows.dashboard.view import Cell, Head, Section, TableView

MOST_QUESTIONS = 15


def questions(story: Story) -> Section:
    """What waits for an answer, the most pressing first."""
    words, rows = story.words["questions"], story.marts.get("comments_to_answer")
    if rows is None:
        return Section("questions", words["title"], [words["apart"]])
    if rows.is_empty():
        return Section("questions", words["title"], [words["nothing"]])
    counts = rows["decision"].value_counts()
    by_decision = dict(zip(counts["decision"], counts["count"], strict=True))
    told = words["sentence"].format(
        **{name: story.number(by_decision.get(name, 0)) for name in ("answer", "route", "leave")}
    )
    shown = rows.filter(pl.col("decision") != "leave").head(MOST_QUESTIONS)
    cells = [
        [
            Cell(str(row["rank"]), is_number=True),
            Cell(row["reason"]),
            Cell(row["channel"]),
            Cell(story.day(row["day"]), is_number=True),
            Cell(row["text"], link=row["permalink"] if is_link(row["permalink"]) else None),
        ]
        for row in shown.to_dicts()
    ]
    whose = [row.get("segment") or "" for row in shown.to_dicts()]
    table = TableView(
        words["title"],
        [Head(text) for text in words["heads"]],
        cells,
        is_folded=False,
        segments=whose if any(whose) else (),
    )
    return Section("questions", words["title"], [told], tables=[table])
