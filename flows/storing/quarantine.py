"""The gate after refine: comments that break a check go to `clean.rejected_comment`.

A file none of whose comments was doubtful when they were merged is checked by that. The others of a
run are judged together, once, and of their comments only the doubtful ones by Great Expectations:
it takes seconds to start, and wants all rows as a pandas frame.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.settings import Settings
from flows.storing.leaving import forget_wordings
from flows.storing.store import PLACED, place
from flows.warehouse import frame, merge, writing
from models.findings import Finding
from models.tables.comment import COMMENT
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.merge import LAST
from transforms.row_checks import doubtful_rows, row_suite

BATCH = 50_000
"""Comments looked at or judged at a time: what of them stands in memory."""

UNCHECKED = "(SELECT landed_file FROM ops.refined_file WHERE is_checked IS NOT true)"

SINCE = "SELECT min(received_at_utc) FROM ops.refined_file WHERE is_checked IS NOT true"
"""Their comments were last seen then, or later: what lies before need not be read."""


@dataclass(frozen=True)
class Quarantine:
    """How many comments were taken out, by file, and what is odd about others, in a line each."""

    by_file: Counter[str] = field(default_factory=Counter)
    warnings: tuple[str, ...] = ()


@task(cache_policy=NO_CACHE)
def quarantine(settings: Settings) -> Quarantine:
    """Judge the comments of files that were not judged yet, and take out those that fail.

    In one transaction: after a crash the next run judges the same files. A comment that an earlier
    file had told well goes, too: what is known of it now can't be trusted.
    """
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        longest_text = settings.refine.longest_text
        broken, warnings = judged(doubtful_comments(connection, longest_text), longest_text)
        take_out(connection, broken)
        connection.execute(
            f"UPDATE ops.refined_file SET is_checked = true WHERE landed_file IN {UNCHECKED}"
        )
    return Quarantine(Counter(broken["landed_file"]), warnings)


def has_unchecked(settings: Settings) -> bool:
    """Whether a file's comments wait for their judgement."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return bool(connection.execute(f"SELECT 1 FROM {UNCHECKED} LIMIT 1").fetchone())


def doubtful_comments(connection: duckdb.DuckDBPyConnection, longest_text: int) -> pl.DataFrame:
    """The comments of files not judged yet that may break a check, in the files' order."""
    found = [batch.filter(doubtful_rows(batch, longest_text)) for batch in unchecked(connection)]
    return pl.concat([COMMENT.empty(), *found]).sort("landed_file", "position")


def unchecked(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """The comments that were read from files not judged yet, some at a time."""
    names = ", ".join(f'"{name}"' for name in COMMENT.column_names)
    since = connection.execute(SINCE).fetchone()
    found = connection.execute(
        f"SELECT {names} FROM clean.comment WHERE landed_file IN {UNCHECKED} AND {LAST} >= ?",
        since,
    )
    for batch in found.to_arrow_reader(BATCH):
        yield pl.DataFrame(batch)


def judged(comments: pl.DataFrame, longest_text: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The comments that fail, with `column` and `expectation`; and the warnings on the others."""
    if comments.is_empty():
        return comments.with_columns(column=pl.lit(""), expectation=pl.lit("")), ()
    from transforms.expectations import broken_rows

    broken, findings = [], list[Finding]()
    for batch in comments.iter_slices(BATCH):
        rows, found = broken_rows(row_suite(batch, longest_text))
        at = batch.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        broken.append(at.join(rows, on="row", maintain_order="left").drop("row"))
        findings += found
    odd = [found for found in findings if found.severity == "warning" and not found.passed]
    return pl.concat(broken), tuple(f"warning: {found}" for found in odd)


def take_out(connection: duckdb.DuckDBPyConnection, broken: pl.DataFrame) -> None:
    """Move `broken` from the comments to the rejections, and mend the threads they stood in."""
    if broken.is_empty():
        return
    merge(connection, REJECTED_COMMENT, rejections(broken))
    connection.register("broken", broken)
    connection.execute(
        "DELETE FROM clean.comment AS stored USING broken "
        "WHERE stored.comment_id = broken.comment_id AND stored.landed_file = broken.landed_file"
    )
    forget_wordings(connection, broken)
    left = frame(
        connection,
        f"SELECT {', '.join(PLACED)} FROM clean.comment WHERE coalesce(post_id, '') IN "
        "(SELECT coalesce(post_id, '') FROM broken)",
    )
    connection.unregister("broken")
    place(connection, left)


def rejections(broken: pl.DataFrame) -> pl.DataFrame:
    """Rows of `clean.rejected_comment` that say which check a comment failed."""
    return broken.select(
        "landed_file",
        "position",
        line=pl.lit(None, pl.Int64),
        reason=pl.lit("failed check"),
        detail=pl.format("`{}`: expected {}", "column", "expectation"),
        channel="channel",
        received_at_utc="last_seen_at_utc",
    )
