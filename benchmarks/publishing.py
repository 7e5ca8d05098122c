"""Which step of a publish takes how long, and how much memory, as comments grow?"""

import importlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.measure import (
    Cell,
    family,
    machine,
    note,
    own_bytes,
    parser,
    resident_bytes,
    show,
    table,
)
from benchmarks.workplace import workplace
from flows.running.direct import without_prefect

SIZES = (10_000, 100_000, 1_000_000)
QUICK = (10_000,)

STEPS = {
    "text profiles": ("flows.publish", "profile_pending"),
    "segments": ("flows.publish", "segment_comments"),
    "what has changed": ("flows.publish", "state_of"),
    "marts": ("flows.publish", "build_marts"),
    "- shared views": ("flows.publishing.sharing", "share"),
    "- labels heard": ("flows.publishing.sharing", "listened"),
    "- counted": ("flows.publishing.marts", "counted_marts"),
    "- comments to answer": ("flows.publishing.marts", "comments_to_answer"),
    "- - open comments": ("flows.publishing.marts", "open_comments"),
    "- small cells": ("flows.publishing.marts", "hide_small_cells"),
    "- computed from these": ("flows.publishing.marts", "derived_from"),
    "- comments behind": ("flows.publishing.marts", "comments_behind"),
    "- stored": ("flows.publishing.marts", "store_marts"),
    "- made of stored ones": ("flows.publishing.marts", "made_of_marts"),
    "exports": ("flows.publish", "write_exports"),
    "waiting for the gate": ("flows.publish", "gate"),
}
"""Step -> the function that does it, by the module in whose name it is called."""

PAUSE_S = 0.02
LOOKS_AT_ONE_FAMILY = 50
"""To find out who belongs to it takes longer than to look at them."""
MEGABYTE = 1e6

Step = dict[str, float]
"""`wall_s`, `cpu_s`, `peak_mb` of one step, and `own_mb`, the peak without what it has of files."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a publish of each size, labels put in by SQL, in a process of its own."""
    options = parser(__doc__, repeats=1)
    options.add_argument("--comments", type=int, nargs="+", help="sizes; default 10^4 to 10^6")
    chosen = options.parse_args(arguments)
    sizes = chosen.comments or (QUICK if chosen.quick else SIZES)
    about = machine()
    found: list[tuple[int, dict[str, Step]]] = []
    with workplace() as place:
        for size in sizes:
            for turn in range(chosen.repeats or 1):
                note(f"{size:,} comments, turn {turn + 1}")
                place.forget_data()
                place.module("refined", str(size)).run()
                told = place.module("publishing", "--steps").run().output
                found.append((size, json.loads(told.splitlines()[-1])))
    facts = {"rows": [{"comments": size, "steps": steps} for size, steps in found]}
    show("publishing", about, shown(found), facts if chosen.json else None)


def shown(found: Sequence[tuple[int, dict[str, Step]]]) -> str:
    """A line a size and step."""
    rows: list[list[Cell]] = [
        [
            name,
            size,
            round(step["wall_s"], 2),
            round(step["cpu_s"], 2),
            round(step["peak_mb"]),
            round(step["own_mb"]),
        ]
        for size, steps in found
        for name, step in steps.items()
    ]
    return table(("", "comments", "wall s", "CPU s", "peak MB", "of it own"), rows)


def steps_of_a_publish() -> dict[str, Step]:
    """Publish what is in the warehouse, without Prefect, and say what each step took."""
    from flows.publish import publish

    found: dict[str, Step] = {}
    for name, (module, function) in STEPS.items():
        room = importlib.import_module(module)
        setattr(room, function, timed(name, getattr(room, function), found))
    with without_prefect():
        timed("all", publish, found)()
    return found


def timed(name: str, work: Callable[..., Any], found: dict[str, Step]) -> Callable[..., Any]:
    """`work` that notes in `found` what it took."""

    def measured(*arguments: Any, **named: Any) -> Any:
        wall, cpu = time.perf_counter(), processor_seconds()
        with peak_memory() as peaks:
            answer = work(*arguments, **named)
        found[name] = {
            "wall_s": time.perf_counter() - wall,
            "cpu_s": processor_seconds() - cpu,
            "peak_mb": max(resident for resident, _ in peaks) / MEGABYTE,
            "own_mb": max(own for _, own in peaks) / MEGABYTE,
        }
        return answer

    return measured


def processor_seconds() -> float:
    """What this process has used so far, and those that it started, once they have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


@contextmanager
def peak_memory() -> Iterator[list[tuple[int, int]]]:
    """Bytes of this process and those that it started, until the block ends: all, and its own."""
    peaks, ended = [held_by([os.getpid()])], threading.Event()

    def watch() -> None:
        members, looked = [os.getpid()], 0
        while not ended.wait(PAUSE_S):
            looked += 1
            if looked % LOOKS_AT_ONE_FAMILY == 0:
                members = family(os.getpid())
            peaks.append(held_by(members))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def held_by(members: Sequence[int]) -> tuple[int, int]:
    """What processes hold together, and what of that is no file's."""
    return sum(map(resident_bytes, members)), sum(map(own_bytes, members))


if __name__ == "__main__":
    if sys.argv[1:] == ["--steps"]:
        print(json.dumps(steps_of_a_publish()))
    else:
        main()
