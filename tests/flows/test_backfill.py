import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.backfill import backfill, window
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.settings import load_settings
from models.errors import GiveUp
from tests.flows.conftest import KeywordModel, Query

NOW = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)


@pytest.mark.usefixtures("workplace")
def test_a_window_is_made_of_days_of_the_reporting_zone() -> None:
    # The night in which summer time ends: the last day has 25 hours.
    assert window(date(2026, 10, 24), date(2026, 10, 25), NOW, load_settings()) == (
        datetime(2026, 10, 23, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    )


@pytest.mark.usefixtures("workplace")
def test_without_a_last_day_the_window_ends_with_today() -> None:
    late = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
    assert window(date(2026, 11, 1), None, late, load_settings())[1].day == 11


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
@pytest.mark.usefixtures("workplace")
def test_a_last_day_that_has_not_come_is_today(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_REPORTING__TIME_ZONE", zone)
    settings, first = load_settings(), date(2026, 11, 1)
    today = window(first, None, NOW, settings)
    assert window(first, date.max, NOW, settings) == today
    assert window(first, date(2026, 11, 12), NOW, settings) == today


@pytest.mark.usefixtures("workplace")
def test_the_first_day_may_be_the_one_from_which_computers_count() -> None:
    assert window(date(1970, 1, 1), None, NOW, load_settings())[0].year == 1969  # in UTC


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date.min, None, "before there was anything to ask"),
        (date(1969, 12, 31), None, "before there was anything to ask"),
        (date.max, None, "in the future"),
        (date(2026, 11, 5), date(2026, 11, 4), "before it begins"),
        (date(2999, 1, 1), None, "in the future"),
        (date(2999, 1, 1), date(2999, 1, 2), "in the future"),
    ],
)
@pytest.mark.usefixtures("workplace")
def test_a_window_that_can_not_be_is_refused(first: date, last: date | None, said: str) -> None:
    with pytest.raises(GiveUp, match=said):
        window(first, last, NOW, load_settings())


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server", "keyword_model")
def test_files_of_the_window_are_read_again_and_what_is_known_stays(
    workplace: Path, write_csv: Callable[..., Path], query: Query
) -> None:
    rows = {1: "a;01.11.2026;Anna;schlecht;Cloud", 2: "b;02.11.2026;Bert;gut;Cloud"}
    for day, row in rows.items():
        ingest([write_csv(f"{day}.csv", row)], as_of=datetime(2026, 11, day, 12, tzinfo=UTC))
    refine(as_of=NOW)
    reports = {r.stage: r for r in backfill(date(2026, 11, 2), as_of=NOW)}
    assert reports["refine"].note.startswith("1 file read: 1 comment")
    known = query("SELECT comment_id, text FROM clean.comment ORDER BY ALL")
    labels = query("SELECT count(*) FROM classified.label")
    again = {r.stage: r for r in backfill(date(2026, 11, 2), as_of=NOW)}
    assert again["publish"].note == "nothing new since the last publish"
    assert again["classify"].note == "nothing new"
    assert query("SELECT comment_id, text FROM clean.comment ORDER BY ALL") == known
    assert query("SELECT count(*) FROM classified.label") == labels


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_two_half_past_twos_of_the_night_summer_time_ends_do_no_harm(
    workplace: Path,
    write_csv: Callable[..., Path],
    query: Query,
    keyword_model: KeywordModel,
) -> None:
    from zoneinfo import ZoneInfo

    from flows.daily import daily

    inbox = workplace / "inbox"
    inbox.mkdir(parents=True)
    write_csv("a.csv", "a;24.10.2026;Anna;schlecht;Cloud").rename(inbox / "a.csv")
    berlin = ZoneInfo("Europe/Berlin")
    moments = [datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1)]
    assert moments[0].astimezone(UTC) != moments[1].astimezone(UTC)
    first, second = (daily(as_of=moment.astimezone(UTC)) for moment in moments)
    assert any(report.had_work for report in first)
    assert not any(report.had_work for report in second)
    assert len(keyword_model.asked) == 1
    assert len(list((workplace / "published" / "snapshots").iterdir())) == 1
    # The same moment once more, and what a moment earlier would publish: nothing either.
    assert not any(report.had_work for report in daily(as_of=moments[0].astimezone(UTC)))


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server", "keyword_model")
def test_a_run_shows_its_report_its_files_and_its_progress_on_the_server(
    workplace: Path, write_csv: Callable[..., Path]
) -> None:
    from prefect.client.orchestration import get_client

    from flows.classify import classify

    ingest([write_csv("a.csv", "a;24.10.2026;Anna;schlecht;Cloud", "b;x;Bert;gut;Cloud")])
    refine()
    classify()
    publish()
    with get_client(sync_client=True) as client:
        response = client._client.post("/artifacts/latest/filter", json={})
    shown = {artifact["key"]: artifact for artifact in response.json()}
    report = json.loads(shown["refine-report"]["data"])[0]
    assert (report["in"], report["rejected"]) == (3, 1)  # two comments and their post
    assert "1 record rejected" in report["note"]
    assert shown["labelling"]["data"] == 100.0
    folder = (workplace / "published" / "latest").resolve()
    assert folder.as_uri() in shown["published-folder"]["data"]
    assert "channel_weekly.csv" in shown["published-files"]["data"]
