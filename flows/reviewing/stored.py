"""What the warehouse knows of reviews: what can be asked, what was asked, what was answered."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flows.warehouse import frame, merge
from models.questions import Question
from models.tables.review import REVIEW
from models.tables.review_note import REVIEW_NOTE
from models.tables.review_row import REVIEW_ROW
from models.tables.review_sheet import REVIEW_SHEET

Connection = duckdb.DuckDBPyConnection

CANDIDATES = """
    SELECT input.comment_id, input.input_hash
    FROM classified.input AS input
    JOIN classified.dated AS dated USING (comment_id)
    WHERE dated.is_audience AND dated.day BETWEEN $first_day AND $last_day
    ORDER BY input.comment_id
"""
"""Comments of the audience in a period, in their present wording, labelled or not."""

CONTEXT = """
    SELECT
        asked.*,
        input.text          AS comment,
        input.post_text     AS post,
        parent.text         AS parent,
        dated.channel || chr(10) || strftime(dated.day, '%Y-%m-%d') AS place
    FROM asked
    JOIN classified.input AS input USING (comment_id, input_hash)
    JOIN classified.dated AS dated USING (comment_id)
    JOIN clean.comment AS comment USING (comment_id)
    LEFT JOIN clean.comment AS parent ON parent.comment_id = comment.parent_id
"""
"""What is shown of comments whose wording still holds."""

ANSWERED = """
    WITH asked AS (
        SELECT sheet, unnest(json_extract_string(questions, '$[*].head')) AS head
        FROM ops.review_sheet
        UNION
        SELECT sheet, head
        FROM classified.review
    ), answered AS (
        SELECT DISTINCT comment_id, input_hash, purpose, sheet
        FROM classified.review
        WHERE list_contains($reviewers, reviewer) AND sheet <> $sheet
    )
    SELECT comment_id, input_hash, purpose
    FROM answered
    JOIN asked USING (sheet)
    GROUP BY comment_id, input_hash, purpose
    HAVING purpose = 'training'
        OR count(DISTINCT asked.head) FILTER (WHERE list_contains($heads, asked.head)) = len($heads)
"""
"""What was read on other sheets; in an audit, if these asked all of some heads.

A comment that was not asked one of them stays in the draw: without it, those that were not read
before would be more likely to be drawn than `classified.audit_draw` knows. Of a sheet that the
warehouse does not know, its answers tell what it asked.
"""


def candidates(connection: Connection, first_day: date, last_day: date) -> pl.DataFrame:
    """Comments (`comment_id`, `input_hash`) that may be asked for, by id."""
    return frame(connection, CANDIDATES, {"first_day": first_day, "last_day": last_day})


def already_read(connection: Connection, reviewers: Sequence[str]) -> pl.DataFrame:
    """What one of `reviewers` has answered on a sheet, as then worded."""
    return frame(
        connection,
        "SELECT DISTINCT comment_id, input_hash FROM classified.review "
        "WHERE list_contains($reviewers, reviewer)",
        {"reviewers": list(reviewers)},
    )


def answered_elsewhere(
    connection: Connection, sheet: str, reviewers: Sequence[str], questions: Sequence[Question]
) -> pl.DataFrame:
    """What one of `reviewers` has answered on sheets but `sheet`, and for which purpose.

    Of audits only what was asked all of `questions` there.
    """
    named: dict[str, Any] = {
        "sheet": sheet,
        "reviewers": list(reviewers),
        "heads": [question.head for question in questions],
    }
    return frame(connection, ANSWERED, named)


def with_context(connection: Connection, asked: pl.DataFrame) -> pl.DataFrame:
    """`asked` with `comment`, `post`, `parent` and `place`; reworded comments are left out."""
    connection.register("asked", asked)
    try:
        return frame(connection, CONTEXT)
    finally:
        connection.unregister("asked")


def kept_under(connection: Connection, comment_ids: Sequence[str]) -> dict[str, str]:
    """Each comment -> the id that it is kept under now: a sheet has the one of then."""
    rows = connection.execute(
        "SELECT alias_id, id FROM ops.alias WHERE kind = 'comment' AND list_contains(?, alias_id)",
        [list(comment_ids)],
    ).fetchall()
    return {comment_id: comment_id for comment_id in comment_ids} | dict(rows)


def present_wording(connection: Connection, comment_ids: Sequence[str]) -> dict[str, str]:
    """Comment -> the hash of what is read of it now; a comment that is gone is missing."""
    rows = connection.execute(
        "SELECT comment_id, input_hash FROM classified.input WHERE list_contains(?, comment_id)",
        [list(comment_ids)],
    ).fetchall()
    return dict(rows)


def current_models(connection: Connection) -> dict[str, str]:
    """Head -> the model whose answers count now."""
    return dict(connection.execute("FROM ops.current_model ORDER BY head").fetchall())


def said_by(connection: Connection, asked: pl.DataFrame, models: dict[str, str]) -> pl.DataFrame:
    """What `models` (head -> version) have said of `asked`, as rows of `classified.label`."""
    connection.register("asked", asked.select("comment_id", "input_hash"))
    chosen = {"head": list(models), "model_version": list(models.values())}
    schema = {"head": pl.String, "model_version": pl.String}
    connection.register("chosen_models", pl.DataFrame(chosen, schema=schema))
    try:
        return frame(
            connection,
            "FROM classified.label SEMI JOIN asked USING (comment_id, input_hash) "
            "SEMI JOIN chosen_models USING (head, model_version)",
        )
    finally:
        connection.unregister("asked")
        connection.unregister("chosen_models")


def known_sheet(connection: Connection, name: str, records: Path) -> dict[str, Any] | None:
    """The row of `ops.review_sheet`; fetched from `records` where the warehouse is younger."""
    query = "FROM ops.review_sheet WHERE sheet = ?"
    rows = frame(connection, query, [name]).to_dicts()
    if not rows and restored(connection, name, records):
        rows = frame(connection, query, [name]).to_dicts()
    return rows[0] if rows else None


def rows_of_sheet(connection: Connection, name: str) -> pl.DataFrame:
    """The rows of `ops.review_row` of a sheet, in order."""
    return frame(connection, "FROM ops.review_row WHERE sheet = ? ORDER BY position", [name])


def reviews_of(connection: Connection, sheet: str, reviewer: str | None = None) -> pl.DataFrame:
    """The rows of `classified.review` of a sheet, of one reviewer or of all."""
    return frame(
        connection,
        "FROM classified.review WHERE sheet = $sheet AND reviewer = coalesce($reviewer, reviewer)",
        {"sheet": sheet, "reviewer": reviewer},
    ).select(REVIEW.column_names)


def has_answered(connection: Connection, sheet: str, reviewer: str) -> bool:
    """Whether answers or notes of a reviewer to a sheet are stored."""
    return any(
        connection.execute(
            f"SELECT 1 FROM {table.full_name} WHERE sheet = ? AND reviewer = ? LIMIT 1",
            [sheet, reviewer],
        ).fetchone()
        for table in (REVIEW, REVIEW_NOTE)
    )


def keep_sheet(
    connection: Connection, sheet: pl.DataFrame, rows: pl.DataFrame, records: Path
) -> None:
    """Store a sheet and its rows, and a record beside its files that outlives the warehouse."""
    merge(connection, REVIEW_SHEET, sheet)
    merge(connection, REVIEW_ROW, rows)
    record = {"sheet": sheet.write_json(), "rows": rows.write_json()}
    path = record_path(records, sheet["sheet"].item())
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps({k: json.loads(v) for k, v in record.items()}), encoding="utf-8")
    partial.replace(path)


def restored(connection: Connection, name: str, records: Path) -> bool:
    """Take the record of a sheet into a warehouse that was built anew; False if there is none."""
    path = record_path(records, name)
    if not path.exists():
        return False
    record = json.loads(path.read_text(encoding="utf-8"))
    for table, key in ((REVIEW_SHEET, "sheet"), (REVIEW_ROW, "rows")):
        content = json.dumps(record[key]).encode()
        merge(connection, table, pl.read_json(content, schema=table.schema()))
    return True


def record_path(records: Path, name: str) -> Path:
    """Where the record of a sheet lies, below the folder of review files."""
    return records / "sheets" / f"{name}.json"
