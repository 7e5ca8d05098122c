"""Posts that a platform would not give in full: none of them keeps those behind it from their turn.

A post that is refused is a matter of that post, and the others are asked for; two in a row are one
of the platform or the token, and end the run. What was not given is asked for last in the next run.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flows.fetching.page import Page
from flows.fetching.session import QuotaEnded
from models.counted import Counted
from models.errors import GiveUp, ResonanzError, TryAgain

MOST_IN_A_ROW = 2

REMEMBERED = timedelta(days=31)
"""A post that has not been left for so long is asked for in its turn again."""

MOST_NAMED = 3
"""Posts that the error at the end names, with what was said of each."""


class PostsLeft(ResonanzError):
    """A run came to its end, but for posts that the platform would not give."""


class PostsRefused(PostsLeft, GiveUp):
    """One of them at least will not come before a person changes something."""


class PostsBusy(PostsLeft, TryAgain):
    """Each of them may come later."""


class Left:
    """The posts that earlier runs and this one have left, and when that was last."""

    def __init__(self, memory: Mapping[str, Any], now: datetime) -> None:
        told = dict(memory.get("left") or {})
        oldest = (now - REMEMBERED).isoformat(timespec="minutes")
        self._before: dict[str, str] = {post: at for post, at in told.items() if at >= oldest}
        self._memory, self._now = memory, now
        self._left = dict(self._before)
        self._kept = dict(self._before)
        self._waiting: list[tuple[str, Iterable[Page]]] = []
        self._errors: dict[str, ResonanzError] = {}
        self._in_a_row = 0

    def pages(self, pages: Iterable[Page]) -> Iterator[Page]:
        """All `pages` of a run, with what is left in what they remember.

        Raises `PostsLeft` behind them if the platform refused posts.
        """
        memory = self._memory
        try:
            for page in pages:
                if page.memory is not None:
                    memory = page.memory
                    page = replace(page, memory=self._remembered(memory))
                yield page
        except ResonanzError:
            yield from self._news(memory)
            raise
        yield from self._news(memory)
        if self._errors:
            raise self._error()

    def asked(self, post: str, pages: Iterable[Page]) -> Iterator[Page]:
        """The `pages` of a post, which are asked for when they are needed.

        None yet of a post that was left before: they come `at_last`. Raises what the platform says
        only if it refused the post before as well.
        """
        if post in self._before:
            self._waiting.append((post, pages))
            return
        yield from self._spared(post, pages)
        if self._in_a_row >= MOST_IN_A_ROW:
            raise self._errors[post]

    def at_last(self) -> Iterator[Page]:
        """The pages of the posts that were left before, longest ago first.

        Where they are refused again and again the rest is left for the next run: no other post
        waits behind them.
        """
        for post, pages in sorted(self._waiting, key=lambda one: self._before[one[0]]):
            if self._in_a_row < MOST_IN_A_ROW:
                yield from self._spared(post, pages)

    def _spared(self, post: str, pages: Iterable[Page]) -> Iterator[Page]:
        last: Page | None = None
        try:
            for page in pages:
                last = page
                yield page
        except QuotaEnded:
            raise
        except ResonanzError as error:
            self._errors[post] = error
            self._in_a_row += 1
        else:
            self._in_a_row = 0
        # The last page of a post that was given in full says what to remember of it.
        is_given = post not in self._errors and (last is None or last.memory is not None)
        self._left.pop(post, None)
        if not is_given:
            self._left[post] = self._now.isoformat(timespec="minutes")

    def _remembered(self, memory: Mapping[str, Any]) -> dict[str, Any]:
        self._kept = dict(self._left)
        others = {name: value for name, value in memory.items() if name != "left"}
        return others | ({"left": self._kept} if self._kept else {})

    def _news(self, memory: Mapping[str, Any]) -> Iterator[Page]:
        """A page that remembers what is left, if that was not remembered yet."""
        if self._left != self._kept:
            yield Page(None, memory=self._remembered(memory))

    def _error(self) -> PostsLeft:
        named = list(self._errors.items())[:MOST_NAMED]
        text = (
            f"{Counted(len(self._errors)):post was|posts were} refused, the others were asked for. "
            + " ".join(f"`{post}`: {error}" for post, error in named)
        )
        are_busy = all(isinstance(error, TryAgain) for error in self._errors.values())
        return PostsBusy(text) if are_busy else PostsRefused(text)
