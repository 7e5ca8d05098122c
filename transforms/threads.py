"""Who answers whom in, the place of each comment in its thread out."""

import polars as pl

DEEPEST = 1_000
"""Answers to answers that are followed; who is deeper answers in a circle."""


def with_places(comments: pl.DataFrame) -> pl.DataFrame:
    """Add `root_id` and `depth` to rows of `comment_id` and `parent_id`.

    The root is the highest ancestor that is among the rows: a comment whose parent is missing is
    a root itself. Rows that answer each other in a circle are roots, too.
    """
    known = comments.select("comment_id", "parent_id").join(
        comments.select(parent_id="comment_id").with_columns(is_known=True),
        on="parent_id",
        how="left",
    )
    places = known.select(
        "comment_id",
        pl.when(pl.col("is_known")).then("parent_id").alias("above"),
        depth=pl.lit(0, pl.Int64),
        root_id=pl.col("comment_id"),
    )
    ancestors = places.select("comment_id", "above")
    for _ in range(DEEPEST):
        if places["above"].null_count() == places.height:
            return places.drop("above")
        places = _one_step_up(places, ancestors)
    circular = pl.col("above").is_not_null()
    return places.select(
        "comment_id",
        depth=pl.when(circular).then(0).otherwise("depth"),
        root_id=pl.when(circular).then("comment_id").otherwise("root_id"),
    )


def _one_step_up(places: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    higher = ancestors.select(above="comment_id", next_above="above")
    return places.join(higher, on="above", how="left").select(
        "comment_id",
        pl.col("next_above").alias("above"),
        depth=pl.col("depth") + pl.col("above").is_not_null().cast(pl.Int64),
        root_id=pl.coalesce("above", "root_id"),
    )
