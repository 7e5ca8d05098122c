"""The gate's judge in a process of its own, beside the publish.

Great Expectations takes seconds to start and holds Python while it judges. So it starts while the
marts are counted, and judges while the files are written, which nobody reads before it has.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

from flows.running.processes import end, ended, pipe, start
from models.errors import TryAgain
from models.findings import Judgement
from transforms.expectations import get_ready, judge
from transforms.suites import Suite, noted

PROGRAM = "from flows.publishing.judging import serve; serve()"

Verdict = Callable[[], Judgement]
"""Waits until all is judged; raises what judging raises, `TryAgain` if the process ended before."""
Ask = Callable[[Iterable[Suite]], Verdict]


@contextmanager
def judging(hands: int) -> Iterator[Ask]:
    """What suites are judged by, for as long as the block; with one hand by this process.

    A process that is never asked, or not waited for, is ended with the block.
    """
    if hands == 1:
        yield lambda suites: partial(judge, list(suites))
        return
    process = start(PROGRAM)
    with ThreadPoolExecutor(1, thread_name_prefix="judge") as hand:
        try:
            yield lambda suites: hand.submit(asked, process, list(map(noted, suites))).result
        finally:
            end(process)  # or the hand would wait for its answer


def asked(process: subprocess.Popen[bytes], suites: Sequence[Suite]) -> Judgement:
    """What the process finds; raises what judging raises, or `TryAgain` if it ended."""
    with suppress(BrokenPipeError):  # nothing will be answered, which is noticed then
        pickle.dump(suites, pipe(process.stdin))
        pipe(process.stdin).flush()
    try:
        answer = pickle.load(pipe(process.stdout))
    except (EOFError, pickle.UnpicklingError) as error:
        raise TryAgain(
            f"The process that judges the tables ended before it was done ({ended([process])}), as "
            "it may where memory is short; the last publish stays. If it does so again, let one "
            "process do all: `processes = 1` under `[publish]`."
        ) from error
    if isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, Judgement):
        raise TypeError(f"the judge answered a `{type(answer).__name__}`, expected a judgement")
    return answer


def serve() -> None:
    """Be that process: get ready, hear suites, answer what was found or what was raised."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else is said to who listens
    get_ready()
    try:
        answer: Judgement | Exception = judge(pickle.load(sys.stdin.buffer))
    except EOFError:  # whoever started this has nothing to be judged
        return
    except Exception as error:
        answer = error
    pickle.dump(answer, answers)
    answers.flush()
