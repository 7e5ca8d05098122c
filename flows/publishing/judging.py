"""What the gate asks Great Expectations, by whoever does it."""

from collections.abc import Callable, Iterable
from typing import cast

from flows.publishing.helping import Do
from models.findings import Judgement
from transforms.expectations import judge
from transforms.suites import Suite, noted

Verdict = Callable[[], Judgement]
"""Waits until all is judged; raises what judging raises."""


def judged(do: Do, suites: Iterable[Suite]) -> Verdict:
    """The verdict on `suites`, which are sent as notes: their own functions can't be."""
    return cast(Verdict, do(judge, list(map(noted, suites))))
