"""What does a second `resonanz daily` cost when nothing is new? It must classify nothing."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from benchmarks.comments import write_comments
from benchmarks.measure import (
    Summary,
    interleaved,
    limit,
    machine,
    note,
    parser,
    show,
    table,
)
from benchmarks.workplace import PROJECT, Workplace, workplace

PROMISED_S = 3
SAMPLES = PROJECT / "data" / "samples"
QUICK_COMMENTS = 200
REJECTED = 3
"""Exit code of a run that rejected records: the samples hold some."""
EMPTY, SECOND = "empty flow", "second daily"


@dataclass(frozen=True)
class State:
    """What a run that has nothing to do must leave as it is."""

    labels: int
    runs: int
    stages: tuple[str, ...]
    published: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `daily` once with work to do, then many times without, next to an empty flow."""
    chosen = parser(__doc__, repeats=7).parse_args(arguments)
    repeats, about = chosen.repeats or (3 if chosen.quick else 7), machine()
    with workplace() as place:
        content = fill_inbox(place, is_quick=chosen.quick)
        note(f"first run: {content}")
        first = place.resonanz("daily", accepted=(0, REJECTED)).run()
        before = state(place)
        note(f"{repeats} turns")
        commands = {EMPTY: place.empty_flow(), SECOND: place.resonanz("daily")}
        empty, second = interleaved(commands, repeats)
        after = state(place)
    facts = {
        "content": content,
        "repeats": repeats,
        "limits": {"added_s": PROMISED_S},
        "first_daily": {"wall_s": first.wall_s, "user_s": first.user_s, "peak_mb": first.peak_mb},
        "rows": [empty, second],
        "added_wall_s": second.wall_s - empty.wall_s,
        "added_user_s": second.user_s - empty.user_s,
        "ratio": second.wall_s / empty.wall_s,
        "state_before": before,
        "state_after": after,
        "is_unchanged": before == after,
    }
    answer = f"{content}\n\n{shown(empty, second)}\n\n{verdict(before, after)}"
    show("second_run", about, answer, facts if chosen.json else None)


def fill_inbox(place: Workplace, *, is_quick: bool) -> str:
    """Put the samples, or some invented comments, in the inbox; returns what it is in words."""
    inbox = place.data / "inbox"
    inbox.mkdir(parents=True)
    if is_quick:
        write_comments(inbox / "kommentare.csv", QUICK_COMMENTS)
        return f"{QUICK_COMMENTS} invented comments"
    samples = [file for file in sorted(SAMPLES.iterdir()) if file.is_file()]
    if not samples:
        raise SystemExit(f"There are no files in `{SAMPLES}`; `--quick` invents comments instead.")
    for file in samples:
        shutil.copy(file, inbox)
    return f"the {len(samples)} sample files"


def state(place: Workplace) -> State:
    """What is in the warehouse and in front of the people now."""
    latest: Path = place.data / "published" / "latest"
    with duckdb.connect(place.data / "warehouse.duckdb", read_only=True) as connection:
        labels = connection.execute("SELECT count(*) FROM classified.label").fetchone()
        stages = connection.execute("SELECT stage FROM ops.run ORDER BY ALL").fetchall()
    return State(
        labels=int(labels[0]) if labels else 0,
        runs=len(stages),
        stages=tuple(str(row[0]) for row in stages),
        published=latest.resolve().name,
    )


def shown(empty: Summary, second: Summary) -> str:
    """Both side by side, their difference and their ratio."""
    rows = [
        (
            each.name,
            each.runs,
            each.wall_s,
            each.wall_min_s,
            each.wall_max_s,
            each.user_s,
            round(each.peak_mb),
            each.wall_s / empty.wall_s,
            None,
        )
        for each in (empty, second)
    ]
    added = second.wall_s - empty.wall_s
    difference = (
        "added by daily",
        None,
        added,
        None,
        None,
        second.user_s - empty.user_s,
        round(second.peak_mb - empty.peak_mb),
        None,
        limit(added, PROMISED_S),
    )
    header = ("", "runs", "wall s", "min", "max", "user s", "peak MB", "ratio", "limit")
    return table(header, [*rows, difference])


def verdict(before: State, after: State) -> str:
    """Whether the runs without news left everything as it was."""
    if before == after:
        return (
            f"pass: {after.labels:,} labels, {after.runs} entries in ops.run and the snapshot "
            f"{after.published} are as the first run left them"
        )
    return f"FAIL: something was done again: {asdict(before)} became {asdict(after)}"


if __name__ == "__main__":
    main()
