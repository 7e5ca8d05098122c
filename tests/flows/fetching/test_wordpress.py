"""The interface of a WordPress blog: its doors, its refusals, and turning its pages."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from flows.fetching.session import Absent, QuotaEnded
from flows.fetching.wordpress import (
    Interface,
    Listed,
    authorisation,
    by_door,
    by_wordpress,
    find_door,
    with_scheme,
)
from models.errors import GiveUp, TryAgain
from tests.loopback import Behaviour, Platform, Question, Reply, platform

INDEX = {"name": "Blog", "home": "https://blog.example", "namespaces": ["oembed/1.0", "wp/v2"]}
HTML = Reply("<html>Willkommen</html>", headers={"content-type": "text/html"})


def error(code: str, status: int) -> Reply:
    return Reply({"code": code, "message": "secret", "data": {"status": status}}, status)


@contextmanager
def interface(behave: Behaviour) -> Iterator[tuple[Interface, Platform]]:
    with platform(behave) as blog, blog.connect("https://x", judge=by_wordpress) as session:
        yield Interface(session, is_plain=False), blog


def door(behave: Behaviour) -> tuple[bool, dict[str, Any]]:
    with platform(behave) as blog, blog.connect("https://x", judge=by_door) as session:
        return find_door(session, "blog.example")


def listed(behave: Behaviour) -> list[Listed]:
    with interface(behave) as (found, _):
        return list(found.listed("comments", {}))


def turning(*answers: list[Any], told: bool = True) -> Callable[[Question], Reply]:
    """A collection of these answers; past its end comments are empty."""

    def behave(question: Question) -> Reply:
        number = int(question.query["page"])
        items = answers[number - 1] if number <= len(answers) else []
        total = sum(map(len, answers))
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(len(answers))} if told else {}
        return Reply(items, headers=headers)

    return behave


@pytest.mark.parametrize(
    ("is_plain", "behave"),
    [
        (False, lambda q: Reply(INDEX) if q.path == "/wp-json/" else HTML),
        (True, lambda q: Reply(INDEX) if q.query.get("rest_route") == "/" else HTML),
        (
            True,
            lambda q: Reply(INDEX) if "rest_route" in q.query else Reply("<html>", status=404),
        ),
    ],
    ids=["usual", "plain links, page instead", "plain links, nothing instead"],
)
def test_the_interface_is_found_behind_either_door(is_plain: bool, behave: Behaviour) -> None:
    assert door(behave) == (is_plain, INDEX)


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Reply("nothing", status=404),
        Reply({"namespaces": ["other/v1"]}),
        Reply([1]),
        Reply({"namespaces": None}),
    ],
)
def test_a_site_without_interface_is_told(answer: Reply) -> None:
    with pytest.raises(GiveUp, match="no interface of WordPress"):
        door(lambda question: answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (error("rest_disabled", 401), "closed by the blog itself \\(`rest_disabled`\\)"),
        (error("rest_forbidden", 403), "closed by the blog itself"),
        (Reply("<html>Forbidden", status=403), "a firewall before the blog"),
        (error("x y <b>", 401), "a firewall before the blog"),
    ],
)
def test_a_closed_interface_is_told_without_the_message(answer: Reply, told: str) -> None:
    with pytest.raises(GiveUp, match=told) as refusal:
        door(lambda question: answer)
    assert "secret" not in str(refusal.value)


def test_a_blog_under_maintenance_is_left_alone_as_long_as_it_says() -> None:
    answer = Reply("<html>", 503, {"retry-after": "600"})
    with pytest.raises(QuotaEnded):
        door(lambda question: answer)


def test_routes_are_asked_by_the_door_that_was_found() -> None:
    with platform(lambda question: Reply([])) as blog, blog.connect("https://x/blog") as session:
        Interface(session, is_plain=False).ask("comments", {"page": 1})
        Interface(session, is_plain=True).ask("comments", {"page": 2})
    usual, plain = blog.asked
    assert (usual.path, usual.query) == ("/blog/wp-json/wp/v2/comments", {"page": "1"})
    assert plain.path.rstrip("/") == "/blog"
    assert plain.query == {"rest_route": "/wp/v2/comments", "page": "2"}


def test_a_collection_is_turned_to_the_page_it_tells() -> None:
    found = listed(turning([{"id": 1}], [], [{"id": 3}]))
    assert [[item["id"] for item in one.items] for one in found] == [[1], [], [3]]
    assert [one.is_last for one in found] == [False, False, True]
    assert {one.total for one in found} == {2}


def test_an_empty_collection_is_one_answer() -> None:
    headers = {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
    assert listed(lambda question: Reply([], headers=headers)) == [Listed([], 0, True)]


def test_without_its_headers_a_collection_ends_with_an_empty_answer() -> None:
    found = listed(turning([{"id": 1}], [{"id": 2}], told=False))
    assert [len(one.items) for one in found] == [1, 1, 0]
    assert [one.is_last for one in found] == [False, False, True]
    assert {one.total for one in found} == {None}


@pytest.mark.parametrize("headers", [{}, {"X-WP-TotalPages": "1000000"}])
def test_a_blog_that_answers_the_same_page_for_ever_is_left(headers: dict[str, str]) -> None:
    found = listed(lambda question: Reply([{"id": 1}], headers=headers))
    assert [one.is_last for one in found] == [False]


def test_a_page_that_vanished_meanwhile_ends_the_collection() -> None:
    def behave(question: Question) -> Reply:
        if question.query["page"] == "1":
            return Reply([{"id": 1}], headers={"X-WP-TotalPages": "2"})
        return error("rest_post_invalid_page_number", 400)

    assert [one.is_last for one in listed(behave)] == [False]


def test_a_post_that_may_not_be_read_is_absent() -> None:
    with pytest.raises(Absent):
        listed(lambda question: error("rest_cannot_read_post", 401))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (error("rest_no_route", 404), "does not offer"),
        (error("rest_not_logged_in", 401), "application password is not accepted"),
        (error("rest_forbidden_context", 403), "rest_forbidden_context"),
        (error("rest_invalid_param", 400), "400"),
        (Reply({"not": "a list"}), "expected a list"),
    ],
)
def test_a_refusal_is_told(answer: Reply, told: str) -> None:
    with pytest.raises(GiveUp, match=told) as refusal:
        listed(lambda question: answer)
    assert "secret" not in str(refusal.value)


def test_a_web_page_in_the_middle_is_asked_again() -> None:
    answers = [HTML, Reply("<html>", status=502), Reply([{"id": 1}])]
    with interface(lambda question: answers.pop(0)) as (found, blog):
        assert found.ask("comments", {}).json() == [{"id": 1}]
    assert len(blog.asked) == 3
    with pytest.raises(TryAgain):
        listed(lambda question: HTML)


@pytest.mark.parametrize(
    ("answer", "is_moderator"),
    [
        ({"id": 1, "capabilities": {"moderate_comments": True}}, True),
        ({"id": 2, "capabilities": {"read": True}}, False),
        ({"id": 2}, False),
    ],
)
def test_only_moderators_see_what_waits(answer: dict[str, Any], is_moderator: bool) -> None:
    with interface(lambda question: Reply(answer)) as (found, _):
        if is_moderator:
            found.check_moderator()
        else:
            with pytest.raises(GiveUp, match="Editor"):
                found.check_moderator()


def test_the_token_goes_into_a_header() -> None:
    header = authorisation("wiebke:abcd EFGH", "https://blog.example")
    told = base64.b64decode(header["authorization"].removeprefix("Basic ")).decode()
    assert told == "wiebke:abcd EFGH"
    assert authorisation(None, "http://blog.example") == {}
    assert authorisation("a:b", "http://127.0.0.1:8080") != {}


@pytest.mark.parametrize(
    ("token", "address"), [("s3cret", "https://blog.example"), ("a:s3cret", "http://blog.example")]
)
def test_a_token_that_is_no_pair_or_would_be_read_by_others_is_refused(
    token: str, address: str
) -> None:
    with pytest.raises(GiveUp) as refusal:
        authorisation(token, address)
    assert "s3cret" not in str(refusal.value)


def test_an_address_without_scheme_is_asked_by_https() -> None:
    assert with_scheme("blog.example") == "https://blog.example"
    assert with_scheme("http://blog.example") == "http://blog.example"
