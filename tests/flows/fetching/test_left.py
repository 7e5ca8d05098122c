"""Posts that a platform refuses: the others come, and what was refused is asked for last."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.fetching.left import REMEMBERED, Left, PostsBusy, PostsLeft, PostsRefused
from flows.fetching.page import Page
from flows.fetching.session import Absent, Busy, QuotaEnded
from models.errors import GiveUp, ResonanzError, TryAgain

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)


class Run:
    """A run over `posts`, some of which end in an error; `asked` are those that were asked for."""

    def __init__(
        self,
        posts: str,
        errors: Mapping[str, ResonanzError] | None = None,
        memory: Any = None,
        now: datetime = NOW,
        incomplete: str = "",
    ) -> None:
        self.posts, self.errors, self.incomplete = posts, errors or {}, incomplete
        self.memory, self.now = json.loads(json.dumps(memory or {})), now
        self.asked: list[str] = []
        self.error: ResonanzError | None = None
        left = Left(self.memory, now)
        try:
            for page in left.pages(self.pages(left)):
                self.memory = page.memory if page.memory is not None else self.memory
        except ResonanzError as error:
            self.error = error

    def pages(self, left: Left) -> Iterator[Page]:
        for post in self.posts:
            yield from left.asked(post, self.post(post))
        yield from left.at_last()
        yield Page(None, memory={"end": True})

    def post(self, post: str) -> Iterator[Page]:
        self.asked.append(post)
        if post in self.errors:
            raise self.errors[post]
        yield Page(post, memory=None if post in self.incomplete else {"last": post})


def at(now: datetime) -> str:
    return now.isoformat(timespec="minutes")


def test_nothing_is_left_of_a_run_in_which_every_post_is_given() -> None:
    run = Run("abc")
    assert (run.asked, run.error, run.memory) == (["a", "b", "c"], None, {"end": True})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (GiveUp("no."), PostsRefused),
        (Busy("not now"), PostsBusy),
        (Absent("who knows"), PostsRefused),
    ],
)
def test_a_post_that_is_refused_is_told_at_the_end_and_the_others_are_asked_for(
    error: ResonanzError, kind: type[PostsLeft]
) -> None:
    run = Run("abc", {"b": error})
    assert run.asked == ["a", "b", "c"]
    assert isinstance(run.error, kind)
    assert f"1 post was refused, the others were asked for. `b`: {error}" in str(run.error)
    assert run.memory == {"end": True, "left": {"b": at(NOW)}}


def test_an_error_that_a_person_must_mend_outweighs_one_that_passes() -> None:
    run = Run("abcd", {"a": Busy("not now"), "c": GiveUp("no.")})
    assert isinstance(run.error, PostsRefused)
    assert not isinstance(run.error, TryAgain)
    assert "2 posts were refused" in str(run.error)


def test_two_refusals_in_a_row_end_the_run_and_are_remembered() -> None:
    run = Run("abcd", {"b": GiveUp("first"), "c": GiveUp("second")})
    assert run.asked == ["a", "b", "c"]
    assert str(run.error) == "second"
    assert not isinstance(run.error, PostsLeft)
    assert run.memory == {"last": "a", "left": {"b": at(NOW), "c": at(NOW)}}


def test_a_limit_ends_the_run_at_once_and_is_no_refusal() -> None:
    run = Run("abc", {"b": QuotaEnded(NOW, "enough")})
    assert run.asked == ["a", "b"]
    assert isinstance(run.error, QuotaEnded)
    assert run.memory == {"last": "a"}


def test_what_was_refused_is_asked_for_after_all_others_and_forgotten_once_it_comes() -> None:
    memory = Run("abc", {"a": GiveUp("no")}).memory
    run = Run("abc", memory=memory)
    assert (run.asked, run.error) == (["b", "c", "a"], None)
    assert run.memory == {"end": True}


def test_posts_that_are_refused_for_ever_keep_nothing_from_its_turn() -> None:
    """However many stand in front, each of the others comes within a few runs."""
    never = {post: GiveUp("no") for post in "abcde"}
    memory, given = None, set[str]()
    for day in range(4):
        run = Run("abcdefg", never, memory, NOW + timedelta(days=day))
        memory, given = run.memory, given | (set(run.asked) - set(never))
    assert given == {"f", "g"}
    assert isinstance(run.error, PostsRefused), "the run comes to its end"
    assert run.memory["end"]


def test_of_what_was_left_before_the_longest_ago_comes_first() -> None:
    memory = {"left": {"a": at(NOW), "b": at(NOW - timedelta(days=2)), "c": at(NOW)}}
    run = Run("abc", {"b": GiveUp("no"), "a": GiveUp("no")}, memory, NOW + timedelta(days=1))
    assert run.asked == ["b", "a"], "the third waits for the next run"
    assert Run("abc", memory=run.memory).asked == ["c", "a", "b"]


def test_a_post_that_was_not_given_in_full_is_asked_for_last_without_an_error() -> None:
    run = Run("abc", incomplete="a")
    assert (run.error, run.memory["left"]) == (None, {"a": at(NOW)})
    assert Run("abc", memory=run.memory).asked == ["b", "c", "a"]


def test_what_was_left_long_ago_has_its_turn_again() -> None:
    memory = {"left": {"a": at(NOW - REMEMBERED - timedelta(minutes=1))}}
    run = Run("ab", memory=memory)
    assert run.asked == ["a", "b"]
    assert "left" not in run.memory
