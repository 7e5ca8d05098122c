"""The held-out set of a head, as the estimators of its questions take it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from models.held_out import HOME, HeldOut
from transforms.estimates.digits import Codes, codes, pair_codes, pair_posteriors, posteriors
from transforms.estimates.evidence import Numbers, References

LEAST_TEXTS = 10
"""Held-out texts that an answer needs: of fewer, what the model says of it is mostly chance."""


def single_reference(held: HeldOut | None, labels: Sequence[str]) -> References | None:
    """Of a head with one label, its answers in the order of `labels`; None if one is unknown."""
    if held is None or not set(labels) <= set(held.labels):
        return None
    places = [held.labels.index(label) for label in labels]
    known = held.at(held.known)
    code = codes(known.probabilities[:, places])
    found = np.unique(code)
    return _by_kind(known, code, found, posteriors(found, len(labels)), known.gold[:, places])


def pair_reference(held: HeldOut | None, label: str) -> References | None:
    """Of one label of a head where several may apply; None if the set does not know it."""
    if held is None or label not in held.labels:
        return None
    place = held.labels.index(label)
    known = held.at(held.known)
    return _pair(known, known.probabilities[:, place], known.gold[:, place])


def none_reference(held: HeldOut | None) -> References | None:
    """Of having none of a head's labels; None if the set knows no label."""
    if held is None or not held.labels:
        return None
    known = held.at(held.known)
    return _pair(known, (1 - known.probabilities).prod(axis=1), 1 - known.gold.max(axis=1))


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


def _pair(known: HeldOut, probability: Numbers, gold: Numbers) -> References | None:
    code = pair_codes(probability)
    found = np.unique(code)
    answers = np.stack([1 - gold, gold], axis=1)
    return _by_kind(known, code, found, pair_posteriors(found), answers)


def _by_kind(
    known: HeldOut, code: Codes, found: Codes, posterior: Numbers, gold: Numbers
) -> References | None:
    """References of every kind with enough texts; none if the first, `home`, has too few."""
    bins = np.searchsorted(found, code)
    kinds, counted = [], []
    for kind in [HOME, *sorted(set(known.kinds.tolist()) - {HOME})]:
        here = known.kinds == kind
        if here.any() and gold[here].sum(axis=0).min() >= LEAST_TEXTS:
            counts = np.zeros(posterior.shape)
            np.add.at(counts, bins[here], gold[here])
            kinds.append(kind)
            counted.append(counts)
    return References(tuple(kinds), posterior, np.array(counted)) if HOME in kinds else None
