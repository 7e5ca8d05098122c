import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.catalogue import catalogue, check
from flows.fetching.session import Session
from flows.ingest import ingest
from flows.refine import refine
from flows.sources.base import all_sources
from models.errors import GiveUp
from tests.loopback import Platform, Reply, platform

MONDAY = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.mark.usefixtures("workplace")
def test_every_source_is_listed_with_what_it_needs() -> None:
    page = catalogue()
    assert all(f"  {source.name}\n    {source.about}." in page for source in all_sources().values())
    assert "`stories` (needed)" in page
    assert "Last: never" in page


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
