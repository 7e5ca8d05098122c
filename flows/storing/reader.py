"""A process that reads a landed file for others: one that tells what its records say, or stores it.

It is asked by its standard input, and ends when that does: when whoever started it ended, however
that was.
"""

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
from flows.storing.piped import Done, presentable, speaking
from flows.storing.told import Part, Told, read_parts, tell_parts
from transforms.canonical import Origin

TELLS = "tells"
"""Said to a process that also does what `flows/storing/teller.py` does."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked: which file is to be read, and all that its records become depends on."""

    landed: LandedFile
    rules: ReadingRules
    origin: Origin = field(repr=False)
    erased: Erased = field(repr=False)


Answer = Told | Done
"""What whoever stores a file hears."""

Handed = Origin | Part | Done
"""What the process that tells of a file hears."""


def main(source_name: str, *told_to: str) -> None:
    """Read what is asked for once, with the source of that name."""
    source = source_named(source_name)
    answer = answered if TELLS in told_to else handed_on
    with speaking() as say:
        task: Task = pickle.load(sys.stdin.buffer)
        Thread(target=end_with, args=(sys.stdin.fileno(),), daemon=True).start()
        for message in answer(source, task):
            say(message)


def source_named(name: str) -> FileSource:
    """A source; the others are not imported."""
    source: FileSource = import_module(f"flows.sources.{name}").SOURCE
    return source


def answered(source: FileSource, task: Task) -> Iterator[Answer]:
    """What the file tells, and how it ended."""
    try:
        yield from tell_parts(parts_of(source, task), task.origin)
    except Exception as error:  # whoever asked raises it
        yield Done(presentable(error))
    else:
        yield Done()


def handed_on(source: FileSource, task: Task) -> Iterator[Handed]:
    """What another process needs to tell it: where it comes from, its records, how it ended."""
    yield task.origin
    try:
        yield from parts_of(source, task)
    except Exception as error:  # as above
        yield Done(presentable(error))
    else:
        yield Done()


def parts_of(source: FileSource, task: Task) -> Iterator[Part]:
    """The records of the file."""
    return read_parts(source.read_fast(task.landed, task.rules), task.origin, task.erased)


def end_with(questions: int) -> None:
    """End this process, whatever it is doing, when nobody can ask it any more."""
    while os.read(questions, 1):
        pass
    os._exit(1)
