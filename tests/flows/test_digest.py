import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import flows.digest
from flows.digest import digest, publication_of
from flows.letter.content import Letter, letter_of
from flows.publishing.snapshots import swap_in
from flows.settings import Digest, load_settings
from flows.wording import wording
from models.errors import GiveUp
from tests.builders import write_snapshot
from tests.flows.dashboard.publications import publication

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

MONDAY = datetime(2025, 2, 3, 7, tzinfo=UTC)


@pytest.fixture
def published(workplace: Path) -> Path:
    folder = workplace / "published"
    swap_in(write_snapshot(publication(4), {}, "a", folder), folder, 8)
    return folder


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles of the letters that went out, where a webhook is set."""
    titles: list[str] = []

    def remember(letter: Letter, settings: Digest) -> None:
        titles.append(letter.title)

    monkeypatch.setattr(flows.digest, "by_webhook", remember)
    monkeypatch.setenv("RESONANZ_DIGEST__WEBHOOK", "env:HOOK")
    return titles


def test_without_a_way_to_send_it_the_letter_is_written(published: Path) -> None:
    report = digest(as_of=MONDAY)
    folder = published / "digest" / "2025-W05"
    assert (folder / "digest.md").read_text(encoding="utf-8").startswith("# Resonanz: KW 5 (")
    assert (folder / "digest.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "written" in str(report)


def test_only_the_account_that_publishes_can_open_a_letter(published: Path) -> None:
    (published / "digest").mkdir(mode=0o755)
    digest(as_of=MONDAY)
    for place in [published / "digest", *(published / "digest").rglob("*.*")]:
        assert place.stat().st_mode & 0o077 == 0, place
    assert (published / "digest" / "2025-W05").stat().st_mode & 0o077 == 0


def test_a_letter_goes_out_once_a_week_unless_asked_again(published: Path, sent: list[str]) -> None:
    digest(as_of=MONDAY)
    digest(as_of=MONDAY)
    assert sent == ["Resonanz: KW 5 (27.01. bis 02.02.2025)"]
    digest(again=True, as_of=MONDAY)
    assert len(sent) == 2
    told = json.loads((published / "digest" / "2025-W05" / "sent.json").read_text())
    assert told["ways"] == ["webhook"]


def test_a_comment_in_the_night_to_monday_does_not_make_the_letter_one_of_the_new_week(
    workplace: Path, sent: list[str]
) -> None:
    folder = workplace / "published"
    swap_in(write_snapshot(publication(5), {}, "a", folder), folder, 8)
    digest(as_of=MONDAY)
    letter = (folder / "digest" / "2025-W05" / "digest.md").read_text(encoding="utf-8")
    assert "In KW 5 (27.01. bis 02.02.2025) waren von " in letter
    assert "KW 6" not in letter
    digest(as_of=MONDAY + timedelta(weeks=1))
    assert sent == [
        "Resonanz: KW 5 (27.01. bis 02.02.2025)",
        "Resonanz: KW 6 (03.02. bis 09.02.2025)",
    ]


def test_the_week_ends_by_the_clock_of_the_zone_that_days_are_counted_in(published: Path) -> None:
    digest(as_of=datetime(2025, 2, 2, 22, 59, tzinfo=UTC))
    digest(as_of=datetime(2025, 2, 2, 23, tzinfo=UTC))  # Monday in Berlin
    assert sorted(path.name for path in (published / "digest").iterdir()) == [
        "2025-W04",
        "2025-W05",
    ]


def test_where_no_week_is_over_the_letter_is_of_the_one_that_runs(published: Path) -> None:
    digest(as_of=datetime(2025, 1, 7, 7, tzinfo=UTC))
    assert [path.name for path in (published / "digest").iterdir()] == ["2025-W05"]


def test_what_could_not_be_sent_is_sent_by_the_next_run(
    published: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    working: Callable[..., None] = flows.digest.by_webhook

    def refuse(letter: Letter, settings: Digest) -> None:
        raise GiveUp("the webhook answered 404; look at its address.")

    monkeypatch.setattr(flows.digest, "by_webhook", refuse)
    with pytest.raises(GiveUp):
        digest(as_of=MONDAY)
    monkeypatch.setattr(flows.digest, "by_webhook", working)
    digest(as_of=MONDAY)
    assert sent == ["Resonanz: KW 5 (27.01. bis 02.02.2025)"]


def test_of_lists_of_comments_a_letter_reads_what_it_tells_and_tells_the_same(
    workplace: Path,
) -> None:
    whole = publication(12, texts=("Wann kommt das?", "Wer hilft uns?"), segments=("staff",))
    questions = next(table for table in whole.marts if table.name == "comments_to_answer")
    later = whole.marts[questions].with_columns(decision=pl.lit("later"))
    both = pl.concat([whole.marts[questions], later])
    whole = replace(whole, marts={**whole.marts, questions: both})
    folder = workplace / "published"
    swap_in(write_snapshot(whole, {}, "a", folder), folder, 8)
    read = publication_of(load_settings())
    rows = {table.name: rows for table, rows in read.marts.items()}
    assert rows["evidence"]["month"].unique().to_list() == ["2025-03"]
    assert rows["comments_to_answer"]["decision"].to_list() == ["answer", "answer"]
    of_all = replace(read, marts=whole.marts)
    told, known = (letter_of(each, wording("de")["digest"]) for each in (read, of_all))
    assert (told.topics, told.questions) == (known.topics, known.questions)


def test_where_nothing_is_published_there_is_no_letter() -> None:
    with pytest.raises(GiveUp, match="Nothing is published yet"):
        digest(as_of=MONDAY)
