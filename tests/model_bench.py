"""A bench for tests of model changes: comments in good and bad words, and two tiny real models."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from flows.settings import load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.encoder import checkpoint_version
from models.tables.comment import COMMENT
from models.tables.post import POST
from models.tables.review import REVIEW
from tests.builders import NOON, Row, comment_row, post_row, review_row
from tests.foreign_checkpoint import MEANING, write_checkpoint

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
"""The week before holds `tests.builders.NOON`."""

LABELS = {"0": "positive", "1": "negative", "2": "neutral"}
GRUMPY = MEANING | {"meh": 1}
"""The candidate finds `meh` negative; what answers finds it neutral."""


class Bench:
    """A warehouse, the checkpoint `calm` that the settings name, and `grumpy` to try."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.data = data
        self.calm = self.checkpoint(folder / "calm")
        self.grumpy = self.checkpoint(folder / "grumpy", GRUMPY)

    @staticmethod
    def checkpoint(folder: Path, meaning: dict[str, int] = MEANING, **changes: object) -> Path:
        """A checkpoint that needs no mapping of its labels."""
        folder.mkdir(parents=True)
        return write_checkpoint(folder, meaning, **({"id2label": LABELS} | changes))

    @staticmethod
    def version(folder: Path) -> str:
        """Its version."""
        return checkpoint_version(folder)

    def given(self, *texts: str, weeks_ago: int = 0, prefix: str = "c") -> list[str]:
        """Put a comment of each text, each of another author, into the warehouse; their ids."""
        ids = [f"{prefix}{place}" for place in range(len(texts))]
        made = NOON - timedelta(weeks=weeks_ago)
        rows = [
            comment_row(c, text=text, text_hash=f"hash of {c} {text}", created_at_utc=made)
            for c, text in zip(ids, texts, strict=True)
        ]
        self.put(rows)
        return ids

    @staticmethod
    def put(comments: Sequence[Row]) -> None:
        """Put comments and their post `p1` into the warehouse."""
        settings = load_settings()
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            use_time_zone(connection, "Europe/Berlin")
            merge(connection, POST, pl.DataFrame([post_row()], schema=POST.schema()))
            merge(connection, COMMENT, pl.DataFrame(list(comments), schema=COMMENT.schema()))

    @staticmethod
    def reviewed(answers: dict[str, str]) -> None:
        """Let people have judged the sentiment of random draws: comment -> label."""
        settings = load_settings()
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            inputs = dict(
                connection.execute("SELECT comment_id, input_hash FROM classified.input").fetchall()
            )
            rows = [
                review_row(c, "sentiment", label, label == answer, input_hash=inputs[c])
                for c, answer in answers.items()
                for label in LABELS.values()
            ]
            merge(connection, REVIEW, pl.DataFrame(rows, schema=REVIEW.schema(), orient="row"))

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the warehouse file."""
        with duckdb.connect(self.data / "warehouse.duckdb", read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def report(self, name: str = "report.md") -> str:
        """A file of the latest trial's report."""
        folder = sorted((self.data / "models" / "shadow").iterdir())[-1]
        return (folder / name).read_text(encoding="utf-8")
