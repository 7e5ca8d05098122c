import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.running.run_records import RunRecord, write_record
from flows.settings import Settings, load_settings
from flows.status import as_json, as_text, status
from flows.warehouse import merge, writing
from models.tables.comment import COMMENT
from models.tables.current_model import CURRENT_MODEL
from models.tables.fetch_state import FETCH_STATE
from tests.builders import comment_row
from tests.flows.conftest import Query

NOW = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ran(workplace: Path, stage: str, outcome: str = "done", hours_ago: float = 1) -> None:
    at = NOW - hours_ago * HOUR
    record = RunRecord(stage, outcome, at, at, note="told", succeeded_at=at)  # type: ignore[arg-type]
    write_record(record, workplace / "runs")


@pytest.fixture
def settings(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A warehouse with a comment of this morning and an account that was asked an hour ago."""
    accounts = [{"source": "hackernews_api", "name": "hn", "options": {"stories": "1"}}]
    monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", json.dumps(accounts))
    found = load_settings()
    put_comment(found, NOW - HOUR)
    put_fetch(found, NOW - HOUR)
    ran(workplace, "publish")
    return found


def put_comment(settings: Settings, written_at: datetime) -> None:
    row = comment_row("c", created_at_utc=written_at.replace(tzinfo=None))
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, COMMENT, pl.DataFrame([row], schema=COMMENT.schema()))
        model = pl.DataFrame({"head": ["sentiment"], "model_version": ["m@1"]})
        merge(connection, CURRENT_MODEL, model)


def put_fetch(settings: Settings, at: datetime) -> None:
    row = dict.fromkeys(FETCH_STATE.column_names) | {
        "account": "hn",
        "source": "hackernews_api",
        "memory": "{}",
        "fetched_at_utc": at.replace(tzinfo=None),
        "note": "complete",
    }
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        merge(connection, FETCH_STATE, pl.DataFrame([row], schema=FETCH_STATE.schema()))


def test_a_fresh_pipeline_is_healthy_and_says_what_waits(
    settings: Settings, workplace: Path
) -> None:
    (workplace / "inbox").mkdir()
    (workplace / "inbox" / "a.csv").write_text("x")
    (workplace / "landing" / "table_file").mkdir(parents=True)
    landed = workplace / "landing" / "table_file" / "20261110T060000Z-0123456789ab-b.csv"
    landed.write_text("12345")
    found = status(NOW)
    assert found.problems == ()
    assert (found.inbox_files, found.warehouse.unread_files) == (1, 1)
    assert found.warehouse.unlabelled_comments == 1
    assert found.warehouse.models == {"sentiment": "m@1"}
    assert found.bytes_used["landing"] == 5
    assert as_text(found).startswith("All is well.\n")
    assert (
        json.loads(as_json(found))["warehouse"]["newest_comment_at"] == "2026-11-10T07:00:00+00:00"
    )


def test_each_thing_that_is_too_old_is_a_problem(
    settings: Settings, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(workplace, "publish", hours_ago=30)
    put_fetch(settings, NOW - 27 * HOUR)
    put_comment(settings, NOW - 15 * 24 * HOUR)
    monkeypatch.setenv("RESONANZ_STATUS__LEAST_FREE_GB", "1e9")
    publish, fetch, comment, disk = status(NOW).problems
    assert publish == ("the last good `publish` is of 2026-11-09 02:00 UTC, more than 26 hours ago")
    assert "`fetch`" in fetch
    assert "newest comment" in comment
    assert "GB are free" in disk
    for name in ("HOURS_SINCE_PUBLISH", "HOURS_SINCE_FETCH", "DAYS_SINCE_COMMENT", "LEAST_FREE_GB"):
        monkeypatch.setenv(f"RESONANZ_STATUS__{name}", "0")
    assert status(NOW).is_healthy


def test_an_account_that_is_no_longer_set_up_does_not_grow_stale(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_fetch(settings, NOW - 99 * HOUR)
    assert not status(NOW).is_healthy
    monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", "[]")
    assert status(NOW).is_healthy


@pytest.mark.parametrize(
    ("outcome", "is_healthy"),
    [("done", True), ("try again", True), ("failed", False), ("gate failed", False)],
)
def test_a_failed_run_is_a_problem_and_a_busy_one_is_not(
    settings: Settings, workplace: Path, outcome: str, is_healthy: bool
) -> None:
    ran(workplace, "publish", outcome)
    assert status(NOW).is_healthy is is_healthy


def test_a_run_that_was_killed_is_a_problem(settings: Settings, workplace: Path) -> None:
    write_record(RunRecord("classify", "running", NOW), workplace / "runs")
    assert status(NOW).problems == ("`classify` ended badly (failed): killed before its end",)


def test_a_run_under_way_is_told_from_one_that_was_killed(
    settings: Settings, workplace: Path
) -> None:
    from flows.running.turns import turn

    write_record(RunRecord("classify", "running", NOW), workplace / "runs")
    with turn("classify", workplace / "runs", 0):
        assert status(NOW).is_healthy


@pytest.mark.parametrize("engine", ["duckdb", "ducklake"])
def test_a_warehouse_of_another_version_is_asked_and_left_as_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, query: Query, engine: str
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__ENGINE", engine)
    put_comment(load_settings(), NOW - HOUR)
    with writing(settings.paths.warehouse, load_settings().warehouse) as connection:
        connection.execute("UPDATE ops.layout SET digest = 'earlier'")
        connection.execute("DROP VIEW classified.dated")
        connection.execute("INSERT INTO ops.labelling VALUES (now(), 7, 7)")  # which are not there
    state = (
        "SELECT (SELECT digest FROM ops.layout), (SELECT count(*) FROM ops.reporting), "
        "(SELECT sum(label_count) FROM ops.labelling), (SELECT count(*) FROM duckdb_views() "
        "WHERE schema_name = 'classified' AND view_name = 'dated')"
    )
    assert query(state) == [("earlier", 0, 7, 0)]
    before = contents(settings.paths.root)
    assert status(NOW).warehouse.unlabelled_comments == 1
    assert contents(settings.paths.root) == before
    assert query(state) == [("earlier", 0, 7, 0)]


def contents(folder: Path) -> dict[Path, bytes]:
    """The files below `folder`."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_answers_while_a_run_holds_the_warehouse(settings: Settings) -> None:
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.paths.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        found = status(NOW)
        assert found.is_healthy
        assert found.warehouse.is_busy
        assert "in use by a run" in as_text(found)
        holder.kill()


def test_the_command_changes_nothing_and_ends_as_a_monitor_expects(workplace: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "status", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["problems"] == ["no `publish` has ended well yet"]
    assert not workplace.exists()
