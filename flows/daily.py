"""Flow: the whole way, fetch -> ingest -> refine -> classify -> publish, in that order."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import flow, get_run_logger

from flows.classify import classify
from flows.fetch import fetch
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.settings import load_settings
from models.errors import ResonanzError


@flow(name="daily")
@stage("daily")
def daily(as_of: datetime | None = None) -> list[StageReport]:
    """Ask the platforms, take in the inbox and bring every table up to date; safe to run twice.

    Each stage starts from what the one before left on disk, so that a run after a crash goes on
    where it ended. `as_of` is the moment that counts as now.
    """
    moment = as_of or datetime.now(UTC)
    return [
        *fetched(moment),
        ingest(as_of=moment),
        refine(as_of=moment),
        classify(as_of=moment),
        publish(as_of=moment),
    ]


def fetched(
    moment: datetime, names: Sequence[str] = (), again_since: datetime | None = None
) -> list[StageReport]:
    """The report of `fetch`, if any account is set up; a platform's fault stops no other stage."""
    if not (names or load_settings().fetch.accounts):
        return []
    try:
        return [fetch(names=names, as_of=moment, again_since=again_since)]
    except ResonanzError as error:
        get_run_logger().error("fetch: %s", error)
        return [StageReport("fetch", rejected_count=1, note=f"not complete: {error}")]
