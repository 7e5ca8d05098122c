"""How far a model's answers move from one kind of texts to another."""

import numpy as np

from models.held_out import ALONE, HOME, HeldOut

LEAST_TEXTS = 30
"""Texts of an answer that a kind of texts needs to be compared by."""


def shift_of(held: HeldOut) -> float | None:
    """By how many standard deviations the mean probability of texts of one answer moves.

    The root mean square over the other domains and the answers, less what chance alone would do; as
    between studies (DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2). None without
    another domain.
    """
    home = held.of(HOME)
    moves = [
        move
        for domain in sorted(set(held.domains.tolist()) - {HOME, ALONE})
        for move in _moves(home, held.of(domain))
    ]
    return float(np.sqrt(max(0.0, float(np.mean(moves))))) if moves else None


def _moves(home: HeldOut, other: HeldOut) -> list[float]:
    """Of each answer, its squared standardised moves, without what chance adds."""
    found = []
    for place in range(len(home.labels)):
        here = home.probabilities[home.gold[:, place] > 0]
        there = other.probabilities[other.gold[:, place] > 0]
        if min(len(here), len(there)) < LEAST_TEXTS:
            continue
        variance = (here.var(axis=0) + there.var(axis=0)) / 2
        squared = (here.mean(axis=0) - there.mean(axis=0)) ** 2 / variance
        found += (squared - 1 / len(here) - 1 / len(there)).tolist()
    return found
