"""Processes of this program's own, spoken to through pipes: for work that holds Python for long."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO


def start(
    program: str, *arguments: str, hears: IO[bytes] | None = None, freed_kept_ms: int = 0
) -> subprocess.Popen[bytes]:
    """A process that hears this one, or what is said at the other end of `hears`.

    Its part in Polars is short, the other cores have other work to do.
    """
    paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
    modest = {
        "POLARS_MAX_THREADS": "1",
        "_RJEM_MALLOC_CONF": f"dirty_decay_ms:{freed_kept_ms},muzzy_decay_ms:0",
    }
    return subprocess.Popen(
        # -P: nothing is imported from the folder that somebody happens to be in.
        [sys.executable, "-P", "-c", program, *arguments],
        stdin=hears or subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What Python or Polars print of an error may quote a comment.
        stderr=subprocess.DEVNULL,
        env={**os.environ, **modest, "PYTHONPATH": paths},
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and let go of what it was spoken to by."""
    process.kill()
    for end_of_pipe in (process.stdin, process.stdout):
        if end_of_pipe:
            with suppress(BrokenPipeError):  # of what it was not told any more
                end_of_pipe.close()
    process.wait()


def pipe(end_of_it: IO[bytes] | None) -> IO[bytes]:
    """The end of a pipe that a process was started with."""
    if end_of_it is None:
        raise ValueError("the process was started without a pipe")
    return end_of_it


def ended(line: Sequence[subprocess.Popen[bytes]]) -> str:
    """How the first of some processes ended that did not end well by itself.

    When one is killed, the one behind it hears nothing more, and the one before it is not heard
    any more: both end, too, but not by a signal.
    """
    codes = [process.wait() for process in reversed(line)]
    code = min(codes)
    return f"signal {-code}" if code < 0 else f"exit code {max(codes)}"
