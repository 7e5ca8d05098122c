"""HTML and script in comments, in the weekly letter, in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.letter.content import as_html, letter_of
from flows.wording import wording
from tests.flows.dashboard.publications import publication

pytestmark = pytest.mark.integration

CHROMIUM = shutil.which("chromium")
RUN = "document.title='run'"
ATTACKS = (
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}',
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<details open ontoggle={RUN}>",
    f"{{{{ self.__init__.__globals__ }}}} {{% if 1 %}}<script>{RUN}</script>{{% endif %}}",
    f"<style>@import 'http://127.0.0.1:1/x.css'</style><base href='javascript:{RUN}//'>",
    f"<math><mtext></style><img src=x onerror={RUN}></math>",
    f"[klick](javascript:{RUN})",
)


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


def opened_quietly(browser: Any, file: Path) -> Any:
    """The page of `file`, which asked for nothing else and ran nothing."""
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda one: asked.append(one.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert page.title() != "run"
    assert page.locator("script, iframe, svg, img[onerror], [onload], [onfocus]").count() == 0
    return page


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:12])
def test_a_comment_in_the_letter_is_read_and_never_run(
    attack: str, browser: Any, tmp_path: Path
) -> None:
    told = letter_of(publication(4, "de", (attack,)), wording("de")["digest"])
    file = tmp_path / "digest.html"
    file.write_text(as_html(told), encoding="utf-8")
    page = opened_quietly(browser, file)
    assert attack[:20].split("'")[0] in page.locator("body").inner_text()
    assert page.locator("a[href^='javascript']").count() == 0
    page.close()
