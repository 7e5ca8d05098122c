"""Comments in, comments that can be read and comments that can't out; no row is lost."""

from dataclasses import dataclass

import polars as pl

from models.tables.comment import COMMENT
from models.tables.rejected_comment import REJECTED_COMMENT
from transforms.shapes import KEY, shapes

TAKEN_AWAY = ("deleted", "hidden", "spam", "trash")
"""Statuses that explain why a platform no longer tells the text of a comment."""

REPEATED = "a later record of the same file has the same id"


@dataclass(frozen=True)
class Cleaned:
    """`kept` fits `clean.comment`, `rejected` fits `clean.rejected_comment`; heights add up."""

    kept: pl.DataFrame
    rejected: pl.DataFrame


def clean(comments: pl.DataFrame, longest_text: int) -> Cleaned:
    """Part draft comments into kept and rejected; their heights add up to the input's.

    Of several rows with one `comment_id` the last usable one is kept: it was fetched last.
    `longest_text` is in characters.
    """
    judged = comments.with_columns(**_usable(longest_text)).with_columns(**_repeated())
    kept = judged.filter(pl.col("reason").is_null()).select(COMMENT.column_names)
    rejected = judged.filter(pl.col("reason").is_not_null()).select(
        "landed_file",
        "position",
        "line",
        "reason",
        "detail",
        "channel",
        received_at_utc="last_seen_at_utc",
    )
    return Cleaned(kept, rejected.cast(REJECTED_COMMENT.schema()))


def repeated(comments: pl.DataFrame) -> pl.DataFrame:
    """Rejections of `comments` that are stored, as a later record of their file is the same."""
    return comments.select(
        "landed_file",
        "position",
        line=pl.lit(None, pl.Int64),
        reason=pl.lit("duplicate"),
        detail=pl.lit(REPEATED),
        channel="channel",
        received_at_utc="last_seen_at_utc",
    )


def _usable(longest_text: int) -> dict[str, pl.Expr]:
    """`reason` and `detail` of comments that can't be used by themselves, null for the others."""
    text, length = pl.col("text"), pl.col("text").str.len_chars()
    faults = [
        (text.is_null(), "no text", _text_detail()),
        (
            text.str.contains("\x00", literal=True),
            "forbidden character",
            pl.lit("the text holds a NUL byte"),
        ),
        (
            length > longest_text,
            "text too long",
            pl.format(f"{{}} characters, expected at most {longest_text}", length),
        ),
        (pl.col("created_at_utc").is_null(), "no time", _time_detail()),
    ]
    return {
        "reason": pl.coalesce(pl.when(fault).then(pl.lit(reason)) for fault, reason, _ in faults),
        "detail": pl.coalesce(pl.when(fault).then(detail) for fault, _, detail in faults),
    }


def _repeated() -> dict[str, pl.Expr]:
    """The same for usable comments of which a later usable one has the id."""
    is_usable = pl.col("reason").is_null()
    is_last = pl.struct("comment_id", is_usable).is_last_distinct()
    return {
        "reason": pl.when(is_usable & ~is_last).then(pl.lit("duplicate")).otherwise("reason"),
        "detail": pl.when(is_usable & ~is_last).then(pl.lit(REPEATED)).otherwise("detail"),
    }


def _text_detail() -> pl.Expr:
    status = pl.col("status")
    return (
        pl.when(status.is_in(TAKEN_AWAY))
        .then(pl.format("its text is gone, its status is `{}`", status))
        .otherwise(pl.lit("only markup, an attachment or nothing"))
    )


def _time_detail() -> pl.Expr:
    # Of a time that was read nothing is told: nulls are no work.
    raw = pl.when(pl.col("created_at_utc").is_null()).then("created_at_raw")
    return (
        pl.when(raw.is_null() | (raw.str.strip_chars() == ""))
        .then(pl.lit("the time is missing"))
        .otherwise(pl.format(f"the time can't be read; its form is `{{}}` {KEY}", shapes(raw)))
    )
