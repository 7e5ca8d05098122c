"""What models have labelled, in one narrow row a comment: kept beside the labels, asked instead.

A model gives a comment dozens of labels. To look for a day's comments among all of them would cost
more, the more there are already (docs/decisions/0031-labelled-comments-have-a-row-each.md).
"""

import duckdb
import polars as pl

from flows.warehouse import carry_out, number
from models.tables.labelled_comment import LABELLED_COMMENT
from models.tables.labelled_input import LABELLED_INPUT
from models.tables.labelling import LABELLING

INPUT_NUMBER = number("input_hash")
"""A whole number for an `input_hash`, which two wordings of one comment as good as never share."""

NOTE = f"""
    INSERT INTO {LABELLED_COMMENT.full_name} BY NAME
    SELECT * EXCLUDE (input_hash), {INPUT_NUMBER} AS input_number
    FROM (
        SELECT comment_id, input_hash, model_version, count(*) AS label_count,
            max(labelled_at_utc) AS labelled_at_utc
        FROM {{labels}}
        GROUP BY comment_id, input_hash, model_version
        {{order}}
    )
"""
"""Notes on rows of labels. The number is made of each hash once, and not of every row's."""

AGREES = f"""
    SELECT coalesce(sum(label_count), 0) = (SELECT count(*) FROM classified.label)
        AND coalesce(sum(note_count), 0) = (SELECT count(*) FROM {LABELLED_COMMENT.full_name})
    FROM {LABELLING.full_name}
"""

COUNTED = f"""
    INSERT INTO {LABELLING.full_name} BY NAME
    SELECT now() AT TIME ZONE 'UTC' AS noted_at_utc, * FROM ({{counted}})
"""

COUNT = (
    "SELECT count(*) AS label_count, "
    "count(DISTINCT (comment_id, input_hash, model_version)) AS note_count FROM {labels}"
)

COUNT_ALL = (
    "SELECT (SELECT count(*) FROM classified.label) AS label_count, "
    f"(SELECT count(*) FROM {LABELLED_COMMENT.full_name}) AS note_count"
)

EMPTY = f"{{create}} met AS FROM {LABELLED_COMMENT.full_name} LIMIT 0"

PLACES = (
    f"(SELECT input_number, rowid - (SELECT min(rowid) FROM {LABELLED_COMMENT.full_name}) AS place "
    f"FROM {LABELLED_COMMENT.full_name})"
)
"""How many notes stand before each. Notes go all together or not at all, so that the engine's own
number of a row, which may become smaller when a file is written anew, is never less."""

INPUTS = f"""
    INSERT INTO {LABELLED_INPUT.full_name} BY NAME
    SELECT input_number, min(place) AS note_count FROM {{noted}} GROUP BY input_number
"""

FIRST = (
    f"SELECT min(note_count) FROM {LABELLED_INPUT.full_name} "
    # The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
    "SEMI JOIN (FROM {asked} WHERE rowid >= 0) USING (input_number)"
)

MET = (
    f"INSERT INTO met FROM (FROM {LABELLED_COMMENT.full_name} WHERE rowid >= ?) "
    "SEMI JOIN {asked} USING (input_number)"
)
"""What is asked for is mostly from the last days, and what lies before it is not read."""


def mend(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the notes anew from the labels, unless both are as many as were counted.

    They are not in a warehouse of an earlier version, and where somebody else has written labels or
    deleted some. To compare is no work: DuckDB knows the length of a table.
    """
    row = connection.execute(AGREES).fetchone()
    if row and not row[0]:
        forget_notes(connection)
        # What was labelled last stands last, as where notes are written with the labels.
        connection.execute(NOTE.format(labels="classified.label", order="ORDER BY min(rowid)"))
        connection.execute(INPUTS.format(noted=PLACES))
        connection.execute(COUNTED.format(counted=COUNT_ALL))


def forget_notes(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget all notes, as labels have moved: the next look makes them anew.

    All, since notes go all together or not at all: a place is how many stand before.
    """
    for table in (LABELLED_COMMENT, LABELLED_INPUT, LABELLING):
        connection.execute(f"DELETE FROM {table.full_name}")


def note_labels(connection: duckdb.DuckDBPyConnection, labels: pl.DataFrame) -> None:
    """Note which comments `labels` are about, that were written just now.

    Whoever has `met` their inputs before spares what is known of them.
    """
    if not labels.is_empty():
        noted = labels.select("comment_id", "input_hash", "model_version", "labelled_at_utc")
        carry_out(connection, "CREATE OR REPLACE TEMP TABLE noted AS FROM wanted", noted)
        note_labels_of(connection, "noted")


def note_labels_of(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """The same of labels that stand in `table`."""
    connection.execute(EMPTY.format(create="CREATE TEMP TABLE IF NOT EXISTS"))
    unknown = (
        f"(SELECT {INPUT_NUMBER} AS input_number, (SELECT count(*) FROM "
        f"{LABELLED_COMMENT.full_name}) AS place FROM (SELECT DISTINCT input_hash FROM {table})) "
        "ANTI JOIN met USING (input_number)"
    )
    connection.execute(INPUTS.format(noted=unknown))
    connection.execute(NOTE.format(labels=table, order=""))
    connection.execute(COUNTED.format(counted=COUNT.format(labels=table)))


def meet(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    """Make `met`: the notes on whatever has an `input_number` of the table `asked`.

    Comments and versions are compared afterwards, among the few rows that these are.
    """
    connection.execute(EMPTY.format(create="CREATE OR REPLACE TEMP TABLE"))
    first = connection.execute(FIRST.format(asked=asked)).fetchone()
    if first and first[0] is not None:
        connection.execute(MET.format(asked=asked), first)
