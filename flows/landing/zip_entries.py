"""A zip in, its files out: by its directory, or, where that is damaged, one after another.

Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 to 4.5.
"""

import mmap
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

from flows.landing.unpacking import CHUNK, DAMAGED, Broken, Budget, Damage, Entries, Entry, Stream

LOCAL = struct.Struct("<4s5H3I2H")
"""Signature, version, flags, method, time, date, CRC, packed and plain size, lengths of name and
extra field: what stands before each file."""

DESCRIPTORS = struct.Struct("<3I"), struct.Struct("<IQQ")
"""CRC, packed and plain size, behind a file whose header does not state them; the latter, zip64."""

LOCAL_SIGN, DESCRIPTOR_SIGN = b"PK\x03\x04", b"PK\x07\x08"

ENCRYPTED, SIZES_FOLLOW, IS_UTF_8 = 0x1, 0x8, 0x800
"""Bits of the flags."""

READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What exports use; the other methods can't be unpacked in small steps."""

ZIP64 = 0xFFFFFFFF
"""Stands for a size that stands in the extra field."""

ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, NotImplementedError, RuntimeError),
)
"""What `zipfile` raises for bytes that are not as they should be."""


Opener = Callable[[], IO[bytes] | zipfile.ZipExtFile]
"""Gives the bytes of a file as they were before packing."""


@dataclass(frozen=True)
class Sizes:
    """How many bytes a file has in the zip, and by itself."""

    packed: int
    plain: int


@dataclass(frozen=True)
class Found:
    """A file in a damaged zip, and where what follows it begins."""

    info: zipfile.ZipInfo
    start: int
    end: int


def zip_entries(file: Path, budget: Budget) -> Entries:
    """Every file of a zip; of one without a directory those before the damage, then the damage."""
    with file.open("rb") as content:
        archive = opened(content)
        if archive is None:
            yield from salvaged(content, budget)
            return
        for info in archive.infolist():
            if not is_folder(info):
                chunks = unpacked(info, partial(archive.open, info))
                yield entry(info, chunks, budget)


def opened(content: BinaryIO) -> zipfile.ZipFile | None:
    """The zip by its directory; None if that is damaged, or is one of a zip within."""
    try:
        archive = zipfile.ZipFile(content)
    except ERRORS:
        return None
    offsets = [info.header_offset for info in archive.infolist()]
    return archive if offsets and min(offsets) == 0 else None


def entry(info: zipfile.ZipInfo, chunks: Iterator[bytes], budget: Budget) -> Entry:
    """A file of a zip, ready to be read."""
    return Entry(name_of(info), Stream(budget.counted(chunks), ERRORS))


def unpacked(info: zipfile.ZipInfo, opener: Opener) -> Iterator[bytes]:
    """What a file of a zip holds; raises `Broken`, and `ERRORS`, if it can't be read."""
    if info.flag_bits & ENCRYPTED:
        raise Broken("protected by a password; pack it anew without one")
    if info.compress_type not in READABLE:
        raise Broken(
            f"packed by method {info.compress_type}, expected `stored` (0) or `deflated` (8); "
            "pack it anew"
        )
    with opener() as stream:
        yield from iter(partial(stream.read, CHUNK), b"")


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether an entry only says that there is a folder."""
    return not info.file_size and name_of(info).endswith(("/", "\\"))


def name_of(info: zipfile.ZipInfo) -> str:
    """The name of a file; without a flag it is UTF-8 where it can be, else as DOS wrote it.

    DOS's page 850 has the letters of Western Europe where page 437 has them, and more of them.
    """
    if info.flag_bits & IS_UTF_8:
        return info.orig_filename
    return decoded(info.orig_filename.encode("cp437"))


def decoded(name: bytes) -> str:
    """A name whose encoding nobody stated."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp850")


def salvaged(content: BinaryIO, budget: Budget) -> Entries:
    """The files that stand whole before the damage, then the damage."""
    with mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as packed:
        position = 0
        while found := file_at(packed, position, budget):
            if not is_folder(found.info):
                content.seek(found.start)
                opener = partial(zipfile.ZipExtFile, content, "r", found.info)
                yield entry(found.info, unpacked(found.info, opener), budget)
            position = found.end
    yield Damage(DAMAGED)


def file_at(packed: mmap.mmap, position: int, budget: Budget) -> Found | None:
    """The file whose header is at `position`; None if there is none, or it is not whole."""
    if packed[position : position + 4] != LOCAL_SIGN or position + LOCAL.size > len(packed):
        return None
    _, _, flags, method, _, _, crc, *lengths = LOCAL.unpack_from(packed, position)
    size, plain_size, name_length, extra_length = lengths
    name_end = position + LOCAL.size + name_length
    start = name_end + extra_length
    info = zipfile.ZipInfo()
    info.orig_filename = decoded(packed[position + LOCAL.size : name_end])
    info.flag_bits, info.compress_type, info.CRC = flags | IS_UTF_8, method, crc
    sizes = Sizes(size, plain_size)
    if ZIP64 in (size, plain_size):
        sizes = long_sizes(packed[name_end:start])
    end = start + sizes.packed
    if flags & SIZES_FOLLOW:
        ends = [sizes] if sizes.packed else possible_sizes(packed, start, method, budget)
        for sizes in ends:
            if descriptor := descriptor_at(packed, start + sizes.packed, sizes):
                info.CRC, end = descriptor
                break
        else:
            return None
    info.compress_size, info.file_size = sizes.packed, sizes.plain
    return Found(info, start, end) if end <= len(packed) else None


def long_sizes(extra: bytes) -> Sizes:
    """The sizes in the extra field of zip64."""
    while len(extra) >= 20:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16:
            plain, packed = struct.unpack_from("<QQ", extra, 4)
            return Sizes(packed, plain)
        extra = extra[4 + length :]
    return Sizes(ZIP64, ZIP64)


def possible_sizes(packed: mmap.mmap, start: int, method: int, budget: Budget) -> Iterator[Sizes]:
    """The sizes that bytes might have of which a program wrote them behind, as it did not seek."""
    if method == zipfile.ZIP_DEFLATED:
        yield from deflated_sizes(packed, start, budget)
        return
    position = packed.find(DESCRIPTOR_SIGN, start)
    while position >= 0:
        yield Sizes(position - start, position - start)
        position = packed.find(DESCRIPTOR_SIGN, position + 1)


def deflated_sizes(packed: mmap.mmap, start: int, budget: Budget) -> Iterator[Sizes]:
    """The sizes of the deflated bytes that begin at `start`; none if they are cut or damaged."""
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    plain, position = 0, start
    while position < len(packed) and not inflating.eof:
        waiting = packed[position : position + CHUNK]
        position += len(waiting)
        try:
            plain += sum(map(len, budget.counted(inflated(inflating, waiting))))
        except zlib.error:
            return
    if inflating.eof:
        yield Sizes(position - len(inflating.unused_data) - start, plain)


def inflated(inflating: "zlib._Decompress", waiting: bytes) -> Iterator[bytes]:
    """What deflated bytes hold, in small steps."""
    while waiting and not inflating.eof:
        yield inflating.decompress(waiting, CHUNK)
        waiting = inflating.unconsumed_tail


def descriptor_at(packed: mmap.mmap, position: int, sizes: Sizes) -> tuple[int, int] | None:
    """The CRC that the descriptor of `sizes` at `position` states, and where it ends."""
    if packed[position : position + 4] == DESCRIPTOR_SIGN:
        position += 4
    for shape in DESCRIPTORS:
        if position + shape.size <= len(packed):
            crc, packed_size, plain_size = shape.unpack_from(packed, position)
            if (packed_size, plain_size) == (sizes.packed, sizes.plain):
                return crc, position + shape.size
    return None
