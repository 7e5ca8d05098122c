"""A process that reads a landed file for another one, which stores what the records tell.

It is asked by its standard input and answers by its standard output, so that keys and texts stand
in no file, and in no list of processes. It writes nothing else, and ends when its input does: when
whoever started it ended, however that was.
"""

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from threading import Thread

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from flows.storing.erased import Erased
from flows.storing.told import Told, tell
from models.errors import ResonanzError
from transforms.canonical import Origin

RARELY = 100_000
"""New objects between two searches for such as refer to each other: records don't, and a search at
every 700, as is usual, takes a twentieth of the time."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked: which file is to be read, and all that its records become depends on."""

    landed: LandedFile
    rules: ReadingRules
    origin: Origin = field(repr=False)
    erased: Erased = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The last answer: all was told, or what hindered that."""

    error: Exception | None = None


Answer = Told | Done


def main(source_name: str) -> None:
    """Read what is asked for once, with the source of that name."""
    source = source_named(source_name)
    gc.set_threshold(RARELY)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed is no answer
        task: Task = pickle.load(sys.stdin.buffer)
        Thread(target=end_with, args=(sys.stdin.fileno(),), daemon=True).start()
        for answer in answered(source, task):
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


def source_named(name: str) -> FileSource:
    """A source; the others are not imported."""
    source: FileSource = import_module(f"flows.sources.{name}").SOURCE
    return source


def answered(source: FileSource, task: Task) -> Iterator[Answer]:
    """What the file tells, and how it ended."""
    try:
        yield from tell(source.read_fast(task.landed, task.rules), task.origin, task.erased)
    except Exception as error:  # whoever asked raises it
        yield Done(presentable(error))
    else:
        yield Done()


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


def end_with(questions: int) -> None:
    """End this process, whatever it is doing, when nobody can ask it any more."""
    while os.read(questions, 1):
        pass
    os._exit(1)
