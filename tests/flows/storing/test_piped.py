"""What a process says to the next one in the line, and only that."""

import pickle
import subprocess
import sys

import pytest

from flows.storing.piped import Done, presentable
from models.errors import GiveUp, TryAgain

NOISY = """
from flows.storing.piped import Done, speaking
with speaking() as say:
    print("what a library prints", flush=True)
    say("this")
    say(Done())
"""


def test_what_is_printed_by_others_is_not_taken_for_what_is_said() -> None:
    heard = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, check=True)
    messages = heard.stdout
    first = pickle.loads(messages)
    assert first == "this"
    assert messages == b"".join(pickle.dumps(said, 5) for said in (first, Done()))
    assert heard.stderr == b"what a library prints\n"


@pytest.mark.parametrize("error", [GiveUp("a"), TryAgain("b"), OSError(2, "c")], ids=repr)
def test_an_error_that_is_meant_for_people_leaves_as_it_is(error: Exception) -> None:
    assert presentable(error) is error


def test_of_another_error_only_kind_and_place_leave() -> None:
    try:
        int("Anna Berg wrote this")
    except ValueError as error:
        told = presentable(error)
    place = "test_of_another_error_only_kind_and_place_leave"
    assert str(told).startswith(f"ValueError in {place}, line ")
