"""docs/operations.md, done as it stands there: from nothing to a schedule, and to being told."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.programs import free_port
from tests.loopback import Platform, Question, Reply, platform

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PATIENCE_SECONDS = 400.0
COMMENTS = """Kommentar-ID;Datum;Autor;Kommentar;Beitrag
a;03.11.2025;Anna;Großartig, endlich läuft das alles. Danke an das ganze Team!;Cloud
b;03.11.2025;Bert;Das ist eine Katastrophe, seit Wochen geht nichts mehr.;Cloud
"""


def five_commands() -> list[str]:
    """The commands of the page that start everything, as they stand there."""
    section = PAGE.split("## Five commands")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[1].strip().splitlines()


def until(found: Callable[[], Any], about: str) -> Any:
    """What `found` answers at last; fails if it stays empty."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(1)
    raise AssertionError(f"{about} did not happen in {PATIENCE_SECONDS:.0f} seconds")


class Operations:
    """A machine where nothing is set up yet: own folders, own port, own webhook."""

    def __init__(self, folder: Path, alerts: str) -> None:
        port = free_port()
        self.data, self.log = folder / "data", folder / "worker.log"
        self.api = f"http://127.0.0.1:{port}/api"
        self.background: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_API_PORT": str(port),
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "RESONANZ_HOME": str(ROOT),
            "RESONANZ_PATHS__DATA": str(self.data),
            "RESONANZ_AUTHOR_KEY": "0123456789abcdef" * 4,
            "RESONANZ_NOTIFY__WEBHOOK": "env:RESONANZ_ALERT_WEBHOOK",
            "RESONANZ_NOTIFY__LATE_MINUTES": "0.2",
            "RESONANZ_ALERT_WEBHOOK": alerts,
        }

    def do(self, command: str) -> str:
        """Run a command of the page; one that ends in `&` goes on until the end of the test."""
        if command.endswith("&"):
            with self.log.open("wb") as log:
                self.background.append(
                    subprocess.Popen(
                        ["bash", "-c", f"exec {command[:-1]}"],
                        cwd=ROOT,
                        env=self.environment,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
            return ""
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        print(f"{time.monotonic():.0f} {command}")
        assert ran.returncode == 0, f"`{command}`: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def ask(self, path: str, **body: Any) -> list[dict[str, Any]]:
        """What the server answers to a question."""
        answer = httpx.post(f"{self.api}/{path}", json=body, timeout=60).raise_for_status().json()
        return list(answer["events"] if isinstance(answer, dict) else answer)

    def runs(self, flow: str, state: str, **filters: Any) -> list[dict[str, Any]]:
        """The runs of a flow in a state."""
        chosen = {"state": {"type": {"any_": [state]}}} | filters
        return self.ask(
            "flow_runs/filter", flows={"name": {"any_": [flow]}}, flow_runs=chosen, limit=50
        )

    def stop_worker(self) -> None:
        """End what runs in the background."""
        for process in self.background:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)
        self.background.clear()


@pytest.fixture(scope="module")
def webhook() -> Iterator[Platform]:
    """A webhook on this machine that takes what it is sent."""

    def take(_: Question) -> Reply:
        return Reply("ok")

    with platform(take) as listening:
        yield listening


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory, webhook: Platform) -> Iterator[Operations]:
    """The five commands of the page, done."""
    made = Operations(tmp_path_factory.mktemp("operations"), f"{webhook.base}alerts")
    inbox = made.data / "inbox" / "intranet"
    inbox.mkdir(parents=True)
    (inbox / "a.csv").write_text(COMMENTS, encoding="utf-8")
    try:
        commands = five_commands()
        assert len(commands) == 5
        for command in commands:
            made.do(command)
        yield made
    finally:
        made.stop_worker()
        subprocess.run(
            ["prefect", "server", "stop"], env=made.environment, check=False, capture_output=True
        )


def said(webhook: Platform) -> list[str]:
    """The texts that the webhook was sent."""
    return [json.loads(question.body)["text"] for question in webhook.asked]


def test_the_first_run_publishes_and_shows_what_it_did(operations: Operations) -> None:
    assert operations.runs("daily", "COMPLETED"), operations.log.read_text()[-3000:]
    assert (operations.data / "published" / "latest" / "channel_weekly.csv").exists()
    keys = {artifact["key"] for artifact in operations.ask("artifacts/latest/filter")}
    assert {"daily-report", "publish-report", "published-folder", "published-files"} <= keys
    wanted = {"clean.comment", "classified.label", "mart.channel_weekly"}
    until(lambda: wanted <= set(tables_written(operations)), "an event for each table")
    assert all("flow-run" in roles for roles in tables_written(operations).values())


def tables_written(operations: Operations) -> dict[str, set[str]]:
    """Tables of which an event says that they were written -> what the event is related to."""
    found = operations.ask("events/filter", filter={"event": {"name": ["resonanz.table.written"]}})
    return {
        event["resource"]["prefect.resource.name"]: {
            related["prefect.resource.role"] for related in event["related"]
        }
        for event in found
    }


def test_a_scheduled_run_starts_by_itself_and_finishes(operations: Operations) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
    operations.do(
        "prefect --no-prompt deployment schedule create ingest/ingest --interval 3600 "
        f"--anchor-date {soon:%Y-%m-%dT%H:%M:%SZ}"
    )
    # By its expected time: a run may start some milliseconds before it.
    until(
        lambda: [
            run
            for run in operations.runs("ingest", "COMPLETED")
            if run["auto_scheduled"] and run["expected_start_time"] >= f"{soon:%Y-%m-%dT%H:%M:%S}"
        ],
        "the scheduled run",
    )


def test_runs_of_several_deployments_at_once_all_finish(operations: Operations) -> None:
    began = datetime.now(UTC)
    flows = ("ingest", "refine", "classify", "daily")
    for flow in flows:
        operations.do(f"prefect deployment run {flow}/{flow}")
    for flow in flows:
        after = {"start_time": {"after_": began.isoformat()}}
        until(lambda flow=flow, after=after: operations.runs(flow, "COMPLETED", **after), flow)
    assert not operations.runs("daily", "FAILED")


def test_a_failed_run_is_told_once(operations: Operations, webhook: Platform) -> None:
    operations.do("resonanz automations")
    # A second call makes no second pair.
    assert operations.do("resonanz automations").count("\n") == 2
    operations.do("prefect deployment run backfill/backfill --param first_day=2999-01-01")
    until(lambda: said(webhook), "a call of the webhook")
    time.sleep(5)
    assert len(said(webhook)) == 1
    assert "of `backfill` failed" in said(webhook)[0]
    assert "2999-01-01, which is in the future" in said(webhook)[0]


def test_a_run_that_nobody_starts_is_told(operations: Operations, webhook: Platform) -> None:
    operations.stop_worker()
    operations.do("prefect deployment run refine/refine")
    found = until(lambda: [text for text in said(webhook) if "is late" in text], "a late run")
    assert "of `refine` is late" in found[0]
