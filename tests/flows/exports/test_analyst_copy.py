from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.exports.analyst_copy import EXPORT, FILE_NAME, widen
from flows.publishing.publication import Publication
from transforms.marts import all_marts
from transforms.reply_queue import COMMENTS_TO_ANSWER

MARTS = {statement.table: statement.table.empty() for statement in all_marts().values()}


def test_every_mart_is_there_described_column_by_column(tmp_path: Path) -> None:
    EXPORT.write(Publication(MARTS), tmp_path)
    with duckdb.connect(tmp_path / FILE_NAME, read_only=True) as connection:
        described = connection.execute(
            "SELECT count(*), count(comment) FROM duckdb_columns() WHERE schema_name = 'mart'"
        ).fetchone()
    columns = sum(len(table.columns) for table in MARTS)
    assert described == (columns, columns)


def test_the_file_cannot_be_written(tmp_path: Path) -> None:
    EXPORT.write(Publication(MARTS), tmp_path)
    assert not (tmp_path / FILE_NAME).stat().st_mode & 0o222
    with (
        duckdb.connect(tmp_path / FILE_NAME, read_only=True) as connection,
        pytest.raises(duckdb.Error, match="read-only"),
    ):
        connection.execute("DROP TABLE mart.channel_weekly")


def test_the_functions_of_the_marts_are_there_for_own_queries(tmp_path: Path) -> None:
    EXPORT.write(Publication(MARTS), tmp_path)
    with duckdb.connect(tmp_path / FILE_NAME, read_only=True) as connection:
        answer = connection.execute(
            "SELECT share_of(1, 4), wilson_low(0, 0), iso_week(DATE '2024-12-30')"
        ).fetchall()
    assert answer == [(0.25, None, "2025-W01")]


def test_rows_are_those_of_the_mart(tmp_path: Path) -> None:
    table = all_marts()["topic_share_monthly"].table
    row = dict.fromkeys(table.column_names) | {"month": "2025-11", "head": "topic"}
    row |= {"label": "cost", "share": 0.5, "method": "emq"}
    rows = pl.DataFrame([row], schema=table.schema())
    EXPORT.write(Publication({table: rows}), tmp_path)
    with duckdb.connect(tmp_path / FILE_NAME, read_only=True) as connection:
        assert connection.execute("FROM mart.topic_share_monthly").pl().equals(rows)


def test_a_widened_file_has_all_marts_and_views_and_the_narrow_one_stays(tmp_path: Path) -> None:
    whole, narrow, wide = (tmp_path / name for name in ("whole", "narrow", "wide"))
    for folder in (whole, narrow, wide):
        folder.mkdir()
    publication = Publication({**MARTS, COMMENTS_TO_ANSWER: COMMENTS_TO_ANSWER.empty()})
    EXPORT.write(publication, whole)
    EXPORT.write(publication.for_all, narrow)
    before = (narrow / FILE_NAME).read_bytes()
    widen(publication.work_lists, narrow, wide)
    assert described(wide) == described(whole) != described(narrow)
    assert (narrow / FILE_NAME).read_bytes() == before
    assert not (wide / FILE_NAME).stat().st_mode & 0o222


def described(folder: Path) -> list[tuple[object, ...]]:
    """Every column of every table and view, with what is said of it."""
    with duckdb.connect(folder / FILE_NAME, read_only=True) as connection:
        return connection.execute(
            "SELECT schema_name, table_name, column_name, data_type, comment "
            "FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
