from flows.classify import classify
from flows.model_list import known_models
from flows.model_promote import promote
from tests.model_bench import MONDAY, Bench


def test_before_anything_is_labelled_that_is_said(bench: Bench) -> None:
    bench.put([])
    assert known_models().splitlines() == [
        "No model has labelled anything yet.",
        f"The settings name the checkpoint: `{bench.calm}`.",
    ]


def test_versions_are_listed_with_their_labels_and_what_answers_is_marked(bench: Bench) -> None:
    bench.given("good", "bad", "meh")
    classify(as_of=MONDAY)
    promote(str(bench.grumpy), as_of=MONDAY)
    calm, grumpy = bench.version(bench.calm), bench.version(bench.grumpy)
    lines = [" ".join(line.split()) for line in known_models().splitlines()]
    assert f"{calm} 3 nothing (1)" in lines
    assert f"* {grumpy} 3 sentiment (1)" in lines
    assert f"2025-11-10 08:00 UTC {grumpy} instead of {calm}" in lines
    assert any(line.endswith("checkpoints: calm, grumpy") for line in lines)
