from typing import Any

import httpx
import pytest
from prefect import flow

from flows.running.report import StageReport
from flows.running.watched import (
    is_watched,
    show_page,
    show_reports,
    shown_progress,
    tell_tables,
    told_in_a_cell,
)

REPORTS = [StageReport("refine", 3, 2, 1, "2 kept")]


def test_outside_of_a_run_nobody_watches_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr("prefect.server.api.server.SubprocessASGIServer.start", refuse)
    assert not is_watched()
    show_reports("refine", REPORTS)
    tell_tables(["clean.comment"])
    show_page("quality-gate", "all well", "the verdict")
    with shown_progress("labelling") as show:
        show(0.5)


def test_a_file_that_is_called_like_a_tag_is_no_tag_in_an_artifact() -> None:
    details = ("`<img src=x onerror=alert(1)>.csv`: 1 x no time",)
    told = told_in_a_cell(StageReport("refine", 1, 0, 1, "1 file", details))
    assert told == "1 file<br>`&lt;img src=x onerror=alert(1)&gt;.csv`: 1 x no time"


@pytest.mark.usefixtures("prefect_server")
def test_a_server_that_goes_away_stops_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def away(*_: Any, **__: Any) -> None:
        asked.append("once")
        raise httpx.ConnectError("away")

    @flow
    def work() -> str:
        assert is_watched()
        for name in ("create_table_artifact", "create_progress_artifact"):
            monkeypatch.setattr(f"prefect.artifacts.{name}", away)
        show_reports("refine", REPORTS)
        with shown_progress("labelling") as show:
            show(0.5)
        return "done"

    assert work() == "done"
    assert len(asked) == 2
