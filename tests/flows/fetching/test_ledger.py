import json
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.fetching.ledger import Ledger
from flows.fetching.sweeping import RESUMABLE
from flows.sources.base import Page

NOW = datetime(2025, 11, 10, 8, tzinfo=UTC)


def stored(memory: dict[str, Any]) -> dict[str, Any]:
    """A memory as the warehouse gives it back."""
    return json.loads(json.dumps(memory))  # type: ignore[no-any-return]


def test_a_post_is_due_again_only_when_its_mark_changes() -> None:
    first = Ledger({}, NOW, False)
    assert first.is_due("1", "3 comments")
    memory = stored(first.asked("1", "3 comments"))
    assert not Ledger(memory, NOW, False).is_due("1", "3 comments")
    assert Ledger(memory, NOW, False).is_due("1", "4 comments")


def test_a_post_that_is_met_twice_in_a_run_is_due_once() -> None:
    for is_full_sweep in (False, True):
        ledger = Ledger({}, NOW, is_full_sweep)
        assert [ledger.is_due("1", "a"), ledger.is_due("1", "b")] == [True, False]


def test_a_full_sweep_asks_for_every_post_whatever_is_remembered() -> None:
    assert Ledger({"marks": {"1": "a"}}, NOW, True).is_due("1", "a")


def test_a_sweep_that_stopped_goes_on_where_it_was() -> None:
    stopped = Ledger({}, NOW, True)
    memory = stored(stopped.asked("1", "a"))
    resumed = Ledger(memory, NOW + timedelta(hours=1), True)
    assert [resumed.is_due("1", "a"), resumed.is_due("2", "a")] == [False, True]
    again = Ledger(stored(resumed.asked("2", "a")), NOW + timedelta(hours=2), True)
    assert not again.is_due("2", "a")


def test_a_sweep_that_stopped_long_ago_begins_anew() -> None:
    memory = stored(Ledger({}, NOW, True).asked("1", "a"))
    assert Ledger(memory, NOW + RESUMABLE, True).is_due("1", "a")


def test_a_finished_sweep_is_not_resumed_and_forgets_posts_that_are_gone() -> None:
    ledger = Ledger({"marks": {"gone": "a"}}, NOW, True)
    assert ledger.is_due("1", "a")
    ledger.asked("1", "a")
    memory = stored(ledger.swept())
    assert memory["marks"] == {"1": "a"}
    assert Ledger(memory, NOW, True).is_due("1", "a")


def test_a_sweep_goes_on_day_after_day_and_sees_what_came_meanwhile() -> None:
    memory: dict[str, Any] = {}
    for day in range(10):
        ledger = Ledger(memory, NOW + timedelta(days=day), True)
        assert [ledger.is_due(str(post), "a") for post in range(day)] == [False] * day
        memory = stored(ledger.asked(str(day), "a"))
    assert Ledger(memory, NOW + timedelta(days=10), True).is_due("3", "one more comment")


def page(text: str, completes: str | None = "1") -> Page:
    return Page({"text": text}, completes=completes)


def test_a_post_that_is_asked_again_lands_only_if_it_says_something_new() -> None:
    first = list(Ledger({}, NOW, False).told("1", "a", [page("x", None), page("y")]))
    assert [one.memory is None for one in first] == [True, False]
    memory = stored(dict(first[-1].memory or {}))
    same = list(Ledger(memory, NOW, False).told_again("1", "a", [page("x", None), page("y")]))
    assert [one.body for one in same] == [None]
    other = list(Ledger(memory, NOW, False).told_again("1", "a", [page("x", None), page("edited")]))
    assert [one.body for one in other] == [{"text": "x"}, {"text": "edited"}]
    cut = list(Ledger(memory, NOW, False).told_again("1", "a", [page("x", None), page("y", None)]))
    assert [one.memory for one in cut] == [None, None]


def test_what_is_only_noise_is_no_news() -> None:
    def told(score: int, text: str) -> list[Page]:
        return [Page([{"data": {"score": score, "body": text}}], completes="1")]

    (first,) = Ledger({}, NOW, False, ["score"]).told("1", "a", told(1, "x"))
    memory = stored(dict(first.memory or {}))
    for score, text, is_news in ((2, "x", False), (2, "y", True)):
        ledger = Ledger(memory, NOW, False, ["score"])
        (page,) = ledger.told_again("1", "a", told(score, text))
        assert (page.body is not None) is is_news


def test_those_are_asked_again_first_that_were_asked_longest_ago() -> None:
    memory: dict[str, Any] = {}
    for hour, post in enumerate("cab"):
        memory = Ledger(memory, NOW + timedelta(hours=hour), False).asked(post, "1")
    ledger = Ledger(stored(memory), NOW + timedelta(days=1), False)
    assert ledger.is_due("new", "1")
    assert ledger.longest_ago(["a", "new", "b", "c", "never"], str) == ["never", "c", "a", "b"]
    assert Ledger(memory, NOW, True).longest_ago("abc", str) == []
