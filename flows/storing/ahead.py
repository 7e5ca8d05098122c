"""A large file, read in processes of its own while what it told before is stored in this one.

To read a comment is Python's work, to store it DuckDB's, and reading takes longer. So one process
reads, and hands what it has read to a second one, which tells what it says, or does that as well.
They are at most a few batches ahead: what they say goes through pipes, which hold little.
"""

import fcntl
import pickle
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

from flows.reading.landed import LandedFile, ReadingRules
from flows.running.processes import end, ended, pipe, start
from flows.sources.base import FileSource
from flows.storing.erased import Erased
from flows.storing.reader import TELLS, Answer, Task
from flows.storing.told import Tell, Told
from models.errors import TryAgain
from transforms.canonical import Origin

AHEAD = 12
"""Answers taken in while others are stored, some 2.5 MB each. What is to be done with a file before
the first is stored takes the time of ten, and the process must not wait for that."""

LEAST_BYTES = 4_000_000
"""Of a smaller file the process would take longer to start than it saves."""

FREED_KEPT_MS = 1_000
"""How long a process that tells of tables keeps what Polars has freed. By itself it would for ten
seconds; to give it back at once takes a fifteenth of the time, and is left to where memory counts
more (https://jemalloc.net/jemalloc.3.html, `opt.dirty_decay_ms`)."""

PIPE_BYTES = 1 << 20
"""What a pipe should hold: a part of a file, so that who reads need not wait for who tells. Linux
gives it to everybody, as a rule (https://man7.org/linux/man-pages/man7/pipe.7.html)."""

READER = "import sys; from flows.storing.reader import main; main(*sys.argv[1:])"
TELLER = "from flows.storing.teller import main; main()"
"""Not the modules themselves: their classes would be those of `__main__`, and not be known here."""


def helpers(source: FileSource, landed: LandedFile, hands: int) -> int:
    """How many processes read a file beside this one, if `hands` may work on it: 0 to 2.

    A second one pays where comments stand side by side. Of single ones it saves a seventh of the
    time, for 120 MB more (100 MB of Graph answers), and memory is what such files are short of.
    """
    if landed.path.stat().st_size < LEAST_BYTES:
        return 0
    return min(hands - 1, 2 if source.read_together else 1)


@contextmanager
def ahead(
    source: FileSource, landed: LandedFile, rules: ReadingRules, origin: Origin, beside: int
) -> Iterator[Tell]:
    """What will tell what is in a file, by one or two processes that live as long as the block.

    Telling raises what reading raises; `TryAgain` if a process ended before it was done.
    """
    line = started(source, beside)
    try:
        yield partial(told_by, line, landed, rules, origin)
    finally:
        for process in line:
            end(process)


def started(source: FileSource, beside: int) -> list[subprocess.Popen[bytes]]:
    """Processes that wait to be asked, each with what it needs imported by then.

    The first one is asked, the last one answers.
    """
    if beside == 1:
        return [start(READER, source.name, TELLS)]
    reader = start(READER, source.name)
    with pipe(reader.stdout) as between:  # left, or the reader would not notice if nobody heard it
        with suppress(OSError, AttributeError):  # a small pipe does, too
            fcntl.fcntl(between, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        teller = start(TELLER, hears=between, freed_kept_ms=FREED_KEPT_MS)
    return [reader, teller]


def told_by(
    line: Sequence[subprocess.Popen[bytes]],
    landed: LandedFile,
    rules: ReadingRules,
    origin: Origin,
    erased: Erased,
) -> Iterator[Told]:
    """What the processes tell of a file, in the order of its records; they begin at once."""
    questions = pipe(line[0].stdin)
    with suppress(BrokenPipeError):  # nothing will be answered, which is noticed then
        pickle.dump(Task(landed, rules, origin, erased), questions)
        questions.flush()
    return answers_of(line, landed)


def answers_of(line: Sequence[subprocess.Popen[bytes]], landed: LandedFile) -> Iterator[Told]:
    """What is answered by processes that were asked about a file; it is taken in at once."""
    answers = pipe(line[-1].stdout)
    hand = ThreadPoolExecutor(1, thread_name_prefix="answers")
    coming = deque(hand.submit(pickle.load, answers) for _ in range(AHEAD))
    return in_turn(line, landed, hand, coming)


def in_turn(
    line: Sequence[subprocess.Popen[bytes]],
    landed: LandedFile,
    hand: ThreadPoolExecutor,
    coming: deque[Future[Answer]],
) -> Iterator[Told]:
    """The answers `coming`, and those behind them, which `hand` takes in."""
    answers = pipe(line[-1].stdout)
    try:
        answer = coming.popleft().result()
        while isinstance(answer, Told):
            coming.append(hand.submit(pickle.load, answers))
            yield answer
            answer = coming.popleft().result()
    except (EOFError, pickle.UnpicklingError) as error:
        raise TryAgain(
            f"A process that read `{landed.name}` ended before it was done ({ended(line)}), "
            "as it may where memory is short; nothing of the file was stored. If it does so "
            "again, let one process do all: `processes = 1` under `[refine]`."
        ) from error
    finally:
        for process in line:
            process.kill()  # or the hand would wait for an answer
        hand.shutdown(cancel_futures=True)
    if answer.error:
        raise answer.error
