"""What a source of files is, and how the one for a file is found: by content, never by name."""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from models.canonical import Record

SAMPLE_SIZE = 64 * 1024
"""Bytes that a source sees to recognise a format: past any preamble, quick to read."""


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing folder: `path` to its bytes, `name` as its sender called it.

    `received_at` is timezone-aware; `channel` is what the person who dropped it said of it.
    """

    path: Path
    name: str
    received_at: datetime
    channel: str | None = None


@dataclass(frozen=True)
class ColumnMapping:
    """How the columns of a table file are to be read, where guessing is not good enough."""

    match: str = "*"
    """Pattern of the file names it is for, for example `umfrage*.csv`."""
    channel: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """Canonical field -> column header."""
    time_format: str | None = None
    """`strptime` format of the time column."""
    time_zone: str | None = None
    """Zone of times without an offset."""


@dataclass(frozen=True)
class ReadingRules:
    """What settings say about reading files; the same rules and bytes give the same records."""

    time_zone: str = "Europe/Berlin"
    """Zone assumed for times without an offset."""
    date_order: str = "dmy"
    """`dmy` or `mdy`: how `03/04/2025` is read where the column itself leaves it open."""
    mappings: tuple[ColumnMapping, ...] = ()

    def fingerprint(self) -> str:
        """Changes when any rule does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


Recognise = Callable[[bytes], bool]
"""The first `SAMPLE_SIZE` bytes of a file -> is it of this format?"""

Read = Callable[[LandedFile, ReadingRules], Iterator[Record]]
"""Yield every record of a landed file, in file order, usable or not; touches nothing else.

Never raises for what is wrong with the file's content: a broken record is a `Rejected`, and so is
a broken file, after the records that are intact.
"""

Describe = Callable[[LandedFile, ReadingRules], str | None]
"""One line on how a file will be read, for example the column mapping that was guessed."""


def no_description(_landed: LandedFile, _rules: ReadingRules) -> str | None:
    """The `Describe` of a source that has nothing to guess."""
    return None


@dataclass(frozen=True)
class FileSource:
    """A file format that holds posts and comments. One module of this folder declares one."""

    name: str
    about: str
    how_to_get: str
    """What a person does to get such a file, in one or two sentences."""
    recognise: Recognise
    read: Read
    version: int = 1
    """Raised when the reader improves: files that it read before are then read again."""
    is_generic: bool = False
    """Asked only after every specific source has said no."""
    describe: Describe = no_description

    def reading(self, rules: ReadingRules) -> str:
        """Fingerprint of how this source reads under `rules`."""
        return f"{self.name}/{self.version}/{rules.fingerprint()}"


@cache
def all_sources() -> dict[str, FileSource]:
    """Every source by name, specific ones first, so that their order is the order of asking."""
    modules = [
        importlib.import_module(f"flows.sources.{module.name}")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    ]
    sources = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    return {
        source.name: source
        for source in sorted(sources, key=lambda source: (source.is_generic, source.name))
    }


def recognise(path: Path) -> FileSource | None:
    """The source whose format the file's content has, or None."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_SIZE)
    return next((source for source in all_sources().values() if source.recognise(sample)), None)
