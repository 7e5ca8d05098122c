"""One run of a stage at a time, whoever started it, and some beside no other stage.

Locks that end with their process.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

from models.errors import TryAgain

LOOK_AGAIN_SECONDS = 0.5
"""How often a waiting run looks whether it is its turn."""

EVERY_STAGE = "every stage"
"""The lock that all runs share; one that must be alone has it to itself."""

IS_ALONE: ContextVar[bool] = ContextVar("IS_ALONE", default=False)
"""Whether a run that must be alone is under way here: stages that it calls belong to it."""


@contextmanager
def turn(stage: str, folder: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the turn of `stage` in `folder` while the block runs, beside other stages.

    Raises `TryAgain` if another run of it, or one that must be alone, still is under way after
    `wait_seconds`. The locks are the kernel's: they end with the process that holds them, however
    that ends.
    """
    deadline = time.monotonic() + wait_seconds

    def told(holder: str) -> str:
        return (
            f"{holder} is under way since more than {wait_seconds:g} s, and nothing may run beside "
            "it; let it end, and call again."
        )

    with ExitStack() as held:
        # Before the turn itself: whoever is alone may need that, and must not wait for who waits.
        if not IS_ALONE.get():
            held.enter_context(locked(EVERY_STAGE, folder, fcntl.LOCK_SH, deadline, told))
        held.enter_context(own_turn(stage, folder, deadline, wait_seconds))
        yield


@contextmanager
def turn_alone(stage: str, folder: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the turn of `stage` while no other stage is under way, nor begins but by the block.

    Raises `TryAgain` if one still is after `wait_seconds`: the block has not begun then.
    """
    deadline = time.monotonic() + wait_seconds

    def told(_: str) -> str:
        return (
            f"`{stage}` can't run beside other stages, and {under_way(folder)} did not end within "
            f"{wait_seconds:g} s. Nothing was touched; call again when no stage is under way."
        )

    with (
        locked(EVERY_STAGE, folder, fcntl.LOCK_EX, deadline, told) as file,
        own_turn(stage, folder, deadline, wait_seconds),
    ):
        sign(file, f"`{stage}` (process {os.getpid()})")
        before = IS_ALONE.set(True)
        try:
            yield
        finally:
            IS_ALONE.reset(before)


@contextmanager
def own_turn(stage: str, folder: Path, deadline: float, wait_seconds: float) -> Iterator[None]:
    """Keep other runs of `stage` waiting."""

    def told(holder: str) -> str:
        return (
            f"another run of `{stage}` (process {holder}) is under way since more than "
            f"{wait_seconds:g} s; let it end, and call again."
        )

    with locked(stage, folder, fcntl.LOCK_EX, deadline, told) as file:
        sign(file, str(os.getpid()))
        yield


@contextmanager
def locked(
    name: str, folder: Path, way: int, deadline: float, told: Callable[[str], str]
) -> Iterator[int]:
    """An open file that is locked for us, alone or together with others.

    Raises `TryAgain` at the `deadline`, with what is `told` of whoever signed the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not is_taken(file, way):
            if time.monotonic() >= deadline:
                raise TryAgain(told(os.pread(file, 100, 0).decode() or "unknown"))
            time.sleep(LOOK_AGAIN_SECONDS)
        yield file
    finally:
        os.close(file)


def sign(file: int, name: str) -> None:
    """Write into a locked file who has it."""
    os.ftruncate(file, 0)
    os.pwrite(file, name.encode(), 0)


def is_held(stage: str, folder: Path) -> bool:
    """Whether a run of `stage` is under way."""
    path = folder / f"{stage}.lock"
    if not path.exists():
        return False
    file = os.open(path, os.O_RDWR)
    try:
        return not is_taken(file, fcntl.LOCK_EX)
    finally:
        os.close(file)


def under_way(folder: Path) -> str:
    """The stages that are under way, for a sentence."""
    names = [path.name.removesuffix(".lock") for path in sorted(folder.glob("*.lock"))]
    held = [name for name in names if name != EVERY_STAGE and is_held(name, folder)]
    return ", ".join(f"`{name}`" for name in held) or "another one"


def is_taken(file: int, way: int) -> bool:
    """Take the lock of an open file in one `way`, if others let us; whether it is ours now."""
    try:
        fcntl.flock(file, way | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
