"""A process beside the publish, for what holds Python for long: it judges, and writes the workbook.

It starts while the marts are counted, and works while the other files are written, which nobody
reads before all is done.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from flows.running.processes import end, ended, pipe, start
from models.errors import TryAgain
from transforms.expectations import get_ready

PROGRAM = "from flows.publishing.helping import serve; serve()"

Outcome = Callable[[], Any]
"""Waits until the work is done, and returns what it returned. Raises what it raised, or `TryAgain`
if the process ended before."""

Do = Callable[..., Outcome]
"""Takes a function of a module and what it is given: the work. Works are done in their order."""

Work = tuple[Callable[..., Any], tuple[Any, ...]]


@contextmanager
def helping(hands: int) -> Iterator[Do]:
    """Who does such works, for as long as the block; with one hand this process, when it waits.

    What the other process has not begun when it is waited for is done here, too. A process that is
    never asked, or not waited for, is ended with the block.
    """
    if hands == 1:
        yield partial
        return
    process, hand = start(PROGRAM), ThreadPoolExecutor(1, thread_name_prefix="helper")

    def do(work: Callable[..., Any], *given: Any) -> Outcome:
        coming = hand.submit(done_by, process, work, given)
        return lambda: work(*given) if coming.cancel() else coming.result()

    try:
        yield do
    finally:
        end(process)  # or the hand would wait for its answer
        hand.shutdown(cancel_futures=True)


def done_by(
    process: subprocess.Popen[bytes], work: Callable[..., Any], given: tuple[Any, ...]
) -> Any:
    """What the work returns in the process; raises what it raised, or `TryAgain` if that ended."""
    with suppress(BrokenPipeError):  # nothing will be answered, which is noticed then
        pickle.dump((work, given), pipe(process.stdin))
        pipe(process.stdin).flush()
    try:
        is_done, answer = pickle.load(pipe(process.stdout))
    except (EOFError, pickle.UnpicklingError) as error:
        raise TryAgain(
            "The process that judges the tables and writes the workbook ended before it was done "
            f"({ended([process])}), as it may where memory is short; the last publish stays. If it "
            "does so again, let one process do all: `processes = 1` under `[publish]`."
        ) from error
    if not is_done:
        raise answer
    return answer


def serve() -> None:
    """Be that process: do what is heard, one after the other, until who started this is gone."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else is said to who listens
    works: SimpleQueue[Work] = SimpleQueue()
    Thread(target=hear, args=(sys.stdin.buffer, works), daemon=True).start()
    get_ready()
    while True:
        work, given = works.get()
        try:
            answer = True, work(*given)
        except Exception as error:
            answer = False, error
        pickle.dump(answer, answers)
        answers.flush()


def hear(said: IO[bytes], works: SimpleQueue[Work]) -> None:
    """Hear what is to be done. At the end of it nobody waits: a file that is being written goes."""
    while True:
        try:
            works.put(pickle.load(said))
        except EOFError:
            os._exit(0)
        except Exception as error:
            works.put((raised, (error,)))


def raised(error: Exception) -> None:
    """Raise `error`: what was said could not be understood."""
    raise error
