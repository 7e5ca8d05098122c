import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from models.findings import Finding, Judgement
from transforms.data_docs import data_docs, offline
from transforms.expectations import judge
from transforms.marts import all_marts
from transforms.suites import suite_of

ATTACK = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages on a table whose every text attacks, and on an empty one."""
    table = all_marts()["post_sentiment_daily"].table
    values = {"text": ATTACK, "count": 3, "share": 1.7}
    row = {column.name: values.get(column.kind) for column in table.columns}
    attacked = pl.DataFrame([row, row], schema=table.schema())
    other = all_marts()["channel_weekly"].table
    judgement = judge([suite_of(table, attacked), suite_of(other, other.empty())])
    return data_docs(judgement, "2025-11-10 08:00", "Nothing was published.")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of `folder`: pages may be opened from one, too."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_nothing_is_fetched_and_nothing_runs(pages: dict[str, str]) -> None:
    assert set(pages) == {"index.html", "01.html", "02.html"}
    for page in pages.values():
        assert not re.search(r"<(script|link|img|iframe|form|svg)\b", page)
        assert not re.search(r"""(?:href|src|url|import)[=(\s]+["']?(?:https?:)?//""", page)
        assert "default-src 'none'" in page


def test_links_lead_to_pages_that_are_there(pages: dict[str, str]) -> None:
    leads = {link for page in pages.values() for link in re.findall(r'href="([^"#]+)"', page)}
    assert leads == {"01.html", "02.html", "index.html"}


def test_the_verdict_stands_on_the_first_page(pages: dict[str, str]) -> None:
    index = pages["index.html"]
    assert "checks failed, the last good publish stays" in index
    assert "Judged at 2025-11-10 08:00 UTC. Nothing was published." in index
    assert "<td>share</td>" in index
    assert "&lt;script&gt;" in index


def test_the_page_of_a_table_says_what_was_expected_and_how_often_it_was_not_so(
    pages: dict[str, str],
) -> None:
    assert "2 unexpected values found" in pages["01.html"]
    assert "ran" not in re.findall(r"document\.title='(\w+)", pages["01.html"])


def test_a_table_without_a_page_is_told_all_the_same() -> None:
    finding = Finding("gate.x", "at most 1", "n", False, 1)
    assert "at most 1" in data_docs(Judgement((finding,)), "now", "")["index.html"]


@pytest.mark.parametrize(
    "active",
    [
        '<a href="javascript:x()">a</a>',
        '<a href=" HTTPS://example.org">a</a>',
        '<a href="//example.org">a</a>',
        '<b onclick="x()">a</b>',
        '<b style="background: url(https://example.org)">a</b>',
        '<img src="https://example.org">',
        '<meta http-equiv="refresh" content="0; https://example.org">',
        "<style>@import url(https://example.org)</style>",
    ],
)
def test_what_runs_or_leads_outside_is_taken_out(active: str) -> None:
    page = offline(f"<html><head></head><body>{active}</body></html>")
    assert not re.search(r"example|javascript|onclick", page, re.IGNORECASE)


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_asks_for_nothing_and_runs_nothing(pages: dict[str, str], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    for name, page in pages.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    asked: list[str] = []
    with served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        for start in (f"file://{tmp_path}", address):
            tab.goto(f"{start}/index.html")
            tab.click("a[href='01.html'] >> nth=0")
            tab.wait_for_load_state()
            assert "ran" not in tab.title()
            assert "Evaluated Expectations" in tab.inner_text("body")
        browser.close()
    outside = [url for url in asked if not url.startswith(("file:", address))]
    assert outside == []
    assert {url.rsplit("/", 1)[1] for url in asked} <= {"index.html", "01.html", "favicon.ico"}
