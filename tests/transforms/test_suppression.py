from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix, vstack

from tests.share_marts import (
    CHANNEL_SENTIMENT_WEEKLY,
    POST_SENTIMENT,
    POST_SENTIMENT_DAILY,
    SENTIMENT_WEEKLY,
    facts_of,
    marts_of,
)
from transforms.attacker import Attacker
from transforms.cells import Cells, cells_of
from transforms.suppression import (
    Guarded,
    hidden_by_attacks,
    hidden_cells,
    leaking,
    lumps,
    remainders,
    to_hide,
)

MONDAY = date(2025, 11, 3)
Comments = list[tuple[str, str, str, date, list[str]]]


def people(prefix: str, count: int, post: str, channel: str, day: date = MONDAY) -> Comments:
    """A comment each of `count` people."""
    return [(f"{prefix}{number}", post, channel, day, []) for number in range(count)]


def everyone(comments: Comments, *tables: object, smallest: int = 5) -> Cells:
    facts = facts_of(comments)
    marts = {table: rows for table, rows in marts_of(facts).items() if table in tables}
    return cells_of(marts, facts, smallest)


def hidden(population: Cells, smallest: int = 5) -> pl.DataFrame:
    return population.listed.filter(pl.Series(hidden_cells(population, smallest)))


def test_nothing_is_hidden_where_all_cells_are_large() -> None:
    comments = people("a", 9, "p1", "blog") + people("b", 7, "p2", "x")
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    assert hidden(population).is_empty()


def test_the_smallest_neighbour_is_hidden_too_and_the_total_stays() -> None:
    comments = (
        people("a", 2, "p1", "blog") + people("b", 9, "p2", "x") + people("c", 30, "p3", "linkedin")
    )
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    assert sorted(hidden(population)["channel"]) == ["blog", "x"]


def test_a_small_cell_without_a_neighbour_takes_its_total_along() -> None:
    # The only channel of a week is that week.
    comments = people("a", 2, "p1", "blog")
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    assert hidden(population).height == 2


def test_a_neighbour_that_can_be_added_up_from_its_days_is_no_cover() -> None:
    comments = (
        people("a", 2, "p1", "blog")
        + people("b", 9, "p2", "x")
        + people("c", 8, "p2", "x", MONDAY + timedelta(1))
    )
    population = everyone(
        comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY, POST_SENTIMENT, POST_SENTIMENT_DAILY
    )
    shown = population.listed.filter(~pl.Series(hidden_cells(population, 5)))
    assert shown.filter(family="week").height == 1
    assert shown.filter(post_id="p2", family="post_id x day").height == 1


def test_cells_that_only_hide_each_other_among_few_people_are_not_enough() -> None:
    # Together, the two small channels have four people: their sum must not be told either.
    comments = people("a", 2, "p1", "blog") + people("b", 2, "p2", "x") + people("c", 9, "p3", "y")
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    assert sorted(hidden(population)["channel"]) == ["blog", "x", "y"]


def test_the_same_cells_are_hidden_every_time() -> None:
    comments = [
        (f"a{n % 17}", f"p{n % 4}", "xy"[n % 2], MONDAY + timedelta(n % 13), []) for n in range(90)
    ]
    tables = (SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY, POST_SENTIMENT_DAILY)
    first, second = (hidden_cells(everyone(comments, *tables), 5) for _ in range(2))
    assert (first == second).all()
    assert first.any()
    assert not first.all()


def test_atoms_of_the_same_published_cells_are_one_lump() -> None:
    population = everyone(
        people("a", 9, "p1", "blog") + people("b", 9, "p2", "x"),
        SENTIMENT_WEEKLY,
        CHANNEL_SENTIMENT_WEEKLY,
    )
    is_channel = population.listed["family"].to_numpy() == "channel x week"
    assert len(lumps(population, np.zeros_like(is_channel)).comments) == 2
    assert lumps(population, is_channel).comments.tolist() == [18]


def test_a_remainder_is_what_no_smaller_cell_holds() -> None:
    holds = np.array([[1, 1, 1], [1, 0, 0], [0, 0, 1]])
    assert remainders(csr_matrix(holds)).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_a_group_is_attacked_again_until_no_attack_succeeds() -> None:
    # Two of p1 follow from the week, and without that from the month: both must go at once.
    comments = people("a", 2, "p1", "blog") + people("b", 9, "p2", "x")
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY, POST_SENTIMENT)
    hidden_now = population.listed["is_small"].to_numpy().copy()
    small = population.holds[hidden_now]
    guarded = Guarded(small, np.full(small.shape[0], 5))
    at_once, in_doubt = leaking(population, hidden_now, guarded, 5, sees_limits=False)
    assert at_once.size > 1
    assert len(in_doubt.needed)
    hidden_now[at_once] = True
    further, in_doubt = leaking(population, hidden_now, in_doubt, 5, sees_limits=False)
    assert not further.size
    assert not len(in_doubt.needed)


def test_a_group_stays_in_doubt_though_another_one_spoke_for_it() -> None:
    comments = people("a", 2, "p1", "blog") + people("b", 9, "p2", "x")
    population = everyone(comments, SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY, POST_SENTIMENT)
    small = population.listed["is_small"].to_numpy()
    seen = lumps(population, small, sees_limits=False)
    group = population.holds[small][:1]
    twice = Guarded(vstack([group, group], format="csr"), np.array([3, 5]))
    further, in_doubt = to_hide(seen, twice, population.listed["author_count"].to_numpy())
    assert further.size
    assert in_doubt.tolist() == [0, 1]


def test_the_sieve_is_asked_once_where_nothing_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def suspects(_attacker: Attacker, groups: Any, _needed: np.ndarray[Any, Any]) -> Any:
        asked.append(groups.shape[0])
        return np.arange(0)

    monkeypatch.setattr(Attacker, "suspects", suspects)
    population = everyone(people("a", 9, "p1", "blog"), SENTIMENT_WEEKLY, CHANNEL_SENTIMENT_WEEKLY)
    seen = lumps(population, np.zeros(population.listed.height, dtype=bool))
    nobody = seen.sums[:0]
    size = population.listed["author_count"].to_numpy()
    further, in_doubt = hidden_by_attacks(seen, nobody, np.zeros(0), size)
    assert not further.size
    assert not in_doubt.size
    assert len(asked) == 1
