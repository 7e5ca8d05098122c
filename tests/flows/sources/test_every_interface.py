"""Every interface, with a platform that goes wrong in each way and at each question.

The test of an interface brings a platform with `a_world`; what is asserted here holds for all.
"""

import importlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.fetch import NOT_AS_EXPECTED
from flows.fetching.left import PostsLeft
from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Page, api_sources
from flows.storing.sweeps import believed
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, ResonanzError, TryAgain
from tests.loopback import NOW, Behaviour, Question, Reply, World, platform

NAMES = sorted(api_sources())
HTML = "<!doctype html><title>Wartung</title><p>Wir sind gleich zurück."
DAY = 86_400

LONG_WINDOWS = frozenset({"linkedin_api", "x_api"})
"""They throttle for so long that a run does not wait where they do not say for how long."""

PAID = frozenset({"x_api"})
"""What was read is never read again, so that a post which a limit cut in two is not swept."""

ASKS_ON = frozenset({"bluesky_api", "hackernews_api", "wordpress_api"})
"""A post that they are refused still ends their run."""

BY_NAME = {"discourse_api": "posts.json", "reddit_api": "api/morechildren"}
"""Where comments are asked for by their ids, so that one which does not come is missed."""

CURSORS = frozenset(
    {"after", "cursor", "max_id", "page", "pageToken", "pagination_token", "post_ids[]", "start"}
    | {"since_id", "until_id"}
)
"""What tells one page of a listing from the next."""

Fault = Callable[[Reply], Reply]
"""What a platform was about to answer -> what it answers instead."""

PASSING: Mapping[str, Fault] = {
    "a throttle with a wait": lambda reply: Reply(
        {"error": "slow down"}, 429, {"retry-after": "3"}
    ),
    "a throttle without one": lambda reply: Reply({"error": "slow down"}, 429),
    "a fault of the server": lambda reply: Reply({"error": "internal"}, 500),
    "a gateway in between": lambda reply: Reply(HTML, 502),
    "maintenance": lambda reply: Reply(HTML, 503, {"retry-after": "2"}),
    "a page of HTML": lambda reply: Reply(HTML, headers={"content-type": "text/html"}),
    "an answer cut short": lambda reply: Reply(json.dumps(reply.body)[:-2]),
    "nothing": lambda reply: Reply(""),
}
"""What is over when it is asked again."""

SHAPES = [
    *([], {}, {"data": None}),
    *(pytest.param(shape, marks=pytest.mark.slow) for shape in (None, 5, "text", [None], [[]])),
    pytest.param({"error": {"code": 1}}, marks=pytest.mark.slow),
]
"""Answers that are JSON, and not what any platform says it answers."""


@dataclass
class Run:
    """What one run came to: its pages until what ended it, if anything did."""

    pages: list[Page] = field(default_factory=list)
    error: Exception | None = None
    questions: int = 0
    asked: list[Question] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    @property
    def memory(self) -> Any:
        """What the next run is given, after it was in the warehouse."""
        told = [page.memory for page in self.pages if page.memory is not None]
        return json.loads(json.dumps(told[-1])) if told else {}


@cache
def module_of(name: str) -> Any:
    return importlib.import_module(f"tests.flows.sources.test_{name}")


def world_of(name: str) -> World:
    world: World = module_of(name).a_world()
    return world


def run(name: str, behave: Behaviour, memory: Any = None) -> Run:
    """A full sweep, as the flow makes it: what came before an error stays."""
    source, world, outcome = api_sources()[name], world_of(name), Run()
    with platform(behave) as running:
        errand = running.errand(
            world.token, options=world.options, memory=memory or {}, is_full_sweep=True
        )
        try:
            for page in source.pages(errand):
                outcome.pages.append(page)
        except (ResonanzError, *NOT_AS_EXPECTED) as error:
            outcome.error = error
        outcome.questions, outcome.asked = len(running.asked), running.asked
        outcome.slept = running.slept
    return outcome


def at(number: int, behave: Behaviour, fault: Fault, lasts: bool = False) -> Behaviour:
    """A platform that goes wrong at one question, or from it on."""
    asked = 0

    def behaves(question: Question) -> Reply:
        nonlocal asked
        asked += 1
        reply = behave(question)
        return fault(reply) if asked == number or (lasts and asked > number) else reply

    return behaves


def records(name: str, *runs: Run) -> list[Record]:
    """What is believed of the pages of runs, each landed in a file of its own."""
    source = api_sources()[name]
    found: list[Record] = []
    for one in runs:
        lines = [
            page_line(name, page.body, dict(page.about), NOW.isoformat(), page.completes)
            for page in one.pages
            if page.body is not None
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pages.jsonl"
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            found += believed(source.read(LandedFile(path, path.name, NOW), ReadingRules()))
    return found


def told(found: list[Record]) -> set[tuple[Any, ...]]:
    """Posts and comments, each once, by what they say."""
    posts = {("post", one.native_id) for one in found if isinstance(one, Post)}
    return posts | {
        ("comment", one.native_id, one.post_native_id, one.parent_native_id, one.text)
        for one in found
        if isinstance(one, Comment)
    }


def swept(found: list[Record]) -> set[str]:
    return {one.post_native_id for one in found if isinstance(one, Swept)}


def by_post(found: list[Record]) -> dict[str | None, set[str | None]]:
    comments: dict[str | None, set[str | None]] = defaultdict(set)
    for one in found:
        if isinstance(one, Comment):
            comments[one.post_native_id].add(one.native_id)
    return comments


@cache
def well(name: str) -> tuple[Run, tuple[Record, ...]]:
    """A run in which nothing goes wrong."""
    outcome = run(name, world_of(name).behave)
    return outcome, tuple(records(name, outcome))


def assert_no_sweep_lies(name: str, found: list[Record]) -> None:
    """Of a post that is told to be complete, no comment is missing: it would count as deleted."""
    true = by_post(list(well(name)[1]))
    here = by_post(found)
    for post in swept(found):
        assert here[post] >= true[post], f"`{post}` is swept without {true[post] - here[post]}"


def assert_made_up_for(name: str, *runs: Run) -> None:
    """Runs that went on one after the other tell what one in which nothing goes wrong tells."""
    true, found = list(well(name)[1]), records(name, *runs)
    assert told(found) == told(true)
    assert swept(found) == swept(true) or (name in PAID and len(runs) > 1)
    for one in runs:
        assert_no_sweep_lies(name, records(name, one))


def questions(name: str) -> Iterator[int]:
    yield from range(1, well(name)[0].questions + 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_world_is_worth_asking(name: str) -> None:
    outcome, found = well(name)
    assert outcome.error is None
    assert not [one for one in found if isinstance(one, Rejected)]
    assert len({one.native_id for one in found if isinstance(one, Post)}) >= 2
    assert len([one for one in found if isinstance(one, Comment)]) >= 3
    assert len(swept(list(found))) >= 2


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("name", NAMES)
def test_what_passes_costs_nothing(name: str, fault: str) -> None:
    """Each question but the first, which finds the platform, is answered the second time only."""
    behave, before = world_of(name).behave, list[Question]()

    def behaves(question: Question) -> Reply:
        is_first = bool(before) and before[-1] != question
        before.append(question)
        reply = behave(question)
        return PASSING[fault](reply) if is_first else reply

    runs = [run(name, behaves)]
    while isinstance(runs[-1].error, QuotaEnded) and name in LONG_WINDOWS:
        runs.append(run(name, behave, runs[-1].memory))
    assert runs[-1].error is None
    assert_made_up_for(name, *runs)


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_of_the_day_ends_the_run_and_the_next_goes_on(name: str) -> None:
    def limit(reply: Reply) -> Reply:
        return Reply({"error": "enough for today"}, 429, {"retry-after": str(DAY)})

    for number in questions(name):
        behave = world_of(name).behave
        first = run(name, at(number, behave, limit, lasts=True))
        assert isinstance(first.error, QuotaEnded), f"question {number}: {first.error!r}"
        assert first.questions == number, "a platform that wants no questions is left alone"
        second = run(name, behave, first.memory)
        assert second.error is None
        assert_made_up_for(name, first, second)


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_that_limits_end_again_and_again_comes_to_its_end(name: str) -> None:
    """Each day lets through a few questions more than it takes to find the posts."""
    outcome, _ = well(name)
    allowed, memory, runs = outcome.questions - 1, None, []
    for _ in range(outcome.questions):
        behave = at(
            allowed + 1,
            world_of(name).behave,
            lambda reply: Reply({}, 429, {"retry-after": str(DAY)}),
            lasts=True,
        )
        runs.append(run(name, behave, memory))
        memory = runs[-1].memory or memory
        if runs[-1].error is None:
            break
    assert runs[-1].error is None
    assert_made_up_for(name, *runs)


@pytest.mark.parametrize("name", NAMES)
def test_a_token_that_expires_ends_the_run_and_a_new_one_goes_on(name: str) -> None:
    def expired(reply: Reply) -> Reply:
        return Reply({"error": {"message": "expired", "code": 190}}, 401)

    token = world_of(name).token
    for number in questions(name):
        behave = world_of(name).behave
        first = run(name, at(number, behave, expired, lasts=True))
        if token:
            assert isinstance(first.error, GiveUp), f"question {number}: {first.error!r}"
            assert token not in str(first.error)
        assert_made_up_for(name, first, run(name, behave, first.memory))


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_stays_broken_is_told_and_keeps_what_came(name: str) -> None:
    for number in questions(name):
        behave = world_of(name).behave
        fault = PASSING["a fault of the server"]
        first = run(name, at(number, behave, fault, lasts=True))
        assert isinstance(first.error, TryAgain), f"question {number}: {first.error!r}"
        assert_made_up_for(name, first, run(name, behave, first.memory))


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("name", NAMES)
def test_an_answer_of_another_shape_never_makes_comments_look_deleted(
    name: str, shape: Any
) -> None:
    for number in questions(name):
        behave = at(number, world_of(name).behave, lambda reply: Reply(shape))
        assert_no_sweep_lies(name, records(name, run(name, behave)))


def not_for_us(status: int) -> Reply:
    """What Graph, YouTube, Reddit and HTTP call gone or closed, all in one."""
    told = {"code": 100, "error_subcode": 33, "errors": [{"reason": "forbidden"}]}
    return Reply({"error": told, "reason": "private"}, status)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("name", NAMES)
def test_a_list_that_is_gone_or_closed_never_makes_comments_look_deleted(
    name: str, status: int
) -> None:
    for number in questions(name):
        behave = at(number, world_of(name).behave, lambda reply: not_for_us(status))
        assert_no_sweep_lies(name, records(name, run(name, behave)))


@pytest.mark.parametrize("name", BY_NAME)
def test_an_answer_with_fewer_than_asked_for_never_makes_comments_look_deleted(name: str) -> None:
    world, fewer = world_of(name), 0

    def behaves(question: Question) -> Reply:
        nonlocal fewer
        reply = world.behave(question)
        if question.path.endswith(BY_NAME[name]):
            fewer += 1
            next(lists_in(reply.body)).pop()
        return reply

    found = records(name, run(name, behaves))
    assert fewer
    assert len(swept(found)) < len(swept(list(well(name)[1])))
    assert_no_sweep_lies(name, found)


def key(question: Question) -> tuple[Any, ...]:
    """Equal where the same is asked, in another run as well."""
    return question.method, question.path, question.query, question.body


@pytest.mark.parametrize("name", sorted({*NAMES} - ASKS_ON))
def test_a_question_about_one_post_that_is_never_answered_costs_no_other_post(name: str) -> None:
    behave, true, spared = world_of(name).behave, list(well(name)[1]), 0
    for broken in well(name)[0].asked:

        def behaves(question: Question, broken: Question = broken) -> Reply:
            return Reply({}, 500) if key(question) == key(broken) else behave(question)

        first = run(name, behaves)
        assert_no_sweep_lies(name, records(name, first))
        if isinstance(first.error, PostsLeft):
            spared += 1
            assert isinstance(first.error, TryAgain)
            assert len(swept(true) - swept(records(name, first))) == 1
            second = run(name, behave, first.memory)
            assert second.error is None
            assert told(records(name, first, second)) == told(true)
    assert spared >= 2


def lists_in(value: Any) -> Iterator[list[Any]]:
    """The lists of objects within an answer, at most two levels deep."""
    parts = value.values() if isinstance(value, dict) else [value]
    for part in parts:
        if isinstance(part, list) and part and isinstance(part[0], dict):
            yield part
        elif isinstance(part, dict) and part is not value:
            yield from lists_in(part)


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_twice_on_two_pages_is_there_once(name: str) -> None:
    last: dict[str, tuple[Any, Any]] = {}
    behave = world_of(name).behave

    def repeating(question: Question) -> Reply:
        """Each page begins with what the one before ended with, as lists do that grow."""
        reply = behave(question)
        body = json.loads(json.dumps(reply.body))
        fixed = {key: part for key, part in question.query.items() if key not in CURSORS}
        place = f"{question.path} {fixed}"
        for found in lists_in(body):
            query, before = last.get(place, (question.query, None))
            last[place] = (question.query, found[-1])
            if before is not None and query != question.query:
                found.insert(0, before)
            break
        return Reply(body, reply.status, reply.headers)

    outcome, true = run(name, repeating), well(name)[1]
    assert outcome.error is None
    assert told(records(name, outcome)) == told(list(true))
    assert_no_sweep_lies(name, records(name, outcome))
