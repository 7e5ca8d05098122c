"""How does the cost of each stage grow with the comments, from 10^4 to 10^7 and beyond?

`python -m benchmarks.scale --sizes 10000 100000 1000000`; to fill a warehouse takes some 130 s of
processor time a million comments, and 0.85 GB of disk.
"""

import importlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.filled import DAY_COMMENTS
from benchmarks.measure import Cell, machine, note, parser, show, table
from benchmarks.publishing import STEPS, Step, timed
from benchmarks.workplace import Workplace
from flows.running.direct import without_prefect

SIZES = (10_000, 100_000, 1_000_000)
QUICK = (10_000,)
MOST_READ = 200_000
"""Comments of the largest file that is read: the rate does not change from there on."""

READ, MARTS, PUBLISH, DAY, EMPTY_DAY = (
    "ingest + refine",
    "marts",
    "publish",
    "day of 10,000",
    "the same day on nothing",
)

PROMISED_RATE, PROMISED_MARTS_S, PROMISED_MARTS_MB = 25_000, 60, 4_000
PROMISED_PUBLISH_S, PROMISED_DAY = 90, 1.3
PROMISED_AT = 10_000_000
"""Comments for which marts, publish and day are promised."""


@dataclass(frozen=True)
class Found:
    """What one stage took at one size: medians, but of memory the most."""

    size: int
    stage: str
    comments: int
    wall_s: float
    cpu_s: float
    peak_mb: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size, smallest first, in a folder of its own."""
    options = parser(__doc__, repeats=1)
    options.add_argument("--sizes", type=int, nargs="+", help="comments; default 10^4 to 10^6")
    options.add_argument("--memory", default="1GB", help="what DuckDB may use (default 1GB)")
    options.add_argument("--folder", type=Path, help="where warehouses are kept for another run")
    options.add_argument("--stages", nargs="+", choices=("read", "day", "publish"))
    chosen = options.parse_args(arguments)
    sizes = chosen.sizes or (QUICK if chosen.quick else SIZES)
    stages = tuple(chosen.stages or ("read", "day", "publish"))
    about, found = machine(), list[Found]()
    with tempfile.TemporaryDirectory(prefix="resonanz-benchmark-") as folder:
        place = Bench(Path(folder), memory=chosen.memory, kept=chosen.folder)
        for size in sizes:
            found += place.measured(size, stages, chosen.repeats or 1)
            note(shown(found))
    facts = {"rows": [asdict(row) for row in found]}
    show("scale", about, f"{shown(found)}\n\n{growth(found)}", facts if chosen.json else None)


@dataclass(frozen=True)
class Bench(Workplace):
    """A workplace whose warehouses may be `kept` between runs, as it takes long to fill them."""

    memory: str = "1GB"
    kept: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every process that is measured."""
        return super().environment | {"RESONANZ_WAREHOUSE__MEMORY": self.memory}

    def measured(self, size: int, stages: Sequence[str], repeats: int) -> list[Found]:
        """Each of the `stages` at one size."""
        runs: dict[str, list[tuple[int, Step]]] = {}
        for turn in range(repeats):
            note(f"{size:,} comments, turn {turn + 1}: {', '.join(stages)}")
            for stage in stages:
                for name, comments, step in getattr(self, stage)(size):
                    runs.setdefault(name, []).append((comments, step))
        return [median(size, name, of_name) for name, of_name in runs.items()]

    def read(self, size: int) -> Iterator[tuple[str, int, Step]]:
        """Read a file of `size` comments into an empty warehouse, at most `MOST_READ`."""
        count = min(size, MOST_READ)
        self.forget_data()
        file = self.folder / f"read-{count}.csv"
        if not file.exists():
            self.module("filled", "0", file, str(count)).run()
        for name, step in self.steps("read_file", file).items():
            yield name, count, step

    def day(self, size: int) -> Iterator[tuple[str, int, Step]]:
        """Take in one more day, on nothing and on `size` comments."""
        file = self.folder / f"day-{size}.csv"
        if not file.exists():
            self.module("filled", str(size), file, str(DAY_COMMENTS)).run()
        self.forget_data()
        for name, step in self.steps("take_day", file).items():
            yield f"{EMPTY_DAY}: {name}", DAY_COMMENTS, step
        self.fill_with(size)
        for name, step in self.steps("take_day", file).items():
            yield f"{DAY}: {name}", DAY_COMMENTS, step

    def publish(self, size: int) -> Iterator[tuple[str, int, Step]]:
        """Publish `size` comments for the first time, step by step, then with nothing new."""
        self.fill_with(size)
        for name, step in self.steps("publish_all").items():
            yield name, size, step

    def fill_with(self, size: int) -> None:
        """Put a warehouse of `size` comments in place: a kept one, or made now."""
        self.forget_data()
        if self.kept is None:
            self.module("filled", str(size)).run()
            return
        kept = self.kept / f"{size}.duckdb"
        if not kept.exists():
            self.module("filled", str(size)).run()
            self.kept.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.data / "warehouse.duckdb", kept)
            return
        self.data.mkdir(parents=True)
        shutil.copyfile(kept, self.data / "warehouse.duckdb")
        with (self.data / "warehouse.duckdb").open("rb") as copied:
            os.fsync(copied.fileno())  # else the first commit that is measured writes it

    def steps(self, name: str, *arguments: str | Path) -> dict[str, Step]:
        """What the parts of one of this module's own functions took, in a process of its own."""
        told = self.module("scale", "--one", name, *arguments).run().output
        steps: dict[str, Step] = json.loads(told.splitlines()[-1])
        return steps


def median(size: int, name: str, runs: Sequence[tuple[int, Step]]) -> Found:
    """The runs of one stage in one line."""
    steps = [step for _, step in runs]
    return Found(
        size,
        name,
        runs[0][0],
        statistics.median(step["wall_s"] for step in steps),
        statistics.median(step["cpu_s"] for step in steps),
        max(step["peak_mb"] for step in steps),
    )


def shown(found: Sequence[Found]) -> str:
    """A line a size and stage."""
    return table(
        ("", "comments", "of them", "wall s", "CPU s", "peak MB", "comments/s", "promised"),
        [line(row, found) for row in found],
    )


def line(row: Found, found: Sequence[Found]) -> list[Cell]:
    """One stage at one size."""
    rate = row.comments / row.wall_s if row.wall_s > 0.05 else None
    return [
        row.stage,
        row.size,
        row.comments,
        round(row.wall_s, 2),
        round(row.cpu_s, 2),
        round(row.peak_mb),
        rate and round(rate),
        verdict(row, found),
    ]


def verdict(row: Found, found: Sequence[Found]) -> str | None:
    """Whether a promise is kept; None where none was made for this stage and size."""
    if row.stage == READ and row.comments == MOST_READ:
        rate = row.comments / row.wall_s
        return f"{'pass' if rate >= PROMISED_RATE else 'FAIL'} (>= {PROMISED_RATE:,}/s)"
    if row.stage.startswith(f"{DAY}: "):
        return compared(row, found)
    if row.size != PROMISED_AT:
        return None
    if row.stage == MARTS:
        kept = row.wall_s < PROMISED_MARTS_S and row.peak_mb < PROMISED_MARTS_MB
        return f"{'pass' if kept else 'FAIL'} (< {PROMISED_MARTS_S} s, {PROMISED_MARTS_MB:,} MB)"
    if row.stage == PUBLISH:
        return f"{'pass' if row.wall_s < PROMISED_PUBLISH_S else 'FAIL'} (< {PROMISED_PUBLISH_S} s)"
    return None


def compared(row: Found, found: Sequence[Found]) -> str | None:
    """How many times the same step took on nothing, by processor time; 1.3 is promised."""
    wanted = row.stage.replace(DAY, EMPTY_DAY)
    empty = next((r for r in found if r.size == row.size and r.stage == wanted), None)
    if empty is None or empty.cpu_s < 0.01:
        return None
    ratio = row.cpu_s / empty.cpu_s
    if row.size != PROMISED_AT:
        return f"{ratio:.2f} times"
    return f"{ratio:.2f} times, {'pass' if ratio <= PROMISED_DAY else 'FAIL'} (<= {PROMISED_DAY})"


def growth(found: Sequence[Found]) -> str:
    """Each stage's processor seconds a million comments, by size: a flat line grows in step."""
    sizes = sorted({row.size for row in found})
    stages = list(dict.fromkeys(row.stage for row in found))
    by_place = {(row.stage, row.size): row for row in found}
    rows: list[list[Cell]] = []
    for stage in stages:
        cells: list[Cell] = [stage]
        for size in sizes:
            row = by_place.get((stage, size))
            cells.append(round(row.cpu_s / row.comments * 1e6, 1) if row else None)
        rows.append(cells)
    header = ("CPU s a million comments", *(f"{size:,}" for size in sizes))
    return table(header, rows)


def read_file(file: str) -> dict[str, Step]:
    """Land and read one file."""
    from flows.ingest import ingest
    from flows.refine import refine

    def both() -> None:
        ingest(files=[Path(file)])
        refine()

    found: dict[str, Step] = {}
    timed(READ, both, found)()
    return found


def take_day(file: str) -> dict[str, Step]:
    """What `daily` does with one more file, but for classifying: that is only asked for."""
    from flows.classify import answerers_of, pending_shards, settle
    from flows.ingest import ingest
    from flows.refine import refine
    from flows.settings import load_settings

    def asked() -> None:
        settings = load_settings()
        versions = [answerer.version for answerer in answerers_of(settings)]
        found = settle(versions, settings)
        for version in found.left:
            next(pending_shards(version, found, settings))

    found: dict[str, Step] = {}
    timed("ingest", ingest, found)(files=[Path(file)])
    timed("refine", refine, found)()
    timed("what to classify", asked, found)()
    found["in all"] = {
        measure: max(step[measure] for step in found.values())
        if measure == "peak_mb"
        else sum(step[measure] for step in found.values())
        for measure in ("wall_s", "cpu_s", "peak_mb")
    }
    return found


def publish_all() -> dict[str, Step]:
    """Publish, step by step; then again, when nothing has changed."""
    from flows.publish import publish

    found: dict[str, Step] = {}
    for name, (module, function) in STEPS.items():
        room = importlib.import_module(module)
        setattr(room, function, timed(name, getattr(room, function), found))
    timed(PUBLISH, publish, found)()
    again: dict[str, Step] = {}
    first = dict(found)
    timed("publish again, nothing new", publish, again)()
    return first | again


ALONE: dict[str, Callable[..., dict[str, Step]]] = {
    "read_file": read_file,
    "take_day": take_day,
    "publish_all": publish_all,
}
"""What runs in a process of its own."""


def one(name: str, *arguments: Any) -> None:
    """Run one of `ALONE`, without Prefect, and print what its parts took."""
    with without_prefect():
        print(json.dumps(ALONE[name](*arguments)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main()
