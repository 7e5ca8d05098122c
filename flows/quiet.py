"""How flows run from the command line: errors in one sentence, and nothing waited for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import ResonanzError


class OneSentence(logging.Filter):
    """Takes the traceback off records of errors that explain themselves."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; shorten those of a `ResonanzError`."""
        if record.exc_info and isinstance(record.exc_info[1], ResonanzError):
            record.exc_info = record.exc_text = None
        return True


@contextmanager
def at_a_terminal() -> Iterator[None]:
    """Run flows for a person or cron: readable errors, no heartbeats unless a server listens.

    Heartbeats let a server notice crashed runs; ending them costs each flow up to a second.
    """
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    for name in ("prefect", "prefect.flow_runs", "prefect.task_runs"):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(OneSentence())
    unheard = {} if PREFECT_API_URL.value() else {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(unheard):
        yield
