"""How far a full sweep has come, so that one that a limit ends goes on with what is left.

A sweep that began anew with each run would never end where a day's quota is less than it asks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

RESUMABLE = timedelta(days=7)
"""A sweep that has rested for longer begins anew: what it found may no longer be so."""


class Sweep:
    """The posts that the sweep under way has asked for in full; empty where none is."""

    def __init__(self, memory: Mapping[str, Any], now: datetime) -> None:
        self._now = now
        before = memory.get("sweep") or {}
        is_resumed = "at" in before and now - datetime.fromisoformat(before["at"]) < RESUMABLE
        self._done: set[str] = set(before["done"]) if is_resumed else set()

    def is_done(self, post: str) -> bool:
        """Whether a post was asked for in full, in this run or one that this one goes on with."""
        return post in self._done

    def finish(self, post: str) -> None:
        """Note that a post has been asked for in full."""
        self._done.add(post)

    @property
    def memory(self) -> dict[str, Any]:
        """What to remember beside all else, until the sweep is at its end."""
        at = self._now.isoformat(timespec="minutes")
        return {"sweep": {"at": at, "done": sorted(self._done)}} if self._done else {}
