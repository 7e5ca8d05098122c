import json
import re

import pytest

from flows.dashboard.page import as_script_data, library, render, subtitle
from tests.flows.dashboard.publications import publication, story

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def own_part(html: str) -> str:
    """The page without the charts' library."""
    return html.replace(library(), "")


def test_a_comment_can_run_nothing() -> None:
    page = own_part(render(publication(2, texts=(ATTACK,))))
    assert page.count("<script") == 3
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_what_the_script_reads_is_what_was_said() -> None:
    page = render(publication(1, texts=(ATTACK,)))
    found = re.search(r'id="content">(.*?)</script>', page, re.DOTALL)
    assert found
    assert ATTACK in [comment["text"] for comment in json.loads(found[1])["comments"]]


def test_script_data_cannot_end_its_element() -> None:
    assert "<" not in as_script_data({"text": "</script><!--"})


def test_the_page_names_no_address_to_load_from() -> None:
    page = own_part(render(publication(52)))
    assert not re.search(r'(src|href)="(?!#|https://blog\.example)', page)
    assert "url(" not in page
    assert "@import" not in page


def test_a_year_is_below_three_megabytes() -> None:
    long = "Das ist ein Kommentar von üblicher Länge, der etwas sagt. " * 6
    assert len(render(publication(52, texts=(long,) * 200)).encode()) < 3_000_000


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("weeks", [0, 1, 52])
def test_every_chart_has_its_place_and_its_sentence(weeks: int, language: str) -> None:
    page = own_part(render(publication(weeks, language)))
    found = re.search(r'id="content">(.*?)</script>', page, re.DOTALL)
    assert found
    places = re.findall(r'id="chart-(\w+)" role="img" aria-label="([^"]{20,})"', page)
    assert {name for name, _ in places} == set(json.loads(found[1])["charts"])


def test_equal_publications_are_equal_pages() -> None:
    assert render(publication(3)) == render(publication(3))


@pytest.mark.parametrize(
    ("language", "told"),
    [("de", "Stand 29.12.2025, 07:15 Uhr (Berlin)"), ("en", "As of 2025-12-29 07:15 (Berlin)")],
)
def test_the_page_says_in_its_language_and_by_its_clock_of_when_it_is(
    language: str, told: str
) -> None:
    assert subtitle(story(language=language)).startswith(f"{told} · ")
