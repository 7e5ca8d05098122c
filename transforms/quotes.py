"""Comments that may be shown in, a few quotes a topic out that stand for how it was spoken of."""

from collections.abc import Mapping

import polars as pl

SHORTEST, LONGEST = 30, 240
"""Characters of a quote: shorter ones say nothing, longer ones nobody reads in a mail."""


def quotes(
    evidence: pl.DataFrame, topic: str, shares: Mapping[str, float], count: int
) -> list[str]:
    """At most `count` comments on `topic`, of each sentiment as many as its share asks for.

    `evidence` has the columns of the mart of that name. Of a sentiment the most typical come first,
    from different posts where there are several; insults are never quoted.
    """
    fitting = evidence.filter(
        pl.col("topics").list.contains(topic)
        & ~pl.col("is_toxic")
        & pl.col("text").str.len_chars().is_between(SHORTEST, LONGEST)
    ).sort("typicality", "quote_id", descending=[True, False])
    spread = fitting.with_columns(
        turn=pl.col("quote_id").cum_count().over("sentiment", "post_id")
    ).sort("turn", maintain_order=True)
    found: list[str] = []
    for sentiment, wanted in seats(shares, count).items():
        found += spread.filter(pl.col("sentiment") == sentiment)["text"].head(wanted).to_list()
    return found


def seats(shares: Mapping[str, float], count: int) -> dict[str, int]:
    """`count` seats given out by `shares`, by the largest remainders (Hare-Niemeyer)."""
    total = sum(shares.values())
    if not total:
        return {}
    exact = {name: count * share / total for name, share in shares.items()}
    given = {name: int(part) for name, part in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (given[name] - exact[name], name))
    for name in by_remainder[: count - sum(given.values())]:
        given[name] += 1
    return given
