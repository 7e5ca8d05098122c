"""What is done with an input ends, one way or the other, before anybody tires of waiting."""

import faulthandler
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 20
"""Processor time that one input may take, so that other work on the machine counts for nothing; the
usual inputs take a thousandth of it."""


class Hangs(BaseException):
    """An input took longer than `SECONDS`; not an `Exception`, so that nothing swallows it."""


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs(f"more than {SECONDS} s of processor time")


@contextmanager
def impatient() -> Iterator[None]:
    """Raise `Hangs` where what is done inside takes longer than `SECONDS`.

    A pattern that is being matched lets no signal through, and what waits for another process takes
    no time: after ten times as many seconds by the clock the process ends, with a traceback that
    says where. Main thread only.
    """
    before = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    faulthandler.dump_traceback_later(SECONDS * 10, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGVTALRM, before)
