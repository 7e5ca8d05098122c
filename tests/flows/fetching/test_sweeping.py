"""How a full sweep goes on that a limit has ended."""

import json
from datetime import timedelta

from flows.fetching.sweeping import Sweep
from tests.loopback import NOW


def test_a_sweep_goes_on_with_what_is_left_and_remembers_both_days() -> None:
    first = Sweep({}, NOW)
    assert first.memory == {}
    first.finish("a")
    second = Sweep(json.loads(json.dumps(first.memory)), NOW + timedelta(days=1))
    assert (second.is_done("a"), second.is_done("b")) == (True, False)
    second.finish("b")
    third = Sweep(second.memory, NOW + timedelta(days=2))
    assert third.is_done("a")
    assert third.is_done("b")


def test_a_sweep_that_rested_for_a_week_begins_anew() -> None:
    first = Sweep({}, NOW)
    first.finish("a")
    assert not Sweep(first.memory, NOW + timedelta(days=8)).is_done("a")
