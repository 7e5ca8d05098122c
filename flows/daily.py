"""Flow: the whole way, ingest -> refine -> classify -> publish, in that order."""

from datetime import UTC, datetime

from prefect import flow

from flows.classify import classify
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.report import StageReport


@flow(name="daily")
def daily(as_of: datetime | None = None) -> list[StageReport]:
    """Take in the inbox and bring every table up to date; safe to run twice.

    Each stage starts from what the one before left on disk, so that a run after a crash goes on
    where it ended. `as_of` is the moment that counts as now.
    """
    moment = as_of or datetime.now(UTC)
    return [
        ingest(as_of=moment),
        refine(as_of=moment),
        classify(as_of=moment),
        publish(as_of=moment),
    ]
