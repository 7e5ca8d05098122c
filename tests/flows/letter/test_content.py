import re
from dataclasses import replace

import polars as pl
import pytest

from flows.letter.content import Letter, as_html, as_markdown, letter_of
from flows.wording import wording
from tests.flows.dashboard.publications import publication

ATTACK = "[klick](javascript:alert(1)) <script>alert(1)</script>\n# Titel"


def letter(weeks: int = 4, language: str = "de", texts: tuple[str, ...] = ()) -> Letter:
    return letter_of(publication(weeks, language, texts), wording(language)["digest"])  # type: ignore[arg-type]


def test_a_letter_begins_with_what_changed_and_names_its_week() -> None:
    told = letter()
    assert told.title == "Resonanz: KW 5 (27.01. bis 02.02.2025)"
    assert told.changes[0].startswith("In KW 5 (27.01. bis 02.02.2025) waren von 40 Kommentaren")


def test_topics_have_their_names_their_month_and_at_most_three_quotes_each() -> None:
    told = letter()
    assert told.topics[0].name == "Cloud und Infrastruktur"
    assert " im Januar 2025: negativ " in told.topics[0].sentence
    assert [len(topic.quotes) <= 3 for topic in told.topics] == [True] * 5
    assert any(topic.quotes for topic in told.topics)


def test_what_fits_into_the_time_is_asked_for_with_its_reason() -> None:
    (question,) = letter(texts=("Wann kommt das?",)).questions
    assert question.text == "Wann kommt das?"
    assert question.reason == "Frage, wartet seit 3 Tagen."
    assert question.link == "https://blog.example/?c=1"


def test_without_comments_the_letter_says_so() -> None:
    told = letter(0)
    assert "Es gibt noch keine Kommentare." in told.changes[0]
    assert "Nichts wartet auf eine Antwort." in as_markdown(told)


@pytest.mark.parametrize("language", ["de", "en"])
def test_both_forms_say_the_same(language: str) -> None:
    told = letter(4, language, ("Wann kommt das?",))
    for sentence in (told.topics[0].name, "Wann kommt das?"):
        assert sentence in as_markdown(told)
        assert sentence in as_html(told)


def test_a_comment_is_no_markup_in_either_form() -> None:
    told = letter(4, texts=(ATTACK,))
    html, markdown = as_html(told), as_markdown(told)
    assert "<script" not in html
    assert all(link.startswith("https://") for link in re.findall(r'href="([^"]*)', html))
    assert r"\[klick\](javascript:alert(1)) \<script\>" in markdown
    assert "\n# Titel" not in markdown


def test_a_mail_loads_nothing() -> None:
    html = as_html(letter(4, texts=("Wann?",)))
    assert not re.search(r"<(img|link|script|iframe)|url\(|@import", html)


def test_missing_comments_are_told() -> None:
    told = publication(4)
    table = next(table for table in told.marts if table.name == "channel_weekly")
    row = {"post_id": "p", "post_title": "x", "channel": "blog", "reported_comment_count": 9}
    missing = [row | {"loaded_comment_count": 9 - gap, "missing_count": gap} for gap in (3, 0, 4)]
    marts = {**told.marts, replace(table, name="post_coverage"): pl.DataFrame(missing)}
    gaps = letter_of(replace(told, marts=marts), wording("de")["digest"]).gaps
    assert gaps[-1] == (
        "Bei 2 Beiträgen meldet die Plattform 7 Kommentare mehr, als hier vorliegen."
    )


def test_an_address_ends_where_it_ends_whatever_stands_in_it() -> None:
    told = letter(texts=("Wann kommt das?",))
    (question,) = told.questions
    link = "https://a.example/> **fett** <!channel> <https://b.example|hier>"
    markdown = as_markdown(replace(told, questions=[replace(question, link=link)]))
    (line,) = [line for line in markdown.splitlines() if "Wann kommt das?" in line]
    assert line.endswith(
        " <https://a.example/%3E%20**fett**%20%3C!channel%3E%20%3Chttps://b.example%7Chier%3E>"
    )


def test_where_all_may_read_no_question_is_quoted() -> None:
    told = letter(texts=("Wann kommt das?",))
    heads = {
        quotes: re.findall(r"^## (.*)$", as_markdown(replace(told, quotes_questions=quotes)), re.M)
        for quotes in (True, False)
    }
    words = wording("de")["digest"]
    assert heads[True] == [words["topics"], words["questions"], words["gaps"]]
    assert heads[False] == [words["topics"], words["gaps"]]
    assert "Wann kommt das?" not in as_markdown(replace(told, quotes_questions=False))
