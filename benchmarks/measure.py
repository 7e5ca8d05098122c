"""Commands in; wall seconds, CPU seconds and peak memory of whole processes out, as a table."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

MEGABYTE = 1_000_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05
"""Between two looks at memory: often at first, for short commands; later looking costs too much."""

Cell = str | int | float | None
"""What stands in a table; None where there is nothing to say."""


@dataclass(frozen=True)
class Run:
    """What one process, with all that it started, took."""

    wall_s: float
    user_s: float
    system_s: float
    peak_mb: float
    """Most resident memory at one moment, summed over the processes; what they share counts in
    each. 0 where the system has no `/proc`."""
    output: str
    """What it wrote to stdout."""


@dataclass(frozen=True)
class Command:
    """A command line, its whole environment, its folder, and the exit codes that are no failure."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    accepted: tuple[int, ...] = (0,)

    def run(self) -> Run:
        """Run it to its end; raises RuntimeError, with its last words, if it fails."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            measured, code = _measured(self, out, err)
            if code not in self.accepted:
                raise RuntimeError(
                    f"`{' '.join(self.words)}` ended with {code}: {_content(err)[-2000:]}"
                )
            return measured


@dataclass(frozen=True)
class Summary:
    """Medians of some runs of one thing; wall seconds also with their extremes."""

    name: str
    runs: int
    wall_s: float
    wall_min_s: float
    wall_max_s: float
    user_s: float
    system_s: float
    peak_mb: float


def summary(name: str, runs: Sequence[Run]) -> Summary:
    """The medians of `runs`; peak memory is the highest of them, not the median."""
    walls = [run.wall_s for run in runs]
    return Summary(
        name=name,
        runs=len(runs),
        wall_s=statistics.median(walls),
        wall_min_s=min(walls),
        wall_max_s=max(walls),
        user_s=statistics.median(run.user_s for run in runs),
        system_s=statistics.median(run.system_s for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
    )


def interleaved(commands: Mapping[str, Command], repeats: int) -> list[Summary]:
    """Run every command `repeats` times, in turns, so that a busy minute meets all of them alike.

    Every other turn goes backwards: none of them always comes after the same one.
    """
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(repeats):
        for name in list(commands)[:: 1 if turn % 2 == 0 else -1]:
            runs[name].append(commands[name].run())
    return [summary(name, of_name) for name, of_name in runs.items()]


def machine() -> dict[str, Cell]:
    """The machine and the versions that a number belongs to, and how busy it was."""
    return {
        "cpu": _first_value("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("prefect", "duckdb", "polars")},
    }


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """`rows` below `header`, the first column to the left and all others to the right."""
    lines = [list(header), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def limit(value: float, most: float) -> str:
    """Whether `value` stays below `most`, as a cell."""
    return f"{'pass' if value < most else 'FAIL'} (< {most:g})"


def parser(description: str | None, repeats: int) -> argparse.ArgumentParser:
    """The options that all benchmarks share; `repeats` is the default of `--repeats`."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--json", action="store_true", help="add one JSON object as the last line")
    options.add_argument("--quick", action="store_true", help="a small run, under a minute")
    options.add_argument(
        "--repeats", type=_positive, help=f"runs of each command (default {repeats}; quick: fewer)"
    )
    return options


def show(
    name: str, about: Mapping[str, Cell], answer: str, facts: Mapping[str, object] | None
) -> None:
    """Print the machine it is `about` and the `answer`; `facts`, if any, as JSON in one last line.

    The machine is described before anything is measured: its load then is that of others.
    """
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    print(f"\n{answer}")
    if facts is not None:
        print(json.dumps({"benchmark": name, "machine": about, **facts}, default=asdict))


def note(text: str) -> None:
    """Tell the person who waits, on stderr, what is going on."""
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"found {number}, expected at least 1")
    return number


def _measured(command: Command, out: IO[bytes], err: IO[bytes]) -> tuple[Run, int]:
    started = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        env=command.environment,
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )
    ended = threading.Event()
    peaks: list[int] = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, ended.wait, peaks))
    watcher.start()
    # `wait4` alone says what this process took, and not all that were ever waited for.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    # Not `ru_maxrss`: after `exec` it still holds the size of the process that started this one.
    peak = max(peaks) / MEGABYTE
    run = Run(wall, usage.ru_utime, usage.ru_stime, peak, _content(out))
    return run, process.returncode


def _watch(process_id: int, ended: Callable[[float], bool], peaks: list[int]) -> None:
    """Add to `peaks` the resident bytes of a process and all below it, until `ended`."""
    pause = FIRST_PAUSE_S
    while True:
        peaks.append(sum(map(resident_bytes, family(process_id))))
        if ended(pause):
            return
        pause = min(pause * 1.5, LONGEST_PAUSE_S)


def family(process_id: int) -> list[int]:
    """A process and all that descend from it, as far as they are alive."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything, also parentheses.
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue  # it has just ended
        children.setdefault(parent, []).append(int(entry.parent.name))
    found = [process_id]
    for member in found:
        found += children.get(member, [])
    return found


def resident_bytes(process_id: int) -> int:
    """Memory that a process holds now; 0 once it has ended."""
    return _pages_of(process_id)[0] * os.sysconf("SC_PAGE_SIZE")


def own_bytes(process_id: int) -> int:
    """The same without what it has of files, which the system takes back where memory is short."""
    resident, of_files = _pages_of(process_id)
    return (resident - of_files) * os.sysconf("SC_PAGE_SIZE")


def _pages_of(process_id: int) -> tuple[int, int]:
    try:
        _, resident, of_files, *_ = Path(f"/proc/{process_id}/statm").read_text().split()
    except (OSError, ValueError):
        return 0, 0
    return int(resident), int(of_files)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _first_value(path: str, key: str) -> str | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), None)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:,.2f}" if cell < 100 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
