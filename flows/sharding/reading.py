"""Shards in, shards with their answers out, in the order in which workers get them ready."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

import polars as pl

from flows.sharding.base import Crew
from transforms.classify import Answers

LOOK_AFTER_SECONDS = 15.0
"""How long nothing may come before the crew is looked for."""

Waiting = dict[Future[Answers], pl.DataFrame]
"""What is with the workers -> the shard that it is about."""


def read_all(shards: Iterable[pl.DataFrame], crew: Crew) -> Iterator[tuple[pl.DataFrame, Answers]]:
    """Each shard with the answers to its distinct inputs; shards are taken as workers get free."""
    waiting: Waiting = {}
    for shard in shards:
        waiting[crew.submit(shard.unique("input_hash", maintain_order=True))] = shard
        while len(waiting) >= crew.ahead:
            yield from ready(waiting, crew)
    while waiting:
        yield from ready(waiting, crew)


def ready(waiting: Waiting, crew: Crew) -> Iterator[tuple[pl.DataFrame, Answers]]:
    """Take what is ready out of `waiting`; nothing, if nothing came for a while."""
    done = wait(waiting, LOOK_AFTER_SECONDS, FIRST_COMPLETED).done
    if not done:
        crew.look()
    for future in done:
        yield waiting.pop(future), future.result()
