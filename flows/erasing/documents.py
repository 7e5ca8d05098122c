"""A person taken out of what else lies on disk: published states, review sheets, notes."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from flows.engines.duckdb_file import rewrite
from flows.erasing.rows import is_own_row, without
from flows.erasing.scrub import edit
from flows.erasing.search import Search
from flows.erasing.stored import scrub_column, text_columns
from flows.erasing.traces import Traces
from flows.landing.files import sha256_of
from flows.settings import Ingest, Paths
from flows.storing.taking_out import deleted
from models.contract import quoted

MANIFEST = "manifest.json"
BOM = b"\xef\xbb\xbf"
"""Begins the tables that `publish` writes for a German Excel, with semicolons."""


@dataclass(frozen=True)
class DocumentEdit:
    """What became of a file: `edited` or `deleted`."""

    path: Path
    outcome: str


def erase_documents(paths: Paths, traces: Traces, limits: Ingest) -> list[DocumentEdit]:
    """Edit every file below the data folder but landing, inbox and warehouse."""
    pages = told_pages(paths) if traces.comment_ids else []
    for page in pages:
        page.unlink()
    found = [DocumentEdit(page, "deleted") for page in pages]
    found += [done for path in documents(paths) if (done := erase_document(path, traces, limits))]
    for folder in {parent for done in found for parent in done.path.parents}:
        tell_manifest(folder)
    return found


def told_pages(paths: Paths) -> list[Path]:
    """Dashboards and letters: they cut and escape texts, so that nobody can search them surely.

    The next publish writes the dashboard anew.
    """
    folder = paths.published
    dashboards = [*folder.glob("snapshots/*/dashboard.html"), *folder.glob("snapshots/*/*/*.html")]
    return sorted([*dashboards, *folder.glob("digest/*/digest.*")])


def documents(paths: Paths) -> Iterator[Path]:
    """Files that he may be in; landing, inbox, warehouse and promoted checkpoints aside."""
    if not paths.root.is_dir():
        return
    for path in sorted(paths.root.rglob("*")):
        # A checkpoint's vocabulary holds names that are words, but nobody's.
        apart = (
            *(paths.landing, paths.inbox, paths.checkpoints),
            *(paths.warehouse, paths.lake, paths.lake_catalogue),
        )
        is_apart = any(path.is_relative_to(place) for place in apart)
        if path.is_file() and not path.is_symlink() and not is_apart:
            yield path


def erase_document(path: Path, traces: Traces, limits: Ingest) -> DocumentEdit | None:
    """Take the person out of one file; one of an unknown kind that holds him is deleted.

    What can't be opened stays, if the rest of it does not hold him: the proof tells of it.
    """
    if path.name == MANIFEST:
        return None  # it counts and names no comment; its sums are set anew
    if path.suffix == ".duckdb":
        return DocumentEdit(path, "edited") if edit_database(path, traces) else None
    with TemporaryDirectory(prefix=".erasing-", dir=path.parent) as name:
        folder = Path(name)
        search = Search(traces, limits, folder)
        found = set(search.findings(path))
        if "found" not in found:
            return None
        if "unopened" not in found and (copy := edited_copy(path, folder, search)):
            copy.chmod(path.stat().st_mode)
            copy.replace(path)
            return DocumentEdit(path, "edited")
    path.unlink()
    return DocumentEdit(path, "deleted")


def edited_copy(path: Path, folder: Path, search: Search) -> Path | None:
    """A copy of a file without the person, in `folder`; None if he can't be taken out of it."""
    copy = folder / path.name
    shutil.copyfile(path, copy)
    copy.chmod(0o600)
    is_table = path.suffix == ".csv"
    is_edited = edit_csv(copy, search.traces) if is_table else edit(copy, search.traces)
    return copy if is_edited and not search.finds(copy) else None


def edit_csv(path: Path, traces: Traces) -> bool:
    """A table as `publish` and people's programs write it, without the person's rows."""
    is_german = path.read_bytes().startswith(BOM)
    separator = ";" if is_german else ","
    try:
        rows = pl.read_csv(path, infer_schema=False, separator=separator, glob=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError):
        return edit(path, traces)
    is_own = any(is_own_row(row, traces) for row in rows.iter_rows())
    if not is_own and not traces.found_in(path.read_text(encoding="utf-8", errors="replace")):
        return True
    end = "\r\n" if is_german else "\n"
    without(rows, traces).write_csv(
        path, include_bom=is_german, separator=separator, line_terminator=end
    )
    return True


def edit_database(path: Path, traces: Traces) -> bool:
    """A published DuckDB file without the person's rows, written anew.

    False if it had none, or can't be opened.
    """
    mode = path.stat().st_mode
    path.chmod(0o600)
    try:
        changed = without_rows(path, traces)
    except duckdb.Error:
        return False
    finally:
        path.chmod(mode)
    return changed


def without_rows(path: Path, traces: Traces) -> bool:
    """Delete a person's rows from a published DuckDB file; whether it had any."""
    changed = 0
    with duckdb.connect(path) as connection:
        connection.execute(
            "CREATE TEMP TABLE erased_id AS SELECT unnest(?::VARCHAR[]) AS id",
            [list(traces.comment_ids)],
        )
        for table, column in text_columns(connection):
            if column in ("comment_id", "quote_id"):
                changed += deleted(connection, table, f"{column} IN (SELECT id FROM erased_id)")
            else:
                changed += scrub_column(connection, table, column, traces)
        macros = connection.execute(
            "SELECT count(*) FROM duckdb_functions() WHERE NOT internal"
        ).fetchone()
        connection.execute("DROP TABLE erased_id")
        views = view_statements(connection)
        if changed:
            rewrite(connection, path)
    if changed and macros and macros[0]:
        put_back(path, views)
    return changed > 0


def view_statements(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What makes and describes the views of a published file, as they are."""
    made = connection.execute(
        "SELECT view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY view_name"
    ).fetchall()
    columns = connection.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() "
        "WHERE NOT internal AND comment IS NOT NULL ORDER BY table_name, column_index"
    ).fetchall()
    names = {name for name, _, _ in made}
    return [
        *(sql for _, sql, _ in made),
        *(f"COMMENT ON VIEW {name} IS {quoted(about)}" for name, _, about in made if about),
        *(
            f'COMMENT ON COLUMN {name}."{column}" IS {quoted(about)}'
            for name, column, about in columns
            if name in names
        ),
    ]


def put_back(path: Path, views: list[str]) -> None:
    """Give a rewritten published file its functions and views back."""
    from transforms.marts import MACROS

    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        connection.execute(MACROS.read_text(encoding="utf-8"))
        for statement in views:
            connection.execute(statement)
        connection.execute("CHECKPOINT")


def tell_manifest(folder: Path) -> None:
    """Set the checksums of a published state's manifest to its files as they are now."""
    path = folder / MANIFEST
    if not path.exists():
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    content["files"] = {
        name: sha256_of(folder / name)
        for name in content.get("files", {})
        if (folder / name).is_file()
    }
    written = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.chmod(0o600)
    path.write_text(written, encoding="utf-8")
    path.chmod(0o444)
