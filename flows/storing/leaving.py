"""What goes with a comment that leaves the tables, or with a wording of it: what models said.

A label tells of the comment, and the sentence that decided it is a piece of its words. Both are
dropped by the next `classify`, and not at once: where another reading of a file gives the same
words under another id, that copies the labels first, so that no model reads them again.
"""

from datetime import datetime

import duckdb
import polars as pl

from flows.storing.known import forget_notes
from flows.warehouse import carry_out, matching, merge
from models.tables.left_comment import LEFT_COMMENT
from transforms.merge import FIRST

SAID = """
    CREATE OR REPLACE TEMP TABLE said AS
    SELECT DISTINCT comment_id, input_hash, decided_by
    FROM (FROM classified.label WHERE labelled_at_utc >= $since OR labelled_at_utc IS NULL)
    -- The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
    SEMI JOIN (FROM ops.left_comment WHERE rowid >= 0) USING (comment_id)
"""
"""What models said of comments that are noted. Labels lie as they were written, so that those from
before these comments are left out where they lie: mostly these are new, and nothing is found."""

GONE = """
    CREATE OR REPLACE TEMP TABLE gone AS
    SELECT DISTINCT comment_id FROM said
    WHERE comment_id NOT IN (SELECT comment_id FROM clean.comment SEMI JOIN said USING (comment_id))
"""

UNLABELLED = (
    "DELETE FROM classified.label WHERE (labelled_at_utc >= $since OR labelled_at_utc IS NULL) "
    "AND comment_id IN (SELECT comment_id FROM gone)"
)

WITHOUT_LABELS = """
    DELETE FROM classified.embedding
    WHERE input_hash IN (SELECT input_hash FROM said SEMI JOIN gone USING (comment_id))
        AND input_hash NOT IN (
            SELECT input_hash FROM classified.label SEMI JOIN said USING (input_hash)
        )
"""

LOST = """
    CREATE OR REPLACE TEMP TABLE lost AS
    SELECT comment_id, decided_by FROM said WHERE decided_by IS NOT NULL
    EXCEPT
    SELECT said.comment_id, said.decided_by
    FROM said
    JOIN (
        SELECT comment_id, text FROM clean.comment SEMI JOIN said USING (comment_id)
        UNION ALL
        SELECT comment_id, text FROM clean.comment_version SEMI JOIN said USING (comment_id)
    ) AS worded ON worded.comment_id = said.comment_id AND contains(worded.text, said.decided_by)
"""
"""Sentences that stand in no wording of their comment any more."""

SPEECHLESS = (
    "UPDATE classified.label AS label SET decided_by = NULL FROM lost "
    "WHERE (label.labelled_at_utc >= $since OR label.labelled_at_utc IS NULL) "
    "AND lost.comment_id = label.comment_id AND lost.decided_by = label.decided_by"
)


def forget_wordings(connection: duckdb.DuckDBPyConnection, comments: pl.DataFrame) -> None:
    """Drop the wordings of `comments` that are no more, whichever file told them, and note these.

    Of them `comment_id` and `first_seen_at_utc` are read. Who is erased, and what is beyond its
    period, is found by its comment: without one, a text would stay for good.
    """
    if not comments.is_empty():
        carry_out(
            connection,
            "DELETE FROM clean.comment_version WHERE comment_id IN (SELECT comment_id FROM wanted)",
            comments.select("comment_id"),
        )
        note_left(connection, comments)


def note_left(connection: duckdb.DuckDBPyConnection, comments: pl.DataFrame) -> None:
    """Note that `comments`, or wordings of them, are no more; belongs in that transaction."""
    left = comments.select(LEFT_COMMENT.column_names)
    known = matching(connection, LEFT_COMMENT, left)
    earliest = pl.concat([left, known]).group_by("comment_id").agg(pl.col(FIRST).min())
    merge(connection, LEFT_COMMENT, earliest)


def forget_answers(connection: duckdb.DuckDBPyConnection) -> int:
    """Drop what models said of comments that are no more, and sentences of wordings that are none.

    Labels of a comment that is there stay, those of its earlier wordings, too, as they were given.
    Where nothing is noted nothing is read. Returns how many labels or sentences went.
    """
    since = first_noted(connection)
    if since is None:
        return 0
    connection.execute(SAID, {"since": since})
    is_any = connection.execute("SELECT 1 FROM said LIMIT 1").fetchone()
    count = forget_said(connection, since) if is_any else 0
    connection.execute(f"DELETE FROM {LEFT_COMMENT.full_name}")
    return count


def first_noted(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """When the first of the noted comments was received; None if none is noted."""
    row = connection.execute(f"SELECT min({FIRST}) FROM {LEFT_COMMENT.full_name}").fetchone()
    return row[0] if row else None


def forget_said(connection: duckdb.DuckDBPyConnection, since: datetime) -> int:
    """Drop from what models `said` since a moment what is said of nothing that is stored."""
    connection.execute(GONE)
    labels = changed(connection, UNLABELLED, since)
    if labels:
        connection.execute(WITHOUT_LABELS)
        forget_notes(connection)
    connection.execute(LOST)
    return labels + changed(connection, SPEECHLESS, since)


def changed(connection: duckdb.DuckDBPyConnection, statement: str, since: datetime) -> int:
    """Execute a statement on labels; returns how many it changed."""
    row = connection.execute(statement, {"since": since}).fetchone()
    return int(row[0]) if row else 0
