"""Flows and tasks as plain functions: no Prefect server is started, asked or told anything."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from models.errors import TryAgain


@contextmanager
def without_prefect() -> Iterator[None]:
    """Let every flow and task that is called in the block be the function that it was made from.

    Tasks are still tried again after `TryAgain`, after the delays that they declare. Prefect has no
    switch for this: a flow without a server starts one of its own, which takes seconds.
    """
    from prefect import Flow, Task
    from prefect.logging import disable_run_logger

    before = Flow.__call__, Task.__call__
    replace_calls(call_flow, call_task)
    try:
        with disable_run_logger():
            yield
    finally:
        replace_calls(*before)


def replace_calls(flow: Any, task: Any) -> None:
    """Let `flow` and `task` be what happens when a flow or a task is called."""
    from prefect import Flow, Task

    Flow.__call__, Task.__call__ = flow, task  # type: ignore[method-assign]


def call_flow(flow: Any, *args: Any, **kwargs: Any) -> Any:
    """What the flow's function answers."""
    return flow.fn(*args, **kwargs)


def call_task(task: Any, *args: Any, **kwargs: Any) -> Any:
    """What the task's function answers, at last."""
    for delay in delays(task):
        try:
            return task.fn(*args, **kwargs)
        except TryAgain:
            time.sleep(delay)
    return task.fn(*args, **kwargs)


def delays(task: Any) -> Sequence[float]:
    """Seconds before each further try of a task."""
    declared = task.retry_delay_seconds
    each = declared if isinstance(declared, list) else [declared or 0] * task.retries
    return each[: task.retries]
