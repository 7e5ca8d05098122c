"""That the bytes of what was deleted have to go: noted with the deletion, done after it.

A run may be killed between the two. What it deleted is then found by no later one, which would
leave it in the file for good; the note is.
"""

from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from flows.settings import Warehouse
from flows.warehouse import exists, forget, frame, merge, writing
from models.tables.deletion import DELETION
from transforms.canonical import naive_utc


def note_deletion(connection: duckdb.DuckDBPyConnection, stage: str, moment: datetime) -> None:
    """Note that `stage` deletes what must not stay on disk; belongs in that transaction."""
    row = {"stage": [stage], "deleted_at_utc": [naive_utc(moment)]}
    merge(connection, DELETION, pl.DataFrame(row, schema=DELETION.schema()))


def forget_deleted(path: Path, limits: Warehouse) -> tuple[str, ...]:
    """Write the warehouse anew if anything is noted; returns the stages that had deleted it.

    The note goes last, so that a run that is killed before is made up for, too. Nothing else may
    be under way: what it notes meanwhile would go as well.
    """
    if not exists(path, limits):
        return ()
    with writing(path, limits) as connection:
        stages = frame(connection, f"SELECT stage FROM {DELETION.full_name} ORDER BY ALL")["stage"]
    if stages.is_empty():
        return ()
    forget(path, limits)
    with writing(path, limits) as connection:
        connection.execute(f"DELETE FROM {DELETION.full_name}")
    return tuple(stages)
