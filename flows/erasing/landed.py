"""A person taken out of the landing files; what a reader finds then decides whether well."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.erasing.person import Person, is_meant
from flows.erasing.scrub import edit
from flows.erasing.search import Search
from flows.erasing.traces import Traces
from flows.keys.landing import read_landing_key
from flows.landing.files import delete_bytes, landed_files, opened, put_edited
from flows.landing.sealing import is_sealed
from flows.landing.workspace import workspace
from flows.reading.landed import LandedFile
from flows.settings import Settings
from flows.sources.base import recognise
from flows.storing.erased import ERASED
from models.canonical import Comment, Post, Record


@dataclass(frozen=True)
class LandedEdit:
    """What became of one landed file that held the person."""

    name: str
    record_count: int
    is_deleted: bool


def erase_landed(
    person: Person, traces: Traces, key: bytes, settings: Settings
) -> list[LandedEdit]:
    """Edit every landed file that holds the person; one that can't be edited well is deleted.

    Nothing of others is lost with a deleted file: what it told stays in the warehouse, only it
    can't be read again.
    """
    found = []
    for landed in list(landed_files(settings.paths.landing)):
        edited = erase_in(landed, person, traces, key, settings)
        if edited:
            found.append(edited)
    return found


def erase_in(
    landed: LandedFile, person: Person, traces: Traces, key: bytes, settings: Settings
) -> LandedEdit | None:
    """Take the person out of one landed file; None if it does not hold him."""
    landing, seal_key = settings.paths.landing, read_landing_key(settings.privacy)
    with (
        opened(landed, landing, seal_key) as readable,
        workspace(landing) as work,
    ):
        before = read(readable, settings)
        own = [record for record in before if is_meant(record, person, key)]
        traces = traces_in(before, person, traces)
        copy = work / "copy"
        # Some readers know a platform's ids by their shape: what they would refuse keeps its ids.
        for wanted in (traces, replace(traces, nameless={})):
            shutil.copyfile(readable.path, copy)
            copy.chmod(0o600)
            is_edited = edit(copy, wanted)
            if is_edited and copy.read_bytes() == readable.path.read_bytes():
                return None  # neither his records nor a word on him
            left = LandedFile(copy, landed.name, landed.received_at, landed.channel)
            after = read(left, settings)
            if (
                is_edited
                and not Search(wanted, settings.ingest, work, is_export=True).finds(copy)
                and keeps_others(before, after, person, traces, key)
            ):
                put_edited(copy, landed.path, seal_key if is_sealed(landed.path) else None)
                return LandedEdit(landed.path.name, len(own), is_deleted=False)
    if not own and not is_edited:
        return None  # no record of his, and a format that is not searched
    delete_bytes(landed)
    return LandedEdit(landed.path.name, len(own), is_deleted=True)


def traces_in(records: Sequence[Record], person: Person, traces: Traces) -> Traces:
    """What to take out of a file with these records: no names, where they are a namesake's.

    The same handle on another platform is another account until somebody says otherwise.
    """
    told = [record for record in records if isinstance(record, Comment | Post)]
    if any(record.platform == person.platform for record in told):
        return traces
    if any(is_namesake(record, traces) for record in told):
        return traces.without_names
    return traces.without_mentions


def traces_by_file(person: Person, traces: Traces, settings: Settings) -> dict[Path, Traces]:
    """What must not be in each landed file."""
    landing, seal_key = settings.paths.landing, read_landing_key(settings.privacy)
    found = {}
    for landed in landed_files(landing):
        with opened(landed, landing, seal_key) as readable:
            found[landed.path] = traces_in(read(readable, settings), person, traces)
    return found


def is_namesake(record: Comment | Post, traces: Traces) -> bool:
    """Whether the author of a record is called as the person is."""
    shown = record.author_name if isinstance(record, Comment) else None
    return any(traces.is_author(name) for name in (record.author, shown) if name)


def read(landed: LandedFile, settings: Settings) -> list[Record]:
    """All records of a file; none if no source knows it."""
    source = recognise(landed.path)
    return list(source.read(landed, settings.sources.rules())) if source else []


def keeps_others(
    before: Sequence[Record], after: Sequence[Record], person: Person, traces: Traces, key: bytes
) -> bool:
    """Whether an edited file gives the comments of all others, and none of the person."""
    if any(is_meant(record, person, key) and not is_emptied(record) for record in after):
        return False
    left = {identity(record, traces) for record in after}
    return others(before, person, traces, key) <= left


def others(records: Sequence[Record], person: Person, traces: Traces, key: bytes) -> set[object]:
    """What tells the records of everybody else apart."""
    return {
        identity(record, traces)
        for record in records
        if isinstance(record, Comment | Post) and not is_meant(record, person, key)
    }


def identity(record: Record, traces: Traces) -> object:
    """What tells a comment or post of a file, and its words but for those on the person."""
    if isinstance(record, Comment):
        words = traces.taken_from(record.text or "")
        return ("comment", record.native_id, record.created_at_raw, record.post_native_id, words)
    return ("post", record.native_id) if isinstance(record, Post) else None


def is_emptied(record: Record) -> bool:
    """Whether nothing of a record's author or words is left; its id may be."""
    return (
        isinstance(record, Comment | Post)
        and (record.text or ERASED) == ERASED
        and ((record.author or ERASED) == ERASED)
    )
