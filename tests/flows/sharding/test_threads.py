import threading
from pathlib import Path

import polars as pl
import pytest

from flows.classify import classify
from flows.settings import Classify, load_settings
from flows.sharding.threads import threads
from models.tables.label import LABEL
from tests.model_bench import Bench
from transforms.classify import Answer, Answers

TEXTS = [f"{word} {n}" for n in range(20) for word in ("good", "bad", "meh")]

LABELS = "SELECT * EXCLUDE (labelled_at_utc) FROM classified.label ORDER BY ALL"


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_write_what_one_process_writes(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__BATCH", "4")
    bench.given(*TEXTS)
    classify()
    expected = bench.query(LABELS)
    assert len(expected) == 4 * len(TEXTS)  # three moods and a language
    elsewhere = Bench(tmp_path / "again", tmp_path / "other")
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(elsewhere.data))
    monkeypatch.setenv("RESONANZ_CLASSIFY__ENGINE", "threads")
    monkeypatch.setenv("RESONANZ_CLASSIFY__WORKERS", str(workers))
    elsewhere.given(*TEXTS)
    classify()
    assert elsewhere.query(LABELS) == expected


def test_a_run_of_threads_that_broke_off_keeps_whole_shards_and_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__BATCH", "4")
    monkeypatch.setenv("RESONANZ_CLASSIFY__ENGINE", "threads")
    monkeypatch.setenv("RESONANZ_CLASSIFY__WORKERS", "2")
    bench.given(*TEXTS)
    asked: list[str] = []

    def broken(encoder: object, inputs: pl.DataFrame, version: str) -> Answers:
        if len(asked) >= 20:
            raise RuntimeError("power cut")
        return noting(encoder, inputs, version)

    def noting(encoder: object, inputs: pl.DataFrame, version: str) -> Answers:
        asked.extend(inputs["text"])
        return read_inputs(encoder, inputs, version)

    from flows.sharding.loader import read_inputs

    monkeypatch.setattr("flows.sharding.loader.read_inputs", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        classify()
    [(kept,)] = bench.query(
        "SELECT count(DISTINCT comment_id) FROM classified.label WHERE head = 'sentiment'"
    )
    assert kept % 4 == 0
    assert 0 < kept < len(TEXTS)
    monkeypatch.setattr("flows.sharding.loader.read_inputs", noting)
    classify()
    assert bench.query(
        "SELECT count(*), count(DISTINCT comment_id) FROM classified.label WHERE head = 'sentiment'"
    ) == [(3 * len(TEXTS), len(TEXTS))]


def test_shards_are_read_at_the_same_time_by_one_model() -> None:
    loads: list[int] = []
    both = threading.Barrier(2, timeout=30)

    def load() -> Answer:
        loads.append(1)

        def answer(inputs: pl.DataFrame) -> Answers:
            both.wait()
            return Answers(LABEL.empty())

        return answer

    with threads(load, Classify(engine="threads", workers=2)) as crew:  # type: ignore[arg-type]
        for future in [crew.submit(pl.DataFrame()) for _ in range(2)]:
            future.result(30)
    assert loads == [1]


def test_a_single_shard_is_not_worth_a_crew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        raise AssertionError("a crew was hired")

    monkeypatch.setenv("RESONANZ_CLASSIFY__ENGINE", "threads")
    monkeypatch.setattr("flows.sharding.threads.ENGINE", unexpected)
    bench.given("good", "bad")
    assert classify().rows_out == 2
    assert load_settings().classify.engine == "threads"
