"""Which weeks of a series have been delivered: of exports that come in by hand, the last are late.

A week of a channel is delivered once one of the channel's comments was received after its end. A
week of anything that all channels feed is, once that holds of each channel which had comments in
that week or in those that it is compared with: of one that was given up nothing is waited for.
"""

from collections.abc import Mapping

import polars as pl

from models.contract import Table

COVERAGE = "source_coverage"
"""The published table that says when the comments of a channel were received last."""

RECEPTIONS = pl.Schema({"channel": pl.String(), "received_day": pl.Date()})


def receptions(marts: Mapping[Table, pl.DataFrame]) -> pl.DataFrame:
    """`channel` and `received_day`: when a comment of it was received last; empty if unknown."""
    found = [rows for table, rows in marts.items() if table.name == COVERAGE]
    if not found:
        return RECEPTIONS.to_frame()
    days = pl.col("last_comment_seen_day").max().alias("received_day")
    return found[0].group_by("channel").agg(days).drop_nulls().select(RECEPTIONS.names())


def delivered(
    weeks: pl.DataFrame, received: pl.DataFrame, shares: pl.DataFrame, trailing_weeks: int
) -> pl.Series:
    """Whether each of `weeks` (`scope`, `item`, `week_start`) has been delivered, in their order.

    `received` has `RECEPTIONS`; of a channel that is not in it nothing is known, and its weeks
    count as delivered. `shares` has a row (`scope`, `item`, `week_start`) for each week in which a
    channel had comments.
    """
    at_least = _by_week(received, shares, trailing_weeks)
    told = weeks.select("scope", "item", "week_start").join(
        received, left_on="item", right_on="channel", how="left", maintain_order="left"
    )
    told = told.join(at_least, on="week_start", how="left", maintain_order="left")
    is_channel = pl.col("scope") == "channel"
    day = pl.when(is_channel).then("received_day").otherwise("every_day")
    is_over = day >= pl.col("week_start").dt.offset_by("1w")
    return told.select(is_over.fill_null(True)).to_series()


def _by_week(received: pl.DataFrame, shares: pl.DataFrame, trailing_weeks: int) -> pl.DataFrame:
    """`week_start`, and as `every_day` the earliest last reception of the channels that matter."""
    heard = shares.filter(pl.col("scope") == "channel").select("week_start", channel="item")
    near = pl.concat(
        heard.with_columns(pl.col("week_start").dt.offset_by(f"{later}w"))
        for later in range(trailing_weeks + 1)
    )
    return (
        near.join(received, on="channel")
        .group_by("week_start")
        .agg(every_day=pl.col("received_day").min())
    )
