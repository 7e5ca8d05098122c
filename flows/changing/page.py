"""A trial as a page in Markdown; it quotes no comment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

import polars as pl

from flows.changing.pace import Pace
from flows.changing.trial import Trial, warnings
from flows.evaluate import shown
from flows.keeping.kept import EXAMPLES
from models.counted import Counted

MOST_CHANGES, MOST_SHIFTS, MOST_MOVES = 8, 12, 10
"""Rows of a table on the page; the files beside it hold all of them."""


def as_markdown(trial: Trial) -> str:
    """The page; it quotes nobody, so it may be shown where nobody can be erased from."""
    parts = [
        f"# {trial.candidate} beside {trial.instead_of}",
        f"{Counted(trial.comment_count):comment|comments} since {trial.since:%Y-%m-%d}, tried at "
        f"{trial.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC. Nothing published has changed.",
        *(f"**{warning}**" for warning in warnings(trial)),
        "## Answers that differ",
        *flip_parts(trial),
        "## Shares",
        *shift_parts(trial),
        "## What the next publish would change",
        *move_parts(trial),
        "## Quality on comments that people judged",
        *quality_parts(trial),
        "## Speed and size",
        pace_table(trial),
        f"To let it answer: `resonanz model promote {trial.candidate}`",
    ]
    return "\n\n".join(parts) + "\n"


def flip_parts(trial: Trial) -> list[str]:
    """How many answers differ, and which changes are most frequent."""
    if trial.flips.totals.is_empty():
        return ["Both give the same answers: no question is answered by another model."]
    totals = markdown_table(
        ("question", "comments", "differ", "share"),
        (
            (
                row["head"],
                f"{row['comment_count']:,}",
                f"{row['flipped_count']:,}",
                percent(row["flipped_share"]),
            )
            for row in trial.flips.totals.to_dicts()
        ),
    )
    told = trial.flips.pairs.filter("is_told")
    top = told.group_by("head", maintain_order=True).head(MOST_CHANGES)
    if top.is_empty():
        return [totals, f"No change happened to {trial.smallest_cell} people or more."]
    changes = markdown_table(
        ("question", "was", "is", "comments"),
        (
            (
                row["head"],
                row["label_before"] or "-",
                row["label_after"] or "-",
                f"{row['comment_count']:,}",
            )
            for row in top.to_dicts()
        ),
    )
    note = (
        f"Changes that happened to fewer than {trial.smallest_cell} people are not told apart. "
        f"Examples: `{EXAMPLES}` beside this page."
    )
    return [totals, changes, note]


def shift_parts(trial: Trial) -> list[str]:
    """The shares that differ most, of everything and by channel."""
    known = trial.shifts.filter(pl.col("difference").is_not_null())
    apart = known.filter("is_apart").height
    rows = known.head(MOST_SHIFTS).to_dicts()
    note = (
        f"{apart:,} of {known.height:,} shares moved so far that the two 95 % intervals have "
        "nothing in common. All of them: `shares.csv`. Both are corrected as in a publish, each by "
        "the held-out set of its own checkpoint."
    )
    if not rows:
        return [note]
    table = markdown_table(
        ("channel", "question", "answer", "before", "after", "apart"),
        (
            (
                row["channel"],
                row["head"],
                row["label"],
                interval(row, "before"),
                interval(row, "after"),
                "yes" if row["is_apart"] else "",
            )
            for row in rows
        ),
    )
    return [table, note]


def move_parts(trial: Trial) -> list[str]:
    """Alerts that would come or go, and the published shares that would move most."""
    alerts = trial.alerts
    parts = [
        f"Alerts: {alerts.filter(change='new').height:,} more, "
        f"{alerts.filter(change='gone').height:,} fewer (`alerts.csv`)."
    ]
    if not alerts.is_empty():
        parts.append(
            markdown_table(
                ("", "week", "of", "question", "answer", "direction"),
                (
                    (
                        row["change"],
                        row["week"],
                        f"{row['scope']} {row['item']}",
                        row["head"],
                        row["label"],
                        row["direction"] or "",
                    )
                    for row in alerts.head(MOST_MOVES).to_dicts()
                ),
            )
        )
    rows = trial.moves.head(MOST_MOVES).to_dicts()
    if rows:
        parts.append(
            markdown_table(
                ("table", "row", "number", "before", "after"),
                (
                    (
                        row["table"],
                        row["key"],
                        row["column"],
                        f"{row['before']:.3f}",
                        f"{row['after']:.3f}",
                    )
                    for row in rows
                ),
            )
        )
    return parts


def quality_parts(trial: Trial) -> list[str]:
    """Accuracy of both on the same comments, and whether the difference is more than chance."""
    if not trial.quality:
        return [
            "Too few comments drawn at random were judged to tell: write a sheet with `resonanz "
            "review sample`, and try again."
        ]
    table = markdown_table(
        (
            "question",
            "comments",
            "accuracy before",
            "after",
            "difference",
            "right by one alone",
            "p",
            "macro-F1 before",
            "after",
        ),
        (
            (
                one.head,
                f"{one.before.text_count:,}",
                shown(one.before.accuracy),
                shown(one.after.accuracy),
                shown(one.difference),
                f"{one.only_before:,} / {one.only_after:,}",
                f"{one.p_value:.3f}",
                shown(one.before.macro_f1),
                shown(one.after.macro_f1),
            )
            for one in trial.quality
        ),
    )
    note = (
        "On random draws only. Right by one alone: comments that only the one before, only the "
        "candidate got right; p: McNemar's exact test of these two numbers."
    )
    return [table, note]


def pace_table(trial: Trial) -> str:
    """Speed and size of both."""
    return markdown_table(
        ("", "comments a second", "seconds of a core for 1,000", "weights"),
        (
            (name, *(pace_cells(pace) if pace else ("files are gone", "", "")))
            for name, pace in zip((trial.instead_of, trial.candidate), trial.paces, strict=True)
        ),
    )


def pace_cells(pace: Pace) -> tuple[str, str, str]:
    """A pace as cells."""
    speeds = (pace.comments_a_second, pace.seconds_a_thousand)
    first, second = ("" if speed is None else f"{speed:,.1f}" for speed in speeds)
    return first, second, f"{pace.weight_bytes / 1e6:,.1f} MB"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; what stands in a cell can't end it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| "
        + " | ".join(str(cell).replace("|", "\\|").replace("<", "&lt;") for cell in line)
        + " |"
        for line in lines
    )


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.1f} %"


def interval(row: Mapping[str, float], side: str) -> str:
    """A share with its interval, in per cent."""
    share, low, high = (row[f"{name}_{side}"] for name in ("share", "ci_low", "ci_high"))
    return f"{100 * share:.1f} ({100 * low:.1f} to {100 * high:.1f}) %"
