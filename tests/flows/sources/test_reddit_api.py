"""Reddit's interface: what is asked, when it ends, and what becomes of the answers."""

import base64
import json
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.named import NotThere
from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import LandedPage, page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.reddit_objects import things
from flows.sources.base import Page
from flows.sources.reddit_api import SOURCE, Thread, read_page
from flows.sources.reddit_api import Question as Asked
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "reddit_api.jsonl"
TOKEN = "client1:s3cret"
ONE_SUBREDDIT = {"subreddits": "nordhafen"}


def listing(*children: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": after}}


def t3(native: str, count: int = 1, days: int = 1, **fields: Any) -> dict[str, Any]:
    made = (NOW - timedelta(days=days)).timestamp()
    data = {"id": native, "title": f"post {native}", "selftext": "", "author": "it_nordhafen"}
    return {"kind": "t3", "data": data | {"created_utc": made, "num_comments": count} | fields}


def t1(native: str, parent: str = "t3_p1", *answers: dict[str, Any], **fields: Any) -> Any:
    data = {
        "id": native,
        "body": f"text {native}",
        "author": "ebbe",
        "link_id": "t3_p1",
        "parent_id": parent,
        "created_utc": 1762160000.0,
        "replies": listing(*answers) if answers else "",
    }
    return {"kind": "t1", "data": data | fields}


def stub(parent: str, *children: str) -> dict[str, Any]:
    data = {"id": "_", "count": len(children), "children": list(children), "parent_id": parent}
    return {"kind": "more", "data": data}


def more(*things: dict[str, Any]) -> dict[str, Any]:
    return {"json": {"errors": [], "data": {"things": list(things)}}}


class Reddit:
    """A small Reddit: posts by subreddit or account, and answers by path."""

    def __init__(self) -> None:
        self.posts = [t3("p1", 2)]
        self.threads: dict[str, Any] = {"p1": [t1("c1", "t3_p1", t1("c2", "t1_c1"))]}
        self.more: dict[str, Any] = {}
        self.named: dict[str, Any] = {}
        self.other: dict[str, Reply] = {}
        self.door = Reply({"access_token": "acc3ss", "token_type": "bearer", "expires_in": 86400})
        self.headers: dict[str, str] = {}

    def __call__(self, question: Question) -> Reply:
        path = question.path.strip("/")
        if path == "api/v1/access_token":
            return self.door
        assert question.headers["authorization"] == "Bearer acc3ss"
        reply = self.other.get(path) or Reply(self.answer(path, question))
        return Reply(reply.body, reply.status, {**self.headers, **reply.headers})

    def answer(self, path: str, question: Question) -> Any:
        form = dict(parse_qsl(question.body.decode()))
        assert (question.query | form)["raw_json"] == "1"
        if path == "api/morechildren":
            return more(*(self.more[child] for child in form["children"].split(",")))
        if path == "api/info":
            wanted = question.query["id"].split(",")
            known = {f"t3_{post['data']['id']}": post for post in self.posts}
            known |= {f"t1_{native}": value for native, value in self.named.items()}
            return listing(*(known[name] for name in wanted if name in known))
        if path.startswith("comments/"):
            post = next(p for p in self.posts if p["data"]["id"] == path.split("/")[1])
            return [listing(post), listing(*self.threads[path.removeprefix("comments/")])]
        return listing(*self.posts)


def a_world() -> World:
    reddit = Reddit()
    reddit.posts.append(t3("p2", 1))
    reddit.threads["p1"].append(stub("t3_p1", "c3"))
    reddit.more["c3"] = t1("c3")
    reddit.threads["p2"] = [t1("c9", "t3_p2", link_id="t3_p2")]
    return World(reddit, ONE_SUBREDDIT, TOKEN)


def ask(
    reddit: Callable[[Question], Reply], **fields: Any
) -> tuple[list[Page], Platform, Exception | None]:
    """The pages that an errand gives, and what ended it, if anything did."""
    found: list[Page] = []
    with platform(reddit) as running:
        given = {"options": ONE_SUBREDDIT, "token": TOKEN} | fields
        try:
            for page in SOURCE.pages(running.errand(**given)):
                found += [page] if page.body is not None else []
        except Exception as error:
            return found, running, error
    return found, running, None


def paths(running: Platform) -> list[str]:
    return [question.path.strip("/") for question in running.asked]


def records_of(content: bytes, tmp_path: Path) -> list[Record]:
    path = tmp_path / "pages.jsonl"
    path.write_bytes(content)
    return list(SOURCE.read(LandedFile(path, path.name, NOW), ReadingRules()))


def read_of(found: list[Page]) -> list[Record]:
    return [
        record
        for page in found
        for record in read_page(
            LandedPage(page.body, dict(page.about), page.completes), ReadingRules()
        )
    ]


def comment_ids(found: list[Page]) -> list[str | None]:
    return [record.native_id for record in read_of(found) if isinstance(record, Comment)]


def test_it_signs_in_as_an_application_and_then_asks_for_posts_and_threads() -> None:
    found, running, error = ask(Reddit())
    assert error is None
    assert paths(running) == ["api/v1/access_token", "r/nordhafen/new", "comments/p1"]
    door = running.asked[0]
    expected = base64.b64encode(TOKEN.encode()).decode()
    assert door.headers["authorization"] == f"Basic {expected}"
    assert dict(parse_qsl(door.body.decode())) == {"grant_type": "client_credentials"}
    assert [type(record).__name__ for record in read_of(found)] == [
        *("Post", "Post", "Comment", "Comment"),
    ]
    assert (found[-1].memory or {})["marks"] == {"p1": "2"}


def test_no_page_and_no_address_holds_a_secret() -> None:
    found, running, _ = ask(Reddit())
    told = repr(found) + repr([(q.path, q.query) for q in running.asked])
    assert "s3cret" not in told
    assert "acc3ss" not in told


def test_whom_to_write_to_is_told() -> None:
    options = ONE_SUBREDDIT | {"contact": "u/it_nordhafen"}
    _, running, _ = ask(Reddit(), options=options)
    assert {q.headers["user-agent"] for q in running.asked} == {
        "python:resonanz:1 (by /u/it_nordhafen)"
    }


@pytest.mark.parametrize(
    "door",
    [
        pytest.param(Reply({"message": "Unauthorized", "error": 401}, 401), id="refused"),
        pytest.param(Reply({"error": "unsupported_grant_type"}), id="an error with status 200"),
    ],
)
def test_wrong_credentials_end_at_the_door(door: Reply) -> None:
    reddit = Reddit()
    reddit.door = door
    found, running, error = ask(reddit)
    assert isinstance(error, GiveUp)
    assert "check" in str(error)
    assert "s3cret" not in str(error)
    assert (found, len(running.asked)) == ([], 1)


def test_a_token_that_is_no_pair_is_told_without_asking() -> None:
    _, running, error = ask(Reddit(), token="s3cret")
    assert isinstance(error, GiveUp)
    assert "client_id:client_secret" in str(error)
    assert "s3cret" not in str(error)
    assert running.asked == []


def test_access_that_was_revoked_gives_up_and_keeps_what_came() -> None:
    reddit = Reddit()
    reddit.other["comments/p1"] = Reply({"message": "Unauthorized", "error": 401}, 401)
    found, _, error = ask(reddit)
    assert isinstance(error, GiveUp)
    assert "acc3ss" not in str(error)
    assert len(found) == 1


def test_access_that_ends_before_its_time_is_asked_for_anew() -> None:
    reddit, ended = Reddit(), Reply({"message": "Unauthorized", "error": 401}, 401)
    reddit.other["comments/p1"] = ended

    def behave(question: Question) -> Reply:
        reply = reddit(question)
        if reply.status == 401:
            del reddit.other["comments/p1"]
        return reply

    found, running, error = ask(behave)
    assert error is None
    assert comment_ids(found) == ["c1", "c2"]
    assert paths(running)[2:] == ["comments/p1", "api/v1/access_token", "comments/p1"]


def test_access_is_renewed_before_it_ends() -> None:
    reddit = Reddit()
    reddit.door = Reply({"access_token": "acc3ss", "expires_in": 30})
    found, running, error = ask(reddit)
    assert error is None
    assert len(found) == 2
    assert paths(running).count("api/v1/access_token") == 3


def test_a_listing_is_asked_page_by_page_and_an_empty_page_does_not_end_it() -> None:
    answers = {
        "": listing(t3("p1", 0), after="t3_p1"),
        "t3_p1": listing(after="t3_p2"),
        "t3_p2": listing(t3("p1", 0), t3("p3", 0), after=None),
    }
    reddit = Reddit()

    def behave(question: Question) -> Reply:
        if question.path.startswith("/r/"):
            assert question.query["limit"] == "100"
            return Reply(answers[question.query.get("after", "")])
        return reddit(question)

    found, running, error = ask(behave)
    assert error is None
    assert len(found) == 3
    assert paths(running) == ["api/v1/access_token", *["r/nordhafen/new"] * 3]


def test_a_listing_that_leads_back_to_itself_ends() -> None:
    def behave(question: Question) -> Reply:
        if question.path.startswith("/r/"):
            return Reply(listing(t3("p1", 0), after="t3_p1"))
        return Reddit()(question)

    found, _, error = ask(behave)
    assert error is None
    assert len(found) == 2


def test_old_posts_end_a_listing_but_not_in_a_full_sweep() -> None:
    def behave(question: Question) -> Reply:
        if question.path.startswith("/r/"):
            is_first = "after" not in question.query
            return Reply(listing(t3("p1", 0, days=40), after="t3_p1" if is_first else None))
        return reddit(question)

    reddit = Reddit()
    _, running, _ = ask(behave)
    assert paths(running).count("r/nordhafen/new") == 1
    _, running, _ = ask(behave, is_full_sweep=True)
    assert paths(running).count("r/nordhafen/new") == 2


def test_stubs_are_asked_for_until_none_is_left_and_again_what_did_not_fit() -> None:
    reddit = Reddit()
    reddit.threads = {
        "p1": [t1("c1", "t3_p1", stub("t1_c1")), stub("t3_p1", "c2", "c3", "c2")],
        "p1/_/c1": [t1("c1", "t3_p1", t1("c4", "t1_c1"))],
    }
    reddit.more = {"c2": t1("c2"), "c3": stub("t3_p1", "c3", "c5"), "c5": t1("c5")}

    def behave(question: Question) -> Reply:
        children = dict(parse_qsl(question.body.decode())).get("children")
        return Reply(more(t1("c3"), t1("c5"))) if children == "c3,c5" else reddit(question)

    found, running, error = ask(behave, is_full_sweep=True)
    assert error is None
    assert sorted(str(native) for native in comment_ids(found)) == ["c1", "c2", "c3", "c4", "c5"]
    children = [dict(parse_qsl(q.body.decode())).get("children") for q in running.asked]
    assert [asked for asked in children if asked] == ["c2,c3", "c3,c5"]
    assert [page.completes for page in found] == [None, None, None, None, "p1"]
    assert [page.memory is None for page in found] == [True, True, True, True, False]


def test_more_than_a_hundred_comments_are_asked_for_in_parts() -> None:
    reddit = Reddit()
    names = [f"c{number}" for number in range(230)]
    reddit.threads["p1"] = [stub("t3_p1", *names)]
    reddit.more = {name: t1(name) for name in names}
    found, running, _ = ask(reddit)
    assert comment_ids(found) == names
    assert paths(running).count("api/morechildren") == 3


def test_a_thread_with_a_part_that_is_not_there_is_not_complete() -> None:
    reddit = Reddit()
    reddit.threads["p1"] = [t1("c1"), stub("t3_p1", "c2")]
    reddit.other["api/morechildren"] = Reply({"message": "Not Found", "error": 404}, 404)
    found, _, error = ask(reddit, is_full_sweep=True)
    assert error is None
    assert comment_ids(found) == ["c1"]
    assert [(page.completes, page.memory) for page in found] == [(None, None), (None, None)]


NOT_GIVEN = [
    pytest.param(Reply(more()), id="nothing"),
    pytest.param(Reply(more(stub("t3_p1", "c3", "c4"))), id="the same stub"),
    pytest.param(Reply({"json": {"errors": [["DOES_NOT_EXIST", "gone", "id"]]}}), id="an error"),
    pytest.param(Reply({"message": "Not Found", "error": 404}, 404), id="not there"),
]


def reddit_that_keeps_back(reply: Reply) -> Reddit:
    reddit = Reddit()
    reddit.threads["p1"].append(stub("t3_p1", "c3", "c4"))
    reddit.other["api/morechildren"] = reply
    return reddit


@pytest.mark.parametrize("reply", NOT_GIVEN)
def test_a_thread_of_which_a_named_comment_never_comes_is_not_complete(reply: Reply) -> None:
    reddit = reddit_that_keeps_back(reply)
    reddit.named = {"c3": t1("c3", body="[deleted]", author="[deleted]")}
    found, running, error = ask(reddit, is_full_sweep=True)
    assert error is None
    assert comment_ids(found)[:3] == ["c1", "c2", "c3"]
    assert [page.completes for page in found if page.completes] == []
    assert paths(running).count("api/morechildren") == 1


@pytest.mark.parametrize("reply", NOT_GIVEN)
def test_what_reddit_does_not_give_more_of_is_asked_for_by_name(reply: Reply) -> None:
    reddit = reddit_that_keeps_back(reply)
    reddit.named = {"c3": t1("c3", body="[deleted]", author="[deleted]"), "c4": t1("c4")}
    reddit.threads["p1/_/c4"] = [t1("c4", "t3_p1", t1("c5", "t1_c4"))]
    found, running, _ = ask(reddit, is_full_sweep=True)
    asked = [q.query["id"] for q in running.asked if q.path == "/api/info"]
    assert asked == ["t1_c3,t1_c4"]
    assert comment_ids(found) == ["c1", "c2", "c3", "c4", "c5"]
    assert found[-1].completes == "p1"
    assert "comments/p1/_/c3" not in paths(running), "below a deleted one nothing is hidden"


@pytest.mark.parametrize("parent", ["t3_p1", "t1_c1"])
def test_a_thread_with_a_stub_that_leads_nowhere_is_not_complete(parent: str) -> None:
    reddit = Reddit()
    nameless = stub(parent)
    nameless["data"]["count"] = 2997
    reddit.threads["p1"].append(nameless)
    reddit.threads["p1/_/c1"] = [t1("c1", "t3_p1", stub("t1_c1"))]
    found, _, error = ask(reddit, is_full_sweep=True)
    assert error is None
    assert comment_ids(found) == ["c1", "c2"]
    assert [page.completes for page in found if page.completes] == []


def test_a_thread_that_reddit_refuses_does_not_keep_the_others_back() -> None:
    reddit = Reddit()
    reddit.posts.append(t3("p2"))
    reddit.threads["p2"] = [t1("c9", "t3_p2", link_id="t3_p2")]
    reddit.other["comments/p1"] = Reply({"error": 500}, 500)
    found, _, error = ask(reddit, is_full_sweep=True)
    assert isinstance(error, TryAgain)
    assert "`p1`" in str(error)
    assert [page.completes for page in found] == [None, "p2"]


def test_a_second_run_asks_first_for_threads_that_grew_and_lands_no_others() -> None:
    reddit = Reddit()
    reddit.posts.append(t3("p2", 0))
    first, _, _ = ask(reddit)
    again, running, _ = ask(reddit, memory=first[-1].memory)
    assert paths(running) == ["api/v1/access_token", "r/nordhafen/new", "comments/p1"]
    assert [page.about["kind"] for page in again] == ["posts"]
    reddit.posts = [t3("p3", 1), t3("p1", 2), t3("p2", 1)]
    reddit.threads |= {"p2": [t1("c5")], "p3": [t1("c6")]}
    again, running, _ = ask(reddit, memory=first[-1].memory)
    assert paths(running)[2:] == ["comments/p3", "comments/p2", "comments/p1"]
    assert [page.completes for page in again] == [None, "p3", "p2"]


def test_an_edit_that_moves_no_number_is_seen_in_the_next_run() -> None:
    reddit = Reddit()
    first, _, _ = ask(reddit)
    reddit.threads["p1"][0]["data"]["body"] = "edited"
    again, _, _ = ask(reddit, memory=first[-1].memory)
    assert "edited" in [one.text for one in read_of(again) if isinstance(one, Comment)]


def test_a_run_that_stops_anywhere_goes_on_well() -> None:
    reddit = Reddit()
    reddit.posts = [t3("p1", 1), t3("p2", 1)]
    reddit.threads = {"p1": [t1("c1")], "p2": [t1("c2", link_id="t3_p2")]}
    found, _, _ = ask(reddit)
    for stop in range(len(found)):
        memories = [page.memory for page in found[: stop + 1] if page.memory is not None]
        rest, _, _ = ask(reddit, memory=memories[-1] if memories else {})
        assert set(comment_ids(found[: stop + 1]) + comment_ids(rest)) == {"c1", "c2"}


def test_a_full_sweep_asks_for_every_thread_and_completes_it() -> None:
    found, running, _ = ask(Reddit(), memory={"counts": {"p1": 2}}, is_full_sweep=True)
    assert paths(running)[-1] == "comments/p1"
    assert found[-1].completes == "p1"


def test_posts_by_name_and_by_account() -> None:
    options = {
        "users": "/u/it_nordhafen",
        "posts": "p1, https://www.reddit.com/r/nordhafen/comments/p2/plan/, https://redd.it/t3x",
    }
    _, running, error = ask(Reddit(), options=options, memory={"marks": {"p1": "2"}})
    assert error is None
    assert paths(running)[1:] == ["api/info", "user/it_nordhafen/submitted", "comments/p1"]
    assert running.asked[1].query["id"] == "t3_p1,t3_p2,t3_t3x"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "`subreddits`, `users` or `posts`"),
        ({"subreddits": "nord hafen"}, "`nord hafen`"),
        ({"posts": "https://www.reddit.com/r/nordhafen/s/Ab3"}, "no id"),
    ],
)
def test_wrong_options_are_told_without_asking(options: dict[str, str], told: str) -> None:
    _, running, error = ask(Reddit(), options=options)
    assert isinstance(error, GiveUp)
    assert told in str(error)
    assert running.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply({"reason": "private", "error": 403}, 403), id="private"),
        pytest.param(Reply({"reason": "banned", "error": 404}, 404), id="banned"),
        pytest.param(Reply(listing({"kind": "t5", "data": {}})), id="led to a search"),
    ],
)
def test_a_subreddit_that_is_closed_is_told_after_the_others_were_asked(reply: Reply) -> None:
    reddit = Reddit()
    reddit.other["r/closed/new"] = reply
    found, _, error = ask(reddit, options={"subreddits": "closed, nordhafen"})
    assert isinstance(error, NotThere)
    assert "`r/closed`" in str(error)
    assert comment_ids(found) == ["c1", "c2"]


def test_a_thread_that_is_gone_stops_nothing() -> None:
    reddit = Reddit()
    reddit.posts = [t3("p0", 1), t3("p1", 2)]
    reddit.other["comments/p0"] = Reply({"message": "Not Found", "error": 404}, 404)
    found, _, error = ask(reddit, is_full_sweep=True)
    assert error is None
    assert [page.completes for page in found] == [None, "p1"]
    assert (found[-1].memory or {})["marks"] == {"p1": "2"}


def test_few_questions_left_are_spread_over_the_time_until_there_are_more() -> None:
    reddit = Reddit()
    reddit.headers = {"x-ratelimit-remaining": "20.0", "x-ratelimit-reset": "200"}
    _, running, _ = ask(reddit)
    assert running.slept == [10.0, 10.0]
    reddit.headers = {"x-ratelimit-remaining": "599.0", "x-ratelimit-reset": "200"}
    _, running, _ = ask(reddit)
    assert running.slept == []


def test_no_question_left_is_waited_for_or_ends_the_run() -> None:
    reddit, tries = Reddit(), Counter[str]()

    def behave(question: Question) -> Reply:
        tries[question.path] += 1
        if question.path == "/comments/p1" and tries[question.path] == 1:
            return Reply({"error": 429}, 429, {"x-ratelimit-reset": str(seconds)})
        return reddit(question)

    seconds = 30
    found, running, error = ask(behave)
    assert error is None
    assert running.slept == [30.0]
    assert len(found) == 2
    seconds, tries = 500, Counter()
    found, running, error = ask(behave)
    assert isinstance(error, QuotaEnded)
    assert len(found) == 1


def test_a_fault_in_the_middle_is_asked_again() -> None:
    reddit, tries = Reddit(), Counter[str]()

    def behave(question: Question) -> Reply:
        tries[question.path] += 1
        is_down = question.path == "/comments/p1" and tries[question.path] < 3
        return Reply("upstream", 503) if is_down else reddit(question)

    found, _, error = ask(behave)
    assert error is None
    assert comment_ids(found) == ["c1", "c2"]


def test_a_page_for_people_instead_of_an_answer_is_told() -> None:
    reddit = Reddit()
    reddit.other["comments/p1"] = Reply("<html>Our CDN was unable to reach our servers</html>")
    found, _, error = ask(reddit)
    assert isinstance(error, TryAgain)
    assert len(found) == 1


def test_below_a_comment_it_is_not_told_again() -> None:
    body = [listing(t3("p1")), listing(t1("c1", "t3_p1", t1("c2", "t1_c1")))]
    page = LandedPage(body, {"kind": "below", "post": "p1", "comment": "c1"}, None, 4)
    (only,) = read_page(page, ReadingRules())
    assert isinstance(only, Comment)
    assert (only.native_id, only.parent_native_id, only.line) == ("c2", "c1", 4)


def test_answers_of_who_made_the_post_are_the_owners() -> None:
    body = [listing(t3("p1")), listing(t1("c1", author="it_nordhafen"), t1("c2"))]
    _, own, other = read_page(LandedPage(body, {"kind": "comments", "post": "p1"}), ReadingRules())
    assert isinstance(own, Comment)
    assert isinstance(other, Comment)
    assert (own.is_owner, other.is_owner) == (True, False)


def test_the_sample_is_read_in_full(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content)
    found = records_of(content, tmp_path)
    assert [type(record).__name__ for record in found] == [
        *("Post", "Post", "Comment", "Comment", "Comment", "Comment", "Comment", "Swept"),
    ]
    assert [record.position for record in found] == list(range(1, 9))
    assert found[0] == Post(
        platform="reddit",
        site="",
        native_id="1onh001",
        position=1,
        channel="reddit",
        title="Unser Plan für die IT & was er kostet",
        text="Wir ziehen um.\n\n> Was heißt das?",
        text_format="markdown",
        url="https://www.reddit.com/r/nordhafen/comments/1onh001/unser_plan/",
        author="it_nordhafen",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="1762156800.0",
        status="published",
        visibility="public",
        reported_comment_count=5,
        reported_counts='{"score": 41}',
    )
    comments = [record for record in found if isinstance(record, Comment)]
    assert {one.native_id: one.parent_native_id for one in comments} == {
        "nmc0001": None,
        "nmc0002": "nmc0001",
        "nmc0003": None,
        "nmc0004": "nmc0003",
        "nmc0005": None,
    }
    assert [one.status for one in comments] == [
        *("published", "published", "published", "deleted", "published"),
    ]
    assert [one.native_id for one in comments if one.is_owner] == ["nmc0002"]
    edited = comments[2]
    assert edited.edited_at == datetime(2025, 11, 3, 11, 40, tzinfo=UTC)
    assert isinstance(found[-1], Swept)
    assert found[-1].post_native_id == "1onh001"


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder, content = tmp_path_factory.mktemp("cut"), SAMPLE.read_bytes()
    whole, cut = records_of(content, folder), records_of(content[:length], folder)
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    tail = content[:length].rpartition(b"\n")[2]
    is_cut = bool(tail) and tail + b"\n" not in content.splitlines(keepends=True)
    assert len(cut) - len(kept) == is_cut


def test_an_answer_of_another_shape_is_rejected(tmp_path: Path) -> None:
    line = page_line(
        "reddit_api", {"json": {"errors": [["X", "y", None]]}}, {"kind": "more"}, None, None
    )
    (rejected,) = records_of(line.encode(), tmp_path)
    assert isinstance(rejected, Rejected)
    assert rejected.line == 1


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "reported", "comments", "stubs", "edited"),
    [
        ("TestComment.test_refresh__removed_comment.json", 6280, 200, 192, 13),
        ("TestComment.test_refresh__deleted_comment.json", 19, 0, 0, 0),
        ("TestComment.test_refresh.json", 2, 2, 0, 0),
    ],
)
def test_real_threads_give_what_was_counted_in_them(
    name: str, reported: int, comments: int, stubs: int, edited: int
) -> None:
    body = real_thread(name)
    post, *found = read_page(LandedPage(body, {"kind": "comments", "post": "x"}), ReadingRules())
    assert isinstance(post, Post)
    assert post.reported_comment_count == reported
    all_comments = [record for record in found if isinstance(record, Comment)]
    assert len(all_comments) == len(found) == comments
    assert sum(bool(one.edited_at) for one in all_comments) == edited
    assert json.dumps(body).count('"kind": "more"') == stubs
    known = {one.native_id for one in all_comments}
    assert {one.parent_native_id for one in all_comments} - {None} <= known


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_two_real_comments_read_by_hand() -> None:
    body = real_thread("TestComment.test_refresh.json")
    _, first, second = read_page(
        LandedPage(body, {"kind": "comments", "post": "54hhwl"}), ReadingRules()
    )
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.native_id, first.post_native_id, first.parent_native_id, first.author) == (
        *("d81vwef", "54hhwl", None, "bboe"),
    )
    assert (first.like_count, first.is_owner, first.is_edited) == (2, False, False)
    assert first.created_at == datetime(2016, 9, 25, 22, 33, 23, tzinfo=UTC)
    assert second.parent_native_id == "d81vwef"


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_stubs_of_a_real_thread_of_6280_comments_are_asked_for_a_hundred_at_a_time() -> None:
    body = real_thread("TestComment.test_refresh__removed_comment.json")
    thread = Thread("6wmniq", deque([Asked("6wmniq")]))
    thread.note(thread.waiting.popleft(), list(things(body[1])))
    asked = [child for question in thread.waiting for child in question.more]
    assert len(asked) == len(set(asked))
    assert all(len(question.more) <= 100 for question in thread.waiting)
    assert len([q for q in thread.waiting if q.more]) == -(-len(asked) // 100)


def real_thread(name: str) -> Any:
    path = FIXTURES / "reddit-cassettes" / name
    answers = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    return json.loads(answers[-1]["response"]["body"]["string"])
