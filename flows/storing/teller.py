"""A process that tells what records say which another one reads: pseudonyms, redaction, columns.

It hears the records by its standard input, and ends when that does.
"""

import pickle
import sys
from collections.abc import Iterator
from typing import IO

from flows.storing.piped import Done, presentable, speaking
from flows.storing.reader import Answer, Handed
from flows.storing.told import Part, tell_parts
from transforms.canonical import Origin


def main() -> None:
    """Tell of one file what is heard of it."""
    with speaking() as say:
        for message in answered(heard(sys.stdin.buffer)):
            say(message)


def heard(source: IO[bytes]) -> Iterator[Handed]:
    """What the process before says, one thing after another.

    Raises EOFError or pickle.UnpicklingError if it ended before it was done: nothing more is said
    then, which whoever stores the file takes for what it is.
    """
    while True:
        yield pickle.load(source)


def answered(messages: Iterator[Handed]) -> Iterator[Answer]:
    """What the records of a file tell, and how it ended."""
    origin, end = next(messages), Done()
    if not isinstance(origin, Origin):
        raise TypeError(f"found `{type(origin).__name__}` first, expected the origin of a file")

    def parts() -> Iterator[Part]:
        nonlocal end
        for message in messages:
            if isinstance(message, Done):
                end = message
                return
            if not isinstance(message, Part):
                raise TypeError(f"found `{type(message).__name__}`, expected a part of the file")
            yield message

    try:
        yield from tell_parts(parts(), origin)
    except (EOFError, pickle.UnpicklingError):
        raise
    except Exception as error:  # whoever asked raises it
        end = Done(presentable(error))
    yield end
