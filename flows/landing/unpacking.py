"""What unpacking any archive is made of: entries to read, damage to report, limits to keep."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.settings import Ingest

CHUNK = 64 * 1024
"""Bytes that are unpacked at a time: what an archive of any size takes of the memory."""

HARMLESS = 10_000_000
"""Bytes that may be unpacked of anything, however small it was packed."""


DAMAGED = "damaged or cut off; get it anew"
"""Without the words of the error: they may hold the name of a file."""


class Broken(Exception):
    """What is packed can't be read; the message says why and what to do, and names nobody."""


class TooMuch(Exception):
    """A limit of the settings was reached: nothing more of the archive is unpacked."""


@dataclass(frozen=True)
class Damage:
    """A part of an archive, or its rest, that could not be unpacked; `detail` says why."""

    detail: str


class Stream:
    """Bytes to be read once, from `chunks`; raises `Broken` for whatever is wrong with them."""

    def __init__(self, chunks: Iterator[bytes], errors: tuple[type[Exception], ...] = ()) -> None:
        self._broken: Broken | None = None
        self._chunks, self._errors = chunks, errors
        self._ready = b""

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes, at most `size`; b"" at the end only."""
        ready = self._ready or self._next()
        self._ready = ready[size:]
        return ready[:size]

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, or all there are if fewer, without taking them."""
        while len(self._ready) < size and (chunk := self._next()):
            self._ready += chunk
        return self._ready[:size]

    def save(self, file: Path) -> None:
        """Write what is left to `file`."""
        with file.open("wb") as target:
            while chunk := self.read():
                target.write(chunk)

    @property
    def is_broken(self) -> bool:
        """Whether it has raised `Broken`, as it does whenever it is read from then on."""
        return self._broken is not None

    def _next(self) -> bytes:
        try:
            if self._broken:
                raise self._broken
            return next(self._chunks, b"")
        except Broken as error:
            self._broken = error
            raise
        except self._errors as error:
            self._broken = Broken(DAMAGED)
            raise self._broken from error


@dataclass(frozen=True)
class Entry:
    """A file in an archive, by its path there; `stream` is to be read before the next is taken."""

    path: str
    stream: Stream


Entries = Iterator[Entry | Damage]
"""The files of an archive in its order, each readable by itself, and what of it is damaged."""


class Budget:
    """What may be unpacked of one archive of `packed` bytes, its nested archives among it."""

    def __init__(self, limits: Ingest, packed: int) -> None:
        self.limits, self.packed = limits, packed
        self.members = self.unpacked = 0

    def count_member(self) -> None:
        """Take note of one more member; raises `TooMuch`."""
        self.members += 1
        if self.members > self.limits.most_members:
            raise too_much(f"it holds more than {self.limits.most_members:,} files", "most_members")

    def counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks, taken note of; raises `TooMuch`."""
        for chunk in chunks:
            self.count(len(chunk))
            yield chunk

    def count(self, size: int) -> None:
        """Take note of bytes that were unpacked; raises `TooMuch`."""
        self.unpacked += size
        if self.unpacked > self.limits.most_bytes:
            raise too_much(
                f"it unpacks to more than {self.limits.most_bytes:,} bytes", "most_bytes"
            )
        if self.unpacked > max(HARMLESS, self.limits.most_ratio * self.packed):
            raise too_much(
                f"it unpacks to more than {self.limits.most_ratio} times its size", "most_ratio"
            )


def too_much(found: str, knob: str) -> TooMuch:
    """The error that says which limit was met and what to do."""
    return TooMuch(
        f"{found}, as archives that are made to do harm; if it is what it should be, "
        f"raise `{knob}` in `settings.toml` under `[ingest]`"
    )


def plain_path(name: str) -> str:
    """A path that leads nowhere but down, its parts separated by "/", on one line.

    Archives hold the names that somebody wrote: absolute ones, `..`, Windows' backslashes.
    """
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    path = "/".join(part for part in parts if part.strip() not in ("", ".", ".."))
    return "".join("_" if unicodedata.category(sign)[0] == "C" else sign for sign in path) or "file"
