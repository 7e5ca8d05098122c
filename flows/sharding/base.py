"""What an engine does: it opens a crew, and a crew reads shards; the flow knows no more of it."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass

import polars as pl

from flows.settings import Classify
from transforms.classify import Answer, Answers

Load = Callable[[], Answer]
"""How a worker gets ready; what travels to other processes is picklable, and equal if it is."""


def all_is_well() -> None:
    """What a crew that can't get lost finds."""


@dataclass(frozen=True)
class Crew:
    """Workers that read shards.

    `submit` has a shard's inputs, each once, read by one of them. `ahead` shards may be with them
    at a time: enough that none waits, few enough that memory stays flat. `look` is called when
    nothing came for a while; raises `TryAgain` if nobody is left who reads.
    """

    ahead: int
    submit: Callable[[pl.DataFrame], Future[Answers]]
    look: Callable[[], None] = all_is_well


Engine = Callable[[Load, Classify], AbstractContextManager[Crew]]
"""What each process loads once, and the settings -> a crew, for as long as the block runs."""
