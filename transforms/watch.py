"""Today's state and its history in, suites of what should hold between them out.

How fresh the data is, how much came in beside the weeks before, how much was lost since the last
publish, how much is labelled, and what the drift watch flags.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from models.gate import Limits
from transforms.suites import Expect, Suite

FEWEST_LOST = 100
"""Comments of the last publish below which no loss is judged: of few, one file is most."""

FULLY_LABELLED = 0.99
"""Share of labelled comments below which the gate warns; below `least_labelled` it fails."""

DAY = timedelta(days=1)


def freshness(
    newest_comment: datetime | None, newest_file: datetime | None, now: datetime
) -> dict[str, float]:
    """Days, at `now`, since the newest comment was made and the newest file received (all UTC)."""
    moments = {"newest comment": newest_comment, "newest file": newest_file}
    return {name: (now - moment) / DAY for name, moment in moments.items() if moment}


def freshness_suite(ages: dict[str, float], limits: Limits) -> Suite:
    """Neither the newest comment nor the newest file may be older than the limits say."""
    frame = pl.DataFrame(
        {"what": list(ages), "days_old": list(ages.values())},
        schema={"what": pl.String, "days_old": pl.Float64},
    )

    def expectations(expect: Expect) -> Iterator[Any]:
        for days, severity in (
            (limits.warn_after_days, "warning"),
            (limits.fail_after_days, "critical"),
        ):
            if days:
                yield expect.ExpectColumnValuesToBeBetween(
                    column="days_old",
                    max_value=days,
                    severity=severity,
                    description=f"not older than {days} days",
                )

    return Suite("gate.freshness", frame, expectations, keys=("what",))


def volume_suite(weekly: pl.DataFrame, this_week: date, limits: Limits) -> Suite:
    """The last whole week of each channel beside the mean of the weeks before it.

    `weekly` has (channel, week_start, comment_count), as it is published: what a warning tells,
    the tables tell, too. Hidden weeks (null) are not judged, and no part of what is usual.
    `this_week` is the Monday of the week that has not ended. Channels with fewer than
    `fewest_usual` comments in a usual week are left out.
    A channel that is silent, or far louder than usual, warns: exports come in by hand, and late.
    """
    judged = this_week - timedelta(weeks=1)
    since = judged - timedelta(weeks=limits.trailing_weeks)
    counted, is_earlier = pl.col("comment_count"), pl.col("week_start") < judged
    known_weeks = limits.trailing_weeks - counted.is_null().filter(is_earlier).sum().cast(pl.Int64)
    volumes = (
        weekly.filter(pl.col("week_start").is_between(since, judged))
        .group_by("channel")
        .agg(
            comment_count=counted.filter(~is_earlier).sum(),
            is_hidden=counted.is_null().filter(~is_earlier).any(),
            usual_count=pl.when(known_weeks > 0).then(
                counted.filter(is_earlier).sum() / known_weeks
            ),
        )
        .filter(pl.col("usual_count") >= limits.fewest_usual, ~pl.col("is_hidden"))
        .drop("is_hidden")
        .with_columns(times_usual=counted / pl.col("usual_count"), week_start=pl.lit(judged))
        .sort("channel")
    )

    def expectations(expect: Expect) -> Iterator[Any]:
        yield expect.ExpectColumnValuesToBeBetween(
            column="comment_count",
            min_value=1,
            severity="warning",
            description="a channel that usually has comments has some",
        )
        yield expect.ExpectColumnValuesToBeBetween(
            column="times_usual",
            max_value=limits.most_times_usual,
            severity="warning",
            description=f"at most {limits.most_times_usual:g} times the usual comments",
        )

    return Suite("gate.volume", volumes, expectations, keys=("channel", "week_start"))


def loss_suite(counted: int, published: int | None, limits: Limits) -> Suite:
    """Comments of the audience beside those of the last publish (None: there was none)."""
    known = published if published and published >= FEWEST_LOST else None
    frame = pl.DataFrame(
        {
            "comment_count": [counted],
            "published_count": [published],
            "lost_share": [1 - counted / known if known else None],
        },
        schema={
            "comment_count": pl.Int64,
            "published_count": pl.Int64,
            "lost_share": pl.Float64,
        },
    )

    def expectations(expect: Expect) -> Iterator[Any]:
        yield expect.ExpectColumnValuesToBeBetween(
            column="lost_share",
            max_value=limits.most_loss,
            severity="critical",
            description=f"at most {limits.most_loss:.0%} of the published comments are gone",
        )

    return Suite("gate.loss", frame, expectations)


def coverage_suite(audience: int, labelled: int, limits: Limits) -> Suite:
    """The share of the audience's comments that have a sentiment."""
    frame = pl.DataFrame(
        {
            "comment_count": [audience],
            "labelled_count": [labelled],
            "labelled_share": [labelled / audience if audience else None],
        },
        schema={
            "comment_count": pl.Int64,
            "labelled_count": pl.Int64,
            "labelled_share": pl.Float64,
        },
    )

    def expectations(expect: Expect) -> Iterator[Any]:
        for least, severity in (
            (FULLY_LABELLED, "warning"),
            (limits.least_labelled, "critical"),
        ):
            yield expect.ExpectColumnValuesToBeBetween(
                column="labelled_share",
                min_value=least,
                severity=severity,
                description=f"at least {least:.0%} of the comments have a sentiment",
            )

    return Suite("gate.label_coverage", frame, expectations)


def drift_suite(drift: pl.DataFrame, this_week: date) -> Suite:
    """The rows of `mart.drift_weekly` of the last whole week: none is flagged."""
    last = drift.filter(pl.col("week_start") == this_week - timedelta(weeks=1))

    def expectations(expect: Expect) -> Iterator[Any]:
        yield expect.ExpectColumnValuesToBeInSet(
            column="is_flagged",
            value_set=[False],
            severity="warning",
            description="a week like the weeks before it",
        )

    return Suite("gate.drift", last, expectations, keys=("channel", "week", "metric"))
