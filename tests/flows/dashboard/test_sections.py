from dataclasses import replace

import polars as pl
import pytest

from flows.dashboard.page import story_of
from flows.dashboard.sections import (
    SECTIONS,
    Story,
    changes,
    is_link,
    posts,
    quality,
    questions,
    sentiment,
    short_titles,
    topics,
)
from flows.publishing.publication import Publication
from tests.flows.dashboard.publications import publication


def story(weeks: int = 4, language: str = "de", texts: tuple[str, ...] = ()) -> Story:
    return story_of(publication(weeks, language, texts))


def test_the_page_begins_with_the_last_week_in_a_sentence() -> None:
    (sentence,) = changes(story()).sentences
    assert sentence.startswith("In der Woche 2025-W05 waren von 40 Kommentaren (30 Menschen) ")
    assert "45\N{NO-BREAK SPACE}% (36 bis 54) neutral" in sentence


def test_alerts_are_told_with_it() -> None:
    told = publication(4)
    with_alert = Publication(told.marts, {"alerts": ["Negativ stieg."]}, "de")
    assert changes(story_of(with_alert)).sentences[-1] == "Negativ stieg."


@pytest.mark.parametrize(
    ("p_value", "start"), [(0.4, "In der Woche 2025-W05 hat sich nichts"), (None, "Ob sich in der")]
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
        "In der Woche 2025-W02 haben zu wenige Menschen kommentiert, um Anteile zu zeigen."
    ]
    assert sentiment(page).is_empty


def test_the_last_week_that_may_be_told_is_told_after_a_hidden_one() -> None:
    few, now = changes(story_of(hidden(publication(3), "2025-W04"))).sentences
    assert few.startswith("In der Woche 2025-W04 haben zu wenige")
    assert now.startswith("In der Woche 2025-W03 waren von 40 Kommentaren")


def test_without_comments_the_page_says_what_to_do() -> None:
    page = story(0)
    told = [section for tell in SECTIONS if not (section := tell(page)).is_empty]
    assert [section.id for section in told] == ["changes", "questions"]
    assert "data/inbox" in told[0].sentences[0]


def test_every_number_of_a_topic_leads_to_its_comments() -> None:
    (table,) = topics(story()).tables
    cell = table.rows[0][1]
    assert cell.evidence == '{"month": "2025-01", "sentiment": "negative", "topic": "cloud"}'


def test_topics_have_the_names_of_the_taxonomy() -> None:
    (table,) = topics(story()).tables
    assert table.rows[0][0].text == "Cloud und Infrastruktur"


def test_posts_with_most_comments_come_first_with_their_whole_title() -> None:
    (table,) = posts(story()).tables
    assert table.rows[0][0].text.endswith("(0)")
    assert len(table.rows) == 15


def test_titles_that_are_cut_alike_stay_apart() -> None:
    rows = pl.DataFrame({"post_id": ["a", "a", "b"], "post_title": ["x" * 60] * 3})
    first, again, second = short_titles(story(), rows)
    assert first == again
    assert first != second


def test_comments_without_a_post_are_named_by_their_channel() -> None:
    rows = pl.DataFrame({"post_id": ["intranet:unknown"], "post_title": [None]})
    assert short_titles(story(), rows).to_list() == ["intranet, ohne Beitrag"]


def test_a_question_links_only_to_web_addresses() -> None:
    (table,) = questions(story(texts=("Wann?", "Wo?"))).tables
    assert [row[-1].link for row in table.rows] == ["https://blog.example/?c=1", None]


@pytest.mark.parametrize(
    ("address", "answer"),
    [("https://e.org", True), ("javascript:alert(1)", False), ("data:text/html,x", False)],
)
def test_a_script_is_no_link(address: str, answer: bool) -> None:
    assert is_link(address) == answer


def test_numbers_are_written_as_the_language_does() -> None:
    assert "1.180 Kommentare gelesen" in quality(story()).sentences[0]
    assert "1,180 comments read" in quality(story(language="en")).sentences[0]
