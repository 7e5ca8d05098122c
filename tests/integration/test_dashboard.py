"""The dashboard in a real browser, as people open it: from a file, without a network."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.exports.dashboard import EXPORT, FILE_NAME
from tests.flows.dashboard.publications import publication

pytestmark = pytest.mark.integration

CHROMIUM = shutil.which("chromium")
ATTACK = "</script><script>document.title='run'</script><img src=x onerror=document.title='run'>"

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's chromium, headless."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open the page of a publication; at its end nothing may have failed or been asked for."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def open_page(
        weeks: int = 52,
        language: str = "de",
        width: int = 1200,
        segments: tuple[str, ...] = (),
        **how: Any,
    ) -> Any:
        texts = (ATTACK,) if weeks else ()
        EXPORT.write(publication(weeks, language, texts, segments), tmp_path)
        address = (tmp_path / FILE_NAME).as_uri()
        context = browser.new_context(viewport={"width": width, "height": 800}, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url == address or complaints.append(asked.url))
        page.goto(address)
        page.wait_for_selector("body[data-drawn=yes]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("weeks", [0, 52])
def test_the_page_opens_without_an_error_or_a_request(
    opened: Open, weeks: int, language: str
) -> None:
    page = opened(weeks, language)
    assert page.locator("h1").inner_text().startswith("Resonanz")
    assert page.locator(".chart svg").count() == (4 if weeks else 0)
    assert page.title() != "run"


@pytest.mark.parametrize("weeks", [0, 52])
def test_nothing_scrolls_sideways_on_a_phone(opened: Open, weeks: int) -> None:
    page = opened(weeks, width=360)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(opened: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(color_scheme=scheme)
    page.locator("summary").first.click()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(barrier["id"], barrier["nodes"][0]["html"][:200]) for barrier in found] == []


def test_a_number_opens_its_comments_by_keyboard_and_closes_again(opened: Open) -> None:
    page = opened()
    page.locator("#topics summary").click()
    page.locator("#topics button.evidence").first.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#comments")
    assert dialog.is_visible()
    assert page.locator("#comments-list li").count() > 0
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_the_dialog_shows_a_comment_as_it_was_written(opened: Open) -> None:
    page = opened(1)
    page.evaluate("show({})")
    assert ATTACK in page.locator("#comments-list").inner_text()
    assert page.locator("#comments-list img").count() == 0
    assert page.title() != "run"


def test_a_chosen_segment_has_its_own_mood_questions_and_comments(opened: Open) -> None:
    page = opened(12, segments=("employees", "public"), width=360)
    assert page.locator("#sentiment").is_visible()
    assert page.locator("#questions tbody tr:visible").count() == 1
    page.select_option("#segment", "employees")
    page.wait_for_selector("#chart-sentiment_1 svg")
    assert not page.locator("#sentiment").is_visible()
    assert page.locator("#sentiment_1").is_visible()
    assert page.locator("#segment-note").is_visible()
    assert page.locator("#questions tbody tr:visible").count() == 0
    assert page.locator("#questions .none-of-it").is_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    page.evaluate("show({month: '2025-01'})")
    count = page.locator("#comments-count").inner_text()
    page.keyboard.press("Escape")
    page.select_option("#segment", "")
    assert page.locator("#sentiment").is_visible()
    assert not page.locator("#sentiment_1").is_visible()
    assert not page.locator("#questions .none-of-it").is_visible()
    page.evaluate("show({month: '2025-01'})")
    assert page.locator("#comments-count").inner_text() != count


def test_axe_finds_no_barrier_where_segments_can_be_chosen(opened: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(12, segments=("employees", "public"))
    page.select_option("#segment", "public")
    page.wait_for_selector("#chart-sentiment_2 svg")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(barrier["id"], barrier["nodes"][0]["html"][:200]) for barrier in found] == []


def test_printed_it_is_a_document_with_its_tables(opened: Open) -> None:
    page = opened()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.pdf(format="A4")[:5] == b"%PDF-"
