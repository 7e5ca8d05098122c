"""The stages, alone and in a row: what schedules start."""

from datetime import datetime
from pathlib import Path

import click

from flows.commands.terminal import AS_OF, DAY, run, show, show_tables, verdict


@click.command()
@AS_OF
def daily(as_of: datetime | None) -> int:
    """Take in the inbox and bring every table up to date."""
    from flows.daily import daily as flow

    reports = run(flow, as_of=as_of)
    show(*reports)
    show_tables()
    return verdict(*reports)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--from", "first_day", type=DAY, metavar="DATE", required=True, help="First day.")
@click.option("--to", "last_day", type=DAY, metavar="DATE", help="Last day; today if left out.")
@AS_OF
def backfill(
    names: tuple[str, ...],
    first_day: datetime,
    last_day: datetime | None,
    as_of: datetime | None,
) -> int:
    """Bring a window of days up to date once more, as after an outage or a loss.

    The accounts NAMES, or all, are asked for everything since the first day, whatever they were
    asked before. Files that landed in these days are read again. What is missing is then labelled,
    and the tables are published. What is known already changes nothing.
    """
    from flows.backfill import backfill as flow

    last = last_day.date() if last_day else None
    reports = run(flow, first_day=first_day.date(), last_day=last, names=names, as_of=as_of)
    show(*reports)
    show_tables()
    return verdict(*reports)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--full", is_flag=True, help="Ask for every comment again, to notice deletions.")
@AS_OF
def fetch(names: tuple[str, ...], full: bool, as_of: datetime | None) -> int:
    """Ask the accounts NAMES of settings.toml, or all of them, for new comments."""
    from flows.fetch import fetch as flow

    show(run(flow, names=names, is_full_sweep=full, as_of=as_of))
    return 0


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--channel", help="Where the audience was met: facebook, linkedin, intranet, ...")
@AS_OF
def ingest(files: tuple[Path, ...], channel: str | None, as_of: datetime | None) -> int:
    """Take in FILES, or without any the files of the inbox.

    The format is recognised from the content. Archives (zip, gz, zst, tar) are unpacked; what of
    them no source knows stays outside. For tables, the columns that were recognised are
    shown; set them in settings.toml where the guess is wrong. In the inbox, files of a subfolder
    belong to the channel that it is named after.
    """
    from flows.ingest import ingest as flow

    paths = [path.expanduser().resolve() for path in files]
    report = run(flow, files=paths, channel=channel, as_of=as_of)
    show(report)
    return verdict(report)


@click.command()
@AS_OF
def refine(as_of: datetime | None) -> int:
    """Read what has landed into the clean tables; reject, with reasons, what can't be used."""
    from flows.refine import refine as flow

    report = run(flow, as_of=as_of)
    show(report)
    return verdict(report)


@click.command()
@AS_OF
def classify(as_of: datetime | None) -> int:
    """Let the model label the comments that it has not labelled yet."""
    from flows.classify import classify as flow

    show(run(flow, as_of=as_of))
    return 0


@click.command()
@AS_OF
def publish(as_of: datetime | None) -> int:
    """Build the tables, check them, and put them in data/published/latest."""
    from flows.publish import publish as flow

    show(run(flow, as_of=as_of))
    show_tables()
    return 0


@click.command()
@click.option("--again", is_flag=True, help="Send it once more, even if it has gone out.")
@AS_OF
def digest(again: bool, as_of: datetime | None) -> None:
    """Write the weekly letter from what is published; send it where settings.toml says so."""
    from flows.digest import digest as flow

    show(run(flow, again=again, as_of=as_of))


@click.command()
@AS_OF
def retention(as_of: datetime | None) -> int:
    """Delete what has been kept for longer than settings.toml allows under [retention]."""
    from flows.retention import retention as flow

    show(run(flow, as_of=as_of))
    return 0


COMMANDS: tuple[click.Command, ...] = (
    daily,
    backfill,
    fetch,
    ingest,
    refine,
    classify,
    publish,
    digest,
    retention,
)
