from datetime import timedelta

import pytest

from flows.changing.what_if import what_if
from flows.classify import classify, encoder_answerer, label_all
from flows.settings import load_settings
from tests.builders import NOON
from tests.model_bench import MONDAY, Bench

SENTIMENTS = "SELECT sentiment FROM classified.audience ORDER BY comment_id"


def tried(bench: Bench) -> str:
    """Labels of the candidate in the warehouse; returns its version."""
    settings = load_settings()
    place = settings.classify.model_copy(update={"checkpoint": str(bench.grumpy)})
    candidate = settings.model_copy(update={"classify": place})
    label_all([encoder_answerer(candidate)], candidate)
    return bench.version(bench.grumpy)


def test_other_models_answer_in_the_block_and_nowhere_else(bench: Bench) -> None:
    bench.given("meh", "good")
    classify(as_of=MONDAY)
    version = tried(bench)
    with what_if([version], load_settings()) as connection:
        assert connection.execute(SENTIMENTS).fetchall() == [("negative",), ("positive",)]
    assert bench.query(SENTIMENTS) == [("neutral",), ("positive",)]


def test_only_the_window_is_there(bench: Bench) -> None:
    bench.given("meh")
    bench.given("good", weeks_ago=8, prefix="old")
    classify(as_of=MONDAY)
    with what_if([], load_settings(), (NOON - timedelta(weeks=1)).date()) as connection:
        assert connection.execute(SENTIMENTS).fetchall() == [("neutral",)]
    assert len(bench.query(SENTIMENTS)) == 2


def test_an_error_in_the_block_undoes_it_as_well(bench: Bench) -> None:
    bench.given("meh")
    classify(as_of=MONDAY)
    version = tried(bench)
    with (
        pytest.raises(RuntimeError, match="power cut"),
        what_if([version], load_settings(), MONDAY.date()),
    ):
        raise RuntimeError("power cut")
    assert bench.query(SENTIMENTS) == [("neutral",)]
