"""Weekly shares in, how each week differs from the weeks before it out.

Every published table of shares by week, and by at most one thing more, takes part. Only published
numbers are read: hidden weeks are as if unknown, and nothing that is hidden can come back. When
the comments of a channel were received last, the published table `source_coverage` says.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from models.contract import Column, SmallCells, Table
from models.shares import HIDDEN_REASON, is_of_shares
from transforms.changes import (
    NOT_SIGNIFICANT,
    NUMBERS,
    REASONS,
    SERIES,
    column,
    new_levels,
    share_changes,
    volume_changes,
)
from transforms.deliveries import receptions
from transforms.derived import DerivedMart, MartRules
from transforms.significance import Estimate, pooled, q_values

SCOPES = {"channel": "channel", "topic": "topic", "post_id": "post"}
"""Column of a table -> what it is called here; tables by week alone are `overall`."""

EVERYTHING = "(all)"
"""The item of the scope `overall`."""

TABLE = Table(
    layer="mart",
    name="change_weekly",
    about="How each week differs from the weeks before it, per topic, channel, post and overall: "
    "shares and volumes, tested, with alerts where a change is more than chance.",
    grain=("scope", "item", "week", "head", "label"),
    columns=(
        Column("scope", "text", "what is compared", allowed=("overall", *SCOPES.values())),
        Column("item", "text", "which topic, channel or post; `(all)` for overall"),
        Column("week", "text", "ISO week in the reporting time zone, for example 2025-W40"),
        Column("week_start", "day", "Monday of that week"),
        Column("head", "text", "the question, or `volume`: how many comments came"),
        Column("label", "text", "the answer whose share this is, or `comments`"),
        Column("share", "share", "corrected share in this week, 0 to 1", optional=True),
        Column("ci_low", "share", "lower end of its 95 % interval", optional=True),
        Column("ci_high", "share", "upper end of its 95 % interval", optional=True),
        Column("comment_count", "count", "comments that were read in this week", optional=True),
        Column("author_count", "count", "different people among them", optional=True),
        Column("share_before", "share", "share in the weeks before, by people", optional=True),
        Column("ci_low_before", "share", "lower end of its 95 % interval", optional=True),
        Column("ci_high_before", "share", "upper end of its 95 % interval", optional=True),
        Column("week_count_before", "count", "weeks before that could be compared"),
        Column("comment_count_before", "count", "comments in all of them", optional=True),
        Column(
            "author_count_before",
            "count",
            "different people in the one of them with most: there are at least so many",
            optional=True,
        ),
        Column(
            "difference",
            "score",
            "share less share before; for volume: comments, as a ratio to the mean before, less 1",
            optional=True,
        ),
        Column("difference_low", "score", "lower end of its 95 % interval", optional=True),
        Column("difference_high", "score", "upper end of its 95 % interval", optional=True),
        Column("p_value", "share", "chance of such a change if nothing has changed", optional=True),
        Column(
            "q_value",
            "share",
            "share of false alerts if all with this value or less are alerts "
            "(Benjamini and Hochberg, over all tests of the week)",
            optional=True,
        ),
        Column("is_alert", "flag", "more than chance, on enough comments and people"),
        Column("direction", "text", "of the difference", allowed=("up", "down"), optional=True),
        Column(
            "is_change_point",
            "flag",
            "a new level begins in this week, as seen from all weeks that are published now",
        ),
        Column("reason", "text", "why it is no alert", allowed=REASONS, optional=True),
        HIDDEN_REASON,
    ),
    small_cells=SmallCells(
        exempt="computed from published rows alone, after small cells were hidden: whatever it "
        "tells, the tables that it reads tell, too"
    ),
)


def build(marts: Mapping[Table, pl.DataFrame], rules: MartRules) -> pl.DataFrame:
    """The rows of `change_weekly` from published tables of shares by week, or by post and day."""
    weekly = [rows for table, frame in marts.items() for rows in weekly_shares(table, frame)]
    if not weekly:
        return TABLE.empty()
    shares = pl.concat(weekly).unique([*SERIES, "week_start"], keep="first", maintain_order=True)
    compared = pl.concat(
        [
            changes.select(set(TABLE.column_names) & set(changes.columns))
            for changes in (
                share_changes(shares, rules),
                volume_changes(shares, rules, receptions(marts)),
            )
        ],
        how="diagonal",
    )
    levels = new_levels(shares, rules)
    return TABLE.require(
        with_alerts(compared, rules)
        .join(levels, on=[*SERIES, "week_start"], how="left")
        .with_columns(pl.col("is_change_point").fill_null(False))
        .select(pl.col(name).cast(kind) for name, kind in TABLE.schema().items())
        .sort("week", "scope", "item", "head", "label")
    )


def weekly_shares(table: Table, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """`rows` as series, if `table` holds shares by week, or by day, and at most one thing more."""
    times = {"week", "week_start", "day"} & set(table.grain)
    by = [name for name in table.grain if name not in (*times, "head", "label")]
    is_known = len(by) <= 1 and set(by) <= set(SCOPES)
    if rows.is_empty() or not (is_of_shares(table) and is_known and times & {"week", "day"}):
        return
    weeks = rows if "week" in times else weeks_of_days(rows, by)
    yield weeks.select(
        scope=pl.lit(SCOPES[by[0]] if by else "overall"),
        item=pl.col(by[0]) if by else pl.lit(EVERYTHING),
        head="head",
        label="label",
        week="week",
        week_start=pl.concat_str(pl.col("week"), pl.lit("-1")).str.to_date("%G-W%V-%u"),
        hidden_reason=HIDDEN_REASON.name,
        **{name: pl.col(name) for name in NUMBERS},
    )


def weeks_of_days(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Daily shares as weekly ones: the days that are not hidden, weighted by their people.

    `author_count` is that of the day with most: there are at least so many. A week with nothing but
    hidden days is hidden for their reason.
    """
    week = [*by, "head", "label", "week"]
    dated = rows.with_columns(week=pl.col("day").dt.strftime("%G-W%V"))
    days = dated.with_columns(weekday=pl.col("day").dt.weekday().cast(pl.String))
    wide = days.pivot("weekday", index=week, values=list(NUMBERS), separator="_")
    found = [str(day) for day in sorted(set(days["weekday"]))]
    several = [np.column_stack([column(wide, f"{n}_{d}") for d in found]) for n in NUMBERS]
    share, low, high, people, comments = several
    together = pooled(Estimate(share, low, high, people)).estimate
    reasons = dated.group_by(week).agg(pl.col(HIDDEN_REASON.name).drop_nulls().first())
    numbers = pl.DataFrame(
        {
            "share": together.share,
            "ci_low": together.low,
            "ci_high": together.high,
            "author_count": people.max(axis=1).astype(np.int64),
            "comment_count": comments.sum(axis=1).astype(np.int64),
        }
    )
    is_told = pl.col("author_count") > 0
    told = pl.concat([wide.select(week), numbers], how="horizontal")
    return told.join(reasons, on=week, how="left", maintain_order="left").with_columns(
        *(pl.when(is_told).then(name).alias(name) for name in NUMBERS),
        pl.when(~is_told).then(HIDDEN_REASON.name).alias(HIDDEN_REASON.name),
    )


def with_alerts(changes: pl.DataFrame, rules: MartRules) -> pl.DataFrame:
    """`changes` with the q-values of each week's tests, and which of them are alerts."""
    is_test = pl.col("reason").is_null()
    ranked = changes.filter(is_test).with_columns(
        q_value=pl.col("p_value")
        .map_batches(lambda values: pl.Series(q_values(values.to_numpy())), return_dtype=pl.Float64)
        .over("week")
    )
    whole = pl.concat([ranked, changes.filter(~is_test)], how="diagonal")
    is_alert = (pl.col("q_value") <= rules.false_alert_share).fill_null(False)
    rise = pl.when(pl.col("difference") > 0).then(pl.lit("up"))
    return whole.with_columns(
        is_alert=is_alert,
        reason=pl.when(pl.col("q_value").is_not_null() & ~is_alert)
        .then(pl.lit(NOT_SIGNIFICANT))
        .otherwise("reason"),
        direction=rise.when(pl.col("difference") < 0).then(pl.lit("down")),
    )


MART = DerivedMart(TABLE, build)
