"""What a reader is given: a landed file, and the rules that the settings state for reading."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

SAMPLE_SIZE = 64 * 1024
"""Bytes that a source sees to recognise a format: past any preamble, quick to read."""


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing folder: `path` to its bytes, `name` as its sender called it.

    The name of a file that came in an archive is that of the archive, "/" and the path inside.
    `received_at` is timezone-aware; `channel` is what the person who dropped it said of it.
    """

    path: Path
    name: str
    received_at: datetime
    channel: str | None = None

    @property
    def path_inside(self) -> PurePosixPath | None:
        """Where the file was in the archive that it came in; None if it came by itself.

        Only a name: it leads to no file.
        """
        _, is_inside, path = self.name.partition("/")
        return PurePosixPath(path) if is_inside else None


@dataclass(frozen=True)
class ColumnMapping:
    """How the columns of a table file are to be read, where guessing is not good enough."""

    match: str = "*"
    """Pattern of the file names it is for, for example `umfrage*.csv`; of a file in an archive it
    may be for the name alone, or for all of the path."""
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
