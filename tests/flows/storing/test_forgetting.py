"""Are the bytes of what was deleted gone, also after a run that was killed in between?"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.engines import duckdb_file
from flows.settings import Warehouse
from flows.storing.forgetting import forget_deleted, note_deletion
from flows.warehouse import exists, merge, read, writing
from models.tables.comment import COMMENT
from models.tables.deletion import DELETION
from tests.builders import comment_row

NOW = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
WORDS = "Wer soll das denn alles bezahlen, frage ich mich?"
ENGINES = [Warehouse(), Warehouse(engine="ducklake")]


def delete_one_of(count: int, path: Path, limits: Warehouse) -> None:
    """Store so many comments, and delete the first of them as a stage does."""
    rows = [comment_row(f"c{number}", text=f"{WORDS} {number}") for number in range(count)]
    with writing(path, limits) as connection:
        merge(connection, COMMENT, pl.DataFrame(rows, schema=COMMENT.schema()))
    with writing(path, limits) as connection:
        connection.execute("DELETE FROM clean.comment WHERE comment_id = 'c0'")
        note_deletion(connection, "retention", NOW)


def holds(words: str, folder: Path) -> bool:
    """Whether a file below `folder` holds `words`; Parquet is read, as it is packed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(
        words in (told(path) if path.suffix == ".parquet" else path.read_bytes().decode("latin-1"))
        for path in files
    )


def told(path: Path) -> str:
    return str(pl.read_parquet(path, glob=False).to_dicts())


@pytest.mark.parametrize("limits", ENGINES, ids=lambda limits: limits.engine)
def test_what_was_deleted_is_gone_from_disk_though_a_run_was_killed_before(
    limits: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse.duckdb"
    delete_one_of(40, path, limits)
    assert holds(f"{WORDS} 0", tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(duckdb_file, "rewrite", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_deleted(path, limits)
    assert forget_deleted(path, limits) == ("retention",)
    assert not holds(f"{WORDS} 0", tmp_path)
    assert holds(f"{WORDS} 1", tmp_path)
    with writing(path, limits) as connection:
        assert read(connection, DELETION).is_empty()
        assert read(connection, COMMENT).height == 39


def test_a_warehouse_from_which_nothing_was_deleted_is_left_as_it_is(tmp_path: Path) -> None:
    path, limits = tmp_path / "warehouse.duckdb", Warehouse()
    assert forget_deleted(path, limits) == ()
    assert not exists(path, limits)
    with writing(path, limits):
        pass
    before = path.stat().st_ino
    assert forget_deleted(path, limits) == ()
    assert path.stat().st_ino == before


def note_and_end(path: Path, limits: Warehouse) -> None:
    with writing(path, limits) as connection:
        note_deletion(connection, "retention", NOW)
        raise KeyboardInterrupt


def test_a_deletion_that_is_undone_needs_no_rewriting(tmp_path: Path) -> None:
    path, limits = tmp_path / "warehouse.duckdb", Warehouse()
    with pytest.raises(KeyboardInterrupt):
        note_and_end(path, limits)
    assert forget_deleted(path, limits) == ()
