"""The landing folder: every file ever received, written once, whole or not at all."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from flows.reading.landed import LandedFile

STAMP = "%Y%m%dT%H%M%SZ"
LANDED_NAME = re.compile(r"^(?P<received>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{12})-(?P<name>.+)$")
"""`<received at>-<first 12 hex digits of the SHA-256>-<name>`: all that is known of a file."""


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

    def __init__(self, path: Path) -> None:
        self._path = path
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
        target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{file_name(name)}"
        self._landed[digest] = copied(file, target)
        return Landing(target, is_new=True)


def copied(file: Path, target: Path) -> Path:
    """`target` with the bytes of `file`, read-only; it is there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(file, partial)
    partial.chmod(0o444)
    partial.replace(target)
    return target


def land(
    file: Path, source_name: str, channel: str | None, as_of: datetime, landing: Path
) -> Landing:
    """Copy `file` below `landing/<source>[/<channel>]/` unless its bytes are there already."""
    return LandingFolder(landing).land(file, source_name, channel, as_of, file.name)


def land_news(
    file: Path, source_name: str, channel: str | None, as_of: datetime, landing: Path
) -> Landing:
    """Copy `file` as `land` does, unless what landed last under its name is the same.

    What was there before and came back (an edit that was undone) is news.
    """
    folder = landing / source_name / slug(channel) if channel else landing / source_name
    digest, name = sha256_of(file)[:12], file_name(file.name)
    before = [
        landed.path for landed in landed_files(folder) if landed.path.name.endswith(f"-{name}")
    ]
    if before and before[-1].name.endswith(f"-{digest}-{name}"):
        return Landing(before[-1], is_new=False)
    target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{name}"
    return Landing(copied(file, target), is_new=True)


def landed_files(landing: Path) -> Iterator[LandedFile]:
    """Every landed file, in the order in which they were received."""
    found = [
        (match, path)
        for path in landing.rglob("*")
        if (match := LANDED_NAME.match(path.name)) and path.is_file()
    ]
    for match, path in sorted(found, key=lambda pair: pair[1].name):
        parts = path.relative_to(landing).parts
        yield LandedFile(
            path=path,
            name=unquote(match["name"]),
            received_at=datetime.strptime(match["received"], STAMP).replace(tzinfo=UTC),
            channel=parts[1] if len(parts) > 2 else None,
        )


def sha256_of(file: Path) -> str:
    """Hex digest of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_name(name: str) -> str:
    """What a landed file is called: a slug, or for a file in an archive its path as in an address.

    `unquote` gives such a path back; one that is too long lacks its first folders.
    """
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
