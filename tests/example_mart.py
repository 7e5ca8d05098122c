"""A small mart for the tests of what is done with every mart."""

import polars as pl

from models.contract import Column, Table

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("topic", "week"),
    columns=(
        Column("topic", "text", "the topic"),
        Column("week", "text", "the week"),
        Column("comment_count", "count", "comments"),
        Column("topic_share", "share", "share of them", optional=True),
    ),
)


def rows(*values: tuple[object, ...]) -> pl.DataFrame:
    """Rows of `TABLE`, in the order of its columns."""
    return pl.DataFrame(values, schema=TABLE.schema(), orient="row")
