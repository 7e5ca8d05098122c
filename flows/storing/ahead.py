"""A large file, read in a process of its own while what it told before is stored in this one.

To read a comment is Python's work, to store it DuckDB's, and reading takes longer. The process is
at most a few batches ahead: its answers go through a pipe, which holds little itself.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from flows.storing.erased import Erased
from flows.storing.reader import Answer, Task
from flows.storing.told import Tell, Told
from models.errors import TryAgain
from transforms.canonical import Origin

AHEAD = 12
"""Answers taken in while others are stored, some 2.5 MB each. What is to be done with a file before
the first is stored takes the time of ten, and the process must not wait for that."""

LEAST_BYTES = 4_000_000
"""Of a smaller file the process would take longer to start than it saves."""

MODEST = {"POLARS_MAX_THREADS": "1", "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}
"""Its part in Polars is short, the other cores have the warehouse to do; and what Polars has freed
goes back at once (https://jemalloc.net/jemalloc.3.html, `opt.dirty_decay_ms`)."""

PROGRAM = "import sys; from flows.storing.reader import main; main(sys.argv[1])"
"""Not the module itself: its classes would be those of `__main__`, and not be known here."""


def is_large(landed: LandedFile) -> bool:
    """Whether a file is worth a process of its own."""
    return landed.path.stat().st_size >= LEAST_BYTES


@contextmanager
def ahead(
    source: FileSource, landed: LandedFile, rules: ReadingRules, origin: Origin
) -> Iterator[Tell]:
    """What will tell what is in a file, by a process that lives as long as the block.

    Telling raises what reading raises; `TryAgain` if the process ended before it was done.
    """
    process = started(source)
    try:
        yield partial(told_by, process, landed, rules, origin)
    finally:
        process.kill()
        process.communicate()


def started(source: FileSource) -> subprocess.Popen[bytes]:
    """A process that waits to be asked, and has what it needs imported by then."""
    paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
    return subprocess.Popen(
        # -P: nothing is imported from the folder that somebody happens to be in.
        [sys.executable, "-P", "-c", PROGRAM, source.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What Python or Polars print of an error may quote a comment.
        stderr=subprocess.DEVNULL,
        env={**os.environ, **MODEST, "PYTHONPATH": paths},
    )


def told_by(
    process: subprocess.Popen[bytes],
    landed: LandedFile,
    rules: ReadingRules,
    origin: Origin,
    erased: Erased,
) -> Iterator[Told]:
    """What `process` tells of a file, in the order of its records; it begins at once."""
    questions, _ = pipes(process)
    with suppress(BrokenPipeError):  # nothing will be answered, which is noticed then
        pickle.dump(Task(landed, rules, origin, erased), questions)
        questions.flush()
    return answers_of(process, landed)


def answers_of(process: subprocess.Popen[bytes], landed: LandedFile) -> Iterator[Told]:
    """What `process` answers, which was asked about a file; its answers are taken in at once."""
    _, answers = pipes(process)
    hand = ThreadPoolExecutor(1, thread_name_prefix="answers")
    coming = deque(hand.submit(pickle.load, answers) for _ in range(AHEAD))
    return in_turn(process, landed, hand, coming)


def in_turn(
    process: subprocess.Popen[bytes],
    landed: LandedFile,
    hand: ThreadPoolExecutor,
    coming: deque[Future[Answer]],
) -> Iterator[Told]:
    """The answers `coming`, and those behind them, which `hand` takes in."""
    _, answers = pipes(process)
    try:
        answer = coming.popleft().result()
        while isinstance(answer, Told):
            coming.append(hand.submit(pickle.load, answers))
            yield answer
            answer = coming.popleft().result()
    except (EOFError, pickle.UnpicklingError) as error:
        raise TryAgain(
            f"The process that read `{landed.name}` ended before it was done ({ended(process)}), "
            "as it may where memory is short; nothing of the file was stored. If it does so "
            "again, let one process do all: `processes = 1` under `[refine]`."
        ) from error
    finally:
        process.kill()  # or the hand would wait for an answer
        hand.shutdown(cancel_futures=True)
    if answer.error:
        raise answer.error


def pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The ends of its input and its output."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    return process.stdin, process.stdout


def ended(process: subprocess.Popen[bytes]) -> str:
    """How a process ended."""
    code = process.wait()
    return f"signal {-code}" if code < 0 else f"exit code {code}"
