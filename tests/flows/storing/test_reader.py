"""What a process that reads for another one answers; that it is one: `test_ahead.py`."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import all_sources
from flows.storing.erased import Erased
from flows.storing.piped import Done
from flows.storing.reader import Answer, Task, answered, handed_on, source_named
from flows.storing.told import Part, Told
from models.canonical import Record
from models.errors import GiveUp, TryAgain
from tests.builders import RECEIVED, comment
from transforms.canonical import Origin

SECRET = "Anna Berg wrote this"


@pytest.fixture
def task(origin: Origin) -> Task:
    landed = LandedFile(Path("a.csv"), "a.csv", RECEIVED)
    return Task(landed, ReadingRules(), origin, Erased(frozenset(), frozenset()))


@pytest.fixture
def answers(task: Task) -> Callable[[Exception | None], list[Answer]]:
    """What is answered, as it arrives, of one comment and then `error`."""

    def all_answers(error: Exception | None) -> list[Answer]:
        def read(_landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
            yield comment(1)
            if error:
                raise error

        source = replace(source_named("table_file"), read=read, read_together=None)
        return [pickle.loads(pickle.dumps(answer)) for answer in answered(source, task)]

    return all_answers


@pytest.mark.parametrize("name", all_sources())
def test_every_source_is_found_by_its_name(name: str) -> None:
    assert source_named(name) is all_sources()[name]


def test_what_a_file_tells_ends_with_a_sign_that_it_is_all(
    answers: Callable[[Exception | None], list[Answer]],
) -> None:
    told, done = answers(None)
    assert isinstance(told, Told)
    assert told.comments["native_id"].to_list() == ["n1"]
    assert done == Done()


def test_what_is_handed_on_says_first_where_it_comes_from(task: Task) -> None:
    def read(_landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
        yield comment(1)

    source = replace(source_named("table_file"), read=read, read_together=None)
    origin, part, done = handed_on(source, task)
    assert (origin, done) == (task.origin, Done())
    assert isinstance(part, Part)
    assert [list(comments.column("native_id")) for comments in part.comments] == [["n1"]]


@pytest.mark.parametrize("error", [GiveUp("a"), TryAgain("b"), FileNotFoundError(2, "c")], ids=repr)
def test_errors_that_are_told_arrive_as_they_are(
    error: Exception, answers: Callable[[Exception | None], list[Answer]]
) -> None:
    (done,) = answers(error)
    assert isinstance(done, Done)
    assert repr(done.error) == repr(error)


def test_of_an_error_that_nobody_foresaw_only_kind_and_place_arrive(
    answers: Callable[[Exception | None], list[Answer]],
) -> None:
    (done,) = answers(ValueError(SECRET))
    assert isinstance(done, Done)
    assert str(done.error).startswith("ValueError in ")
    assert SECRET not in repr(done.error)


def test_a_task_shows_neither_key_nor_hashes(task: Task) -> None:
    assert repr(task.origin.key) not in repr(task)
    assert "erased" not in repr(task)
