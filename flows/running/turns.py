"""One run of a stage at a time, whoever started it: a lock that ends with its process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import TryAgain

LOOK_AGAIN_SECONDS = 0.5
"""How often a waiting run looks whether it is its turn."""


@contextmanager
def turn(stage: str, folder: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the turn of `stage` in `folder` while the block runs.

    Raises `TryAgain` if another run still holds it after `wait_seconds`. The lock is the kernel's:
    it ends with the process that holds it, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / f"{stage}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait_seconds
        while not is_taken(file):
            if time.monotonic() >= deadline:
                raise TryAgain(
                    f"another run of `{stage}` (process {holder(file)}) is under way since more "
                    f"than {wait_seconds:g} s; let it end, and call again."
                )
            time.sleep(LOOK_AGAIN_SECONDS)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(file)


def is_held(stage: str, folder: Path) -> bool:
    """Whether a run of `stage` is under way."""
    path = folder / f"{stage}.lock"
    if not path.exists():
        return False
    file = os.open(path, os.O_RDWR)
    try:
        return not is_taken(file)
    finally:
        os.close(file)


def is_taken(file: int) -> bool:
    """Take the lock of an open file, if nobody else has it; whether it is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(file: int) -> str:
    """The process that wrote its number into an open lock file."""
    return os.pread(file, 20, 0).decode() or "unknown"
