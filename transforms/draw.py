"""Comments in, those that a person is to read out: drawn at random, or picked for training."""

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
import polars as pl

from models.engines import Floats
from models.evaluate import Numbers

POOL_TIMES = 10
"""The picks are spread over so many times as many comments, the least sure ones."""

DOUBT_WEIGHT = 0.5
"""Half doubt, half distance from what is picked already: neither wins alone (Carbonell & Goldstein
1998 take 0.3 to 0.7 for maximal marginal relevance, https://doi.org/10.1145/290941.291025)."""

SAME_POST, SAME_WORDING = 0.4, 0.6
"""How alike two comments are, of 1, where no embedding tells."""


def seed_of(sheet: str) -> str:
    """The seed of a sheet: the same for the same name."""
    return hashlib.sha256(sheet.encode()).hexdigest()[:16]


def draw(comment_ids: Collection[str], size: int, seed: str) -> list[str]:
    """`size` of `comment_ids`, or all, at random: every set of that size is as likely as another.

    Each id has a fixed random number, its hash with the seed, and the smallest are taken (Ohlsson
    1995, permanent random numbers): the answer depends on neither order, platform nor version.
    """
    return sorted(comment_ids, key=lambda comment_id: _number(comment_id, seed))[:size]


def _number(comment_id: str, seed: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{comment_id}".encode()).digest()


def doubts(labels: pl.DataFrame, many: Collection[str]) -> pl.DataFrame:
    """How unsure the model is of each comment: `comment_id`, `doubt` from 0 to 1, unsure first.

    `labels` has `comment_id`, `head`, `label`, `probability` and `is_uncertain`; of the heads in
    `many` several labels may apply. Where one applies, doubt is a small margin between the two
    likeliest, and a flagged answer goes before all others; where several may, it is the label
    nearest to a coin's toss. Heads are made comparable by rank, and averaged.
    """
    head = ["comment_id", "head"]
    ordered = labels.sort("probability", descending=True)
    by_head = ordered.group_by(head).agg(
        margin=pl.col("probability").first() - pl.col("probability").slice(1, 1).sum(),
        nearest=(2 * pl.col("probability") - 1).abs().min(),
        is_uncertain=pl.col("is_uncertain").fill_null(False).any(),
    )
    gap = pl.when(pl.col("head").is_in(list(many))).then("nearest").otherwise("margin")
    ordered_gap = gap - 2 * pl.col("is_uncertain").cast(pl.Float64)
    rank = ordered_gap.rank("average", descending=True).over("head") / pl.len().over("head")
    ranked = by_head.with_columns(rank=rank)
    return (
        ranked.group_by("comment_id")
        .agg(doubt=pl.col("rank").mean())
        .sort("doubt", "comment_id", descending=[True, False])
    )


def spread(doubt: Numbers, likeness: Numbers, size: int) -> list[int]:
    """Places of `size` comments, or all, that are doubtful and unlike each other.

    `doubt` (comments,), `likeness` (comments, comments) from 0 to 1. Raises ValueError if the
    shapes differ.
    """
    count = len(doubt)
    if likeness.shape != (count, count):
        raise ValueError(f"likeness is {likeness.shape}, expected ({count}, {count})")
    picked: list[int] = []
    nearest = np.zeros(count)
    for _ in range(min(size, count)):
        worth = DOUBT_WEIGHT * doubt - (1 - DOUBT_WEIGHT) * nearest
        worth[picked] = -np.inf
        picked.append(int(worth.argmax()))
        nearest = np.maximum(nearest, likeness[picked[-1]])
    return picked


def likeness_of_meaning(embedding: Floats) -> Numbers:
    """Likeness by embedding (comments, width): cosine, stretched over what is found to 0 to 1."""
    cosine = embedding.astype(np.float64) @ embedding.T.astype(np.float64)
    low, high = float(cosine.min(initial=1)), float(cosine.max(initial=-1))
    return np.asarray((cosine - low) / max(high - low, 1e-9))


def likeness_of_traits(texts: Sequence[str], posts: Sequence[str | None]) -> Numbers:
    """Likeness without an embedding: by a shared post, and by the share of shared words."""
    words = [frozenset(text.lower().split()) for text in texts]
    found = np.zeros((len(texts), len(texts)))
    for row, (mine, post) in enumerate(zip(words, posts, strict=True)):
        for column in range(len(texts)):
            shared = len(mine & words[column]) / max(1, len(mine | words[column]))
            found[row, column] = SAME_WORDING * shared + SAME_POST * (post == posts[column])
    return found
