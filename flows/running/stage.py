"""What every stage has: its turn, a record of how it ended, and a report where somebody watches."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from flows.running.disk import disk_errors_told
from flows.running.report import StageReport
from flows.running.run_records import Outcome, RunRecord, read_record, write_record
from flows.running.turns import turn
from flows.running.watched import show_reports, tell_tables
from flows.settings import load_settings
from models.errors import GateFailed, ResonanzError, TryAgain

Parameters = ParamSpec("Parameters")
Reports = TypeVar("Reports", StageReport, list[StageReport])
Turn = Callable[[str, Path, float], AbstractContextManager[None]]
"""How a stage takes its turn: its name, where turns are noted, seconds to wait -> the turn."""


def stage(
    name: str, *tables: str, take: Turn = turn
) -> Callable[[Callable[Parameters, Reports]], Callable[Parameters, Reports]]:
    """Make a function the stage `name`, which writes `tables`; goes below Prefect's `@flow`.

    Of one stage one run is under way at a time, whoever started it; another waits as long as for
    the warehouse, then `TryAgain` is raised. One that must be alone says so by how its turn is to
    `take`.
    """

    def around(work: Callable[Parameters, Reports]) -> Callable[Parameters, Reports]:
        @wraps(work)
        def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Reports:
            settings = load_settings()
            folder = settings.paths.runs
            with disk_errors_told(), take(name, folder, settings.warehouse.wait_seconds):
                begun = begin(name, folder)
                try:
                    with disk_errors_told():
                        done = work(*args, **kwargs)
                except BaseException as error:
                    with suppress(OSError):  # a full disk holds no record; the error is told
                        end(begun, outcome_of(error), said(error), folder)
                    raise
                reports = [done] if isinstance(done, StageReport) else list(done)
                end(counted(begun, reports), "done", "", folder)
            show_reports(name, reports)
            tell_tables(tables if any(report.had_work for report in reports) else ())
            return done

        return run

    return around


def begin(name: str, folder: Path) -> RunRecord:
    """Record that a run is under way; a record that stays so is one of a run that was killed."""
    before = read_record(name, folder)
    succeeded_at = before.succeeded_at if before else None
    record = RunRecord(name, "running", datetime.now(UTC), succeeded_at=succeeded_at)
    write_record(record, folder)
    return record


def end(record: RunRecord, outcome: Outcome, note: str, folder: Path) -> None:
    """Record how a run ended."""
    now = datetime.now(UTC)
    succeeded_at = now if outcome == "done" else record.succeeded_at
    write_record(
        replace(
            record,
            outcome=outcome,
            ended_at=now,
            note=note or record.note,
            succeeded_at=succeeded_at,
        ),
        folder,
    )


def counted(record: RunRecord, reports: Sequence[StageReport]) -> RunRecord:
    """A run's record with what it did; of several stages, only what they rejected adds up."""
    alone = reports[0] if len(reports) == 1 else None
    return replace(
        record,
        rows_in=alone.rows_in if alone else 0,
        rows_out=alone.rows_out if alone else 0,
        rejected_count=sum(report.rejected_count for report in reports),
        note="; ".join(map(str, reports)),
    )


def outcome_of(error: BaseException) -> Outcome:
    """What kind of end `error` is."""
    if isinstance(error, GateFailed):
        return "gate failed"
    return "try again" if isinstance(error, TryAgain) else "failed"


def said(error: BaseException) -> str:
    """An error in a sentence; of one that nobody foresaw its kind only: it may quote a comment."""
    return str(error) if isinstance(error, ResonanzError) else type(error).__name__
