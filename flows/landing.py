"""The landing folder: every file ever received, written once, whole or not at all."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.reading.landed import LandedFile

STAMP = "%Y%m%dT%H%M%SZ"
LANDED_NAME = re.compile(r"^(?P<received>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{12})-(?P<name>.+)$")
"""`<received at>-<first 12 hex digits of the SHA-256>-<name>`: all that is known of a file."""


UNRECOGNISED = "unrecognised"
"""Folder of files whose format no source knows yet; they are kept, reported, and tried again."""


@dataclass(frozen=True)
class Landing:
    """What landing a file came to; `is_new` is false where the same bytes had landed before."""

    path: Path
    is_new: bool


def land(
    file: Path, source_name: str, channel: str | None, as_of: datetime, landing: Path
) -> Landing:
    """Copy `file` below `landing/<source>[/<channel>]/` unless its bytes are there already."""
    digest = sha256_of(file)[:12]
    earlier = next(landing.rglob(f"*-{digest}-*"), None)
    if earlier:
        return Landing(earlier, is_new=False)
    folder = landing / source_name / slug(channel) if channel else landing / source_name
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{slug(file.name)}"
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(file, partial)
    partial.chmod(0o444)
    partial.replace(target)
    return Landing(target, is_new=True)


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
            name=match["name"],
            received_at=datetime.strptime(match["received"], STAMP).replace(tzinfo=UTC),
            channel=parts[1] if len(parts) > 2 else None,
        )


def sha256_of(file: Path) -> str:
    """Hex digest of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def slug(name: str) -> str:
    """`name` with every character that file systems quarrel about replaced by an underscore."""
    return re.sub(r"[^\w.()+-]+", "_", name).strip("._") or "file"
