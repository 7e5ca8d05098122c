"""Who reads the shards of a classification: one file an engine, chosen under `[classify]`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from importlib import import_module

from flows.settings import Classify
from flows.sharding.base import Crew, Engine, Load

MODULES = {"threads": "threads", "dask": "dask_workers"}
"""Engine -> its module; what it needs is imported only when it is chosen."""


def crew_of(settings: Classify, load: Load) -> Callable[[], AbstractContextManager[Crew]] | None:
    """What opens the workers that the settings choose; None where this process reads alone."""
    if settings.engine == "here":
        return None
    engine: Engine = import_module(f"flows.sharding.{MODULES[settings.engine]}").ENGINE
    return partial(engine, load, settings)
