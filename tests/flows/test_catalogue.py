import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.catalogue import catalogue, check
from flows.fetch import fetch, source_of
from flows.fetching.secrets import secret
from flows.fetching.session import Session
from flows.ingest import ingest
from flows.refine import refine
from flows.settings import Account
from flows.sources.base import all_sources, api_sources
from models.errors import GiveUp
from tests.loopback import Platform, Reply, platform

MONDAY = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)
PAGES = Path(__file__).parents[2] / "docs" / "sources"
SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.mark.usefixtures("workplace")
def test_every_source_is_listed_with_what_it_needs() -> None:
    page = " ".join(catalogue().split())
    assert all(f"{source.name} {source.about}." in page for source in all_sources().values())
    assert "`stories` (needed)" in page
    assert "Last: never" in page


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_lines_fit_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = catalogue().splitlines()
    breakable = [line for line in lines if " " in line.strip() and "#" not in line]
    assert max(map(len, breakable)) <= min(columns, 100)


@pytest.mark.slow
@pytest.mark.usefixtures("account", "prefect_server")
def test_each_account_says_how_its_last_run_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Account `hn`: never asked" in catalogue()
    with platform(lambda question: Reply({}, 429, {"retry-after": "9999"})) as running:
        stay_here(monkeypatch, running)
        fetch(as_of=MONDAY)
    told = " ".join(catalogue().split())
    assert "Account `hn`: asked 2025-11-03 08:00 UTC, stopped at the platform's limit" in told
    assert "; waits until" in told


@pytest.mark.usefixtures("account")
def test_while_another_run_holds_the_warehouse_the_list_is_shown(workplace: Path) -> None:
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    workplace.mkdir(exist_ok=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(workplace / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    holder.stdout.readline()
    page = catalogue()
    holder.communicate(b"\n")
    assert "another run is under way" in page
    assert "Account `hn`: unknown" in page


@pytest.mark.usefixtures("workplace", "prefect_server")
def test_a_source_says_when_it_last_gave_something() -> None:
    ingest(files=[SAMPLES / "disqus.xml"], as_of=MONDAY)
    refine(as_of=MONDAY)
    assert "Last: 2025-11-03 08:00 UTC" in catalogue()


@pytest.fixture
def account(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of Hacker News in the settings."""
    given = [{"source": "hackernews_api", "name": "hn", "options": {"stories": "1"}}]
    monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", json.dumps(given))


def stay_here(monkeypatch: pytest.MonkeyPatch, running: Platform) -> type[Session]:
    monkeypatch.setattr("flows.fetch.Session", running.connect)
    return Session


@pytest.mark.usefixtures("account")
def test_an_account_is_tried_with_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    with platform(lambda question: Reply({"id": 1, "children": []})) as running:
        stay_here(monkeypatch, running)
        assert check("hn") == "`hn` (hackernews_api): it answers; token and options are good."
        assert len(running.asked) == 1


@pytest.mark.usefixtures("account")
def test_an_account_that_is_refused_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with platform(lambda question: Reply({}, 403)) as running:
        stay_here(monkeypatch, running)
        with pytest.raises(GiveUp, match="check the token and its rights"):
            check("hn")


@pytest.mark.usefixtures("account")
def test_an_answer_of_another_shape_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with platform(lambda question: Reply(["Jonna writes"])) as running:
        stay_here(monkeypatch, running)
        with pytest.raises(GiveUp, match="shape that is not expected") as raised:
            check("hn")
    assert "Jonna" not in str(raised.value)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hackernews_api", "yours of it: `hn`"),
        ("facebook_api", r"docs/sources/facebook_api\.md"),
        ("disqus_xml", "reads files"),
        ("nobody", r"`settings\.toml` has `hn`"),
    ],
)
def test_who_names_a_source_instead_of_an_account_is_told_the_way(name: str, told: str) -> None:
    with pytest.raises(GiveUp, match=told):
        check(name)


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("name", api_sources())
def test_what_the_page_of_an_interface_says_to_write_is_an_account(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    accounts = [one for text in examples for one in tomllib.loads(text)["fetch"]["accounts"]]
    assert accounts
    for one in map(Account.model_validate, accounts):
        assert one.source == name
        source_of(one)
        if one.token:
            monkeypatch.setenv(one.token.removeprefix("env:"), "s3cret")
            assert secret(one.token) == "s3cret"


@pytest.mark.parametrize("name", all_sources())
def test_every_source_has_a_page(name: str) -> None:
    assert (PAGES / f"{name}.md").is_file()
