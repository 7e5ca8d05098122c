"""A file that somebody sent in; what of it can be read, or else the file itself, to landing."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from flows.keys.landing import seal_key
from flows.landing.archives import Member, members, packing_of
from flows.landing.files import UNRECOGNISED, LandingFolder
from flows.landing.tokens import without_tokens
from flows.landing.workspace import workspace
from flows.reading.landed import SAMPLE_SIZE, LandedFile
from flows.settings import Settings
from flows.sources.base import FileSource, recognise, recognise_sample
from models.canonical import Rejected
from models.counted import Counted

MOST_LINES = 10
"""Files of one archive that get a line each."""

MOST_KINDS = 6
"""Kinds of files that one line names."""

NO_COMMENTS = (
    "with a table in which no text or time was recognised: if it holds comments, name the columns "
    "in `settings.toml` under `[[sources.mappings]]` and take the archive in again"
)
LETTERS = (
    "with a table of messages to somebody, which has a column for the recipient: if it holds "
    "comments, name the columns in `settings.toml` and take the archive in again"
)


@dataclass(frozen=True)
class Delivery:
    """A file to take in, and the channel its sender named."""

    file: Path
    channel: str | None = None


@dataclass(frozen=True)
class Received:
    """What taking in one delivery came to; `is_whole`: there is nothing in it that did not land."""

    lines: tuple[str, ...] = ()
    new_count: int = 0
    repeat_count: int = 0
    rejected_count: int = 0
    is_whole: bool = True


@dataclass
class Tally:
    """What unpacking one archive came to so far."""

    lines: list[str] = field(default_factory=list)
    landed: Counter[str] = field(default_factory=Counter)
    """New files by source."""
    repeat_count: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    """Files that stayed outside, by ending: names may be those of people."""
    objections: Counter[str] = field(default_factory=Counter)
    """What was found in some of them."""
    damage: Counter[str] = field(default_factory=Counter)

    @property
    def is_known(self) -> bool:
        """Whether a source knows any file of the archive."""
        return bool(self.landed or self.repeat_count)


class Reception:
    """Takes in deliveries of one moment."""

    def __init__(self, as_of: datetime, settings: Settings) -> None:
        self._as_of, self._settings = as_of, settings
        self._landing = LandingFolder(settings.paths.landing, seal_key(settings.privacy))

    def receive(self, delivery: Delivery) -> Received:
        """Land a file, or the files in an archive that a source knows; safe to run twice."""
        source = recognise(delivery.file)
        if source or not is_archive(delivery.file):
            return self._receive_file(delivery, source, "unknown format, kept in landing")
        tally = self._unpack(delivery)
        if not tally.is_known:
            found = "; ".join(remarks(tally)) or "an archive without files"
            return self._receive_file(delivery, None, f"unknown format, kept in landing: {found}")
        if not tally.landed:
            return Received((), 0, tally.repeat_count, 0, is_whole(tally))
        lines = tuple(tally.lines) if len(tally.lines) <= MOST_LINES else ()
        if not lines or not is_whole(tally) or tally.repeat_count:
            lines += (f"`{delivery.file.name}`: " + "; ".join([taken(tally), *remarks(tally)]),)
        return Received(
            lines, tally.landed.total(), tally.repeat_count, len(tally.damage), is_whole(tally)
        )

    def _receive_file(
        self, delivery: Delivery, source: FileSource | None, unknown: str
    ) -> Received:
        """Land a file as it is; `unknown` is said of one that no source knows."""
        name = delivery.file.name
        if not self._land(delivery.file, source, delivery.channel, name):
            return Received(repeat_count=1)
        if source is None:
            return Received((f"`{name}`: {unknown}",), new_count=1, rejected_count=1)
        return Received((self._line(self._landed(delivery, name), source),), new_count=1)

    def _unpack(self, delivery: Delivery) -> Tally:
        """Land the files in an archive that a source knows."""
        tally, paths = Tally(), self._settings.paths
        # Not in the system's folder, which may be in memory.
        with workspace(paths.landing) as work:
            limits = self._settings.ingest
            for member in members(delivery.file, is_known, work, limits):
                if isinstance(member, Member):
                    self._receive_member(member, delivery, tally)
                else:
                    tally.damage[member.detail] += 1
        return tally

    def _receive_member(self, member: Member, delivery: Delivery, tally: Tally) -> None:
        source = recognise(member.file) if member.file else None
        name = f"{delivery.file.name}/{member.path}"
        landed = self._landed(Delivery(member.file or delivery.file, delivery.channel), name)
        objection = self._objection(landed, source) if source else None
        if source is None or objection:
            tally.outside[ending(member.path)] += 1
            tally.objections.update([objection] if objection else [])
        elif self._land(landed.path, source, delivery.channel, name):
            tally.landed[source.name] += 1
            if len(tally.lines) <= MOST_LINES:
                tally.lines.append(self._line(landed, source))
        else:
            tally.repeat_count += 1

    def _objection(self, landed: LandedFile, source: FileSource) -> str | None:
        """Why a file of an archive that `source` knows is not taken in after all; None if it is.

        What people export of themselves holds tables of contacts and of letters, too.
        """
        if not source.is_generic:
            return None
        first = next(source.read(landed, self._settings.sources.rules()), None)
        reason = first.reason if isinstance(first, Rejected) else ""
        return {"missing column": NO_COMMENTS, "private message": LETTERS}.get(reason)

    def _land(self, file: Path, source: FileSource | None, channel: str | None, name: str) -> bool:
        if source is None or not source.holds_tokens:
            folder = source.name if source else UNRECOGNISED
            return self._landing.land(file, folder, channel, self._as_of, name).is_new
        with without_tokens(file, self._settings.paths.landing) as clean:
            return self._landing.land(clean, source.name, channel, self._as_of, name).is_new

    def _landed(self, delivery: Delivery, name: str) -> LandedFile:
        return LandedFile(delivery.file, name, self._as_of, delivery.channel)

    def _line(self, landed: LandedFile, source: FileSource) -> str:
        how = source.describe(landed, self._settings.sources.rules())
        return f"`{landed.name}`: {source.name}" + (f" ({how})" if how else "")


def is_archive(file: Path) -> bool:
    """Whether a file is one that others are packed in."""
    with file.open("rb") as content:
        return packing_of(content.read(SAMPLE_SIZE)) is not None


def is_known(sample: bytes) -> bool:
    """Whether a source knows the file that begins so."""
    return recognise_sample(sample) is not None


def is_whole(tally: Tally) -> bool:
    """Whether all of an archive landed."""
    return not tally.outside and not tally.damage


def taken(tally: Tally) -> str:
    """How many files of an archive landed, by source."""
    by_source = listed(tally.landed, "sources")
    before = f", {tally.repeat_count:,} received before" if tally.repeat_count else ""
    return f"{Counted(tally.landed.total()):file|files} of it taken in ({by_source}){before}"


def remarks(tally: Tally) -> list[str]:
    """What of an archive did not land, and why."""
    found = []
    if tally.outside:
        kinds = listed(tally.outside, "kinds")
        found.append(f"{tally.outside.total():,} that no source knows stayed outside ({kinds})")
    found += [f"{count:,} of them {reason}" for reason, count in tally.objections.items()]
    for detail, count in tally.damage.items():
        found.append(f"{count:,} x {detail}" if count > 1 else detail)
    return found


def listed(counts: Counter[str], rest: str) -> str:
    """The most frequent of what was counted, and how many more there are."""
    shown = [f"{count:,} {name}" for name, count in counts.most_common(MOST_KINDS)]
    more = len(counts) - len(shown)
    return ", ".join([*shown, f"{more} more {rest}"] if more else shown)


def ending(path: str) -> str:
    """The kind of a file by the end of its name, without anything else of the name."""
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "without an ending"
