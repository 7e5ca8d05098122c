"""All that runs have left in a data folder, in a form in which two can be compared."""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from flows.exports.analyst_copy import FILE_NAME as ANALYST_COPY
from flows.landing.files import SEALED
from flows.landing.sealing import is_sealed, unsealed
from flows.publishing.snapshots import MANIFEST

State = dict[str, Any]
"""What is compared -> what was found there."""

NOT_COMPARED = {
    "ops.run": "it says what each run did, and after a crash a run finds less to do",
    "ops.labelling": "it says how many labels were stored at a time; only the sums must be right",
}
"""Tables that may differ after a crash, and why."""

LEFT_OUT = {
    ("ops.fetch_state", "note"): "it says how many answers the last run got",
    ("classified.label", "labelled_at_utc"): "it is the clock's time",
    ("ops.labelled_comment", "labelled_at_utc"): "it is the clock's time",
    ("ops.labelled_input", "note_count"): "notes lie in the order in which they were written",
}
"""Columns that may differ after a crash, and why."""


def state_of(data: Path, landing_key: bytes) -> State:
    """Rows and descriptions of every table, and the bytes of every file but those of runs.

    Sealed files are compared by what they hold: each is sealed with a random salt. DuckDB does not
    write the same bytes twice: the published file is compared row by row, and its checksum in the
    manifest left out. The lock of a model version that was tried and failed may stay. Of the
    records of runs, which hold times of the clock, and of the warehouse's own file only the name
    counts.
    """
    return tables_of(data / "warehouse.duckdb") | files_of(data, landing_key)


def tables_of(warehouse: Path) -> State:
    """Every table's rows in one order, and what its columns are said to be."""
    found: State = {}
    with duckdb.connect(warehouse, read_only=True) as connection:
        for schema, table, comment in connection.execute(
            "SELECT schema_name, table_name, comment FROM duckdb_tables() ORDER BY ALL"
        ).fetchall():
            name = f"{schema}.{table}"
            columns = connection.execute(
                "SELECT column_name, data_type, comment FROM duckdb_columns() "
                "WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
                [schema, table],
            ).fetchall()
            found[f"description of {name}"] = (comment, columns)
            if name in NOT_COMPARED:
                continue
            kept = [f'"{column}"' for column, *_ in columns if (name, column) not in LEFT_OUT]
            found[name] = connection.execute(
                f"SELECT {', '.join(kept)} FROM {name} ORDER BY ALL"
            ).fetchall()
    return found


def files_of(data: Path, landing_key: bytes) -> State:
    """Every file and link below `data`: what it holds, or leads to."""
    found: State = {}
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file() and not (path.suffix == ".lock" and path.name.startswith("label ")):
            found[name] = content_of(path, name, landing_key)
    return found


def content_of(path: Path, name: str, landing_key: bytes) -> str:
    """A fingerprint of a file, or "" where only its being there counts."""
    if name.startswith(("runs/", "warehouse.duckdb")):
        return ""
    if path.name.endswith(SEALED) and is_sealed(path):
        return hashlib.sha256(b"".join(unsealed(path, landing_key))).hexdigest()
    if path.name == ANALYST_COPY:
        return repr(tables_of(path))
    content = path.read_bytes()
    if path.name == MANIFEST:
        manifest = json.loads(content)
        for name in [name for name in manifest["files"] if Path(name).name == ANALYST_COPY]:
            del manifest["files"][name]
        return repr(manifest)
    return hashlib.sha256(content).hexdigest()


def differences(expected: State, found: State) -> list[str]:
    """What differs, in a line each."""
    told = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = expected.get(name), found.get(name)
        if before == after:
            continue
        if name not in found or name not in expected:
            told.append(f"{name}: {'missing' if name not in found else 'not expected'}")
        elif isinstance(before, list) and isinstance(after, list):
            told.append(f"{name}: {changed_rows(before, after)}")
        else:
            told.append(f"{name}: another content")
    return told


def changed_rows(before: list[Any], after: list[Any]) -> str:
    """How two lists of rows differ, with the first row on either side that the other lacks."""
    missing = [row for row in before if row not in after]
    added = [row for row in after if row not in before]
    return (
        f"{len(before)} rows against {len(after)}; missing {missing[:1]}, not expected {added[:1]}"
    )
