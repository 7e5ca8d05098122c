"""Archives that are read from front to back in, their files out: gzip, Zstandard and tar.

Formats: https://www.rfc-editor.org/rfc/rfc1952 and /rfc8878, and tar as Python's `tarfile` has it.
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, cast

import zstandard

from flows.landing.unpacking import CHUNK, DAMAGED, Broken, Budget, Damage, Entries, Entry, Stream

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)
ZSTD_ERRORS = (EOFError, zstandard.ZstdError)
TAR_ERRORS = (tarfile.TarError, Broken, EOFError, ValueError, OverflowError, RecursionError)

ZSTD_STEP = 2048
"""Packed bytes at a time: four of them can unpack to 128 KB."""

WIDEST_WINDOW = 2**31
"""What `zstd --long=31` asks for, as the archives of Reddit are packed."""

LONG_HEADERS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
)
LONGEST_HEADER = 1_000_000
"""Bytes of a header that may have any length; it is read whole."""

NAME_FOLLOWS, EXTRA_FOLLOWS = 0x08, 0x04
"""Bits of gzip's flags."""


def gzip_stream(file: BinaryIO, budget: Budget) -> Stream:
    """What a gzip file holds, all its parts joined."""
    # `read` would lose what stands right before damage.
    chunks = iter(partial(gzip.GzipFile(fileobj=file).read1, CHUNK), b"")
    return Stream(budget.counted(chunks), GZIP_ERRORS)


def gzip_name(sample: bytes) -> str:
    """The name that a gzip file says its content had; "" if it says none."""
    start, flags = 10, int.from_bytes(sample[3:4], "little")
    if flags & EXTRA_FOLLOWS:
        start += 2 + int.from_bytes(sample[start : start + 2], "little")
    name, is_whole, _ = sample[start:].partition(b"\0")
    if not flags & NAME_FOLLOWS or not is_whole:
        return ""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("latin-1")


def zstd_stream(file: BinaryIO, budget: Budget) -> Stream:
    """What a Zstandard file holds, all its frames joined."""
    return Stream(budget.counted(zstd_chunks(file)), ZSTD_ERRORS)


def zstd_chunks(file: BinaryIO) -> Iterator[bytes]:
    """What the frames hold; raises EOFError if the last is cut off."""
    new_frame = zstandard.ZstdDecompressor(max_window_size=WIDEST_WINDOW).decompressobj
    frame = new_frame()
    while packed := file.read(ZSTD_STEP):
        while packed:
            frame = new_frame() if frame.eof else frame
            plain = frame.decompress(packed)
            packed = frame.unused_data if frame.eof else b""
            yield from (plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK))
    if not frame.eof:
        raise EOFError("the last frame has no end")


class Header(tarfile.TarInfo):
    """What stands before a file in a tar; `tarfile` takes a broken one for the tar's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Header":
        """The header that a block holds; raises `ReadError` if it holds none and marks no end."""
        is_end = len(buf) == tarfile.BLOCKSIZE and not any(buf)
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if is_end:
                raise
            raise tarfile.ReadError("no header, and no mark of the end") from error
        if header.type in LONG_HEADERS and header.size > LONGEST_HEADER:
            raise tarfile.ReadError("a header is too long")
        return header


def tar_entries(stream: Stream) -> Entries:
    """Every file of a tar up to the damage, if there is any, then the damage."""
    try:
        # Has nothing to close: the stream is not its own.
        archive = tarfile.open(  # noqa: SIM115
            fileobj=cast(BinaryIO, stream), mode="r|", tarinfo=Header
        )
        while header := archive.next():
            # It would keep every header.
            archive.members.clear()  # type: ignore[attr-defined]
            if header.isreg():
                entry = Entry(header.name, tar_stream(archive, header))
                yield entry
                if entry.stream.is_broken:
                    return
        while stream.read():
            pass  # a checksum may follow
    except TAR_ERRORS:
        yield Damage(DAMAGED)


def tar_stream(archive: tarfile.TarFile, header: tarfile.TarInfo) -> Stream:
    """What a file of a tar holds."""

    def chunks() -> Iterator[bytes]:
        content = archive.extractfile(header)
        if content:
            yield from iter(partial(content.read, CHUNK), b"")

    return Stream(chunks(), TAR_ERRORS)
