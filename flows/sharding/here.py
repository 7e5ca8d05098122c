"""Nobody else: this process reads shard after shard, on as many threads as the model may use."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import polars as pl

from flows.sharding.base import Crew, Load
from transforms.classify import Answers


@contextmanager
def alone(load: Load) -> Iterator[Crew]:
    """A crew of this thread alone."""
    answer = load()

    def submit(inputs: pl.DataFrame) -> Future[Answers]:
        done: Future[Answers] = Future()
        done.set_result(answer(inputs))
        return done

    yield Crew(1, submit)
