"""A person taken out of what else lies on disk: published states, review sheets, notes."""

import html
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from flows.engines.duckdb_file import rewrite
from flows.erasing.proof import unpacked_gzip
from flows.erasing.scrub import Traces, edit, is_own_row, without
from flows.erasing.stored import deleted, scrub_column, text_columns
from flows.landing.files import sha256_of
from flows.settings import Paths
from models.contract import quoted

MANIFEST = "manifest.json"
BOM = b"\xef\xbb\xbf"
"""Begins the tables that `publish` writes for a German Excel, with semicolons."""
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"7z\xbc\xaf", b"Rar!")


@dataclass(frozen=True)
class DocumentEdit:
    """What became of a file: `edited`, `deleted`, or `left` for a person to deal with."""

    path: Path
    outcome: str


def erase_documents(paths: Paths, traces: Traces) -> list[DocumentEdit]:
    """Edit every file below the data folder but landing, inbox and warehouse."""
    pages = told_pages(paths) if traces.comment_ids else []
    for page in pages:
        page.unlink()
    found = [DocumentEdit(page, "deleted") for page in pages]
    found += [done for path in documents(paths) if (done := erase_document(path, traces))]
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


def erase_document(path: Path, traces: Traces) -> DocumentEdit | None:
    """Take the person out of one file; one of an unknown kind that holds him is deleted."""
    if path.name == MANIFEST:
        return None  # it counts and names no comment; its sums are set anew
    mode = path.stat().st_mode
    if path.suffix == ".duckdb":
        return DocumentEdit(path, "edited") if edit_database(path, traces) else None
    with TemporaryDirectory(prefix=".erasing-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        is_edited = edit_csv(copy, traces) if path.suffix == ".csv" else edit(copy, traces)
        if not is_edited or holds(copy, traces):
            if not holds(path, traces):
                return None
            path.unlink()
            return DocumentEdit(path, "deleted")
        if copy.read_bytes() == path.read_bytes() or not holds(path, traces):
            return None
        copy.chmod(mode)
        copy.replace(path)
    return DocumentEdit(path, "edited")


def holds(path: Path, traces: Traces) -> bool:
    """Whether a file holds the person: a name, a text, or the id of a comment."""
    return any(traces.found_in(text) for text in texts_in(path))


def texts_in_parquet(path: Path) -> Iterator[str]:
    """The texts of a Parquet file, whose pages are packed; nothing of a damaged one."""
    try:
        rows = pl.read_parquet(path, glob=False)
    except pl.exceptions.PolarsError:
        return
    for column in rows.select(pl.col(pl.String)).iter_columns():
        yield from column.drop_nulls().unique()


def texts_in(path: Path) -> Iterator[str]:
    """What a file holds as text, unpacked: each part of a workbook, each cell of a Parquet file."""
    raw = path.read_bytes()
    if raw.startswith(b"PAR1"):
        yield from texts_in_parquet(path)
        return
    if raw.startswith(b"\x1f\x8b"):
        yield from (part.decode("utf-8", "replace") for part in unpacked_gzip(raw))
        return
    if not zipfile.is_zipfile(path):
        yield raw.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield html.unescape(archive.read(name).decode("utf-8", "replace"))


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
    """A published DuckDB file without the person's rows, written anew; False if it had none."""
    mode = path.stat().st_mode
    path.chmod(0o600)
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
        rewrite(path)
        if macros and macros[0]:
            put_back(path, views)
    path.chmod(mode)
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


def left_in_inbox(paths: Paths, traces: Traces) -> list[DocumentEdit]:
    """Files of the inbox that hold the person, and archives there that nobody can look into."""
    found = []
    for path in sorted(paths.inbox.rglob("*")) if paths.inbox.is_dir() else ():
        if path.is_file():
            with path.open("rb") as file:
                is_packed = file.read(6).startswith(PACKED)
            if is_packed or holds(path, traces):
                found.append(DocumentEdit(path, "left"))
    return found
