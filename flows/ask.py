"""Questions to the published tables: SQL in, rows out, and nothing can be changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from math import isfinite
from pathlib import Path
from typing import TextIO

import duckdb

from flows.exports.analyst_copy import FILE_NAME
from flows.publishing.snapshots import LATEST, latest_snapshot
from flows.settings import load_settings
from models.errors import GiveUp

WIDEST = 160
"""Characters of a line where the terminal does not say."""


def answer(query: str, style: str, out: TextIO) -> None:
    """Write the rows that `query` gives to `out`, as a `table`, as `csv` or as `json` lines.

    Raises `GiveUp` if nothing is published, or the query can't be answered.
    """
    with open_published() as connection:
        try:
            require_question(connection, query)
            rows = connection.sql(query)
            if style == "table":
                out.write(str(rows) + "\n")
            elif style == "csv":
                _write_csv(rows, out)
            else:
                _write_json(rows, out)
        except duckdb.Error as error:
            raise GiveUp(f"The query can't be answered: {error}") from error


def require_question(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise `GiveUp` unless `query` is one statement that only reads.

    What else there is can do no harm to the file, but to the process: a setting of DuckDB can be
    such that closing the connection aborts it.
    """
    # What DuckDB itself puts before a PIVOT, to find its columns, has no text of its own.
    kinds = [one.type.name for one in connection.extract_statements(query) if not is_own(one)]
    if kinds != ["SELECT"]:
        found = ", ".join(kinds) or "nothing"
        raise GiveUp(
            f"The query can't be answered: it is {found}, expected one question that begins with "
            "SELECT, FROM, WITH, PIVOT, UNPIVOT, DESCRIBE, SUMMARIZE or SHOW."
        )


def is_own(statement: duckdb.Statement) -> bool:
    """Whether DuckDB put a statement before another one by itself."""
    return statement.type.name == "CREATE" and not statement.query


def open_published() -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published file; it reads no other file and loads nothing."""
    path = published_file()
    connection = duckdb.connect(path, read_only=True)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def published_file() -> Path:
    """The published DuckDB file, with the work lists for those who may open them.

    Raises `GiveUp` if there is none yet.
    """
    snapshot = latest_snapshot(load_settings().paths.published)
    path = snapshot.file if snapshot else load_settings().paths.published / LATEST / FILE_NAME
    if not path.exists():
        raise GiveUp(f"Nothing is published yet: `{path}` does not exist. Run `resonanz daily`.")
    return path.resolve()


def published_tables() -> str:
    """Where the published files lie, and how many rows each table has."""
    with open_published() as connection:
        names = connection.execute(
            "SELECT table_name, estimated_size, comment FROM duckdb_tables() "
            "WHERE schema_name = 'mart' ORDER BY table_name"
        ).fetchall()
    width = max((len(name) for name, _, _ in names), default=0)
    lines = [
        f"  {name:<{width}}  {rows:>7,} rows  {first_sentence(about)}"
        for name, rows, about in names
    ]
    folder = load_settings().paths.published / "latest"
    return "\n".join(["", f"Published in {folder}", *lines])


def first_sentence(about: str) -> str:
    """What a table is, in a line; `resonanz tables NAME` tells the rest."""
    return about.partition(": ")[0].partition(". ")[0].rstrip(".")


def _write_csv(rows: duckdb.DuckDBPyRelation, out: TextIO) -> None:
    import csv

    writer = csv.writer(_Lines(out))
    writer.writerow(_harmless(rows.columns))
    while batch := rows.fetchmany(10_000):
        writer.writerows(zip(*map(_harmless, zip(*batch, strict=True)), strict=True))


@dataclass(frozen=True)
class _Lines:
    """Takes lines that end as Windows ends them, so that `csv` quotes either sign in a cell."""

    out: TextIO

    def write(self, line: str) -> int:
        return self.out.write(line.removesuffix("\r\n") + "\n")


def _harmless(values: Sequence[object]) -> list[object]:
    """Cells of a CSV, which as a rule is opened with a spreadsheet: none runs as a formula."""
    import polars as pl

    from flows.exports.cells import harmless

    texts = [str(value) if isinstance(value, str | list | dict) else None for value in values]
    if not any(texts):
        return list(values)
    left = harmless(pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}))["text"]
    return [value if text is None else text for value, text in zip(values, left, strict=True)]


def _write_json(rows: duckdb.DuckDBPyRelation, out: TextIO) -> None:
    names = _apart(rows.columns)
    while batch := rows.fetchmany(10_000):
        for row in batch:
            record = dict(zip(names, map(_finite, row), strict=True))
            out.write(json.dumps(record, ensure_ascii=False, default=str, allow_nan=False) + "\n")


def _apart(names: Sequence[str]) -> list[str]:
    """Names of columns, no two alike: a second `week` is `week_1`, as in a table of DuckDB."""
    found: dict[str, None] = {}
    for name in names:
        numbers = count(1)
        told = name
        while told in found:
            told = f"{name}_{next(numbers)}"
        found[told] = None
    return list(found)


def _finite(value: object) -> object:
    """A value without what JSON does not know: infinity, and what is no number, are null."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value
