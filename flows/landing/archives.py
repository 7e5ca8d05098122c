"""An archive in (zip, gzip, Zstandard, tar, known by content), the files in it out, one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from flows.landing.stream_entries import gzip_name, gzip_stream, tar_entries, zstd_stream
from flows.landing.unpacking import (
    CHUNK,
    DAMAGED,
    Broken,
    Budget,
    Damage,
    Entries,
    Entry,
    Stream,
    TooMuch,
    plain_path,
)
from flows.landing.zip_entries import zip_entries
from flows.reading.landed import SAMPLE_SIZE
from flows.settings import Ingest

Packing = Literal["zip", "gzip", "zstd", "tar"]

IsWanted = Callable[[bytes], bool]
"""The first `SAMPLE_SIZE` bytes of a file in an archive -> is it to be unpacked?"""

DOCUMENT_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"ppt/", b"xl/")
"""How Office's documents begin, which are zips: what they hold is one document, no delivery."""

OTHER_DOCUMENT_PARTS = (b"mimetype", b"META-INF/")
"""The same of LibreOffice, e-books and programs of Java."""

DEEPEST = 3
"""Archives in archives that are opened: a delivery is packed again when it is passed on."""

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
LITTER_FOLDER = "__MACOSX"
"""What desktops put into archives by themselves; files `._*` are of the same kind."""


@dataclass(frozen=True)
class Member:
    """A file in an archive; `path` leads to it there, through a nested archive if it is in one.

    `file` has its bytes, only until the next member is asked for; None if it was not wanted, or is
    an archive that lies too deep to be opened.
    """

    path: str
    file: Path | None = None
    is_too_deep: bool = False


def packing_of(sample: bytes) -> Packing | None:
    """How the file with these first bytes is packed; None if it is no archive."""
    if sample.startswith(b"PK\x03\x04"):
        is_document = sample[30:].startswith(DOCUMENT_PARTS + OTHER_DOCUMENT_PARTS)
        return None if is_document else "zip"
    if sample.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    # A frame of Zstandard, or one that is to be skipped.
    is_skippable = sample[1:4] == b"\x2a\x4d\x18" and 0x50 <= sample[0] <= 0x5F
    if sample.startswith(b"\x28\xb5\x2f\xfd") or is_skippable:
        return "zstd"
    return "tar" if sample[257:262] == b"ustar" else None


def packing_of_all(sample: bytes) -> Packing | None:
    """The same, where documents of Office are to be opened, too."""
    return "zip" if sample.startswith(b"PK\x03\x04") else packing_of(sample)


def members(
    archive: Path,
    is_wanted: IsWanted,
    folder: Path,
    limits: Ingest,
    is_thorough: bool = False,
) -> Iterator[Member | Damage]:
    """Every file of an archive, and of archives in it, in order; then what could not be unpacked.

    Only wanted members are unpacked as a whole, into `folder`, one at a time. Never raises for
    what is wrong with the archive: it is told as `Damage`, and so is a limit that was reached.
    Empty members are never wanted; documents of Office are members, and what desktops add by
    themselves is left out, unless it `is_thorough`.
    """
    budget = Budget(limits, archive.stat().st_size)
    unpacker = Unpacker(is_wanted, folder, budget, is_thorough)
    try:
        yield from unpacker.members(archive, archive.name, depth=0)
    except TooMuch as error:
        yield Damage(str(error))


@dataclass(frozen=True)
class Unpacker:
    """Walks through one archive and those nested in it."""

    is_wanted: IsWanted
    folder: Path
    budget: Budget
    is_thorough: bool

    def packing_of(self, sample: bytes) -> Packing | None:
        """How a file is packed that is to be opened; None if it is not."""
        return packing_of_all(sample) if self.is_thorough else packing_of(sample)

    def members(self, archive: Path, name: str, depth: int) -> Iterator[Member | Damage]:
        """The members of `archive`; raises `TooMuch`."""
        packing = self.packing_of(sample_of(archive))
        for entry in entries(archive, name, packing, self.budget):
            if isinstance(entry, Damage):
                yield entry
            elif not is_litter(path := plain_path(entry.path)) or self.is_thorough:
                self.budget.count_member()
                try:
                    yield from self.member(Entry(path, entry.stream), depth)
                except Broken as error:
                    yield Damage(str(error))

    def member(self, entry: Entry, depth: int) -> Iterator[Member | Damage]:
        """The member that an entry is, or those in it; raises `Broken` and `TooMuch`."""
        sample = entry.stream.peek(SAMPLE_SIZE)
        file = self.folder / f"member {depth}"
        if sample and self.is_wanted(sample):
            entry.stream.save(file)
            yield Member(entry.path, file)
        elif self.packing_of(sample) and depth < DEEPEST:
            entry.stream.save(file)
            name = PurePosixPath(entry.path).name
            for member in self.members(file, name, depth + 1):
                if isinstance(member, Member):
                    yield replace(member, path=f"{entry.path}/{member.path}")
                else:
                    yield member
        else:
            yield Member(entry.path, is_too_deep=self.packing_of(sample) is not None)


def sample_of(archive: Path) -> bytes:
    """The bytes that a file begins with."""
    with archive.open("rb") as file:
        return file.read(SAMPLE_SIZE)


def entries(archive: Path, name: str, packing: Packing | None, budget: Budget) -> Entries:
    """The files that stand in `archive` itself, as they are called there."""
    with archive.open("rb") as file:
        if packing == "zip":
            yield from zip_entries(archive, budget)
        elif packing == "tar":
            yield from tar_entries(Stream(iter(lambda: file.read(CHUNK), b"")))
        elif packing == "gzip":
            inner = gzip_name(sample_of(archive)) or name_without(name, ".gz", ".tgz")
            yield from stream_entries(gzip_stream(file, budget), inner)
        elif packing == "zstd":
            inner = name_without(name, ".zst", ".tzst")
            yield from stream_entries(zstd_stream(file, budget), inner)


def stream_entries(stream: Stream, name: str) -> Entries:
    """The files of the tar that a compressed file holds, or the file itself."""
    try:
        is_tar = packing_of(stream.peek(512)) == "tar"
    except Broken:
        yield Damage(DAMAGED)
        return
    if is_tar:
        yield from tar_entries(stream)
    else:
        yield Entry(name, stream)


def name_without(name: str, *endings: str) -> str:
    """A name without the ending that packing added to it."""
    found = next((end for end in endings if name.lower().endswith(end)), "")
    return name[: len(name) - len(found)] or name


def is_litter(path: str) -> bool:
    """Whether a desktop put a file into an archive by itself."""
    *folders, name = path.split("/")
    return LITTER_FOLDER in folders or name in LITTER or name.startswith("._")
