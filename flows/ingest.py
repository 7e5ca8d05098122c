"""Flow: files that people drop or name -> the landing folder, each exactly once."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.landing.files import sha256_of
from flows.landing.receive import Delivery, Received, Reception
from flows.landing.workspace import clear_leftovers
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.settings import Settings, load_settings
from models.counted import Counted
from models.errors import GiveUp

NOTES_FOR_PEOPLE = frozenset({"README.md", "README.txt"})


TAKEN = ".taken"
"""Folder of the inbox for archives that hold what did not land; hidden, so it is not scanned."""


@task(cache_policy=NO_CACHE)
def land_delivery(delivery: Delivery, as_of: datetime, settings: Settings) -> Received:
    """Land one file, or what an archive holds."""
    return Reception(as_of, settings).receive(delivery)


@flow(name="ingest")
@stage("ingest")
def ingest(
    files: Sequence[Path] = (), channel: str | None = None, as_of: datetime | None = None
) -> StageReport:
    """Land the named files, or without any those in the inbox; safe to run twice.

    Files of the inbox are removed once their bytes are in landing, and archives of which something
    stayed outside moved to its folder `.taken`. `channel` says where the audience of the named
    files was met; in the inbox a subfolder's name does.
    """
    settings = load_settings()
    moment = as_of or datetime.now(UTC)
    clear_leftovers(settings.paths.landing)
    deliveries = (
        [Delivery(readable(Path(file)), channel) for file in files]
        if files
        else inbox_deliveries(settings.paths.inbox)
    )
    received = []
    for delivery in deliveries:
        before = delivery.file.stat()
        received.append(land_delivery(delivery, moment, settings))
        if not files and is_unchanged(delivery.file, before):
            clear(delivery.file, received[-1], settings.paths.inbox, moment)
    report = report_of(received, has_set_aside=not files)
    report.log(get_run_logger())
    return report


def report_of(received: Sequence[Received], has_set_aside: bool) -> StageReport:
    """What all deliveries came to."""
    new = sum(one.new_count for one in received)
    repeats = sum(one.repeat_count for one in received)
    aside = sum(not one.is_whole for one in received) if has_set_aside else 0
    note = f"{Counted(new):new file|new files}" + (
        f", {repeats:,} received before" if repeats else ""
    )
    if aside:
        note += f", {Counted(aside):archive|archives} kept in `inbox/{TAKEN}/`"
    return StageReport(
        "ingest",
        rows_in=new + repeats,
        rows_out=new,
        rejected_count=sum(one.rejected_count for one in received),
        note=note,
        details=tuple(line for one in received for line in one.lines),
    )


def clear(file: Path, received: Received, inbox: Path, moment: datetime) -> None:
    """Remove a file from the inbox, or set it aside if something in it did not land."""
    if received.is_whole:
        file.unlink()
        return
    folder = inbox / TAKEN / file.parent.relative_to(inbox)
    folder.mkdir(parents=True, exist_ok=True)
    target, digest = folder / file.name, sha256_of(file)
    if target.exists() and sha256_of(target) != digest:
        target = folder / f"{digest[:12]}-{file.name}"
    set_aside(file, target, moment)


def set_aside(file: Path, target: Path, moment: datetime) -> None:
    """Move a file to `target`, with the `moment` at which it was received as its time.

    Its own time is the sender's, and `retention` counts from when it was received. The time of a
    file that belongs to another account can't be set; that of a copy can.
    """
    times = (moment.timestamp(), moment.timestamp())
    try:
        os.utime(file, times)
    except PermissionError:
        partial = target.with_name(f".{target.name}.partial")
        shutil.copyfile(file, partial)
        os.utime(partial, times)
        partial.replace(target)
        file.unlink()
    else:
        file.replace(target)


def inbox_deliveries(inbox: Path) -> list[Delivery]:
    """Every file of the inbox, oldest first; makes the folder if it is missing."""
    inbox.mkdir(parents=True, exist_ok=True)
    found = [
        path
        for path in inbox.rglob("*")
        if path.is_file()
        and path.name not in NOTES_FOR_PEOPLE
        and not any(part.startswith(".") for part in path.relative_to(inbox).parts)
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
