"""Which posts of an account were asked for their comments, so that a run asks only for what is new.

News comes first: posts that are new or have changed. Then those in reach are asked again, for an
edit changes no number, those first that were asked longest ago: so a limit that ends each run
early still lets each have its turn. A full sweep that stops goes on with the posts that it had not
finished.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from flows.fetching.page import Page
from flows.fetching.sweeping import Sweep

Post = TypeVar("Post")


class Ledger:
    """Keeps, by post, a mark of how it stood when its comments were last asked for in full.

    `states` tell what was answered then, `looked` when that was. A change in fields called as one
    of `noise` is no news.
    """

    def __init__(
        self,
        memory: Mapping[str, Any],
        now: datetime,
        is_full_sweep: bool,
        noise: Collection[str] = (),
    ) -> None:
        self._noise = frozenset(noise)
        self._marks: dict[str, str] = dict(memory.get("marks") or {})
        self._states: dict[str, str] = dict(memory.get("states") or {})
        self._looked: dict[str, str] = dict(memory.get("looked") or {})
        self._now, self._is_full_sweep = now, is_full_sweep
        self._met: set[str] = set()
        self._due: set[str] = set()
        self._sweep = Sweep(memory, now)

    def is_due(self, post: str, mark: str) -> bool:
        """Whether to ask for the comments of a post now; at most once in a run."""
        is_met = post in self._met
        self._met.add(post)
        is_changed = self._marks.get(post) != mark
        is_left = self._is_full_sweep and not self._sweep.is_done(post)
        is_due = not is_met and (is_changed or is_left)
        self._due |= {post} if is_due else set()
        return is_due

    def is_swept(self, post: str) -> bool:
        """Whether the sweep that this run goes on with has asked for a post in full."""
        is_swept = self._is_full_sweep and self._sweep.is_done(post)
        self._met |= {post} if is_swept else set()
        return is_swept

    def last_asked(self, post: str) -> datetime | None:
        """When a post was asked for last; None if it never was."""
        told = self._looked.get(post)
        return datetime.fromisoformat(told) if told else None

    def longest_ago(self, posts: Iterable[Post], name: Callable[[Post], str]) -> list[Post]:
        """Those of `posts` that were not due, in the order to ask them; none in a full sweep."""
        if self._is_full_sweep:
            return []
        left = (post for post in posts if name(post) not in self._due)
        return sorted(left, key=lambda post: self._looked.get(name(post), ""))

    def told(self, post: str, mark: str, pages: Iterable[Page]) -> Iterator[Page]:
        """The `pages` of a post that is due, the last with what to remember, if it completes it."""
        state = hashlib.sha256()
        for page in pages:
            told = json.dumps(_without(page.body, self._noise), sort_keys=True)
            state.update(told.encode(errors="replace"))
            if page.completes is not None:
                page = replace(page, memory=self.asked(post, mark, state.hexdigest()))
            yield page

    def told_again(self, post: str, mark: str, pages: Iterable[Page]) -> Iterator[Page]:
        """The `pages` of a post that was asked before, if they are not as they were then."""
        before = self._states.get(post)
        found = list(self.told(post, mark, pages))
        if found and found[-1].completes is not None and self._states[post] == before:
            yield replace(found[-1], body=None)
        else:
            yield from found

    def asked(self, post: str, mark: str, state: str = "") -> dict[str, Any]:
        """What to remember once every comment of a post has been asked for."""
        self._marks[post] = mark
        self._looked[post] = self._now.isoformat(timespec="minutes")
        if state:
            self._states[post] = state[:8]
        if not self._is_full_sweep:
            return self._memory()
        self._sweep.finish(post)
        return self._memory() | self._sweep.memory

    def swept(self) -> dict[str, Any]:
        """What to remember at the end of a full sweep: the posts that it met."""
        return {
            name: {post: value for post, value in kept.items() if post in self._met}
            for name, kept in self._memory().items()
        }

    def _memory(self) -> dict[str, Any]:
        kept = {"marks": self._marks, "states": self._states, "looked": self._looked}
        return {name: dict(values) for name, values in kept.items()}


def _without(value: Any, names: frozenset[str]) -> Any:
    """JSON without the fields called as one of `names`, at any depth."""
    if isinstance(value, dict):
        kept = value.items()
        return {name: _without(part, names) for name, part in kept if name not in names}
    return [_without(part, names) for part in value] if isinstance(value, list) else value
