"""Flow: files that people drop or name -> the landing folder, each exactly once."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.landing import UNRECOGNISED, land
from flows.reading.landed import LandedFile
from flows.report import StageReport
from flows.settings import Settings, load_settings
from flows.sources.base import recognise
from models.errors import GiveUp

NOTES_FOR_PEOPLE = frozenset({"README.md", "README.txt"})


@dataclass(frozen=True)
class Delivery:
    """A file to take in, and the channel its sender named."""

    file: Path
    channel: str | None = None


@task(cache_policy=NO_CACHE)
def land_delivery(delivery: Delivery, as_of: datetime, settings: Settings) -> str | None:
    """Land one file; one line on what it is, or None if the same bytes had landed before."""
    source = recognise(delivery.file)
    name = source.name if source else UNRECOGNISED
    landing = land(delivery.file, name, delivery.channel, as_of, settings.paths.landing)
    if not landing.is_new:
        return None
    if source is None:
        return f"`{delivery.file.name}`: unknown format, kept in landing"
    landed = LandedFile(landing.path, delivery.file.name, as_of, delivery.channel)
    how = source.describe(landed, settings.sources.rules())
    return f"`{delivery.file.name}`: {source.name}" + (f" ({how})" if how else "")


@flow(name="ingest")
def ingest(
    files: Sequence[Path] = (), channel: str | None = None, as_of: datetime | None = None
) -> StageReport:
    """Land the named files, or without any those in the inbox; safe to run twice.

    Files of the inbox are removed once their bytes are in landing. `channel` says where the
    audience of the named files was met; in the inbox a subfolder's name does.
    """
    settings = load_settings()
    moment = as_of or datetime.now(UTC)
    deliveries = (
        [Delivery(readable(Path(file)), channel) for file in files]
        if files
        else inbox_deliveries(settings.paths.inbox)
    )
    lines = []
    for delivery in deliveries:
        before = delivery.file.stat()
        lines.append(land_delivery(delivery, moment, settings))
        if not files and is_unchanged(delivery.file, before):
            delivery.file.unlink()
    landed = [line for line in lines if line]
    repeats = len(lines) - len(landed)
    note = f"{len(landed)} new files" + (f", {repeats} received before" if repeats else "")
    report = StageReport("ingest", len(lines), len(landed), 0, note, tuple(landed))
    report.log(get_run_logger())
    return report


def inbox_deliveries(inbox: Path) -> list[Delivery]:
    """Every file of the inbox, oldest first; makes the folder if it is missing."""
    inbox.mkdir(parents=True, exist_ok=True)
    found = [
        path
        for path in inbox.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in NOTES_FOR_PEOPLE
    ]
    return [
        Delivery(path, path.parent.name if path.parent != inbox else None)
        for path in sorted(found, key=lambda path: (path.stat().st_mtime, path.name))
    ]


def is_unchanged(file: Path, before: os.stat_result) -> bool:
    """Whether a file is as it was: one that is still being written stays for the next run."""
    now = file.stat()
    return (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def readable(file: Path) -> Path:
    """Return `file`, or raise `GiveUp` if it is not a file that can be read."""
    if file.is_dir():
        raise GiveUp(f"`{file}` is a folder, expected a file; name the files in it.")
    if not file.is_file():
        raise GiveUp(f"`{file}` does not exist; nothing of this call was taken in.")
    return file
