"""How long do 100,000 comments take from a CSV to published tables, classification left out?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comments import write_comments
from benchmarks.measure import (
    Cell,
    Run,
    Summary,
    limit,
    machine,
    note,
    parser,
    show,
    summary,
    table,
)
from benchmarks.workplace import Workplace, workplace

PROMISED_COMMENTS = 100_000
PROMISED_S = 30
PROMISED_MB = 2_000
WARM_UP_COMMENTS = 100
STAGES = ("ingest", "refine", "publish")
EMPTY = "empty flow"
ONE_PROCESS = "one process"

Runs = dict[str, list[Run]]
"""What was run -> its runs."""


@dataclass(frozen=True)
class Line:
    """One line of the answer; the limits are judged where they were promised."""

    name: str
    wall_s: float
    wall_min_s: float | None
    wall_max_s: float | None
    user_s: float
    system_s: float
    peak_mb: float
    is_judged: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each stage as users run it, and all of them in one process."""
    options = parser(__doc__, repeats=3)
    options.add_argument("--comments", type=int, help="default 100,000; quick: 10,000")
    chosen = options.parse_args(arguments)
    count = chosen.comments or (10_000 if chosen.quick else PROMISED_COMMENTS)
    repeats = chosen.repeats or (1 if chosen.quick else 3)
    about = machine()
    runs, parts = measured(count, repeats, is_quick=chosen.quick)
    lines = report(runs, parts)
    facts = {
        "comments": count,
        "repeats": repeats,
        "limits": {"comments": PROMISED_COMMENTS, "wall_s": PROMISED_S, "peak_mb": PROMISED_MB},
        "rows": lines,
        "one_process_parts": parts,
    }
    show("throughput", about, shown(lines, count), facts if chosen.json else None)


def measured(
    count: int, repeats: int, *, is_quick: bool
) -> tuple[Runs, list[dict[str, dict[str, float]]]]:
    """Run everything `repeats` times; also the seconds of the one process's parts."""
    runs: Runs = {name: [] for name in (EMPTY, *STAGES, ONE_PROCESS)}
    parts = []
    with workplace() as place:
        note("warm-up")
        if is_quick:
            place.empty_flow().run()
        else:
            place.fill(WARM_UP_COMMENTS)
        file = place.folder / "kommentare.csv"
        write_comments(file, count)
        for turn in range(repeats):
            note(f"{count:,} comments, turn {turn + 1} of {repeats}")
            run_stages(place, file, runs)
            place.forget_data()
            runs[ONE_PROCESS].append(place.module("pipeline", file).run())
            parts.append(json.loads(runs[ONE_PROCESS][-1].output.splitlines()[-1]))
    return runs, parts


def run_stages(place: Workplace, file: Path, runs: Runs) -> None:
    """An empty flow and each stage, in processes of their own; labels come before `publish`."""
    place.forget_data()
    runs[EMPTY].append(place.empty_flow().run())
    runs["ingest"].append(place.resonanz("ingest", file).run())
    runs["refine"].append(place.resonanz("refine").run())
    place.module("labels").run()
    runs["publish"].append(place.resonanz("publish").run())


def report(runs: Runs, parts: list[dict[str, dict[str, float]]]) -> list[Line]:
    """The lines of the answer, sums and differences of medians among them."""
    medians = {
        name: summary(name, of_name) for name, of_name in runs.items() if name != ONE_PROCESS
    }
    whole = summary(ONE_PROCESS, without_labels(runs[ONE_PROCESS], parts))
    start = medians[EMPTY]
    stages = [medians[stage] for stage in STAGES]
    return [
        line(start),
        *map(line, stages),
        total("sum of stages", stages, is_judged=True),
        total("sum without Prefect's start", stages, start),
        line(whole, is_judged=True),
        total("one process without Prefect's start", [whole], start),
    ]


def without_labels(runs: list[Run], parts: list[dict[str, dict[str, float]]]) -> list[Run]:
    """The runs of the one process less the time in which labels were put in."""
    return [
        Run(
            wall_s=run.wall_s - of_run["labels"]["wall_s"],
            user_s=run.user_s - of_run["labels"]["user_s"],
            system_s=run.system_s - of_run["labels"]["system_s"],
            peak_mb=run.peak_mb,
            output=run.output,
        )
        for run, of_run in zip(runs, parts, strict=True)
    ]


def line(of: Summary, *, is_judged: bool = False) -> Line:
    """A summary as a line."""
    return Line(
        of.name,
        of.wall_s,
        of.wall_min_s,
        of.wall_max_s,
        of.user_s,
        of.system_s,
        of.peak_mb,
        is_judged,
    )


def total(
    name: str, of: Sequence[Summary], less: Summary | None = None, *, is_judged: bool = False
) -> Line:
    """The medians `of` some processes added up, minus one start `less` for each of them."""

    def added(field: str) -> float:
        start = float(getattr(less, field)) * len(of) if less else 0.0
        return sum(float(getattr(one, field)) for one in of) - start

    return Line(
        name,
        added("wall_s"),
        None,
        None,
        added("user_s"),
        added("system_s"),
        max(one.peak_mb for one in of),
        is_judged,
    )


def shown(lines: Sequence[Line], count: int) -> str:
    """The lines as a table; limits count only at the size that they were promised for."""
    header = ("", "wall s", "min", "max", "user s", "sys s", "peak MB", "rows/s", "time", "memory")
    return f"{count:,} comments, medians\n\n" + table(
        header, [cells(each, count, is_empty=each.name == EMPTY) for each in lines]
    )


def cells(of: Line, count: int, *, is_empty: bool) -> list[Cell]:
    """One line of the table."""
    is_judged = of.is_judged and count == PROMISED_COMMENTS
    return [
        of.name,
        of.wall_s,
        of.wall_min_s,
        of.wall_max_s,
        of.user_s,
        of.system_s,
        round(of.peak_mb),
        None if is_empty or of.wall_s <= 0 else round(count / of.wall_s),
        limit(of.wall_s, PROMISED_S) if is_judged else None,
        limit(of.peak_mb, PROMISED_MB) if is_judged else None,
    ]


if __name__ == "__main__":
    main()
