"""Published tables and comments in, the comments behind the numbers out, as far as they may be."""

from collections.abc import Mapping

import polars as pl

from models.contract import Column, SmallCells, Table
from transforms.derived import ListedMart, MartRules, TextsOf
from transforms.listing import listed

TABLE = Table(
    layer="mart",
    name="evidence",
    about="Some of the comments behind the numbers. Each is told with one shown cell of another "
    "table, by the columns that this cell has, and with nothing else of where it belongs: what is "
    "empty is not told. At most a fixed part of each cell is listed.",
    grain=("quote_id",),
    columns=(
        Column(
            "quote_id",
            "text",
            "names the row: a digest of the comment's id, which itself often holds its post or "
            "its time",
        ),
        Column("post_id", "text", "the post it answers", optional=True),
        Column("post_title", "text", "its headline, or the start of its text", optional=True),
        Column("channel", "text", "where the audience was met", optional=True),
        Column("segment", "text", "part of the audience it is from", optional=True),
        Column("day", "day", "day it was made, in the reporting time zone", optional=True),
        Column("week", "text", "ISO week it was made in, for example 2025-W40", optional=True),
        Column("month", "text", "month it was made in, for example 2025-10", optional=True),
        Column("sentiment", "text", "negative, neutral or positive"),
        Column("topics", "texts", "the topic whose cell it is told with, if it is one of a topic"),
        Column("typicality", "share", "how sure the model is of the sentiment, 0 to 1"),
        Column("is_toxic", "flag", "the model finds it insulting"),
        Column("text", "text", "the comment"),
        Column("permalink", "text", "where it is, if its post is told", optional=True),
    ),
    small_cells=SmallCells(
        exempt="single comments, so few of each shown cell that they tell no count (`listing.py`)"
    ),
)


def build(
    marts: Mapping[Table, pl.DataFrame], comments: pl.DataFrame, texts: TextsOf, rules: MartRules
) -> pl.DataFrame:
    """The rows of `evidence`, from the published `marts` and `classified.quotable`."""
    rows = texts(listed(marts, comments, rules.smallest_cell))
    is_post_told = pl.col("post_id").is_not_null()
    told = rows.with_columns(
        pl.when(is_post_told).then(name).alias(name) for name in ("post_title", "permalink")
    )
    return TABLE.require(told.select(TABLE.column_names).cast(dict(TABLE.schema())))  # type: ignore[arg-type]


MART = ListedMart(TABLE, build)
