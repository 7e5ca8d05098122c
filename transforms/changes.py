"""Weekly series of shares in; each week compared with the weeks before it out.

A series is one answer's share for one channel, topic, post or everything. Rows have `scope`,
`item`, `head`, `label`, `week`, `week_start`, the numbers of a share, and `hidden_reason`.
"""

from typing import Any

import numpy as np
import polars as pl

from transforms.deliveries import RECEPTIONS, delivered
from transforms.derived import MartRules
from transforms.significance import (
    SHORTEST_SERIES,
    Estimate,
    Z,
    change_points,
    count_intervals,
    count_p_values,
    overdispersion,
    pooled,
    share_difference,
    spread,
)

Array = np.ndarray[Any, Any]

SERIES = ("scope", "item", "head", "label")
NUMBERS = ("share", "ci_low", "ci_high", "author_count", "comment_count")
VOLUME = {"head": "volume", "label": "comments"}
"""What the rows are called that compare how many comments came."""

TESTED = (
    "share_before",
    "ci_low_before",
    "ci_high_before",
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
)

LEAST_WEEKS = 2
"""Weeks before that a count is compared with: one does not tell how much weeks vary."""

FEW_NOW = "too few comments or people in this week"
FEW_BEFORE = "too few comments or people in the weeks before"
NO_WEEKS = "no weeks before it that could be compared"
RUNNING = "the week may not be over"
NOT_DELIVERED = "the comments of this week may not be here yet"
NOT_SIGNIFICANT = "not significant"
HIDDEN = "hidden"
REASONS = (FEW_NOW, FEW_BEFORE, NO_WEEKS, RUNNING, NOT_DELIVERED, NOT_SIGNIFICANT, HIDDEN)
"""Why a change is no alert; the first that holds, in the order in which they are asked."""


def share_changes(shares: pl.DataFrame, rules: MartRules) -> pl.DataFrame:
    """Each share beside those of the weeks before, with `TESTED`; `reason` if that is no test."""
    before = with_weeks_before(shares, rules)
    past = Estimate(*weeks_of(before, NUMBERS[:4], rules))
    now = Estimate(*(column(before, name) for name in NUMBERS[:4]))
    together = pooled(past)
    change = share_difference(now, together, between_weeks(before, past))
    tested = with_values(
        before,
        {
            "share_before": together.estimate.share,
            "ci_low_before": together.estimate.low,
            "ci_high_before": together.estimate.high,
            "difference": change.value,
            "difference_low": change.low,
            "difference_high": change.high,
            "p_value": change.p_value,
        },
    )
    return with_reason(
        tested,
        {
            HIDDEN: pl.col("share").is_null(),
            NO_WEEKS: pl.col("week_count_before") == 0,
            FEW_NOW: ~enough("", rules),
            FEW_BEFORE: ~enough("_before", rules),
        },
    )


def volume_changes(
    shares: pl.DataFrame, rules: MartRules, received: pl.DataFrame | None = None
) -> pl.DataFrame:
    """How many comments came, beside the mean of the weeks before, per scope and item, as above.

    The last week of all may still run: it is compared once a later one has begun. So is a week that
    has not been delivered, as far as `received` tells (`transforms/deliveries.py`). Posts are left
    out: that comments on a post become fewer is no news.
    """
    before = with_weeks_before(weekly_volumes(shares, rules, received), rules)
    (past,) = weeks_of(before, ("comment_count",), rules)
    is_there = weeks_of(before, ("author_count",), rules, missing=-1.0)[0] >= 0
    weeks = is_there.sum(axis=1)
    mean = past.sum(axis=1) / np.maximum(weeks, 1)
    dispersion = dispersion_by_week(before, past, is_there)
    count = column(before, "comment_count")
    tested = with_values(
        before,
        dict.fromkeys(TESTED, np.full(before.height, np.nan))
        | {"p_value": count_p_values(count, mean, weeks, dispersion)}
        | count_differences(count, mean, weeks, dispersion),
    )
    return with_reason(
        tested,
        {
            HIDDEN: pl.col("comment_count").is_null()
            & (pl.col("is_delivered") | pl.col("hidden_reason").is_not_null()),
            RUNNING: pl.col("week_start") == shares["week_start"].max(),
            NOT_DELIVERED: ~pl.col("is_delivered"),
            NO_WEEKS: (pl.col("week_count_before") < LEAST_WEEKS) | pl.col("difference").is_null(),
            FEW_NOW: ~enough("", rules) & ~enough("_before", rules),
        },
    )


def count_differences(
    count: Array, mean: Array, weeks: Array, dispersion: Array
) -> dict[str, Array]:
    """(rows,) each: how much more came than the `mean` before, as a ratio to it, and its interval.

    Not a number where nothing came before.
    """
    low, high = count_intervals(count, mean, weeks, dispersion)
    values = {"difference": count, "difference_low": low, "difference_high": high}
    return {
        name: np.where(mean > 0, value / np.maximum(mean, 1e-9) - 1, np.nan)
        for name, value in values.items()
    }


def between_weeks(before: pl.DataFrame, past: Estimate) -> Array:
    """(rows,) how much shares vary from week to week: the variance up to each row's own week.

    One number for all series of a head, from all their weeks before.
    """
    excess, scale = spread(past)
    by_week = (
        before.select("head", "week_start", excess=pl.Series(excess), scale=pl.Series(scale))
        .group_by("head", "week_start")
        .agg(pl.sum("excess", "scale"))
        .sort("week_start")
        .with_columns(pl.col("excess", "scale").cum_sum().over("head"))
    )
    variance = (pl.col("excess") / pl.col("scale")).clip(0).fill_nan(0.0)
    known = by_week.select("head", "week_start", variance=variance)
    rows = before.join(known, on=["head", "week_start"], how="left", maintain_order="left")
    return column(rows, "variance")


def with_weeks_before(series: pl.DataFrame, rules: MartRules) -> pl.DataFrame:
    """`series` with the numbers of each week before as `<name>_<weeks ago>`, and their sums.

    A week that is hidden, or without comments, has none. `author_count_before` is that of the week
    with most people: at least so many different ones are behind the sum.
    """
    joined = series
    for ago in range(1, rules.trailing_weeks + 1):
        earlier = series.filter(pl.col("comment_count").is_not_null()).select(
            *SERIES,
            pl.col("week_start").dt.offset_by(f"{ago}w"),
            *(pl.col(name).alias(f"{name}_{ago}") for name in NUMBERS),
        )
        joined = joined.join(earlier, on=[*SERIES, "week_start"], how="left")
    counts = [f"comment_count_{ago}" for ago in range(1, rules.trailing_weeks + 1)]
    people = [f"author_count_{ago}" for ago in range(1, rules.trailing_weeks + 1)]
    return joined.with_columns(
        week_count_before=pl.sum_horizontal(pl.col(counts).is_not_null().cast(pl.Int64)),
        comment_count_before=pl.sum_horizontal(counts),
        author_count_before=pl.max_horizontal(people),
    ).sort(*SERIES, "week_start")


def weeks_of(
    before: pl.DataFrame, names: tuple[str, ...], rules: MartRules, missing: float = 0.0
) -> list[Array]:
    """(rows, weeks) for each of `names`: the weeks before, `missing` where there is none."""
    weeks = range(1, rules.trailing_weeks + 1)
    return [
        np.column_stack([column(before, f"{name}_{ago}", missing) for ago in weeks])
        for name in names
    ]


def column(rows: pl.DataFrame, name: str, missing: float = 0.0) -> Array:
    """A column as numbers, `missing` where there is none."""
    return rows[name].cast(pl.Float64).fill_null(missing).to_numpy()


def with_values(rows: pl.DataFrame, values: dict[str, Array]) -> pl.DataFrame:
    """`rows` with `values` where this week and weeks before are known; NaN is none."""
    is_known = pl.col("comment_count").is_not_null() & (pl.col("week_count_before") > 0)
    return rows.with_columns(
        pl.when(is_known).then(pl.Series(value).fill_nan(None)).alias(name)
        for name, value in values.items()
    )


def with_reason(rows: pl.DataFrame, reasons: dict[str, pl.Expr]) -> pl.DataFrame:
    """`rows` with the first of `reasons` that holds."""
    first = pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in reasons.items()))
    return rows.with_columns(reason=first)


def enough(side: str, rules: MartRules) -> pl.Expr:
    """Whether this week, or with `_before` the weeks before, has enough comments and people."""
    comments, people = pl.col(f"comment_count{side}"), pl.col(f"author_count{side}")
    is_enough = (comments >= rules.least_comments) & (people >= rules.smallest_cell)
    return is_enough.fill_null(False)


def weekly_volumes(
    shares: pl.DataFrame, rules: MartRules, received: pl.DataFrame | None = None
) -> pl.DataFrame:
    """How many comments were read in each week, from an item's first week to the last of all.

    A week without a row had none, if it has been delivered (`is_delivered`); else, as one that is
    hidden, it stays unknown.
    """
    asked = pl.col("head") == pl.when((pl.col("head") == "sentiment").any()).then(
        pl.lit("sentiment")
    ).otherwise(pl.col("head").min())
    items = ["scope", "item"]
    known = (
        shares.filter(pl.col("scope") != "post")
        .filter(asked.over(items))
        .unique([*items, "week_start"], keep="first", maintain_order=True)
        .with_columns(**{name: pl.lit(value) for name, value in VOLUME.items()})
        .with_columns(pl.lit(None, pl.Float64).alias(name) for name in NUMBERS[:3])
    )
    last = shares["week_start"].max()
    calendar = known.group_by(items).agg(
        week_start=pl.date_range(pl.col("week_start").min(), pl.lit(last), "1w")
    )
    weeks = calendar.explode("week_start").join(
        known, on=[*items, "week_start"], how="left", maintain_order="left"
    )
    receptions = RECEPTIONS.to_frame() if received is None else received
    is_over = delivered(weeks, receptions, shares, rules.trailing_weeks)
    weeks = weeks.with_columns(is_delivered=is_over)
    is_none = pl.col("week").is_null() & pl.col("is_delivered")
    return weeks.with_columns(
        week=pl.col("week_start").dt.strftime("%G-W%V"),
        **{name: pl.lit(value) for name, value in VOLUME.items()},
        comment_count=pl.when(is_none).then(0).otherwise("comment_count"),
        author_count=pl.when(is_none).then(0).otherwise("author_count"),
    ).select(*known.columns, "is_delivered")


def dispersion_by_week(before: pl.DataFrame, past: Array, is_there: Array) -> Array:
    """(rows,) the overdispersion of counts, from all items and all weeks up to each row's own.

    Weeks that have not been delivered tell nothing of how counts vary.
    """
    weeks, is_over = before["week_start"].to_numpy(), before["is_delivered"].to_numpy()
    found = {}
    for week in set(weeks):
        until = (weeks <= week) & is_over
        found[week] = overdispersion(past[until], is_there[until])
    return np.array([found[week] for week in weeks])


def new_levels(shares: pl.DataFrame, rules: MartRules) -> pl.DataFrame:
    """The weeks in which a series of shares comes to a new level: series, `week_start`, a flag.

    Weeks with too few comments or people are passed over, as if they had not been.
    """
    is_long = pl.len().over(SERIES) >= SHORTEST_SERIES  # of most posts' series it is not
    known = shares.filter(enough("", rules)).filter(is_long).sort(*SERIES, "week_start")
    found = [
        rows.select(*SERIES, "week_start")[change_points(column(rows, "share"), error_of(rows))]
        for rows in known.partition_by(SERIES)
    ]
    begun = pl.concat(found) if found else known.select(*SERIES, "week_start").clear()
    return begun.with_columns(is_change_point=pl.lit(True))


def error_of(rows: pl.DataFrame) -> float:
    """The standard error of a week of a series: the root of the mean square of all."""
    weeks = Estimate(*(column(rows, name) for name in NUMBERS[:4]))
    return float(np.sqrt(np.mean(np.maximum(weeks.below(), weeks.above()) ** 2))) / Z
