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
TOPICS, INTENTS = tuple("abcdef"), ("question", "request", "experience")
CENTRES = {HOME: [2.0, 0, 0], ALONE: [0, 2.0, 0], "tweets": [0, 0, 0]}
"""Mean log odds of each intent in texts of a kind; what is felt moves the last."""


def said(
    kind: str, mood: np.ndarray, seed: int = 9, about: int | None = None, off: float = 0.0
) -> np.ndarray:
    """Log odds (texts, topics and intents): comments on IT have one topic each, tweets none."""
    random = np.random.default_rng(seed)
    topic = np.full(len(mood), about) if about is not None else random.integers(0, 6, len(mood))
    has = kind != "tweets"
    topics = -4.0 + 6.0 * has * np.eye(6)[topic] + random.normal(0, 0.7, (len(mood), 6))
    intents = np.array(CENTRES[kind]) + random.normal(0, 1, (len(mood), 3))
    intents[:, 2] += 0.8 * (mood - 1) + off
    return np.concatenate([topics, intents], axis=1)


def held_sets(texts: int = 600) -> dict[str, HeldOut]:
    """As many texts of each kind and mood; nobody knows the topics of tweets."""
    mood = np.tile(np.arange(3), texts)
    domains = np.repeat([HOME, ALONE, "tweets/x"], texts)
    odds = np.concatenate(
        [said(kind, mood[:texts], seed) for seed, kind in enumerate(CENTRES, start=1)]
    )
    chances = 1 / (1 + np.exp(-odds))
    is_tweet = (domains == "tweets/x")[:, None]
    gold = np.where(is_tweet, np.nan, np.zeros(chances.shape))
    return {
        "sentiment": HeldOut(MOODS, np.eye(3)[mood] * 0.7 + 0.1, np.eye(3)[mood], domains),
        "topic": HeldOut(TOPICS, chances[:, :6], gold[:, :6], domains),
        "intent": HeldOut(INTENTS, chances[:, 6:], gold[:, 6:], domains),
    }


SETS = held_sets()
KINDS = kinds_of(SETS, signs_of(SETS))


def kinds() -> Kinds:
    assert KINDS is not None
    return KINDS


def signs(*channels: np.ndarray) -> Signs:
    """Channels of comments with these log odds."""
    names = [("topic", topic) for topic in TOPICS] + [("intent", intent) for intent in INTENTS]
    near = [logits(1 / (1 + np.exp(-odds))) for odds in channels]
    return Signs(
        tuple(names),
        tuple(f"channel {place}" for place in range(len(channels))),
        np.array([odds.mean(axis=0) for odds in near]),
        np.array([float(len(odds)) for odds in near]),
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
    found = kinds().like(signs(said(kind, moods(mix, 400))), kinds().kinds)
    assert found.weights[0, found.kinds.index(kind)] > 0.8
    assert found.unlikeness[0] < 0.4


def test_a_channel_on_one_subject_is_no_other_kind() -> None:
    one = signs(said(HOME, moods((0.3, 0.4, 0.3), 400), about=2))
    found = kinds().like(one, kinds().kinds)
    assert found.weights[0, found.kinds.index(HOME)] > 0.8
    assert found.unlikeness[0] < 0.4


def test_the_farther_from_every_kind_the_wider() -> None:
    channels = [said(HOME, moods((0.3, 0.4, 0.3), 400), off=step) for step in (0, 2, 4, 6)]
    found = kinds().like(signs(*channels), kinds().kinds)
    assert (np.diff(found.shift) > 0.2).all()
    names = [name for *_, name in found.groups(np.arange(4))]
    assert found.unlikeness[3] > UNLIKE
    assert set(names) == {"IT", "unlike"}


def test_what_a_head_was_not_measured_on_is_farther_from_what_it_was() -> None:
    tweets = signs(said("tweets", moods((0.3, 0.4, 0.3), 400)))
    every, some = (kinds().like(tweets, known) for known in (kinds().kinds, (HOME, ALONE)))
    assert some.kinds == (HOME, ALONE)
    assert some.weights.sum() == pytest.approx(1)
    assert some.shift[0] > every.shift[0] + 0.3


def test_a_kind_that_signs_can_not_tell_has_no_weight_in_a_reference_that_has_it() -> None:
    few = {
        head: held.at((held.kinds != ALONE) | (np.arange(len(held.kinds)) % 600 < 15))
        for head, held in SETS.items()
    }
    told = kinds_of(few, signs_of(few))
    assert told is not None
    assert told.kinds == (HOME, "tweets")
    channel = signs(said("tweets", moods((0.3, 0.4, 0.3), 400)))
    found = told.like(channel, (HOME, ALONE, "tweets"))
    assert found.kinds == (HOME, ALONE, "tweets")
    assert found.weights[0] == pytest.approx([0, 0, 1], abs=0.2)
    assert found.weights[0, 1] == 0


def test_few_comments_are_taken_for_such_as_all_channels_have() -> None:
    usual = said("tweets", moods((0.3, 0.4, 0.3), 1_000))
    few = said(HOME, moods((0.4, 0.2, 0.4), 5))
    found = kinds().like(signs(usual, few), kinds().kinds)
    assert found.weights[1, found.kinds.index("tweets")] > 0.6


@given(
    st.lists(
        st.tuples(st.lists(st.floats(-6.2, 6.2), min_size=9, max_size=9), st.integers(1, 5_000)),
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
    given_signs = Signs(signs(means).names, names, means, counts)
    found = kinds().like(given_signs, kinds().kinds)
    assert np.isfinite(found.shift).all()
    assert (found.weights >= 0).all()
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(len(channels)))
    again = kinds().like(given_signs, kinds().kinds)
    assert np.array_equal(again.weights, found.weights)
    assert np.array_equal(again.unlikeness, found.unlikeness)


def test_a_cell_of_two_channels_is_like_both_by_their_voices() -> None:
    channels = [said(kind, moods((0.3, 0.4, 0.3), 1_000)) for kind in (HOME, "tweets")]
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
    assert called({HOME: 0.2, "tweets": 0.1, "mentions": 0.7}) == "mentions"
    assert called({HOME: 0.4, "tweets": 0.2, "mentions": 0.4}) == "mixed"
