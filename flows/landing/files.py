"""The landing folder: every file ever received, written once, whole or not at all.

A file may lie there as it was sent, sealed, or only as a name that tells its bytes were received
and have been deleted (`[privacy] landing` in the settings).
"""

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from flows.landing.sealing import is_sealed, seal, unseal
from flows.landing.workspace import make_durable, workspace
from flows.reading.landed import LandedFile

STAMP = "%Y%m%dT%H%M%SZ"
LANDED_NAME = re.compile(r"^(?P<received>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{12})-(?P<name>.+)$")
"""`<received at>-<first 12 hex digits of the SHA-256>-<name>`: all that is known of a file."""


SEALED, DELETED = ".sealed", ".deleted"
"""Endings of a landed file that is sealed, and of the empty file that is left of a deleted one."""

UNRECOGNISED = "unrecognised"
"""Folder of files whose format no source knows yet; they are kept, reported, and tried again."""


MOST_NAME_BYTES = 210
"""What a landed file's own name may take: file systems allow 255 bytes for all of it."""


@dataclass(frozen=True)
class Landing:
    """What landing a file came to; `is_new` is false where the same bytes had landed before."""

    path: Path
    is_new: bool


class LandingFolder:
    """The landing folder of one run, which knows the bytes that lie in it."""

    def __init__(self, path: Path, seal_key: bytes | None = None) -> None:
        """Files are sealed with `seal_key`; without one they land as they are."""
        self._path, self._seal_key = path, seal_key
        self._landed = {
            match["digest"]: file
            for file in path.rglob("*")
            if (match := LANDED_NAME.match(file.name)) and file.is_file()
        }

    def land(
        self, file: Path, source_name: str, channel: str | None, as_of: datetime, name: str
    ) -> Landing:
        """Copy `file` below `<source>[/<channel>]/` unless its bytes are there already.

        A `name` with "/" is that of a file in an archive and is kept to the letter.
        """
        digest = sha256_of(file)[:12]
        if digest in self._landed:
            return Landing(self._landed[digest], is_new=False)
        folder = self._path / source_name / slug(channel) if channel else self._path / source_name
        ending = SEALED if self._seal_key else ""
        target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{file_name(name)}{ending}"
        put(file, target, self._seal_key)
        self._landed[digest] = target
        return Landing(target, is_new=True)


def put(file: Path, target: Path, seal_key: bytes | None) -> None:
    """Copy or seal `file` to `target`, whole or not at all; `target` can't be written any more."""
    with workspace(target.parent) as work:
        partial = work / "partial"
        if seal_key:
            seal(file, partial, seal_key)
        else:
            shutil.copyfile(file, partial)
        partial.chmod(0o444)
        make_durable(partial, target)


def land(
    file: Path,
    source_name: str,
    channel: str | None,
    as_of: datetime,
    landing: Path,
    seal_key: bytes | None = None,
) -> Landing:
    """Copy `file` below `landing/<source>[/<channel>]/` unless its bytes are there already."""
    return LandingFolder(landing, seal_key).land(file, source_name, channel, as_of, file.name)


def land_news(
    file: Path,
    source_name: str,
    channel: str | None,
    as_of: datetime,
    landing: Path,
    seal_key: bytes | None = None,
) -> Landing:
    """Copy `file` as `land` does, unless what landed last under its name is the same.

    What was there before and came back (an edit that was undone) is news.
    """
    folder = landing / source_name / slug(channel) if channel else landing / source_name
    digest, name = sha256_of(file)[:12], file_name(file.name)
    endings = tuple(f"-{name}{ending}" for ending in ("", SEALED, DELETED))
    before = sorted(path for path in folder.glob("*") if path.name.endswith(endings))
    if before and f"-{digest}-{name}" in before[-1].name:
        return Landing(before[-1], is_new=False)
    ending = SEALED if seal_key else ""
    target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{name}{ending}"
    put(file, target, seal_key)
    return Landing(target, is_new=True)


def landed_files(landing: Path) -> Iterator[LandedFile]:
    """Every landed file whose bytes are there, in the order in which they were received."""
    found = [
        (match, path)
        for path in landing.rglob("*")
        if (match := LANDED_NAME.match(path.name.removesuffix(SEALED)))
        and not path.name.endswith(DELETED)
        and path.is_file()
    ]
    for match, path in sorted(found, key=lambda pair: pair[1].name.removesuffix(SEALED)):
        parts = path.relative_to(landing).parts
        yield LandedFile(
            path=path,
            name=unquote(match["name"]),
            received_at=datetime.strptime(match["received"], STAMP).replace(tzinfo=UTC),
            channel=parts[1] if len(parts) > 2 else None,
        )


def landed_name(landed: LandedFile, landing: Path) -> str:
    """The name by which the warehouse knows a landed file, however it lies there."""
    return landed.path.relative_to(landing).as_posix().removesuffix(SEALED)


@contextmanager
def opened(landed: LandedFile, landing: Path, seal_key: bytes | None) -> Iterator[LandedFile]:
    """The same file with a path to its bytes as they were sent, for as long as the block runs.

    Raises `GiveUp` if it is sealed and `seal_key` does not open it.
    """
    if not is_sealed(landed.path):
        yield landed
        return
    with workspace(landing) as work:
        plain = work / "plain"
        unseal(landed.path, plain, seal_key or b"")
        yield replace(landed, path=plain)


def seal_in_place(landed: LandedFile, seal_key: bytes) -> None:
    """Let a landed file lie sealed from now on."""
    if not is_sealed(landed.path):
        put(landed.path, landed.path.with_name(landed.path.name + SEALED), seal_key)
        landed.path.unlink()


def delete_bytes(landed: LandedFile) -> None:
    """Leave of a landed file only its name, so that the same bytes do not land again."""
    marker = landed.path.with_name(landed.path.name.removesuffix(SEALED) + DELETED)
    marker.touch()
    landed.path.unlink()


def sha256_of(file: Path) -> str:
    """Hex digest of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_name(name: str) -> str:
    """What a landed file is called: a slug, or for a file in an archive its path as in an address.

    `unquote` gives such a path back; one that is too long lacks its first folders.
    """
    if name.endswith((SEALED, DELETED)):
        return file_name(f"{name}_")  # the ending would tell something that is not so
    archive, *path = name.split("/")
    first = slug(archive).encode()[: MOST_NAME_BYTES // 2 if path else MOST_NAME_BYTES]
    parts = [first.decode(errors="ignore"), *path]
    while len(quoted(parts).encode()) > MOST_NAME_BYTES:
        if len(parts) > 2:
            del parts[1]
        else:
            parts[1] = parts[1][1:]
    return quoted(parts)


def quoted(parts: Sequence[str]) -> str:
    """A path as one name, with every character that file systems quarrel about as in an address."""
    return re.sub(r"[^\w.()+-]", lambda sign: quote(sign[0], safe=""), "/".join(parts))


def slug(name: str) -> str:
    """`name` with every character that file systems quarrel about replaced by an underscore."""
    return re.sub(r"[^\w.()+-]+", "_", name).strip("._") or "file"
