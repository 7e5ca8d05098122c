"""Turning the pages of a listing by its cursors: each answer once, and never in a circle."""

from collections.abc import Callable, Iterator
from typing import Any

from flows.fetching.whole import Incomplete

Ask = Callable[[str | None], Any]
"""A cursor -> the answer there; None is the beginning."""

CursorOf = Callable[[Any], str | None]
"""An answer -> the cursor of the next one; None or "" at the end."""


class InCircles(Incomplete):
    """A listing leads back to a page that was asked for before: its end is not to be had."""


def turned(ask: Ask, cursor_of: CursorOf) -> Iterator[Any]:
    """Yield each answer of a listing; one that is empty but has a cursor is not its end.

    Raises `InCircles`, after the last answer that is new, where a cursor comes a second time.
    """
    asked: set[str] = set()
    cursor: str | None = None
    while True:
        answer = ask(cursor)
        yield answer
        cursor = cursor_of(answer) or None
        if cursor is None:
            return
        if cursor in asked:
            raise InCircles("The platform's pages lead back to one that was there before.")
        asked.add(cursor)
