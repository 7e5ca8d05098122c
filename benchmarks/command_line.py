"""How fast does `resonanz` answer a person who types: help, SQL, the list of tables?"""

from collections.abc import Sequence

from benchmarks.measure import Summary, interleaved, limit, machine, note, parser, show, table
from benchmarks.workplace import workplace

REFERENCE = "python -c pass"
HELP, SQL, TABLES = "resonanz --help", "resonanz sql", "resonanz tables"
PROMISED_S = {HELP: 0.5, SQL: 1.5}
QUERY = "SELECT channel, sum(comment_count) FROM mart.channel_weekly GROUP BY channel"
PUBLISHED_COMMENTS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Publish some invented comments, then run each command in turns."""
    chosen = parser(__doc__, repeats=15).parse_args(arguments)
    repeats, about = chosen.repeats or (5 if chosen.quick else 15), machine()
    with workplace() as place:
        note(f"publishing {PUBLISHED_COMMENTS:,} invented comments")
        place.fill(PUBLISHED_COMMENTS)
        commands = {
            REFERENCE: place.python("pass"),
            HELP: place.resonanz("--help"),
            SQL: place.resonanz("sql", QUERY),
            TABLES: place.resonanz("tables"),
        }
        interleaved(commands, 1)  # what the first call compiles is not what people wait for
        note(f"{repeats} turns")
        summaries = interleaved(commands, repeats)
    facts = {"repeats": repeats, "limits": PROMISED_S, "query": QUERY, "rows": summaries}
    show("command_line", about, shown(summaries), facts if chosen.json else None)


def shown(summaries: Sequence[Summary]) -> str:
    """The commands side by side, with their ratio to Python's own start: the first of them."""
    header = ("", "runs", "wall s", "min", "max", "user s", "ratio", "limit")
    return table(
        header,
        [
            (
                each.name,
                each.runs,
                each.wall_s,
                each.wall_min_s,
                each.wall_max_s,
                each.user_s,
                each.wall_s / summaries[0].wall_s,
                limit(each.wall_s, PROMISED_S[each.name]) if each.name in PROMISED_S else None,
            )
            for each in summaries
        ],
    )


if __name__ == "__main__":
    main()
