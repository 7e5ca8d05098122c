"""What processes that stand in a line for one file say to each other, by their input and output.

So keys and texts stand in no file, and in no list of processes; nothing else is written.
"""

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.errors import ResonanzError

RARELY = 100_000
"""New objects between two searches for such as refer to each other: records don't, and a search at
every 700, as is usual, takes a twentieth of the time."""


@dataclass(frozen=True, slots=True)
class Done:
    """The last thing that is said: that was all, or what hindered it."""

    error: Exception | None = None


@contextmanager
def speaking() -> Iterator[Callable[[object], None]]:
    """What says things to the next process; what is printed by others is nothing that was said."""
    gc.set_threshold(RARELY)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

        def say(message: object) -> None:
            pickle.dump(message, output, pickle.HIGHEST_PROTOCOL)
            output.flush()

        yield say


def presentable(error: Exception) -> Exception:
    """An error as it may leave this process: of one that nobody foresaw only kind and place.

    What it says may quote a comment.
    """
    if isinstance(error, ResonanzError | OSError | MemoryError):
        return error
    place, trace = "", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        place, trace = f"{code.co_qualname}, line {trace.tb_lineno}", trace.tb_next
    return RuntimeError(f"{type(error).__name__} in {place}")
