"""Folders for work under way in landing: gone with the run, or, if it was killed, with the next.

What lies in them holds names and texts as they were sent. So that a folder can be told from one
that a killed run left, its process holds a lock on it, which ends with the process.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

PREFIX = ".work-"
"""Beginning of the folders' names; hidden, so that nothing in them is taken for landed."""


@contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A new folder in `folder`, which only its owner may read, for as long as the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    work, lock = held(folder)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def held(folder: Path) -> tuple[Path, int]:
    """A new folder in `folder` and the lock on it."""
    while True:
        work = Path(mkdtemp(prefix=PREFIX, dir=folder))
        with suppress(FileNotFoundError):
            lock = os.open(work, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if work.exists():
                return work, lock
            os.close(lock)  # another run took it for a leftover before the lock was on it


def clear_leftovers(landing: Path) -> None:
    """Remove what runs that were killed left anywhere in `landing`."""
    for folder in landing.rglob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            except BlockingIOError:
                continue  # a run is at work in it
            finally:
                os.close(lock)


def make_durable(file: Path, target: Path) -> None:
    """Let `file` take the place of `target`, so that it is there even if the power fails now."""
    with file.open("rb") as content:
        os.fsync(content.fileno())
    file.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
