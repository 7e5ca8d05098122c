"""Flow: a window of days once more, from the platforms and from landing, to published tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prefect import flow

from flows.classify import classify
from flows.daily import fetched
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.settings import Settings, load_settings
from flows.warehouse import writing
from models.errors import GiveUp
from transforms.canonical import naive_utc

EARLIEST = date(1970, 1, 1)
"""The day from which computers count; no platform holds anything that is older."""


@flow(name="backfill")
@stage("backfill")
def backfill(
    first_day: date,
    last_day: date | None = None,
    names: Sequence[str] = (),
    as_of: datetime | None = None,
) -> list[StageReport]:
    """Bring the days from `first_day` to `last_day` (at most today) up to date once more.

    Accounts are asked for everything since the first day, whatever they were asked before;
    interfaces know no last day, so what is later comes, too. Files that landed in these days are
    read again. Then comments are labelled and tables published as every day. Safe to run twice:
    what is known already changes nothing.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    since, until = window(first_day, last_day, moment, settings)
    reports = fetched(moment, names, since)
    read_again(since, until, settings)
    return [
        *reports,
        ingest(as_of=moment),
        refine(as_of=moment),
        classify(as_of=moment),
        publish(as_of=moment),
    ]


def window(
    first_day: date, last_day: date | None, moment: datetime, settings: Settings
) -> tuple[datetime, datetime]:
    """The beginning of the first day and the end of the last, as days of the reporting zone.

    A last day that has not come is today: nothing is newer. Raises `GiveUp` for a window that ends
    before it begins, or begins in the future or before `EARLIEST`.
    """
    zone = ZoneInfo(settings.reporting.time_zone)
    today = moment.astimezone(zone).date()
    last = min(last_day or today, today)
    if first_day < EARLIEST:
        raise GiveUp(
            f"the window begins on {first_day}, before there was anything to ask for: name "
            f"{EARLIEST} or a later day."
        )
    if first_day > today:
        raise GiveUp(f"the window begins on {first_day}, which is in the future.")
    if last < first_day:
        raise GiveUp(f"the window ends on {last}, before it begins on {first_day}.")
    first, after = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for day in (first_day, last + timedelta(days=1))
    )
    return first, after


def read_again(since: datetime, until: datetime, settings: Settings) -> None:
    """Let the next `refine` read every file again that landed from `since` to before `until`."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute(
            "UPDATE ops.refined_file SET reading = 'again' "
            "WHERE received_at_utc >= ? AND received_at_utc < ?",
            [naive_utc(since), naive_utc(until)],
        )
