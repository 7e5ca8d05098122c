"""The gate before publish: what is judged, and where its verdict is written.

The verdict goes to the run's log and artifact, to the pages in `data/published/quality/`, and, if
it is bad, to whoever started the run.
"""

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from flows.publishing.publication import Marts
from flows.running.watched import show_page
from flows.settings import Settings
from flows.warehouse import writing
from models.counted import Counted
from models.errors import GateFailed
from models.findings import Finding, Judgement
from transforms.data_docs import data_docs
from transforms.sieve import sifted
from transforms.suites import Suite, is_tall, suite_of, sums_of
from transforms.watch import (
    coverage_suite,
    drift_suite,
    freshness,
    freshness_suite,
    loss_suite,
    volume_suite,
)

QUALITY = "quality"
"""The folder, beside `latest`, in which the pages lie."""

DRIFT, VOLUMES = "drift_weekly", "channel_weekly"

AUDIENCE = "SELECT count(*) FROM classified.dated WHERE is_audience"
LABELLED = "SELECT count(*), count(sentiment) FROM classified.audience WHERE is_audience"
NEWEST = """
    SELECT
        (SELECT max(created_at_utc) FROM clean.comment),
        (SELECT max(received_at_utc) FROM ops.refined_file)
"""


def suites_for(
    marts: Marts, published: int | None, moment: datetime, settings: Settings
) -> list[Suite]:
    """Everything that must hold before `marts` are published at `moment`.

    `published` is how many comments the last publish had; None if there was none. Of exact counts
    of comments only the verdicts leave this room: what is published may leave them out.
    """
    limits, this_week = (
        settings.gate.limits(settings.privacy.smallest_cell),
        monday_of(moment, settings),
    )
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        audience, labelled = row_of(connection, LABELLED)
        ages = ages_at(moment, connection)
    return [
        *(sifted(suite_of(table, rows, limits.smallest_cell)) for table, rows in marts.items()),
        *(sifted(sums_of(table, rows)) for table, rows in marts.items() if is_tall(table)),
        freshness_suite(ages, limits),
        *(volume_suite(rows, this_week, limits) for t, rows in marts.items() if t.name == VOLUMES),
        loss_suite(audience, published, limits),
        coverage_suite(audience, labelled, limits),
        *(drift_suite(rows, this_week) for table, rows in marts.items() if table.name == DRIFT),
    ]


def audience_count(settings: Settings) -> int:
    """How many comments of the audience there are."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return int(row_of(connection, AUDIENCE)[0])


def require_fresh(moment: datetime, settings: Settings) -> str:
    """What is to be told of the age of the data where nothing new is published; "" if nothing.

    Raises `GateFailed` if it is older than `fail_after_days`.
    """
    limits = settings.gate.limits(settings.privacy.smallest_cell)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        ages = ages_at(moment, connection)
    what, days = max(ages.items(), key=lambda entry: entry[1], default=("", 0.0))
    told = f"the {what} is {Counted(round(days)):day|days} old"
    if limits.fail_after_days and days > limits.fail_after_days:
        raise GateFailed(
            f"{told}, more than the {limits.fail_after_days} of `fail_after_days`; the last good "
            "publish stays. Ask the platforms again, or take in a new export."
        )
    return f"; {told}" if limits.warn_after_days and days > limits.warn_after_days else ""


def record(judgement: Judgement, moment: datetime, settings: Settings) -> None:
    """Write the pages and the run's artifact."""
    write_pages(judgement, moment, settings)
    page = settings.paths.published / QUALITY / "index.html"
    told = f"{as_markdown(judgement)}\n\n[All findings]({page.as_uri()})"
    show_page("quality-gate", told, judgement.sentence[:200])


def require_passed(judgement: Judgement) -> None:
    """Raise `GateFailed`, with the first findings, if one of them is critical."""
    if judgement.failed:
        raise GateFailed(judgement.sentence)


def write_pages(judgement: Judgement, moment: datetime, settings: Settings) -> None:
    """Put the pages in the place of those of the last run."""
    state = "Nothing was published." if judgement.failed else "The tables were published."
    at = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
    folder = settings.paths.published / QUALITY
    new, old = folder.with_name(f".{QUALITY}.new"), folder.with_name(f".{QUALITY}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)  # a crash may have left it
    new.mkdir(parents=True)
    for name, page in data_docs(judgement, at, state).items():
        (new / name).write_text(page, encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def as_markdown(judgement: Judgement) -> str:
    """The verdict and every finding that is not good, as the artifact shows them."""
    return "\n".join(
        [
            judgement.sentence,
            "",
            *(f"- failed: {escaped(found)}" for found in judgement.failed),
            *(f"- warning: {escaped(found)}" for found in judgement.warnings),
        ]
    )


def escaped(found: Finding) -> str:
    """A finding in which names of channels can't be taken for HTML."""
    return str(found).replace("&", "&amp;").replace("<", "&lt;")


def monday_of(moment: datetime, settings: Settings) -> date:
    """The Monday of the week of `moment` in the reporting time zone."""
    day = moment.astimezone(ZoneInfo(settings.reporting.time_zone)).date()
    return day - timedelta(days=day.weekday())


def ages_at(moment: datetime, connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Days since the newest comment and the newest file."""
    newest_comment, newest_file = row_of(connection, NEWEST)
    return freshness(newest_comment, newest_file, moment.astimezone(UTC).replace(tzinfo=None))


def row_of(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row that `query` answers."""
    return connection.execute(query).fetchall()[0]
