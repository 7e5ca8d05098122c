"""Whether every comment of a post has come: only then may one that did not come be deleted.

A list that can't be had in full raises `Incomplete` after all of it that can be had.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from flows.fetching.page import Page
from flows.fetching.session import Absent
from models.errors import ResonanzError

Part = TypeVar("Part")


class Incomplete(ResonanzError):
    """A list came to its end before all of it was there."""


class Whole:
    """A post whose comments stand in several lists: without one of them it is not whole."""

    def __init__(self) -> None:
        self.is_whole = True

    def lists(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts of one list; none that is gone, or that is not for us."""
        try:
            yield from parts
        except (Absent, Incomplete):
            self.is_whole = False

    def completing(self, post: str | None, pages: Iterable[Page]) -> Iterator[Page]:
        """The `pages` of a post, of which the last completes it unless a part is missing.

        One that was waiting to be called the last is yielded before an error, too: it came.
        """
        held: Page | None = None
        try:
            for page in self.lists(pages):
                if held:
                    yield held
                held = page
        except ResonanzError:
            if held:
                yield held
            raise
        if held:
            yield replace(held, completes=post if self.is_whole else None)


def reachable(parts: Iterable[Part]) -> Iterator[Part]:
    """What can be had of a list whose end does not matter, as that of posts."""
    try:
        yield from parts
    except Incomplete:
        return
