import pytest

from models.training.agreement import agreement, f1, kappa


def test_kappa_takes_chance_out() -> None:
    # Worked by hand: observed 0.7; expected 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    first = ["a"] * 5 + ["b"] * 5
    second = ["a", "a", "a", "a", "b", "b", "b", "b", "a", "a"]
    assert kappa(first, second) == pytest.approx((0.7 - 0.5) / (1 - 0.5))


def test_annotators_who_always_agree_have_full_agreement() -> None:
    assert kappa(["a", "a"], ["a", "a"]) == 1
    assert f1([set()], [set()]) == 1


def test_f1_is_the_same_whoever_is_right() -> None:
    ours, theirs = [{"a", "b"}, {"a"}], [{"a"}, {"c"}]
    assert f1(ours, theirs) == f1(theirs, ours) == pytest.approx(0.4)


def test_each_topic_has_its_own_agreement() -> None:
    base = {"sentiment": "neutral", "stance": "unclear", "lang": "de", "pii": [], "intents": []}
    base |= {"needs_reply": False, "toxic": False, "mixed": False}
    answer = agreement(
        [base | {"topics": ["cost", "ai"]}], [base | {"topics": ["cost"], "sentiment": "negative"}]
    )
    assert (answer["topics/cost"], answer["topics/ai"], answer["stance"]) == (1.0, 0.0, 1.0)
    assert answer["sentiment"] == 0
