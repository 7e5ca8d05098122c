"""What is known of each comment that a head has answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import pytest

from flows.publishing.hearing import Heard, asked_heads, hear, options_of
from flows.publishing.numbering import numbered_comments
from tests.builders import comment_row
from transforms.estimates.members import Comments, OneLabel
from transforms.statements import Shares


@pytest.fixture
def asked(con: duckdb.DuckDBPyConnection, given: Callable[..., None]) -> duckdb.DuckDBPyConnection:
    """Three comments: one on both topics, one on none, one that nobody has read."""
    given(
        comments=[comment_row(name) for name in "abc"],
        labels=[
            ("a", "topic", "cloud", 0.9),
            ("a", "topic", "devices", 0.8),
            ("b", "topic", "cloud", 0.1),
            ("b", "topic", "devices", 0.0),
        ],
    )
    return con


TOPIC = Shares("topic", many=True, with_none=True)
SENTIMENT = Shares("sentiment")


@contextmanager
def heard(connection: duckdb.DuckDBPyConnection, *asked: Shares) -> Iterator[Heard]:
    with numbered_comments(connection) as comments:
        yield hear(connection, comments, options_of(connection, asked), asked, {})


def places_of(connection: duckdb.DuckDBPyConnection, comments: Comments) -> dict[str, int]:
    numbers = connection.execute("SELECT comment_id, comment FROM numbered").fetchall()
    return {name: int(comments.place[number]) for name, number in numbers}


def test_comments_are_heard_once_whatever_they_were_asked(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with heard(asked, TOPIC) as found:
        place, answers = places_of(asked, found.comments), found.answers["topic"]
    assert answers.labels == ("cloud", "devices")
    assert {name: bool(answers.is_given[place[name]]) for name in "abc"} == {
        "a": True,
        "b": True,
        "c": False,
    }


def test_what_the_model_rules_out_is_left_out(asked: duckdb.DuckDBPyConnection) -> None:
    with heard(asked, TOPIC) as found:
        place, answers = places_of(asked, found.comments), found.answers["topic"]
    said = answers.said.of(np.array([place[name] for name in "abc"]))
    none = 2
    assert sorted(zip(said.place, said.question, said.code, said.chosen, strict=True)) == [
        (0, 0, 18, 1),
        (0, 1, 16, 1),
        (0, none, 0, 0),
        (1, 0, 2, 0),
        (1, none, 18, 1),
    ]


def test_having_no_label_is_no_question_unless_it_is_asked(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with heard(asked, Shares("topic", many=True)) as found:
        assert set(found.answers["topic"].said.of(np.arange(3)).question) == {0, 1}


def test_a_head_that_has_answered_nothing_has_no_labels(asked: duckdb.DuckDBPyConnection) -> None:
    with heard(asked, SENTIMENT, TOPIC) as found:
        answers = found.answers["sentiment"]
    assert answers.labels == ()
    assert not answers.is_given.any()


def test_answers_of_other_models_and_to_earlier_wordings_do_not_count(
    asked: duckdb.DuckDBPyConnection,
) -> None:
    copied = "SELECT * REPLACE ({}) FROM classified.label WHERE comment_id = 'a'"
    earlier = "'an earlier wording' AS input_hash, 0.6 AS probability"
    for other in (earlier, "'before@1' AS model_version, 0.7 AS probability"):
        asked.execute(f"INSERT INTO classified.label {copied.format(other)}")
    with heard(asked, TOPIC) as found:
        place, answers = places_of(asked, found.comments), found.answers["topic"]
    codes = answers.said.of(np.array([place["a"]])).code
    assert sorted(codes) == [0, 16, 18]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_labels_are_heard_the_same_however_many_come_at_once(
    asked: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("flows.publishing.hearing.BATCH", size)
    with heard(asked, TOPIC) as found:
        answers = found.answers["topic"]
    assert answers.is_given.sum() == 2
    assert sorted(answers.said.of(np.arange(3)).code) == [0, 2, 16, 18, 18]


def test_a_label_that_people_alone_found_is_one_of_the_answers(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row(name) for name in "ab"],
        labels=[("a", "sentiment", "negative", 0.9), ("a", "sentiment", "positive", 0.1)],
        reviews=[
            ("a", "sentiment", "neutral", True),
            ("b", "sentiment", "mixed", True),  # the model has not answered it
        ],
    )
    with heard(con, SENTIMENT) as found:
        answers = found.answers["sentiment"]
    assert answers.labels == ("negative", "neutral", "positive")
    assert answers.gold["gold"].to_list() == [1]
    assert isinstance(answers.said, OneLabel)
    assert answers.said.codes.tolist() == [0, 18 + 2 * 21**2]


def test_each_head_whose_shares_are_published_is_asked_once() -> None:
    heads = [shares.head for shares in asked_heads()]
    assert heads == sorted(set(heads))
    assert [shares.with_none for shares in asked_heads() if shares.head == "topic"] == [True]
