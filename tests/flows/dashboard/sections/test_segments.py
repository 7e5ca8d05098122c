import re

import polars as pl

from flows.dashboard.page import library, render, story_of
from flows.dashboard.sections import sections_of
from flows.dashboard.sections.segments import segments, sentiment_of_segments
from flows.publishing.publication import Publication
from tests.flows.dashboard.publications import publication

NAMES = ("employees", "public")


def told(weeks: int = 12) -> Publication:
    return publication(weeks, "de", ("Wann?", "Wo?"), NAMES)


def hidden(publication: Publication, segment: str) -> Publication:
    """`publication` with the shares of a segment hidden."""
    share = pl.when(pl.col("segment") != segment).then("share")
    marts = {
        table: rows.with_columns(share=share) if table.name.startswith("segment_") else rows
        for table, rows in publication.marts.items()
    }
    return Publication(marts, publication.facts, publication.language)


def test_every_segment_has_a_row_of_the_last_month_that_leads_to_its_comments() -> None:
    (table,) = segments(story_of(told())).tables
    assert {row[0].text for row in table.rows} == set(NAMES)
    assert table.rows[0][1].evidence == (
        '{"month": "2025-03", "segment": "employees", "sentiment": "negative"}'
    )


def test_each_segment_has_its_own_course_in_place_of_that_of_all() -> None:
    alone = list(sentiment_of_segments(story_of(told())))
    assert [(one.segment, one.instead_of) for one in alone] == [(n, "sentiment") for n in NAMES]
    assert [row[0].text for row in alone[0].tables[0].rows[::3]] == [
        "2025-03",
        "2025-02",
        "2025-01",
    ]


def test_a_segment_that_is_hidden_can_be_chosen_and_tells_no_number() -> None:
    story = story_of(hidden(told(), "employees"))
    (table,) = segments(story).tables
    assert [row[0].text for row in table.rows] == ["public"]
    first, _ = sentiment_of_segments(story)
    assert first.sentences == ["Zu wenige Menschen, um Anteile zu zeigen."]
    assert first.chart is None


def test_without_segments_the_page_is_as_it_was_and_has_nothing_to_choose() -> None:
    without = publication(12)
    assert "segments" not in {section.id for section in sections_of(story_of(without))}
    page = render(without).replace(library(), "")
    assert "<select" not in page
    assert "data-segment=" not in page


def test_rows_of_questions_say_whose_they_are() -> None:
    page = render(told()).replace(library(), "")
    assert re.findall(r'<tr data-segment="(\w+)">', page) == ["public", "employees"]
    assert page.count("<option") == 3
