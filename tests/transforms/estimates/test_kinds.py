from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.held_out import ALONE, HOME, HeldOut
from transforms.estimates.kinds import (
    UNLIKE,
    Company,
    Kinds,
    Likeness,
    Signs,
    called,
    kinds_of,
    logits,
    signs_of,
)

MOODS = ("negative", "neutral", "positive")
TOPICS = tuple("abcdef")
CENTRES = {HOME: [0, 0, 0, 0, 0, 0], ALONE: [1, 0, -1, 0, 0, 0], "tweets": [-2, 0, 0, -1, 1, 0]}
"""Mean log odds of each topic in texts of a kind; praise moves the last but one."""


def said(kind: Sequence[float], mood: np.ndarray, seed: int = 1) -> np.ndarray:
    """Probabilities (texts, topics) of texts of a kind; what they feel moves two of the topics."""
    moved = np.array(kind) + 0.8 * (mood[:, None] - 1) * np.array([0, 1, 0, 0, 1, 0])
    noise = np.random.default_rng(seed).normal(0, 1, moved.shape)
    return np.asarray(1 / (1 + np.exp(-(moved + noise - 1))))


def held_sets(texts: int = 600) -> dict[str, HeldOut]:
    """As many texts of each kind and mood; nobody knows the topics of tweets."""
    mood = np.tile(np.arange(3), texts)
    domains = np.repeat([HOME, ALONE, "tweets/x"], texts)
    topics = np.concatenate(
        [said(centre, mood[:texts], seed) for seed, centre in enumerate(CENTRES.values(), start=1)]
    )
    gold = np.where((domains == "tweets/x")[:, None], np.nan, np.zeros(topics.shape))
    mood = mood[: 3 * texts]
    return {
        "sentiment": HeldOut(MOODS, np.eye(3)[mood] * 0.7 + 0.1, np.eye(3)[mood], domains),
        "topic": HeldOut(TOPICS, topics, gold, domains),
    }


SETS = held_sets()
KINDS = kinds_of(SETS, signs_of(SETS))


def kinds() -> Kinds:
    assert KINDS is not None
    return KINDS


def signs(*channels: np.ndarray) -> Signs:
    """Channels of comments of which the model says these topics."""
    return Signs(
        tuple(signs_of(SETS)),
        tuple(f"channel {place}" for place in range(len(channels))),
        np.array([logits(topics).mean(axis=0) for topics in channels]),
        np.array([float(len(topics)) for topics in channels]),
    )


def moods(mix: Sequence[float], count: int) -> np.ndarray:
    return np.repeat(np.arange(3), np.round(np.array(mix) * count).astype(int))


@pytest.mark.parametrize("kind", [HOME, ALONE, "tweets"])
@pytest.mark.parametrize(
    "mix",
    [(0.1, 0.8, 0.1), (0.8, 0.1, 0.1), (0.05, 0.05, 0.9)],
    ids=["calm", "cross", "glad"],
)
def test_the_kind_that_comments_are_like_has_most_weight_whatever_they_feel(
    kind: str, mix: tuple[float, float, float]
) -> None:
    found = kinds().like(signs(said(CENTRES[kind], moods(mix, 400), seed=9)), kinds().kinds)
    assert found.weights[0, found.kinds.index(kind)] > 0.8
    assert found.unlikeness[0] < 0.4


def test_the_farther_from_every_kind_the_wider() -> None:
    far = np.array([0, 0, 0, 0, 0, 1])
    channels = [said(step * far, moods((0.3, 0.4, 0.3), 400), seed=9) for step in (0, 1, 2, 3)]
    found = kinds().like(signs(*channels), kinds().kinds)
    assert (np.diff(found.shift) > 0.2).all()
    names = [name for *_, name in found.groups(np.arange(4))]
    assert found.unlikeness[3] > UNLIKE
    assert set(names) == {"IT", "unlike"}


def test_what_a_head_was_not_measured_on_is_farther_from_what_it_was() -> None:
    tweets = signs(said(CENTRES["tweets"], moods((0.3, 0.4, 0.3), 400), seed=9))
    every, some = (kinds().like(tweets, known) for known in (kinds().kinds, (HOME, ALONE)))
    assert some.kinds == (HOME, ALONE)
    assert some.weights.sum() == pytest.approx(1)
    assert some.shift[0] > every.shift[0] + 0.3


def test_few_comments_are_taken_for_such_as_all_channels_have() -> None:
    usual = said(CENTRES["tweets"], moods((0.3, 0.4, 0.3), 1_000), seed=9)
    few = said(CENTRES[HOME], moods((0.4, 0.2, 0.4), 5), seed=8)
    found = kinds().like(signs(usual, few), kinds().kinds)
    assert found.weights[1, found.kinds.index("tweets")] > 0.6


@given(
    st.lists(
        st.tuples(st.lists(st.floats(-6.2, 6.2), min_size=6, max_size=6), st.integers(1, 5_000)),
        min_size=1,
        max_size=5,
    )
)
def test_weights_are_a_mixture_and_the_shift_a_number_whatever_was_said(
    channels: list[tuple[list[float], int]],
) -> None:
    means = np.array([mean for mean, _ in channels])
    counts = np.array([float(count) for _, count in channels])
    names = tuple(map(str, range(len(channels))))
    given_signs = Signs(tuple(signs_of(SETS)), names, means, counts)
    found = kinds().like(given_signs, kinds().kinds)
    assert np.isfinite(found.shift).all()
    assert (found.weights >= 0).all()
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(len(channels)))
    again = kinds().like(given_signs, kinds().kinds)
    assert np.array_equal(again.weights, found.weights)
    assert np.array_equal(again.unlikeness, found.unlikeness)


def test_a_cell_of_two_channels_is_like_both_by_their_voices() -> None:
    channels = [
        said(CENTRES[kind], moods((0.3, 0.4, 0.3), 1_000), seed=9) for kind in (HOME, "tweets")
    ]
    origins = pl.DataFrame(
        {
            "cell": [0, 0, 1, 2],
            "channel": ["channel 0", "channel 1", "channel 1", "a new one"],
            "voices": [30.0, 10.0, 5.0, 1.0],
        }
    )
    found = Company(kinds(), signs(*channels)).of(origins, 3, kinds().kinds)
    tweets = found.weights[:, found.kinds.index("tweets")]
    assert tweets == pytest.approx([0.25, 1.0, 0.5], abs=0.1)
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(3))


def test_every_cell_is_in_one_group_and_rounding_keeps_weights_a_mixture() -> None:
    weights = np.random.default_rng(4).dirichlet([1, 1, 1], 50)
    likeness = Likeness((HOME, ALONE, "tweets"), weights, np.linspace(0, 2, 50))
    groups = list(likeness.groups(np.arange(50)))
    assert sorted(place for here, *_ in groups for place in here) == list(range(50))
    for here, mixed, shift, _ in groups:
        assert mixed.sum() == pytest.approx(1)
        assert abs(weights[here] - mixed).max() < 0.11
        assert (shift >= likeness.shift[here]).all()


def test_what_comments_feel_is_no_sign_of_their_kind() -> None:
    heads = ("intent", "needs_reply", "sentiment", "stance")
    labels = {"intent": ("praise", "question"), "needs_reply": ("no", "yes")}
    one = np.ones((1, 2))
    sets = {
        head: HeldOut(labels.get(head, ("a", "b")), one, one, np.array([HOME])) for head in heads
    }
    assert signs_of(sets) == [("intent", "question"), ("needs_reply", "yes")]


def test_without_enough_signs_kinds_cannot_be_told_apart() -> None:
    assert kinds_of(SETS, signs_of(SETS)[:3]) is None
    assert kinds_of({"topic": SETS["topic"]}, signs_of(SETS)) is None
    no_home = {head: held.at(held.kinds != HOME) for head, held in SETS.items()}
    assert kinds_of(no_home, signs_of(SETS)) is None


def test_comments_are_called_after_the_kind_that_most_are_like() -> None:
    assert called({HOME: 0.5, ALONE: 0.3, "tweets": 0.2}) == "IT"
    assert called({HOME: 0.2, "tweets": 0.8}) == "tweets"
    assert called({HOME: 0.5, "tweets": 0.5}) == "mixed"
