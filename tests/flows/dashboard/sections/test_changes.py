from dataclasses import replace

import polars as pl
import pytest

from flows.dashboard.page import story_of
from flows.dashboard.sections import sections_of
from flows.dashboard.sections.changes import changes
from flows.dashboard.sections.sentiment import sentiment
from flows.publishing.publication import Publication
from tests.flows.dashboard.publications import publication, story


def test_the_page_begins_with_the_last_week_in_a_sentence() -> None:
    (sentence,) = changes(story()).sentences
    assert sentence.startswith("In KW 5 (27.01. bis 02.02.2025) waren von 40 Kommentaren (30 M")
    assert "45\N{NO-BREAK SPACE}% (36 bis 54) neutral" in sentence


def test_alerts_are_told_with_it() -> None:
    told = publication(4)
    with_alert = Publication(told.marts, {"alerts": ["Negativ stieg."]}, "de")
    assert changes(story_of(with_alert)).sentences[-1] == "Negativ stieg."


@pytest.mark.parametrize(
    ("p_value", "start"),
    [(0.4, "In KW 5 (27.01. bis 02.02.2025) hat sich nichts"), (None, "Ob sich in KW 5")],
)
def test_that_nothing_moved_is_only_said_where_it_was_tested(
    p_value: float | None, start: str
) -> None:
    told = publication(4)
    table = replace(next(iter(told.marts)), name="change_weekly")
    tested = pl.DataFrame(
        {"week": ["2025-W05"], "p_value": [p_value]}, schema_overrides={"p_value": pl.Float64}
    )
    page = story_of(replace(told, marts={**told.marts, table: tested}))
    assert changes(page).sentences[-1].startswith(start)


def hidden(told: Publication, *weeks: str) -> Publication:
    """`told` with the shares of some weeks hidden."""
    share = pl.when(~pl.col("week").is_in(weeks)).then("share")
    marts = {
        table: frame.with_columns(share=share) if table.name == "sentiment_weekly" else frame
        for table, frame in told.marts.items()
    }
    return Publication(marts, told.facts, "de")


def test_a_hidden_week_is_not_told_in_numbers() -> None:
    page = story_of(hidden(publication(1), "2025-W02"))
    assert changes(page).sentences == [
        "In KW 2 (06.01. bis 12.01.2025) haben zu wenige Menschen kommentiert, um Anteile zu "
        "zeigen."
    ]
    assert sentiment(page).is_empty


def test_the_last_week_that_may_be_told_is_told_after_a_hidden_one() -> None:
    few, now = changes(story_of(hidden(publication(3), "2025-W04"))).sentences
    assert few.startswith("In KW 4 (20.01. bis 26.01.2025) haben zu wenige")
    assert now.startswith("In KW 3 (13.01. bis 19.01.2025) waren von 40 Kommentaren")


def test_without_comments_the_page_says_what_to_do() -> None:
    page = story(0)
    told = sections_of(page)
    assert [section.id for section in told] == ["changes", "questions"]
    assert "data/inbox" in told[0].sentences[0]
