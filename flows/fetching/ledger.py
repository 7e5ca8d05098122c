"""Which posts of an account were asked for their comments, so that a run asks only for what is new.

A full sweep that stops goes on with the posts that it had not finished.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

RESUMABLE = timedelta(days=2)
"""A sweep that stopped longer ago begins anew: what it found may no longer be so."""


class Ledger:
    """Keeps, by post, a mark of how it stood when its comments were last asked for in full."""

    def __init__(self, memory: Mapping[str, Any], now: datetime, is_full_sweep: bool) -> None:
        self._marks: dict[str, str] = dict(memory.get("marks") or {})
        self._is_full_sweep = is_full_sweep
        self._met: set[str] = set()
        sweep = memory.get("sweep") or {}
        is_resumed = bool(sweep) and now - datetime.fromisoformat(sweep["began"]) < RESUMABLE
        self._began: str = sweep["began"] if is_resumed else now.isoformat()
        self._done: set[str] = set(sweep["done"]) if is_resumed else set()

    def is_due(self, post: str, mark: str) -> bool:
        """Whether to ask for the comments of a post now; at most once in a run."""
        is_met = post in self._met
        self._met.add(post)
        if is_met:
            return False
        return post not in self._done if self._is_full_sweep else self._marks.get(post) != mark

    def asked(self, post: str, mark: str) -> dict[str, Any]:
        """What to remember once every comment of a post has been asked for."""
        self._marks[post] = mark
        if not self._is_full_sweep:
            return {"marks": dict(self._marks)}
        self._done.add(post)
        sweep = {"began": self._began, "done": sorted(self._done)}
        return {"marks": dict(self._marks), "sweep": sweep}

    def swept(self) -> dict[str, Any]:
        """What to remember at the end of a full sweep: the posts that it met."""
        return {"marks": {post: mark for post, mark in self._marks.items() if post in self._met}}
