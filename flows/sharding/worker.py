"""What a process does that reads shards for another one."""

from dataclasses import dataclass, field
from threading import Lock

import polars as pl

from flows.sharding.base import Load
from transforms.classify import Answer, Answers

LOADING = Lock()
"""A worker may read on several threads, and loads its model once."""

LOADED: dict[Load, Answer] = {}
"""The model of this process, by how it was loaded: one at most."""


@dataclass(frozen=True)
class Shard:
    """Inputs on their way; logs of workers quote arguments, and shall not quote comments."""

    inputs: pl.DataFrame = field(repr=False)


def read_shard(load: Load, shard: Shard) -> Answers:
    """What the model says of a shard: the same wherever, and however often, it is read."""
    return loaded(load)(shard.inputs)


def loaded(load: Load) -> Answer:
    """The model, loaded at the first shard of a process or when another one is asked for."""
    with LOADING:
        if load not in LOADED:
            LOADED.clear()
            LOADED[load] = load()
        return LOADED[load]
