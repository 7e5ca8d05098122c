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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

from flows.landing.sealing import is_sealed, seal, unseal, unsealed
from flows.landing.workspace import make_durable, workspace
from flows.reading.landed import LandedFile
from models.errors import GiveUp

STAMP = "%Y%m%dT%H%M%SZ"
LANDED_NAME = re.compile(r"^(?P<received>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{12})-(?P<name>.+)$")
"""`<received at>-<first 12 hex digits of the SHA-256>-<name>`: all that is known of a file."""


SEALED, DELETED, EDITED = ".sealed", ".deleted", ".edited"
"""Endings of a landed file that is sealed, of the empty file that is left of a deleted one, and of
the hidden one that lies beside a file out of which a person was taken."""

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
            return Landing(self._landed[digest], is_new=self._mended(self._landed[digest], file))
        folder = self._path / source_name / slug(channel) if channel else self._path / source_name
        ending = SEALED if self._seal_key else ""
        target = folder / f"{as_of.astimezone(UTC):{STAMP}}-{digest}-{file_name(name)}{ending}"
        put(file, target, self._seal_key)
        self._landed[digest] = target
        return Landing(target, is_new=True)

    def _mended(self, landed: Path, file: Path) -> bool:
        """Whether a landed file was damaged, and has been replaced by `file`, which is the same.

        One that was edited stays as it is: a person was taken out of it.
        """
        if landed.name.endswith(DELETED) or edit_mark(landed).exists():
            return False
        if is_whole(landed, self._seal_key):
            return False
        put(file, landed, self._seal_key if landed.name.endswith(SEALED) else None)
        return True


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

    What was there before and came back (an edit that was undone) is news. It counts as received
    after what landed last, even if the clock was set back in between: what is newer is decided by
    these times.
    """
    folder = landing / source_name / slug(channel) if channel else landing / source_name
    digest, name = sha256_of(file)[:12], file_name(file.name)
    endings = tuple(f"-{name}{ending}" for ending in ("", SEALED, DELETED))
    before = sorted(path for path in folder.glob("*") if path.name.endswith(endings))
    if before and f"-{digest}-{name}" in before[-1].name:
        return Landing(before[-1], is_new=False)
    moment = max(as_of, received_at(before[-1]) + timedelta(seconds=1)) if before else as_of
    ending = SEALED if seal_key else ""
    target = folder / f"{moment.astimezone(UTC):{STAMP}}-{digest}-{name}{ending}"
    put(file, target, seal_key)
    return Landing(target, is_new=True)


def received_at(landed: Path) -> datetime:
    """When a landed file was received, by its name."""
    return datetime.strptime(landed.name.partition("-")[0], STAMP).replace(tzinfo=UTC)


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
            received_at=received_at(path),
            channel=parts[1] if len(parts) > 2 else None,
        )


def landed_name(landed: LandedFile, landing: Path) -> str:
    """The name by which the warehouse knows a landed file, however it lies there."""
    return landed.path.relative_to(landing).as_posix().removesuffix(SEALED)


def is_whole(file: Path, seal_key: bytes | None) -> bool:
    """Whether a landed file holds the bytes that it was received with, or was edited to.

    Reads all of it. A sealed one is whole if it opens.
    """
    if file.name.endswith(SEALED):
        try:
            return is_sealed(file) and all(True for _ in unsealed(file, seal_key or b""))
        except GiveUp:
            return False
    match, mark = LANDED_NAME.match(file.name), edit_mark(file)
    known = {match["digest"] if match else "", mark.read_text() if mark.exists() else ""}
    return sha256_of(file)[:12] in known


def edit_mark(landed: Path) -> Path:
    """The file that lies beside a landed file that was edited, and holds its new digest."""
    return landed.with_name(f".{landed.name.removesuffix(SEALED)}{EDITED}")


def put_edited(file: Path, landed: Path, seal_key: bytes | None) -> None:
    """Let the edited `file` take the place of a landed one, whose name stays."""
    edit_mark(landed).write_text(sha256_of(file)[:12])
    put(file, landed, seal_key)


@contextmanager
def opened(landed: LandedFile, landing: Path, seal_key: bytes | None) -> Iterator[LandedFile]:
    """The same file with a path to its bytes as they were sent, for as long as the block runs.

    Raises `GiveUp` if it is sealed and `seal_key` does not open it, or if it is damaged.
    """
    if not landed.path.name.endswith(SEALED):
        if not is_whole(landed.path, None):
            raise GiveUp(
                f"`{landed.path.name}` in landing is damaged: its bytes are not those that were "
                "received, as the digest in its name tells. Put it into the inbox once more, or "
                "put back the file from a backup; then call again."
            )
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
    edit_mark(landed.path).unlink(missing_ok=True)
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
