"""What tests of flows share: files to take in, and a quick model that answers by keywords."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.classify import Answer, Answerer, Answers
from flows.engines import engine_of
from flows.running.direct import without_prefect
from flows.settings import load_settings
from models.findings import Judgement
from models.tables.label import LABEL
from tests.model_bench import Bench
from tests.review_desk import Desk

Query = Callable[[str], list[tuple[object, ...]]]

HEADER = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\n"


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a table of comments: `write_csv("a.csv", "id;date;author;text;post", ...)`."""

    def write(name: str, *lines: str) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def query(workplace: Path) -> Query:
    """Ask the warehouse, on whatever engine the settings name."""

    def ask(statement: str) -> list[tuple[object, ...]]:
        settings = load_settings()
        with engine_of(settings.warehouse).connect(
            settings.paths.warehouse, settings.warehouse
        ) as connection:
            return connection.execute(statement).fetchall()

    return ask


@pytest.fixture
def desk(workplace: Path) -> Desk:
    """Where review sheets are written, filled and taken in."""
    return Desk(workplace)


@pytest.fixture
def bench(tmp_path: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Two tiny real models, of which `calm` answers; flows run as plain functions."""
    made = Bench(tmp_path / "checkpoints", workplace)
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(made.calm))
    with without_prefect():
        yield made


class KeywordModel:
    """Answers sentiment by a word, and remembers what it was asked.

    With a `topic` it finds that in every text, too.
    """

    def __init__(self, version: str = "keywords@1") -> None:
        self.version = version
        self.asked: list[str] = []
        self.topic: str | None = None

    def answerer(self) -> Answerer:
        """This model as the flow takes it."""

        def load() -> Answer:
            return self.answer

        return Answerer(self.version, load)

    def answer(self, inputs: pl.DataFrame) -> Answers:
        """One `sentiment` row an input: negative for what holds "schlecht", else positive."""
        self.asked += inputs["text"].to_list()
        labels = inputs.select(
            "comment_id",
            "input_hash",
            head=pl.lit("sentiment"),
            label=pl.when(pl.col("text").str.contains("schlecht"))
            .then(pl.lit("negative"))
            .otherwise(pl.lit("positive")),
            probability=pl.lit(0.9),
            is_chosen=pl.lit(True),
            is_uncertain=pl.lit(False),
            decided_by=pl.lit(None),
            model_version=pl.lit(self.version),
            labelled_at_utc=pl.lit(None),
        )
        if self.topic:
            topics = labels.with_columns(head=pl.lit("topic"), label=pl.lit(self.topic))
            labels = pl.concat([labels, topics])
        return Answers(labels.cast(dict(LABEL.schema())))


@pytest.fixture
def keyword_model(monkeypatch: pytest.MonkeyPatch) -> KeywordModel:
    """A quick model in the place of the encoder."""
    model = KeywordModel()
    monkeypatch.setattr("flows.classify.encoder_answerer", lambda settings: model.answerer())
    return model


@pytest.fixture
def quick_publish(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publish that nobody judges, with an empty page: either takes seconds."""
    monkeypatch.setattr("flows.publishing.judging.judge", lambda suites: Judgement(()))
    monkeypatch.setattr("flows.exports.dashboard.render", lambda publication: "<!doctype html>")


@pytest.fixture
def directly() -> Iterator[None]:
    """Flows as plain functions, for tests of what they do and not of what Prefect makes of it."""
    with without_prefect():
        yield
