"""A platform that dies in the middle of its answers: what came before is kept, the rest follows."""

from contextlib import suppress
from typing import Any

import pytest

from flows.fetch import fetch
from flows.running.direct import without_prefect
from flows.warehouse import merge
from tests.faults.conftest import Place, environment
from tests.faults.inbox import STORIES, answer
from tests.faults.mortal import stop_clock
from tests.faults.rig import MOMENT, Rig, with_account
from tests.faults.state import State, differences
from tests.loopback import Question, Reply, platform


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, small files of answers, and no waiting for a dead platform."""
    from flows.fetching.session import Session

    stop_clock(MOMENT, monkeypatch.setattr)
    monkeypatch.setattr("flows.fetch.PAGES_A_FILE", 1)
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "sleep", lambda seconds: None)


@pytest.mark.slow
@pytest.mark.parametrize(
    "status",
    [
        pytest.param(500, id="errors"),
        pytest.param(None, id="half answers", marks=pytest.mark.slow),
    ],
)
def test_a_platform_that_dies_in_the_middle_costs_nothing(place: Place, status: int | None) -> None:
    is_up = True

    def dying(question: Question) -> Reply:
        is_first = question.path.endswith(STORIES[0])
        if is_up or is_first:
            return answer(question)
        return Reply({"error": "down"}, status) if status else Reply('{"id": 41000')

    with platform(dying) as running:
        place.rig.changes |= with_account(running.base)
        place.daily()
        expected = place.state()
        again = Place(Rig(place.rig.folder / "again", place.rig.changes))
        again.rig.fill()
        is_up = False
        again.daily()
        is_up = True
        assert rows(again.state(), "clean.post") < rows(expected, "clean.post")
        again.daily()
    found = again.state()
    # Published twice: two states are remembered, and the second tells what it has corrected.
    tables = {name: rows for name, rows in expected.items() if not name.startswith("publish")}
    assert differences(tables, {name: found.get(name) for name in tables}) == []


def rows(state: State, table: str) -> int:
    """How many rows a table has."""
    return len(state[table])


class Died(BaseException):
    """Stands for a kill: nobody catches it."""


@pytest.mark.parametrize("lasting", range(len(STORIES) + 2))
def test_however_far_a_sweep_was_remembered_no_answer_lands_twice(
    place: Place, monkeypatch: pytest.MonkeyPatch, lasting: int
) -> None:
    """Killed before the last commit, a sweep that had met all stories once began anew."""
    left = lasting

    def dying(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died
        merge(*arguments)

    with platform(answer) as running:
        place.rig.changes |= with_account(running.base)
        with without_prefect(), environment(place.rig.environment):
            with monkeypatch.context() as patched, suppress(Died):
                patched.setattr("flows.fetch.merge", dying)
                fetch(as_of=MOMENT)
            fetch(as_of=MOMENT)
    landed = (place.rig.data / "landing" / "hackernews_api").iterdir()
    assert len(list(landed)) == len(STORIES)
