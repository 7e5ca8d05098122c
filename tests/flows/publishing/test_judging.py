"""A publish is judged by a process of its own, and that changes nothing but the time it takes."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import flows.publishing.judging
from flows.classify import classify
from flows.ingest import ingest
from flows.publish import publish
from flows.publishing.judging import judging
from flows.publishing.snapshots import latest_snapshot
from flows.refine import refine
from flows.running.direct import without_prefect
from models.contract import Column, Table
from models.errors import GateFailed, GiveUp, TryAgain
from transforms.expectations import judge
from transforms.suites import Suite, suite_of

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("day",),
    columns=(Column("day", "text", "day"), Column("comment_count", "count", "n")),
)
MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def suites(*counts: int) -> list[Suite]:
    frame = pl.DataFrame({"day": [f"d{n}" for n in counts], "comment_count": counts})
    return [suite_of(TABLE, frame.cast(dict(TABLE.schema())))]  # type: ignore[arg-type]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started, in their order."""
    found: list[subprocess.Popen[bytes]] = []
    start = flows.publishing.judging.start

    def noticed(program: str) -> subprocess.Popen[bytes]:
        found.append(start(program))
        return found[-1]

    monkeypatch.setattr(flows.publishing.judging, "start", noticed)
    return found


def test_another_process_finds_what_this_one_would(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with judging(2) as ask:
        found = ask(suites(3, -1, -2))()
    assert found.findings == judge(suites(3, -1, -2)).findings
    assert list(found.pages) == ["mart.example"]
    assert [finding.where for finding in found.failed] == [("d-1", "d-2")]
    assert len(started) == 1


def test_one_hand_judges_here(started: list[subprocess.Popen[bytes]]) -> None:
    with judging(1) as ask:
        assert ask(suites(3, -1))().findings == judge(suites(3, -1)).findings
    assert not started


def misfit(expect: Any) -> Iterator[Any]:
    """An expectation about a column that is not there."""
    yield expect.ExpectColumnValuesToNotBeNull(column="nowhere")


def test_what_cannot_be_judged_is_raised_here() -> None:
    with judging(2) as ask, pytest.raises(GiveUp, match="can't be judged"):
        ask([Suite("mart.example", pl.DataFrame({"day": ["d1"]}), misfit)])()


def test_a_judge_that_was_killed_is_told_of(started: list[subprocess.Popen[bytes]]) -> None:
    with judging(2) as ask:
        os.kill(started[0].pid, signal.SIGKILL)
        with pytest.raises(TryAgain, match=r"\(signal 9\).*`processes = 1` under `\[publish\]`"):
            ask(suites(3))()


def test_a_judge_that_is_never_asked_ends_with_the_block(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with judging(2):
        assert started[0].poll() is None
    assert started[0].poll() is not None


def test_a_judge_that_nobody_waits_for_ends_with_the_block(
    started: list[subprocess.Popen[bytes]],
) -> None:
    def marts_fail() -> None:
        with judging(2) as ask:
            ask(suites(3))
            raise GiveUp("no disk")

    with pytest.raises(GiveUp, match="no disk"):
        marts_fail()
    assert started[0].poll() is not None


@pytest.mark.usefixtures("keyword_model")
def test_a_publish_that_is_judged_beside_is_swapped_in_or_leaves_nothing(
    workplace: Path, write_csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PUBLISH__PROCESSES", "2")
    with without_prefect():
        for name, moment in (("a", MONDAY), ("b", MONDAY + timedelta(days=30))):
            file = write_csv(f"{name}.csv", f"{name}1;03.11.2025;Anna;gut;Cloud")
            for flow in (ingest, refine, classify):
                flow(**({"files": [file]} if flow is ingest else {}), as_of=moment)
            if name == "b":
                monkeypatch.setenv("RESONANZ_GATE__FAIL_AFTER_DAYS", "20")
                with pytest.raises(GateFailed, match="not older than 20 days"):
                    publish(as_of=moment)
            else:
                publish(as_of=moment)
                good = latest_snapshot(workplace / "published")
    assert good
    assert json.loads((good.folder / "manifest.json").read_text())["checks"]["passed"] > 100
    assert latest_snapshot(workplace / "published").folder == good.folder  # type: ignore[union-attr]
    assert list((workplace / "published" / "snapshots").iterdir()) == [good.folder]
