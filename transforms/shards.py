"""Pending inputs in, shards out: the pieces that workers read and that one transaction writes."""

import polars as pl


def shards(inputs: pl.DataFrame, size: int) -> list[pl.DataFrame]:
    """`inputs` cut by `input_hash` into shards of `size` hashes each; the last may have fewer.

    A shard is a run of neighbouring hashes with all their comments, so it is the same in whatever
    order the inputs came, and no input is in two of them. All but the last are full: once some
    whole shards are gone, those that are left are cut as before.
    """
    place = pl.col("input_hash").rle_id() // size
    ordered = inputs.sort("input_hash", "comment_id").with_columns(shard=place)
    return ordered.partition_by("shard", maintain_order=True, include_key=False)
