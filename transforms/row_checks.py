"""Rows of `clean.comment` in, the same rows with what breaks them out: the gate after refine.

`Table.require` has seen to types, nulls and the grain when the rows were merged. These checks are
about values: they find what a reader misread. A row that breaks a critical one goes to quarantine.
"""

from collections.abc import Iterator
from typing import Any, get_args

import polars as pl

from models.canonical import Status, TimePrecision
from models.tables.comment import COMMENT
from transforms.sieve import doubtful
from transforms.suites import Expect, Suite, row_expectations

ROW_CHECKS = 2
"""Raised when the checks change: landed files are then read, and their comments judged, again."""

MEASURED = {
    "text_length": pl.col("text").str.len_chars().cast(pl.Int64),
    "unreadable_share": pl.col("text").str.count_matches("\ufffd") / pl.col("text").str.len_chars(),
    "created_year": pl.col("created_at_utc").dt.year(),
    "days_ahead": (pl.col("created_at_utc") - pl.col("last_seen_at_utc")).dt.total_days(),
    "days_until_edit": (pl.col("edited_at_utc") - pl.col("created_at_utc")).dt.total_days(),
    "is_own_parent": pl.col("parent_id") == pl.col("comment_id"),
}
"""Numbers about the values of a row, so that no text of a comment needs to be judged itself."""

LEFT_OUT = ("text", "aliases")
"""What is judged by what was measured of it, or can't be judged as one value."""

SETS = {
    "status": get_args(Status),
    "time_precision": get_args(TimePrecision),
    "id_basis": ("native", "decoded", "permalink", "hash"),
    "reply_semantics": ("tree", "two_level", "flat", "unknown"),
    "edit_basis": ("api", "hash_changed"),
}
"""Columns with a closed set of values, as `models/tables/comment.py` describes them."""

KINDS = ("comment", "review", "pingback", "trackback", "survey_answer", "message", "system")
"""What the views tell apart; a platform may have more, which then count as no opinion."""

JSON = ("reactions", "attachments", "mentions", "platform_labels")

FIRST_YEAR, LAST_YEAR = 1995, 2100
"""No audience commented on a website before, and no reader of ours will see what comes after."""

MOST_DAYS_AHEAD = 1
"""Whole days that a comment may be made after it was received: clocks and zones differ that much.

One of 2052 would be the end of every series, and today to whoever asks what waits for an answer.
"""

MOST_UNREADABLE = 0.5
"""Share of replacement characters above which a text says nothing: it was decoded wrongly."""


def row_suite(comments: pl.DataFrame, longest_text: int) -> Suite:
    """The suite of rows of `clean.comment`; `longest_text` is in characters."""
    judged = comments.with_columns(**MEASURED).drop(LEFT_OUT)
    return Suite(
        COMMENT.full_name, judged, lambda expect: _expectations(longest_text, expect), ("position",)
    )


def doubtful_rows(comments: pl.DataFrame, longest_text: int) -> pl.Series:
    """Whether each of `comments` may break a check; who breaks none is told to be sound here."""
    return doubtful(row_suite(comments, longest_text))


def _expectations(longest_text: int, expect: Expect) -> Iterator[Any]:
    # What the contract says of a column that is left out was seen to when it was merged.
    yield from row_expectations(COMMENT, expect, without=LEFT_OUT)
    yield from _hand_written(longest_text, expect)
    for column, values in SETS.items():
        yield expect.ExpectColumnValuesToBeInSet(
            column=column, value_set=list(values), description=f"a known {column}"
        )
    for column in JSON:
        yield expect.ExpectColumnValuesToBeJsonParseable(column=column, description="valid JSON")


def _hand_written(longest_text: int, expect: Expect) -> Iterator[Any]:
    yield expect.ExpectColumnValuesToBeBetween(
        column="text_length",
        min_value=1,
        max_value=longest_text,
        description=f"a text of 1 to {longest_text} characters",
    )
    yield expect.ExpectColumnValuesToBeBetween(
        column="unreadable_share", max_value=MOST_UNREADABLE, description="a readable text"
    )
    yield expect.ExpectColumnValuesToMatchRegex(
        column="comment_id", regex=r"^[^:\s]+:\S", description="an id that names its platform"
    )
    yield expect.ExpectColumnValuesToMatchRegex(
        column="text_hash", regex=r"^[0-9a-f]{32}$", description="32 hexadecimal digits"
    )
    yield expect.ExpectColumnValuesToBeBetween(
        column="created_year",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        description=f"a year from {FIRST_YEAR} to {LAST_YEAR}",
    )
    yield expect.ExpectColumnValuesToBeBetween(
        column="days_ahead",
        max_value=MOST_DAYS_AHEAD,
        description="no time in the future: made before it was received, or a day later at most",
    )
    yield expect.ExpectColumnValuesToBeBetween(
        column="days_until_edit", min_value=0, severity="warning", description="made, then edited"
    )
    yield expect.ExpectColumnValuesToBeInSet(
        column="kind", value_set=list(KINDS), severity="warning", description="a known kind"
    )
    yield expect.ExpectColumnValuesToBeInSet(
        column="is_own_parent",
        value_set=[False],
        severity="warning",
        description="an answer to another comment",
    )
