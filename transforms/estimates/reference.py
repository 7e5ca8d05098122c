"""The held-out set of a head, as the estimators of its questions take it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from models.held_out import HOME, HeldOut
from transforms.estimates.digits import codes, pair_codes, pair_posteriors, posteriors
from transforms.estimates.evidence import Numbers, Places, Reference

LEAST_TEXTS = 10
"""Held-out texts that an answer needs: of fewer, what the model says of it is mostly chance."""


def single_reference(held: HeldOut | None, labels: Sequence[str], shift: float) -> Reference | None:
    """Of a head with one label, its answers in the order of `labels`; None if one is unknown."""
    if held is None or not set(labels) <= set(held.labels):
        return None
    places = [held.labels.index(label) for label in labels]
    home = held.of(HOME)
    gold = home.gold[:, places]
    found, bins = np.unique(codes(home.probabilities[:, places]), return_inverse=True)
    return _reference(posteriors(found, len(labels)), bins, gold, shift)


def pair_reference(held: HeldOut | None, label: str, shift: float) -> Reference | None:
    """Of one label of a head where several may apply; None if the set does not know it."""
    if held is None or label not in held.labels:
        return None
    place = held.labels.index(label)
    home = held.of(HOME)
    return _pair(home.probabilities[:, place], home.gold[:, place], shift)


def none_reference(held: HeldOut | None, shift: float) -> Reference | None:
    """Of having none of a head's labels."""
    if held is None:
        return None
    home = held.of(HOME)
    return _pair((1 - home.probabilities).prod(axis=1), 1 - home.gold.max(axis=1), shift)


def merged(held: HeldOut, members: Mapping[str, AbstractSet[str]]) -> HeldOut:
    """The set as a taxonomy sees it: a topic has the largest probability of its `members`.

    Topics without a member that the set knows are left out: words alone can't be checked, since the
    set holds no texts.
    """
    places = {
        name: [held.labels.index(label) for label in sorted(of) if label in held.labels]
        for name, of in members.items()
    }
    known = {name: found for name, found in places.items() if found}
    width = (len(held.gold), 0)
    return HeldOut(
        tuple(known),
        np.stack([held.probabilities[:, of].max(axis=1) for of in known.values()], axis=1)
        if known
        else np.zeros(width),
        np.stack([held.gold[:, of].max(axis=1) for of in known.values()], axis=1)
        if known
        else np.zeros(width),
        held.domains,
    )


def _pair(probability: Numbers, gold: Numbers, shift: float) -> Reference | None:
    found, bins = np.unique(pair_codes(probability), return_inverse=True)
    return _reference(pair_posteriors(found), bins, np.stack([1 - gold, gold], axis=1), shift)


def _reference(posterior: Numbers, bins: Places, gold: Numbers, shift: float) -> Reference | None:
    if gold.sum(axis=0).min() < LEAST_TEXTS:
        return None
    counted = np.zeros(posterior.shape)
    np.add.at(counted, bins, gold)
    return Reference(posterior, counted, shift)
