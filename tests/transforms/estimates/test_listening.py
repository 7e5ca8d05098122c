"""What is heard of labels by numbers, held against the same in plain SQL."""

from collections.abc import Sequence
from itertools import pairwise

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.estimates.listening import (
    AllChosen,
    AnyChosen,
    Chosen,
    Labels,
    Listener,
    ManyAnswers,
    OneAnswer,
    OneOf,
    distinct,
)
from transforms.estimates.members import NOT_RECORDED

COMMENTS, LABELS = 5, 3

PLAIN_ONE = """
    SELECT comment, max(is_uncertain) AS is_uncertain,
           sum(floor(probability * 20 + 0.5)::BIGINT * 21 ** place)::BIGINT AS code,
           coalesce(max(place) FILTER (is_chosen), 0) AS chosen
    FROM label GROUP BY comment ORDER BY comment
"""
PLAIN_MANY = """
    SELECT comment, place AS question, floor(probability * 20 + 0.5)::BIGINT AS code,
           is_chosen::INTEGER AS chosen
    FROM label WHERE is_chosen OR probability >= 0.025
    UNION ALL
    SELECT comment, 3, floor(exp(sum(ln(greatest(1 - probability, 1e-9)))) * 20 + 0.5)::BIGINT,
           (NOT bool_or(is_chosen))::INTEGER
    FROM label GROUP BY comment
    ORDER BY ALL
"""
PLAIN_TOPICS = """
    SELECT comment, place FROM label WHERE is_chosen ORDER BY comment, probability DESC, place
"""

said = st.tuples(
    # Halves of a digit, where sums of logarithms would be rounded to either side, are left out.
    st.sampled_from([0.0, 0.01, 0.1, 0.33, 0.52, 0.9, 1.0]),
    st.booleans(),
    st.sampled_from([NOT_RECORDED, 0, 1]),
)
places = st.tuples(st.integers(0, COMMENTS - 1), st.integers(0, LABELS - 1))
labelled = st.dictionaries(places, said, min_size=1)
cuts_made = st.lists(st.integers(0, 20), max_size=3)
Labelled = dict[tuple[int, int], tuple[float, bool, int]]


def rows_of(labels: Labelled) -> pl.DataFrame:
    rows = [(*place, *told) for place, told in labels.items()]
    names = {"comment": pl.Int64, "place": pl.UInt8, "probability": pl.Float64}
    names |= {"is_chosen": pl.Boolean, "is_uncertain": pl.Int8}  # type: ignore[dict-item]
    return pl.DataFrame(rows, schema=names, orient="row")


def hears(listener: Listener, rows: pl.DataFrame) -> None:
    listener.take(Labels(*(rows[name].to_numpy() for name in rows.columns)))


def heard(rows: pl.DataFrame, cuts: Sequence[int], *listeners: Listener) -> None:
    """Let each hear the rows piece by piece."""
    edges = [0, *sorted(cut % (rows.height + 1) for cut in cuts), rows.height]
    for first, last in pairwise(edges):
        for listener in listeners:
            hears(listener, rows[first:last])


def plain(rows: pl.DataFrame, query: str) -> list[tuple[int, ...]]:
    with duckdb.connect() as connection:
        connection.register("label", rows)
        return connection.execute(query).fetchall()


@given(
    labels=labelled, cuts=st.lists(st.integers(0, 20), max_size=3), turn=st.permutations(range(5))
)
@settings(deadline=None, max_examples=60)
def test_a_head_with_one_label_is_heard_as_sql_hears_it(
    labels: Labelled, cuts: list[int], turn: list[int]
) -> None:
    rows, listener = rows_of(labels), OneAnswer(COMMENTS, LABELS)
    heard(rows, cuts, listener)
    place = np.array(turn, np.int32)
    one = listener.said(place)
    assert np.flatnonzero(listener.is_given).tolist() == sorted({comment for comment, _ in labels})
    found = [
        (
            comment,
            int(listener.is_uncertain[comment]),
            int(one.codes[one.code[place[comment]]]),
            int(one.chosen[place[comment]]),
        )
        for comment in np.flatnonzero(listener.is_given)
    ]
    assert found == plain(rows, PLAIN_ONE)
    assert one.codes.tolist() == sorted(set(one.codes))


@given(
    labels=labelled, cuts=st.lists(st.integers(0, 20), max_size=3), turn=st.permutations(range(5))
)
@settings(deadline=None, max_examples=60)
def test_labels_that_may_all_apply_are_heard_as_sql_hears_them(
    labels: Labelled, cuts: list[int], turn: list[int]
) -> None:
    rows, listener = rows_of(labels), ManyAnswers(COMMENTS, LABELS, with_none=True)
    heard(rows, cuts, listener)
    place = np.array(turn, np.int32)
    many = listener.said(place)
    known = plain(rows, PLAIN_MANY)
    for comment in range(COMMENTS):
        said_here = many.of(place[comment : comment + 1])
        told = zip(said_here.question, said_here.code, said_here.chosen, strict=True)
        assert sorted(told) == sorted(row[1:] for row in known if row[0] == comment)


def test_having_none_of_the_labels_is_told_only_where_it_is_asked() -> None:
    listener = ManyAnswers(1, LABELS, with_none=False)
    hears(listener, rows_of({(0, 1): (0.9, True, 0)}))
    assert listener.said(np.zeros(1, np.int32)).question.tolist() == [1]


@given(labels=labelled, cuts=cuts_made)
@settings(deadline=None, max_examples=60)
def test_chosen_labels_come_comment_by_comment_the_surest_first(
    labels: Labelled, cuts: list[int]
) -> None:
    rows, every, anything = rows_of(labels), AllChosen(), AnyChosen(COMMENTS)
    heard(rows, cuts, every, anything)
    comment, place = every.surest_first()
    found = list(zip(comment.tolist(), place.tolist(), strict=True))
    assert found == plain(rows, PLAIN_TOPICS)
    assert np.flatnonzero(anything.is_chosen).tolist() == sorted(set(comment.tolist()))


def test_nothing_chosen_is_nothing_heard() -> None:
    comment, place = AllChosen().surest_first()
    assert (len(comment), len(place)) == (0, 0)


def test_of_a_choice_its_label_and_how_sure_it_was_are_kept() -> None:
    listener = Chosen(2)
    hears(
        listener, rows_of({(0, 0): (0.2, False, 0), (0, 2): (0.7, True, 0), (1, 1): (1, False, 0)})
    )
    assert listener.place.tolist() == [2, -1]
    assert listener.probability.tolist() == [0.7, 0.0]


def test_one_label_is_told_from_those_that_were_never_given() -> None:
    listener, never = OneOf(3, 1), OneOf(3, None)
    rows = rows_of({(0, 1): (0.7, True, 0), (1, 1): (0.2, False, 0), (2, 0): (0.9, True, 0)})
    heard(rows, [1], listener, never)
    assert listener.is_said.tolist() == [True, True, False]
    assert listener.is_chosen.tolist() == [True, False, False]
    assert listener.probability.tolist() == [0.7, 0.2, 0.0]
    assert not never.is_said.any()


@pytest.mark.parametrize("code", [[5, 2, 5], [10**12, 3, 10**12], [], [0, 0]])
def test_distinct_codes_are_found_whether_they_are_small_or_large(code: list[int]) -> None:
    codes, place = distinct(np.array(code, np.int64))
    assert codes.tolist() == sorted(set(code))
    assert codes[place].tolist() == code
