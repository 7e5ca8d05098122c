"""Turning pages: the end, empty pages in between, and circles."""

from typing import Any

import pytest

from flows.fetching.turning import InCircles, turned

Pages = dict[str | None, dict[str, Any]]


def test_pages_are_turned_up_to_the_one_without_a_cursor() -> None:
    pages: Pages = {
        None: {"items": [1], "next": "a"},
        "a": {"items": [], "next": "b"},
        "b": {"items": [2], "next": ""},
    }
    found = turned(pages.__getitem__, lambda page: page["next"])
    assert [page["items"] for page in found] == [[1], [], [2]]


def test_a_cursor_that_comes_again_ends_the_turning_after_what_is_new() -> None:
    pages: Pages = {None: {"next": "a"}, "a": {"next": "b"}, "b": {"next": "a"}}
    found = turned(pages.__getitem__, lambda page: page["next"])
    assert [next(found)["next"] for _ in range(3)] == ["a", "b", "a"]
    with pytest.raises(InCircles):
        next(found)
