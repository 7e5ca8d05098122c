import json
from pathlib import Path

import numpy as np
import pytest

from flows.checkpoint import load_current
from flows.settings import load_settings
from transforms.similar import BLOCK, Vectors, leaders, restored, stored

CASES = Path(__file__).parent / "cases" / "questions.jsonl"
POST = "Wir schaffen Passwörter ab. Ab März melden sich alle mit dem Handy an."


def unit(*rows: tuple[float, float]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def test_a_text_joins_the_leader_it_is_most_alike_to() -> None:
    vectors = unit((1, 0), (0, 1), (0.2, 1), (1, 0.1))
    assert leaders(vectors, 0.95) == [0, 1, 1, 0]


def test_a_chain_of_likes_is_no_group() -> None:
    vectors = unit((1, 0), (1, 0.3), (1, 0.7))
    assert leaders(vectors, 0.95) == [0, 0, 2]


def test_nothing_has_no_groups() -> None:
    assert leaders(np.zeros((0, 2), dtype=np.float32), 0.9) == []


def test_storing_an_embedding_hardly_moves_it() -> None:
    vectors = unit(*np.random.default_rng(1).normal(size=(50, 384)).tolist())
    assert np.abs((restored(stored(vectors)) * vectors).sum(axis=1) - 1).max() < 0.001


def test_what_was_not_stored_is_like_nothing() -> None:
    vectors = restored(np.array([[0, 0], [127, 0]], dtype=np.int8))
    assert leaders(vectors, 0.9) == [0, 1]


def test_the_shipped_model_groups_half_of_the_like_questions_and_no_others() -> None:
    settings = load_settings()
    encoder = load_current(settings.classify)
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    first, second = (
        encoder.read([case[side] for case in cases], [POST] * len(cases)).embedding
        for side in ("a", "b")
    )
    assert first is not None
    assert second is not None
    together = [
        leaders(np.stack(pair), settings.reply.alike) == [0, 0]
        for pair in zip(first, second, strict=True)
    ]
    alike = [case["alike"] for case in cases]
    right = sum(both and truth for both, truth in zip(together, alike, strict=True))
    wrong = sum(both and not truth for both, truth in zip(together, alike, strict=True))
    assert right >= sum(alike) / 2
    assert wrong <= 1, "a wrong group closes a question that nobody answered"


@pytest.mark.parametrize("least", [0.5, 0.99])
def test_equal_texts_are_always_together(least: float) -> None:
    assert leaders(unit((1, 2), (1, 2)), least) == [0, 0]


def one_after_the_other(vectors: Vectors, least: float) -> list[int]:
    """What `leaders` promises, as plainly as it can be said."""
    found: list[int] = []
    for place, vector in enumerate(vectors):
        heads = [head for head, leader in enumerate(found) if head == leader]
        best = max(heads, key=lambda head: float(vectors[head] @ vector), default=place)
        joins = bool(heads) and float(vectors[best] @ vector) >= least
        found.append(best if joins else place)
    return found


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_many_texts_have_the_leaders_that_they_have_one_after_the_other(count: int) -> None:
    drawn = np.random.default_rng(count).normal(size=(count, 3))
    vectors = unit(*drawn.tolist())
    assert leaders(vectors, 0.98) == one_after_the_other(vectors, 0.98)
