"""Shares by one model and by another in, how they differ out, small cells hidden."""

import polars as pl

from transforms.small_cells import few_authors

KEYS = ["channel", "head", "label"]
NUMBERS = ["share", "ci_low", "ci_high"]
WHOLE = "(all)"


def shifts(before: pl.DataFrame, after: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """One row per channel, head and label that either has, the largest difference first.

    Both have `KEYS`, `NUMBERS`, `comment_count`, `author_count`, `method`. Out come `KEYS`, the
    numbers `_before` and `_after`, `difference`, `is_apart` (the intervals have nothing in common:
    more than the methods leave open), `method_before` and `method_after`, `hidden_reason`.
    """
    columns = [*KEYS, *NUMBERS, "comment_count", "author_count", "method"]
    both = before.select(columns).join(
        after.select(columns), on=KEYS, how="full", coalesce=True, suffix="_after"
    )
    told = both.rename({name: f"{name}_before" for name in columns if name not in KEYS})
    counted = told.with_columns(
        comment_count=pl.max_horizontal("comment_count_before", "comment_count_after"),
        author_count=pl.max_horizontal("author_count_before", "author_count_after"),
        difference=pl.col("share_after") - pl.col("share_before"),
        is_apart=(pl.col("ci_low_after") > pl.col("ci_high_before"))
        | (pl.col("ci_high_after") < pl.col("ci_low_before")),
    )
    hidden = counted.join(hidden_channels(counted, smallest), on="channel", how="left")
    numbers = [f"{name}_{side}" for side in ("before", "after") for name in NUMBERS]
    emptied = [*numbers, "difference", "is_apart", "comment_count"]
    shown = pl.col("hidden_reason").is_null()
    return (
        hidden.with_columns(pl.when(shown).then(name).alias(name) for name in emptied)
        .select(
            *KEYS,
            *numbers,
            "difference",
            "is_apart",
            "comment_count",
            "method_before",
            "method_after",
            "hidden_reason",
        )
        .sort(
            pl.col("difference").abs(),
            *KEYS,
            descending=[True, False, False, False],
            nulls_last=True,
        )
    )


def hidden_channels(shares: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Channels that are not told of, with the reason: too few people, or all others would tell.

    One channel with few people alone could be computed from the whole and the others: then the
    next smallest is hidden with it.
    """
    people = shares.group_by("channel").agg(pl.col("author_count").max()).sort("author_count")
    parts = people.filter(pl.col("channel") != WHOLE)
    few = people.filter(pl.col("author_count") < smallest)["channel"].to_list()
    small_parts = [channel for channel in parts["channel"] if channel in few]
    reasons = dict.fromkeys(few, few_authors(smallest))
    if len(small_parts) == 1 and parts.height > 1:
        reasons[parts["channel"][1]] = "would reveal another row"
    return pl.DataFrame(
        {"channel": list(reasons), "hidden_reason": list(reasons.values())},
        schema={"channel": pl.String, "hidden_reason": pl.String},
    )
