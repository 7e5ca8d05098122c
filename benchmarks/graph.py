"""How long does 100 MB of Facebook Graph JSON take to land and to be read into the clean tables?"""

from collections.abc import Sequence

import duckdb

from benchmarks.graph_answers import Written, write_answers
from benchmarks.measure import (
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

PROMISED_BYTES = 100_000_000
PROMISED_S = 60
PROMISED_MB = 1_000
QUICK_BYTES = 5_000_000
WARM_UP_BYTES = 50_000
STAGES = ("ingest", "refine")
EMPTY = "empty flow"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure `ingest` and `refine` of one file, in processes of their own, as users run them."""
    options = parser(__doc__, repeats=3)
    options.add_argument("--megabytes", type=int, help="default 100; quick: 5")
    chosen = options.parse_args(arguments)
    size = QUICK_BYTES if chosen.quick else PROMISED_BYTES
    size = chosen.megabytes * 1_000_000 if chosen.megabytes else size
    repeats, about = chosen.repeats or (1 if chosen.quick else 3), machine()
    written, medians = measured(size, repeats)
    facts = {
        "posts": written.posts,
        "comments": written.comments,
        "bytes": written.bytes,
        "repeats": repeats,
        "limits": {"bytes": PROMISED_BYTES, "wall_s": PROMISED_S, "peak_mb": PROMISED_MB},
        "rows": medians,
    }
    show("graph", about, shown(written, medians), facts if chosen.json else None)


def measured(size: int, repeats: int) -> tuple[Written, list[Summary]]:
    """The medians of an empty flow and of both stages; raises RuntimeError if a comment is lost."""
    with workplace() as place:
        note("warm-up")
        write_answers(warm_up := place.folder / "warm-up.json", WARM_UP_BYTES)
        place.resonanz("ingest", warm_up).run()
        place.resonanz("refine").run()
        file = place.folder / "graph.json"
        written = write_answers(file, size)
        commands = {
            EMPTY: place.empty_flow(),
            "ingest": place.resonanz("ingest", file),
            "refine": place.resonanz("refine"),
        }
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for turn in range(repeats):
            note(f"{written.bytes:,} bytes, turn {turn + 1} of {repeats}")
            place.forget_data()
            for name, command in commands.items():
                runs[name].append(command.run())
            check(place, written)
    return written, [summary(name, of_name) for name, of_name in runs.items()]


def check(place: Workplace, written: Written) -> None:
    """Raise RuntimeError unless every post and comment is in the clean tables."""
    with duckdb.connect(place.data / "warehouse.duckdb", read_only=True) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM clean.post), (SELECT count(*) FROM clean.comment)"
        ).fetchone()
    if found != (written.posts, written.comments):
        raise RuntimeError(
            f"the tables hold {found} posts and comments, expected "
            f"{(written.posts, written.comments)}"
        )


def shown(written: Written, medians: Sequence[Summary]) -> str:
    """The medians as a table; limits count only at the size that they were promised for."""
    header = ("", "wall s", "min", "max", "user s", "sys s", "peak MB", "MB/s", "time", "memory")
    rows = [
        [
            each.name,
            each.wall_s,
            each.wall_min_s,
            each.wall_max_s,
            each.user_s,
            each.system_s,
            round(each.peak_mb),
            None,
            None,
            None,
        ]
        for each in medians
    ]
    stages = [each for each in medians if each.name in STAGES]
    wall, peak = sum(each.wall_s for each in stages), max(each.peak_mb for each in stages)
    is_judged = written.bytes >= PROMISED_BYTES
    rows.append(
        [
            "sum of stages",
            wall,
            None,
            None,
            sum(each.user_s for each in stages),
            sum(each.system_s for each in stages),
            round(peak),
            written.bytes / 1e6 / wall,
            limit(wall, PROMISED_S) if is_judged else None,
            limit(peak, PROMISED_MB) if is_judged else None,
        ]
    )
    title = (
        f"{written.bytes / 1e6:,.0f} MB: {written.comments:,} comments on {written.posts:,} posts, "
        "medians"
    )
    return f"{title}\n\n{table(header, rows)}"


if __name__ == "__main__":
    main()
