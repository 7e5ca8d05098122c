"""A trial as files: the page, tables beside it, and a few lines for a terminal."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

import polars as pl

from flows.changing.page import as_markdown, percent
from flows.changing.trial import Trial, warnings
from flows.evaluate import shown
from flows.exports.cells import harmless
from flows.keeping.kept import TRIALS
from flows.landing.files import STAMP
from models.paired import Paired

PAGE = "report.md"


def write_report(trial: Trial, models: Path) -> Path:
    """Write the page and its tables into a folder of their own; returns the folder."""
    safe = trial.candidate.replace("/", "+")
    folder = models / TRIALS / f"{trial.at.astimezone(UTC):{STAMP}}-{safe}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / PAGE).write_text(as_markdown(trial), encoding="utf-8")
    tables = {
        "flips": trial.flips.pairs,
        "shares": trial.shifts,
        "alerts": trial.alerts,
        "moves": trial.moves,
        "quality": quality_rows(trial.quality),
        "examples": trial.flips.examples,
    }
    write_tables(tables, folder)
    return folder


def write_tables(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Write tables as CSV, of which no cell runs as a formula: examples quote comments."""
    for name, rows in tables.items():
        harmless(rows).write_csv(folder / f"{name}.csv")


def quality_rows(quality: Sequence[Paired]) -> pl.DataFrame:
    """The comparison as a table."""
    return pl.DataFrame(
        [
            {
                "head": one.head,
                "comment_count": one.before.text_count,
                "accuracy_before": one.before.accuracy.value,
                "accuracy_after": one.after.accuracy.value,
                "difference": one.difference.value,
                "difference_low": one.difference.low,
                "difference_high": one.difference.high,
                "only_before_count": one.only_before,
                "only_after_count": one.only_after,
                "p_value": one.p_value,
                "macro_f1_before": one.before.macro_f1.value,
                "macro_f1_after": one.after.macro_f1.value,
            }
            for one in quality
        ]
    )


def summary(trial: Trial, folder: Path) -> tuple[str, ...]:
    """The report in a few lines, for a terminal."""
    lines = [
        f"{row['head']}: {row['flipped_count']:,} of {row['comment_count']:,} answers differ "
        f"({percent(row['flipped_share'])})"
        for row in trial.flips.totals.to_dicts()
        if row["flipped_count"]
    ]
    if same := trial.flips.totals.filter(flipped_count=0)["head"].to_list():
        lines.append(f"the same answers: {', '.join(same)}")
    known = trial.shifts.filter(pl.col("difference").is_not_null())
    lines.append(
        f"shares: {known.filter('is_apart').height:,} of {known.height:,} moved beyond both "
        f"intervals; alerts: {trial.alerts.filter(change='new').height:,} more, "
        f"{trial.alerts.filter(change='gone').height:,} fewer"
    )
    lines += [
        f"{one.head} on {one.before.text_count:,} judged comments: accuracy "
        f"{one.before.accuracy.value:.3f} -> {one.after.accuracy.value:.3f}, difference "
        f"{shown(one.difference)}, p = {one.p_value:.3f}"
        for one in trial.quality
    ]
    lines += warnings(trial)
    return (
        *lines,
        f"report: {folder / PAGE}",
        f"to let it answer: resonanz model promote {trial.candidate}",
    )
