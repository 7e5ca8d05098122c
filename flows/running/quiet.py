"""How flows run from the command line: errors in one sentence, and nothing waited for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from models.errors import GiveUp, ResonanzError, TryAgain


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
    unheard = {}
    if not PREFECT_API_URL.value():
        look_for_a_place()
        unheard = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(unheard), reaching_prefect():
        yield


def look_for_a_place() -> None:
    """Raise GiveUp where Prefect's server for this command has no place for its database.

    Prefect itself only warns, waits for its server in vain, and says that it was slow.
    """
    from prefect.settings import get_current_settings

    settings = get_current_settings()
    home, database = settings.home, settings.server.database.connection_url
    if database is not None and str(home) not in database.get_secret_value():
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise GiveUp(
            f"Prefect keeps its database in `{home}`, where nothing can be written: {error}. Set "
            "`PREFECT_HOME` to a folder that can be written, or do without Prefect: `resonanz "
            "--without-prefect ...`. Nothing was done."
        ) from error


AWAY = ("Timed out while attempting to connect", "Failed to reach API", "No Prefect API URL")
"""How Prefect's `RuntimeError` and `ValueError` begin when there is no server to talk to."""


@contextmanager
def reaching_prefect() -> Iterator[None]:
    """Turn what Prefect raises when its server is away, or slow to start, into `TryAgain`."""
    import httpx
    from prefect.settings import PREFECT_API_URL

    try:
        yield
    except (RuntimeError, ValueError, httpx.TransportError) as error:
        # Our own sessions with platforms raise no `httpx` error: this one is of Prefect's server.
        if not (isinstance(error, httpx.TransportError) or str(error).startswith(AWAY)):
            raise
        address = PREFECT_API_URL.value()
        what = (
            f"no Prefect server answers at `{address}`, which `PREFECT_API_URL` names: start it "
            "(`prefect server start`)"
            if address
            else "Prefect's server for this command did not start in time: call again when the "
            "machine is less busy"
        )
        raise TryAgain(
            f"{what}, or do without one: `resonanz --without-prefect ...`. What was finished is "
            "kept."
        ) from error
