import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.fetching.graph import answers, bearer, by_graph, next_parameters, without_links
from flows.fetching.session import Absent, QuotaEnded
from flows.fetching.turning import InCircles
from models.errors import GiveUp, TryAgain
from tests.loopback import Behaviour, Platform, Question, Reply, platform

BASE = "https://graph.facebook.com/v26.0/"


def one_by_one(*replies: Reply) -> Behaviour:
    given = iter(replies)
    return lambda question: next(given)


def error(
    code: Any, status: int = 400, headers: Mapping[str, str] | None = None, **more: Any
) -> Reply:
    told = {"message": "EAAs3cret", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return Reply({"error": told | more}, status, headers or {})


def business(minutes: int) -> dict[str, str]:
    usage = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({"7": [{"type": "x"}, usage]})}


def ask(running: Platform) -> Any:
    with running.connect(BASE, headers=bearer("EAAs3cret"), judge=by_graph) as session:
        return session.get("7/posts", {"limit": 5})


def paged(running: Platform, limit: int = 5) -> Iterator[Any]:
    with running.connect(BASE, judge=by_graph) as session:
        for answer in answers(session, "7/posts", {"limit": limit}):
            yield answer.body["data"]


def link(**parameters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return {"next": f"https://graph.facebook.com/v26.0/7/posts?access_token=EAAs3cret&{query}"}


def test_the_token_travels_in_a_header_and_in_no_address() -> None:
    with platform(one_by_one(Reply({"data": []}))) as running:
        ask(running)
        (question,) = running.asked
    assert question.headers["authorization"] == "Bearer EAAs3cret"
    assert question.query == {"limit": "5"}


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80002])
@pytest.mark.parametrize("status", [400, 403])
def test_a_throttle_is_waited_for_as_many_minutes_as_the_business_header_says(
    code: int, status: int
) -> None:
    replies = one_by_one(error(code, status, business(1)), Reply({"data": [1]}))
    with platform(replies) as running:
        assert ask(running) == {"data": [1]}
        assert running.slept == [60]


@pytest.mark.parametrize(("headers", "minutes"), [(business(20), 20), (business(0), 15), ({}, 15)])
def test_a_long_throttle_ends_the_run_after_a_single_question(
    headers: dict[str, str], minutes: int
) -> None:
    with platform(lambda question: error(32, headers=headers)) as running:
        with pytest.raises(QuotaEnded) as ended:
            ask(running)
        assert len(running.asked) == 1
    expected = datetime.now(UTC) + timedelta(minutes=minutes)
    assert abs(ended.value.until - expected) < timedelta(seconds=30)
    assert "EAAs3cret" not in str(ended.value)


@pytest.mark.parametrize("code", [190, 102, 10, 200, 299, 100, 368, "odd", None, [1]])
def test_what_only_a_person_can_mend_is_given_up_without_the_message_of_the_error(
    code: Any,
) -> None:
    with platform(lambda question: error(code)) as running:
        with pytest.raises(GiveUp) as given_up:
            ask(running)
        assert len(running.asked) == 1
    assert "EAAs3cret" not in str(given_up.value)


@pytest.mark.parametrize(
    ("code", "words"), [(190, "expired"), (200, "permission"), (100, "refuses")]
)
def test_the_reason_says_what_to_do(code: int, words: str) -> None:
    with (
        platform(lambda question: error(code)) as running,
        pytest.raises(GiveUp, match=f"{words}.*Graph error {code}"),
    ):
        ask(running)


@pytest.mark.parametrize(("code", "subcode"), [(100, 33), (803, None)])
def test_an_object_that_is_gone_is_absent(code: int, subcode: int | None) -> None:
    gone = error(code, error_subcode=subcode)
    with platform(lambda question: gone) as running, pytest.raises(Absent):
        ask(running)


@pytest.mark.parametrize(
    "passing",
    [error(2, 500), error(2), error(99, is_transient=True), Reply("<html>", 502), Reply("", 503)],
    ids=["code 2", "code 2 with 400", "said so", "HTML with 502", "503"],
)
def test_a_passing_problem_is_asked_again(passing: Reply) -> None:
    with platform(one_by_one(passing, Reply({"data": [1]}))) as running:
        assert ask(running) == {"data": [1]}
        assert len(running.slept) == 1


def test_a_page_of_html_is_to_be_tried_again_later() -> None:
    with platform(lambda question: Reply("<html>")) as running, pytest.raises(TryAgain):
        ask(running)


def usage(name: str, value: object) -> Reply:
    return Reply({"data": []}, headers={name: json.dumps(value)})


@pytest.mark.parametrize(
    ("reply", "slept"),
    [
        (usage("X-App-Usage", {"call_count": 80, "total_time": 25}), []),
        (usage("X-App-Usage", {"call_count": 28, "total_cputime": 90}), [30]),
        (usage("X-App-Usage", {"call_count": 250}), [60]),
        (usage("X-Page-Usage", {"total_time": 85}), [15]),
        (usage("X-Business-Use-Case-Usage", {"7": [{"call_count": 1}, {"total_time": 95}]}), [45]),
        (usage("X-App-Usage", {"call_count": "many"}), []),
        (usage("X-App-Usage", [3]), []),
        (Reply({"data": []}, headers={"X-App-Usage": "{oops"}), []),
    ],
)
def test_questions_slow_down_above_eighty_per_cent(reply: Reply, slept: list[float]) -> None:
    with platform(one_by_one(reply)) as running:
        assert ask(running) == {"data": []}
        assert running.slept == pytest.approx(slept)


def test_an_edge_goes_on_through_an_empty_answer_and_ends_without_a_next_link() -> None:
    replies = one_by_one(
        Reply({"data": [1], "paging": link(after="a")}),
        Reply({"data": [], "paging": link(until="9", __paging_token="b")}),
        Reply({"data": [2], "paging": {"previous": "https://x"}}),
    )
    with platform(replies) as running:
        assert list(paged(running)) == [[1], [], [2]]
        assert [question.query for question in running.asked] == [
            {"limit": "5"},
            {"limit": "5", "after": "a"},
            {"limit": "5", "until": "9", "__paging_token": "b"},
        ]


def test_a_loop_of_links_is_told_after_the_last_answer_that_is_new() -> None:
    def behave(question: Question) -> Reply:
        following = {"a": "b", "b": "a"}.get(question.query.get("after", ""), "a")
        return Reply({"data": [], "paging": link(after=following)})

    with platform(behave) as running:
        found = paged(running)
        assert [next(found) for _ in range(3)] == [[]] * 3
        with pytest.raises(InCircles):
            next(found)


def test_what_is_too_much_at_once_is_asked_for_in_halves_from_there_on() -> None:
    def behave(question: Question) -> Reply:
        if question.query.get("after") and int(question.query["limit"]) > 30:
            return error(1, 500)
        following = {} if question.query.get("after") == "b" else {"paging": link(after="b")}
        if not question.query.get("after"):
            following = {"paging": link(after="a", limit=question.query["limit"])}
        return Reply({"data": [question.query["limit"]]} | following)

    with platform(behave) as running:
        assert list(paged(running, 100)) == [["100"], ["25"], ["25"]]
        assert running.slept == []


def test_one_object_that_is_too_much_is_a_passing_problem() -> None:
    with platform(lambda question: error(1, 500)) as running:
        with pytest.raises(TryAgain, match="Graph error 1"):
            list(paged(running, 4))
        assert [question.query["limit"] for question in running.asked] == ["4", "2", *["1"] * 5]


@pytest.mark.parametrize("paging", [None, [], {}, {"next": None}, {"next": 5}, {"next": ""}])
def test_without_a_link_there_is_no_next_answer(paging: object) -> None:
    assert next_parameters({"paging": paging}) is None


def test_secrets_of_a_link_are_not_sent_on() -> None:
    address = "https://x/y?access_token=EAA&appsecret_proof=1&until&after=c"
    assert next_parameters({"paging": {"next": address}}) == {"until": "", "after": "c"}


def test_no_link_is_left_in_an_answer_however_deep() -> None:
    def nested(*answers: Iterable[Any]) -> dict[str, Any]:
        return {"data": list(answers), "paging": link(after="a")}

    kept = without_links(nested({"id": "1", "replies": nested({"id": "2"})}))
    assert kept == {"data": [{"id": "1", "replies": {"data": [{"id": "2"}]}}]}


def test_objects_whose_own_edge_goes_on_are_named() -> None:
    whole = {"id": "1", "replies": {"data": [], "paging": {"cursors": {}}}}
    more = {"id": "2", "replies": {"data": [], "paging": link(after="a")}}
    nameless = {"replies": more["replies"]}
    reply = Reply({"data": [whole, more, nameless, 5]})
    with (
        platform(one_by_one(reply)) as running,
        running.connect(BASE, judge=by_graph) as session,
    ):
        (answer,) = answers(session, "7/comments", {})
    assert answer.unfinished == ("2",)
