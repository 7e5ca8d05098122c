"""A publish is judged by a process beside it, and that changes nothing but the time it takes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from flows.classify import classify
from flows.ingest import ingest
from flows.publish import publish
from flows.publishing.helping import helping
from flows.publishing.judging import judged
from flows.publishing.snapshots import latest_snapshot
from flows.refine import refine
from flows.running.direct import without_prefect
from models.contract import Column, Table
from models.errors import GateFailed, GiveUp
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


@pytest.mark.parametrize("hands", [1, 2])
def test_another_process_finds_what_this_one_would(hands: int) -> None:
    with helping(hands) as do:
        found = judged(do, suites(3, -1, -2))()
    assert found.findings == judge(suites(3, -1, -2)).findings
    assert list(found.pages) == ["mart.example"]
    assert [finding.where for finding in found.failed] == [("d-1", "d-2")]


def misfit(expect: Any) -> Iterator[Any]:
    """An expectation about a column that is not there."""
    yield expect.ExpectColumnValuesToNotBeNull(column="nowhere")


def test_what_cannot_be_judged_is_raised_here() -> None:
    with helping(2) as do, pytest.raises(GiveUp, match="can't be judged"):
        judged(do, [Suite("mart.example", pl.DataFrame({"day": ["d1"]}), misfit)])()


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
    assert openpyxl.load_workbook(good.folder / "resonanz.xlsx").sheetnames[0] == "Methode"
    assert openpyxl.load_workbook(good.folder / "answering" / "resonanz.xlsx").sheetnames
    assert json.loads((good.folder / "manifest.json").read_text())["checks"]["passed"] > 100
    assert latest_snapshot(workplace / "published").folder == good.folder  # type: ignore[union-attr]
    assert list((workplace / "published" / "snapshots").iterdir()) == [good.folder]
