"""What models have labelled, in one narrow row a comment: kept beside the labels, asked instead.

A model gives a comment dozens of labels. To look for a day's comments among all of them would cost
more, the more there are already (docs/decisions/0031-labelled-comments-have-a-row-each.md).
"""

import duckdb
import polars as pl

from flows.warehouse import carry_out
from models.tables.labelled_comment import LABELLED_COMMENT

INPUT_NUMBER = "(md5_number_lower(input_hash) >> 1)::BIGINT"
"""A whole number for an `input_hash`: 63 bits, which two wordings of one comment never share."""

NOTE = f"""
    INSERT INTO {LABELLED_COMMENT.full_name} BY NAME
    SELECT comment_id, {INPUT_NUMBER} AS input_number, model_version, label_count,
        first_row, last_row
    FROM (
        SELECT comment_id, input_hash, model_version, count(*) AS label_count,
            {{first}} AS first_row, {{last}} AS last_row
        FROM {{labels}}
        GROUP BY comment_id, input_hash, model_version
    )
"""
"""Notes on rows of labels. The number is made of each hash once, and not of every row's."""

AGREES = (
    f"SELECT (SELECT coalesce(sum(label_count), 0) FROM {LABELLED_COMMENT.full_name}) = "
    "(SELECT count(*) FROM classified.label)"
)

END = f"SELECT coalesce(max(last_row) + 1, 0) FROM {LABELLED_COMMENT.full_name}"

FIRST = (
    f"SELECT min(known.rowid) FROM {LABELLED_COMMENT.full_name} AS known "
    "SEMI JOIN {asked} USING (input_number)"
)
"""A join reads every column that is asked for of every row: so first the numbers alone."""

MET = (
    f"INSERT INTO met FROM (FROM {LABELLED_COMMENT.full_name} WHERE rowid >= ?) "
    "SEMI JOIN {asked} USING (input_number)"
)
"""What is asked for is mostly from the last days, and what lies before it is not read."""


def mend(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the notes anew from the labels, unless the counts of both agree.

    They differ in a warehouse of an earlier version, and where somebody else has written labels or
    deleted some. Counting is no work: DuckDB knows the length of a table.
    """
    row = connection.execute(AGREES).fetchone()
    if row and not row[0]:
        connection.execute(f"DELETE FROM {LABELLED_COMMENT.full_name}")
        anew = NOTE.format(labels="classified.label", first="min(rowid)", last="max(rowid)")
        connection.execute(f"{anew} ORDER BY first_row")


def note_labels(connection: duckdb.DuckDBPyConnection, labels: pl.DataFrame) -> None:
    """Note which comments `labels` are about, that were appended just now in the same order."""
    if not labels.is_empty():
        carry_out(connection, noting(connection, "wanted", labels.height), labels)


def note_labels_of(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """The same of labels that stand in `table`."""
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.execute(noting(connection, table, row[0] if row else 0))


def noting(connection: duckdb.DuckDBPyConnection, labels: str, count: int) -> str:
    """A statement that notes `count` rows of `labels`, which lie behind all that are noted."""
    row = connection.execute(END).fetchone()
    first = int(row[0]) if row else 0
    return NOTE.format(labels=labels, first=first, last=first + count - 1)


def meet(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    """Make `met`: the notes on whatever has an `input_number` of the table `asked`.

    Comments and versions are compared afterwards, among the few rows that these are.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE met AS FROM {LABELLED_COMMENT.full_name} LIMIT 0"
    )
    first = connection.execute(FIRST.format(asked=asked)).fetchone()
    if first and first[0] is not None:
        connection.execute(MET.format(asked=asked), first)
