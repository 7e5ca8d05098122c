import re
from dataclasses import replace

import polars as pl
import pytest

from flows.dashboard.page import story_of, subtitle
from flows.dashboard.sections.quality import quality
from flows.dashboard.story import Story
from tests.flows.dashboard.publications import FACTS, WEEK_ONE, publication, story
from transforms.marts import published_tables

HIDDEN = ("comments", "audience_comments", "unlabelled")
WITHOUT_TOTAL = FACTS | {
    "counts": {name: count for name, count in FACTS["counts"].items() if name not in HIDDEN},
    "hidden_counts": dict.fromkeys(HIDDEN, "would reveal another row"),
}


def with_mart(name: str, *rows: dict[str, object]) -> Story:
    """A story with the rows of one mart more."""
    table = published_tables()[name]
    frame = pl.DataFrame(rows, schema=table.schema())
    told = publication(4)
    return story_of(replace(told, marts={**told.marts, table: frame}))


def test_numbers_are_written_as_the_language_does() -> None:
    assert "1.180 Kommentare gelesen" in quality(story()).sentences[0]
    assert "1,180 comments read" in quality(story(language="en")).sentences[0]


def test_one_is_told_as_one() -> None:
    ones = FACTS | {"counts": dict.fromkeys(FACTS["counts"], 1)}
    german, english = (
        story_of(replace(publication(4, language), facts=ones)) for language in ("de", "en")
    )
    assert subtitle(german).endswith(" · 1 Kommentar des Publikums auf 1 Beitrag")
    assert subtitle(english).endswith(" · 1 comment by the audience on 1 post")
    assert quality(german).sentences[0] == (
        "1 Kommentar gelesen: 1 vom Publikum, 1 eigene Antwort, 1 ausgelassen. "
        "1 Datensatz war nicht lesbar, 1 Kommentar ist noch nicht klassifiziert."
    )
    assert quality(english).sentences[0] == (
        "1 comment read: 1 by the audience, 1 own answer, 1 left out. "
        "1 record could not be read, 1 comment is not classified yet."
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_number_of_comments_that_reveals_something_is_left_out_of_the_sentence(
    language: str,
) -> None:
    told = replace(publication(4, language), facts=WITHOUT_TOTAL)
    (sentence,) = quality(story_of(told)).sentences
    _, subject = subtitle(story_of(told)).split(" · ")
    assert re.findall(r"\d+", sentence) == ["120", "60", "3"]
    assert re.findall(r"\d+", subject) == ["40"]


def test_posts_of_which_most_is_missing_come_first_and_whole_ones_not_at_all() -> None:
    posts = [
        {"post_id": f"p{missing}", "post_title": f"Beitrag {missing}", "channel": "blog"}
        | {"reported_comment_count": 9, "loaded_comment_count": 9 - missing}
        | {"missing_count": missing}
        for missing in (2, 0, 7)
    ]
    (table,) = quality(with_mart("post_coverage", *posts)).tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Beitrag 7", "blog", "9", "2"],
        ["Beitrag 2", "blog", "9", "7"],
    ]


def test_each_source_is_told_with_what_it_reports_and_what_is_here() -> None:
    source = {"source": "facebook_graph", "channel": "facebook", "last_seen_day": WEEK_ONE}
    counts = {"post_count": 12, "reported_comment_count": 1200, "loaded_comment_count": 1187}
    hidden = {"source": "isso", "channel": "blog", "last_seen_day": WEEK_ONE, "post_count": 1}
    reason = {"hidden_reason": "fewer than 5 authors"}
    rows = (source | counts | {"missing_count": 13}, hidden | reason)
    (table,) = quality(with_mart("source_coverage", *rows)).tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["facebook_graph", "facebook", "12", "1.200", "1.187", "13", "06.01.2025"],
        ["isso", "blog", "1", "", "ausgeblendet", "ausgeblendet", "06.01.2025"],
    ]
