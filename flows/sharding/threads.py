"""Threads of this process: they share one model, and each reads a shard of its own."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import polars as pl

from flows.settings import Classify
from flows.sharding.base import Crew, Engine, Load
from transforms.classify import Answers


@contextmanager
def threads(load: Load, settings: Classify) -> Iterator[Crew]:
    """A crew of `workers` threads."""
    answer = load()
    pool = ThreadPoolExecutor(settings.hands, thread_name_prefix="read")

    def submit(inputs: pl.DataFrame) -> Future[Answers]:
        return pool.submit(answer, inputs)

    try:
        # One shard more than hands, so that nobody waits while answers are written.
        yield Crew(settings.hands + 1, submit)
    finally:
        pool.shutdown(cancel_futures=True)


ENGINE: Engine = threads
