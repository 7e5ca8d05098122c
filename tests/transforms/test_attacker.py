"""Attacks on groups of lumps, the easy ones first."""

import numpy as np
import pytest
from scipy import sparse

from transforms.attacker import REACHES, Attacker, Lumps

ALL = max(one for one in REACHES if one is not None)


def seen(
    sums: list[list[int]],
    comments: list[int],
    limits: list[list[int]] | None = None,
    floor: list[int] | None = None,
    wholes: list[list[int]] | None = None,
) -> Lumps:
    """What is seen of lumps with so many `comments` in the published `sums` of them."""
    matrix, counts = sparse.csr_matrix(np.array(sums)), np.array(comments)
    told = np.array(limits or np.zeros((0, len(comments))))
    rests = np.array(wholes or np.zeros((len(told), len(sums)), np.int64))
    return Lumps(
        published=np.arange(len(sums)),
        member=sparse.identity(len(comments), dtype=np.int64, format="csr"),
        sums=matrix,
        known=matrix @ counts,
        comments=counts,
        limits=sparse.csr_matrix(told),
        floor=np.array(floor or [], dtype=np.float64),
        wholes=sparse.csr_matrix(rests),
    )


def attacker(lumps: Lumps, *people: int) -> Attacker:
    return Attacker(lumps, np.array(people))


def test_a_lump_that_is_published_alone_is_known_by_that_cell() -> None:
    lumps = seen([[1, 1], [1, 0]], [2, 9])
    assert attacker(lumps, 11, 2).attack(np.array([0]), 5) == [1]


def test_what_is_left_of_a_total_is_known_by_the_total_and_its_parts() -> None:
    lumps = seen([[1, 1, 1], [0, 1, 0], [0, 0, 1]], [2, 9, 8])
    assert sorted(attacker(lumps, 19, 9, 8).attack(np.array([0]), 5) or []) == [0, 1, 2]


def test_the_part_of_the_fewest_people_is_hidden_until_no_attack_succeeds() -> None:
    lumps = seen([[1, 1, 1], [0, 1, 0], [0, 0, 1]], [2, 9, 8])
    found = attacker(lumps, 19, 9, 8)
    assert list(found.until_safe(np.array([0]), 5)) == [2]
    assert found.attack(np.array([0]), 5, None) is None


def test_a_total_of_fewer_than_needed_tells_enough_without_its_parts() -> None:
    lumps = seen([[1, 1, 0], [1, 1, 1]], [2, 1, 40])
    assert attacker(lumps, 3, 43).attack(np.array([0]), 5) == [0]


# The week less the two channels is the rest: 3 = 20 - 8 - 9, with no lump known alone.
SEVERAL = [[1, 1, 1, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 1, 1]]


@pytest.mark.parametrize("reach", [ALL, None], ids=["nearby", "all"])
def test_several_numbers_tell_more_than_one(reach: int | None) -> None:
    found = attacker(seen(SEVERAL, [3, 4, 4, 5, 4]), 20, 8, 9)
    assert found.attack(np.array([0]), 5) is None
    assert sorted(found.attack(np.array([0]), 5, reach) or []) == [0, 1, 2]
    assert list(found.until_safe(np.array([0]), 5, reach)) == [1]
    assert found.attack(np.array([0]), 5, reach) is None


def test_cells_of_more_lumps_than_the_reach_are_not_looked_at() -> None:
    found = attacker(seen(SEVERAL, [3, 4, 4, 5, 4]), 20, 8, 9)
    assert found.attack(np.array([0]), 5, 4) is None


def test_topics_tell_of_all_comments_where_everything_is_looked_at() -> None:
    # All comments (lump 0) are at most those on all topics together: 1 and 2, that are published.
    lumps = seen([[1, 1, 0], [0, 1, 1], [0, 1, 0]], [3, 1, 2], [[-1, 1, 1]], [0])
    found = attacker(lumps, 4, 3, 1)
    assert found.attack(np.array([0]), 5, None) is not None


# Both cells tell all comments, lump 0; lump 1 is those on a topic, and never more.
ALL_ON_A_TOPIC = seen([[1, 0], [1, 0]], [2, 2], [[0, -1]], [-2], [[1, 1]])


def test_a_limit_by_a_published_number_is_an_attack_by_each_cell_that_tells_it() -> None:
    found = attacker(ALL_ON_A_TOPIC, 2, 2)
    assert list(found.until_safe(np.array([1]), 3, None)) == [1, 0]
    assert found.attack(np.array([1]), 3, None) is None


def test_suspects_are_those_that_the_sieve_does_not_clear() -> None:
    found = attacker(seen(SEVERAL, [3, 4, 4, 5, 4]), 20, 8, 9)
    groups = sparse.csr_matrix(np.eye(5, dtype=np.int64))
    assert found.suspects(groups, np.full(5, 5)).tolist() == [0]
    assert found.suspects(groups, np.full(5, 3)).tolist() == []
