"""Published states: each an immutable folder with a manifest, one of them `latest`."""

import json
import os
import re
import shutil
import stat
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl

from flows.exports import all_exports
from flows.exports.analyst_copy import FILE_NAME, names_in
from flows.exports.base import Export
from flows.exports.dashboard import FILE_NAME as DASHBOARD
from flows.landing.files import STAMP, sha256_of
from flows.publishing.helping import Do
from flows.publishing.publication import Publication
from models.cores import cores
from models.errors import GiveUp
from transforms.corrections import State

MANIFEST = "manifest.json"
LATEST = "latest"
FOLDER = "snapshots"

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
"""What a snapshot is called. What else lies beside them, as the `.DS_Store` that Finder leaves in
every folder that it shows, or a copy that somebody made, is not ours to count or to delete."""

ANSWERING = "answering"
"""The folder, in a snapshot, of those who answer: the work lists, and all tables with them."""

ANSWERING_PAGE = "answering.html"
"""The link, beside `latest`, to the dashboard of those who answer."""

READ_ONLY, READ_BY_OWNER, OPENED_BY_OWNER = 0o444, 0o400, 0o700
"""Nobody edits what was published; a person who needs other numbers copies the file."""


class Snapshot:
    """One published state, by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """When it was published and from what: `20251110T080000Z-1a2b3c4d`."""
        return self.folder.name

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What was published; empty where the file is missing or broken."""
        try:
            content = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def state(self) -> Mapping[str, str]:
        """What its numbers rested on, part by part; empty for states of earlier versions."""
        found = self.manifest.get("state")
        return found if isinstance(found, dict) else {}

    @property
    def rested_on(self) -> State:
        """The same, with the models that answered."""
        models = self.manifest.get("models")
        return State(self.state, models if isinstance(models, dict) else {})

    @property
    def file(self) -> Path:
        """The DuckDB file with the work lists in it; that for all where there is no such file."""
        answering = self.folder / ANSWERING / FILE_NAME
        return answering if os.access(answering, os.R_OK) else self.folder / FILE_NAME

    def marts(
        self, without: Collection[str] = (), where: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, pl.DataFrame]:
        """The rows of every mart by its name; none where the file is missing or damaged.

        Marts that are named in `without`, as of millions of comments, are not read; of those in
        `where` the rows for which this SQL condition holds.
        """
        try:
            with duckdb.connect(self.file, read_only=True) as connection:
                return {
                    name: connection.sql(f'FROM mart."{name}" WHERE {where.get(name, "true")}').pl()
                    for name in names_in(connection)
                    if name not in without
                }
        except duckdb.Error:
            return {}


def latest_snapshot(published: Path) -> Snapshot | None:
    """What is published now; None if nothing is."""
    link = published / LATEST
    return Snapshot(link.resolve()) if link.is_dir() else None


def find_snapshot(published: Path, name: str) -> Snapshot:
    """The snapshot called `name`, by the start of its name, `latest` or `previous`.

    Raises `GiveUp` if there is none, or several begin so.
    """
    known = sorted(path for path in (published / FOLDER).glob("*") if (path / MANIFEST).exists())
    current = (published / LATEST).resolve().name  # the folder itself may be a link
    if name == LATEST:
        found = [path for path in known if path.name == current]
    elif name == "previous":
        found = [path for path in known if path.name < current][-1:]
    else:
        found = [path for path in known if path.name.startswith(name)]
    if len(found) == 1:
        return Snapshot(found[0])
    listed = ", ".join(f"`{path.name}`" for path in known) or "(none)"
    raise GiveUp(
        f"{'Several snapshots are' if found else 'There is no snapshot'} called `{name}`, expected "
        f"one of `latest`, `previous`, {listed}."
    )


def snapshot_folders(published: Path) -> list[Path]:
    """The folders of snapshots, also half written ones, the oldest first."""
    found = (published / FOLDER).glob("*")
    return sorted(path for path in found if NAME.fullmatch(path.name) and path.is_dir())


def write_exports(publication: Publication, name: str, published: Path, do: Do = partial) -> Path:
    """Write every export into a new folder, which is no snapshot before it is sealed.

    Until then only the account opens it that publishes. What everybody may read lies in it; the
    work lists are in its folder `answering` alone, which stays closed to other accounts. `do` takes
    over those that are written in parts, and is waited for at the end.
    """
    folder = published / FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)  # a crash may have left it half written
    answering = folder / ANSWERING
    answering.mkdir(parents=True)
    folder.chmod(OPENED_BY_OWNER)  # what is not judged yet might show what must stay hidden
    coming = [
        do(export.in_parts.write, export.in_parts.excerpt(part), place)
        for export in all_exports()
        if export.in_parts
        for part, place in (
            (publication.for_all, folder),
            (publication if export.is_whole else publication.work_lists, answering),
        )
    ]
    for export in all_exports():
        if not export.in_parts:
            write_export(export, publication, folder, answering)
    for written in coming:
        written()
    return folder


def write_export(export: Export, publication: Publication, folder: Path, answering: Path) -> None:
    """Write what everybody may read into `folder`, and what those get who answer beside it."""
    export.write(publication.for_all, folder)
    if export.widen:
        export.widen(publication.work_lists, folder, answering)
    else:
        export.write(publication if export.is_whole else publication.work_lists, answering)


def seal(folder: Path, publication: Publication, state: Mapping[str, str]) -> Path:
    """Make a snapshot of a folder of exports: with its manifest, and edited by nobody any more."""
    answering = folder / ANSWERING
    content = manifest(publication, state, folder)
    (folder / MANIFEST).write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(READ_BY_OWNER if path.is_relative_to(answering) else READ_ONLY)
    answering.chmod(OPENED_BY_OWNER)
    folder.chmod(stat.S_IMODE(folder.parent.stat().st_mode))
    return folder


def discard(folder: Path) -> None:
    """Take away exports that are not to be published."""
    shutil.rmtree(folder, ignore_errors=True)


def manifest(publication: Publication, state: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """What was published: the facts, every table's size and grain, every file's SHA-256."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with ThreadPoolExecutor(cores()) as threads:  # hashing works without Python's lock
        digests = list(threads.map(sha256_of, files))
    return {
        **publication.facts,
        "tables": {
            table.name: {"rows": rows.height, "grain": table.grain}
            for table, rows in publication.for_all.marts.items()
        },
        "files": {
            path.relative_to(folder).as_posix(): digest
            for path, digest in zip(files, digests, strict=True)
        },
        "state": dict(state),
    }


def swap_in(folder: Path, published: Path, kept: int) -> None:
    """Let `latest` lead to `folder`, in one step, and drop snapshots beyond the number kept."""
    # This link first: a run that is killed in between would find nothing new to publish.
    turn_link(published / DASHBOARD, Path(LATEST) / DASHBOARD)
    turn_link(published / ANSWERING_PAGE, Path(LATEST) / ANSWERING / DASHBOARD)
    turn_link(published / LATEST, folder.relative_to(published))
    folders = snapshot_folders(published)
    states = [path for path in folders if (path / MANIFEST).exists()]
    for old in folders:
        is_kept = old in states[-kept:] or old == folder
        if not is_kept:  # what has no manifest was left half written by a run that was killed
            shutil.rmtree(old)


def turn_link(link: Path, target: Path) -> None:
    """Let `link` lead to `target`, in one step."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)


def snapshot_name(as_of: datetime, fingerprint: str) -> str:
    """The name of a snapshot: names sort by when they were published."""
    return f"{as_of.astimezone(UTC):{STAMP}}-{fingerprint[:8]}"
