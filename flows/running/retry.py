"""Retries belong to the error's type: Prefect tries again after `TryAgain` only."""

from typing import Any

from models.errors import TryAgain

RETRY_DELAYS: list[float] = [10, 60, 300]
"""Seconds between tries: a short hiccup, a restart, a longer outage."""


def may_recover(_task: Any, _run: Any, state: Any) -> bool:
    """Prefect's `retry_condition_fn`: whether the error that ended a try is worth another."""
    try:
        state.result()
    except TryAgain:
        return True
    except Exception:
        return False
    return False
