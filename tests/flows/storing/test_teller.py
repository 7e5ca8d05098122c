"""What a process answers that tells of records which another one reads: `test_ahead.py` runs it."""

import io
import pickle

import pytest

import flows.storing.told
from flows.storing.piped import Done
from flows.storing.reader import Handed
from flows.storing.teller import answered, heard
from flows.storing.told import Part, Told, part_of
from models.errors import GiveUp
from tests.builders import comment
from transforms.canonical import Origin


@pytest.fixture
def part() -> Part:
    return part_of([comment(1), comment(2)])


def said(*messages: Handed) -> io.BytesIO:
    """What a process before would have said."""
    return io.BytesIO(b"".join(pickle.dumps(message) for message in messages))


def test_what_is_told_of_every_part_ends_with_how_the_reading_ended(
    part: Part, origin: Origin
) -> None:
    told, more, done = answered(heard(said(origin, part, part, Done())))
    assert isinstance(told, Told)
    assert isinstance(more, Told)
    assert told.comments["native_id"].to_list() == ["n1", "n2"]
    assert done == Done()


def test_an_error_of_the_reader_is_handed_on(part: Part, origin: Origin) -> None:
    told, done = answered(heard(said(origin, part, Done(GiveUp("broken")))))
    assert isinstance(told, Told)
    assert isinstance(done, Done)
    assert isinstance(done.error, GiveUp)


def test_comments_without_ids_keep_ids_of_their_own_from_part_to_part(origin: Origin) -> None:
    alike = part_of([comment(native_id=None)])
    *told, _ = answered(heard(said(origin, alike, alike, Done())))
    ids = {one.comments["comment_id"].item() for one in told if isinstance(one, Told)}
    assert len(ids) == 2


def test_of_a_reader_that_ended_before_it_was_done_nothing_is_said_but_what_it_read(
    part: Part, origin: Origin
) -> None:
    answers = answered(heard(said(origin, part)))
    assert isinstance(next(answers), Told)
    with pytest.raises(EOFError):
        next(answers)


def test_an_error_of_the_telling_says_nothing_of_what_it_was_told(
    part: Part, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Anna Berg wrote this")

    monkeypatch.setattr(flows.storing.told, "told_of", fail)
    (done,) = answered(heard(said(origin, part, Done())))
    assert isinstance(done, Done)
    assert str(done.error).startswith("ValueError in ")
    assert "Anna" not in repr(done.error)


def test_whoever_says_nothing_of_the_origin_is_not_understood(part: Part) -> None:
    with pytest.raises(TypeError, match="`Part` first"):
        next(answered(heard(said(part))))
