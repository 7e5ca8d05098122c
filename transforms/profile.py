"""Texts and their tokens in, rows of `classified.text_profile` out."""

from collections.abc import Sequence

import polars as pl

from models.tables.text_profile import TEXT_PROFILE

EMOJI = r"\p{Emoji_Presentation}|\p{Extended_Pictographic}\x{FE0F}"
"""Characters shown as emojis by themselves, or because of what follows (Unicode UTS 51)."""


def profile_rows(
    comments: pl.DataFrame, tokens: Sequence[Sequence[int]], unknown: int | None, version: str
) -> pl.DataFrame:
    """A row for each of `comments` (comment_id, text_hash, text), whose token ids are `tokens`.

    `unknown` is the id of the token for what a tokenizer does not know; None if it knows all.
    """
    return comments.select(
        "comment_id",
        "text_hash",
        character_count=pl.col("text").str.len_chars().cast(pl.Int64),
        emoji_count=pl.col("text").str.count_matches(EMOJI).cast(pl.Int64),
        token_count=pl.Series([len(ids) for ids in tokens], dtype=pl.Int64),
        unknown_count=pl.Series([strange(ids, unknown) for ids in tokens], dtype=pl.Int64),
        model_version=pl.lit(version),
    ).select(TEXT_PROFILE.column_names)


def strange(ids: Sequence[int], unknown: int | None) -> int:
    """How many of `ids` are the unknown token."""
    return 0 if unknown is None else list(ids).count(unknown)
