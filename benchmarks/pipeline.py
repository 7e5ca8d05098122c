"""The flows from a CSV to published tables in one process, with invented labels in between.

`python -m benchmarks.pipeline FILE` prints one JSON object: what each part took.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.labels import put_labels
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.running.quiet import at_a_terminal
from flows.settings import load_settings

Parts = dict[str, dict[str, float]]
"""Part -> `wall_s`, `user_s` and `system_s`, of this process and those that it started."""


def run(file: Path) -> Parts:
    """Take `file` all the way; `labels` is what the measurement has to leave out."""
    parts: Parts = {}
    with timed("ingest", parts):
        ingest(files=[file])
    with timed("refine", parts):
        refine()
    with timed("labels", parts):
        put_labels(load_settings())
    with timed("publish", parts):
        publish()
    return parts


@contextmanager
def timed(part: str, parts: Parts) -> Iterator[None]:
    """Note in `parts` what the block took."""
    wall, (user, system) = time.perf_counter(), used()
    yield
    user_after, system_after = used()
    parts[part] = {
        "wall_s": time.perf_counter() - wall,
        "user_s": user_after - user,
        "system_s": system_after - system,
    }


def used() -> tuple[float, float]:
    """User and system seconds so far, those of processes included that have ended."""
    here, below = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return here.ru_utime + below.ru_utime, here.ru_stime + below.ru_stime


if __name__ == "__main__":
    with at_a_terminal():
        print(json.dumps(run(Path(sys.argv[1]))))
