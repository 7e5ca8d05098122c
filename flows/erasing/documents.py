"""A person taken out of what else lies on disk: published states, review sheets, notes."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from flows.erasing.scrub import Traces, edit, is_own_row, without
from flows.erasing.stored import deleted, rewrite, scrub_column, text_columns
from flows.landing import sha256_of
from flows.settings import Paths

MANIFEST = "manifest.json"
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"7z\xbc\xaf", b"Rar!")


@dataclass(frozen=True)
class DocumentEdit:
    """What became of a file: `edited`, `deleted`, or `left` for a person to deal with."""

    path: Path
    outcome: str


def erase_documents(paths: Paths, traces: Traces) -> list[DocumentEdit]:
    """Edit every file below the data folder but landing, inbox and warehouse."""
    found = [done for path in documents(paths) if (done := erase_document(path, traces))]
    for folder in {done.path.parent for done in found}:
        tell_manifest(folder)
    return found


def documents(paths: Paths) -> Iterator[Path]:
    """Files that the person may be in, landing and inbox and the warehouse aside."""
    if not paths.root.is_dir():
        return
    for path in sorted(paths.root.rglob("*")):
        apart = path.is_relative_to(paths.landing) or path.is_relative_to(paths.inbox)
        if path.is_file() and not path.is_symlink() and not apart and path != paths.warehouse:
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
        if not is_edited:
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
    """Whether a file's own bytes hold the person: a name, a text, or the id of a comment."""
    text = path.read_bytes().decode("utf-8", "replace")
    return bool(traces.found_in(text)) or any(name in text for name in traces.comment_ids)


def edit_csv(path: Path, traces: Traces) -> bool:
    """A table as `publish` and people's programs write it, without the person's rows."""
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError):
        return edit(path, traces)
    is_own = any(is_own_row(row, traces) for row in rows.iter_rows())
    if not is_own and not traces.found_in(path.read_text(encoding="utf-8", errors="replace")):
        return True
    without(rows, traces).write_csv(path)
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
            if column == "comment_id":
                changed += deleted(connection, table, "comment_id IN (SELECT id FROM erased_id)")
            else:
                changed += scrub_column(connection, table, column, traces)
        macros = connection.execute(
            "SELECT count(*) FROM duckdb_functions() WHERE NOT internal"
        ).fetchone()
        connection.execute("DROP TABLE erased_id")
    if changed:
        rewrite(path)
        if macros and macros[0]:
            put_macros(path)
    path.chmod(mode)
    return changed > 0


def put_macros(path: Path) -> None:
    """Give a rewritten published file its macros back."""
    from transforms.marts import MACROS

    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        connection.execute(MACROS.read_text(encoding="utf-8"))
        connection.execute("CHECKPOINT")


def tell_manifest(folder: Path) -> None:
    """Set the checksums of a published state's manifest to its files as they are now."""
    path = folder / MANIFEST
    if not path.exists():
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    content["files"] = {
        file.name: sha256_of(file)
        for file in sorted(folder.iterdir())
        if file.is_file() and file.name in content.get("files", {})
    }
    written = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(written, encoding="utf-8")


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
