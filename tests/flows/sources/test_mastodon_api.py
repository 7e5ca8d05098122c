"""Mastodon's interface: what is asked, what its refusals mean, and what landed pages become."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.session import QuotaEnded, Session
from flows.reading.api_pages import page_line
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.mastodon_api import NAME, SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import Platform, Question, Reply, World, platform

SAMPLE = Path(__file__).parent / "samples" / "mastodon_api.jsonl"
TOKEN = "secret-token"


def status(native: str, parent: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": native,
        "created_at": "2025-11-03T08:00:00.000Z",
        "edited_at": None,
        "in_reply_to_id": parent,
        "visibility": "public",
        "uri": f"https://nordhafen.social/users/it/statuses/{native}",
        "replies_count": 0,
        "favourites_count": 0,
        "content": f"<p>text {native}</p>",
        "account": {"id": "9", "acct": "jonna"},
    } | fields


def post(native: str, count: int = 0, **fields: Any) -> dict[str, Any]:
    return status(native, account={"id": "7", "acct": "it"}, replies_count=count, **fields)


@dataclass
class Mastodon:
    """A server with one account; `listed` are its pages, `replies` overrule by path, once each."""

    listed: list[list[dict[str, Any]]]
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    replies: dict[str, list[Reply]] = field(default_factory=dict)

    def __call__(self, question: Question) -> Reply:
        edge = question.path.rsplit("/", 1)[-1]
        if waiting := self.replies.get(edge):
            return waiting.pop(0)
        if edge == "lookup":
            is_known = question.query["acct"] == "it"
            return Reply({"id": "7"}) if is_known else Reply({"error": "Record not found"}, 404)
        if edge == "statuses":
            return self._page(int(question.query.get("max_id", 0)))
        native = question.path.split("/")[-2]
        if native not in self.answers:
            return Reply({"error": "Record not found"}, 404)
        return Reply({"ancestors": [], "descendants": self.answers[native]})

    def _page(self, at: int) -> Reply:
        address = f"https://nordhafen.social/api/v1/accounts/7/statuses?limit=40&max_id={at + 1}"
        older = f'<{address}>; rel="next", <https://nordhafen.social/x>; rel="prev"'
        return Reply(self.listed[at], headers={"link": older} if at + 1 < len(self.listed) else {})


def a_world() -> World:
    listed = [[post("104", 1)], [], [post("100", 1)]]
    answers = {"104": [status("105", "104")], "100": [status("102", "100"), status("103", "102")]}
    return World(Mastodon(listed, answers), {"server": "nordhafen.social", "account": "@it"})


def ask(mastodon: Platform, **fields: Any) -> list[Page]:
    """The pages that land."""
    given: dict[str, Any] = {"options": {"server": "nordhafen.social", "account": "@it"}}
    asked = SOURCE.pages(mastodon.errand(**(given | fields)))
    return [page for page in asked if page.body is not None]


def edges(mastodon: Platform) -> list[str]:
    return [question.path.rsplit("/", 1)[-1] for question in mastodon.asked]


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(SOURCE.read(landed, ReadingRules()))


def landed(pages: list[Page]) -> bytes:
    lines = (page_line(NAME, page.body, dict(page.about), None, page.completes) for page in pages)
    return "".join(f"{line}\n" for line in lines).encode()


def comments_in(records: list[Record]) -> list[Comment]:
    return [record for record in records if isinstance(record, Comment)]


def test_an_account_becomes_its_posts_and_the_answers_to_them() -> None:
    own = status("103", "102", account={"id": "7", "acct": "it"})
    behave = Mastodon(
        [[status("104", "100", account={"id": "7", "acct": "it"})], [], [post("100", 1)]],
        {"100": [status("102", "100"), own]},
    )
    with platform(behave) as mastodon:
        pages = ask(mastodon, is_full_sweep=True)
    found = records_of(landed(pages))
    assert [type(record) for record in found] == [Post, Comment, Comment, Swept]
    first, second = comments_in(found)
    assert (first.post_native_id, first.parent_native_id, first.is_owner) == ("100", None, False)
    assert (second.parent_native_id, second.is_owner) == ("102", True)
    swept = Swept(platform="mastodon", site="nordhafen.social", post_native_id="100", position=4)
    assert found[-1] == swept


@pytest.mark.parametrize("server", ["nordhafen.social", "https://Nordhafen.social/@it"])
def test_the_server_is_named_or_given_as_an_address(server: str) -> None:
    with platform(Mastodon([[post("100")]])) as mastodon:
        (page,) = ask(mastodon, options={"server": server, "account": "it"})
    assert page.about["site"] == "nordhafen.social"
    assert mastodon.asked[0].path == "/api/v1/accounts/lookup"


def test_the_token_travels_in_a_header_and_only_if_there_is_one() -> None:
    with platform(Mastodon([[post("100")]])) as mastodon:
        ask(mastodon, token=TOKEN)
        assert {q.headers["authorization"] for q in mastodon.asked} == {f"Bearer {TOKEN}"}
        mastodon.asked.clear()
        ask(mastodon)
        assert not any("authorization" in question.headers for question in mastodon.asked)


def test_letters_are_not_even_landed() -> None:
    letter = status("103", "100", visibility="direct", content="<p>only for you</p>")
    behave = Mastodon(
        [[post("100", 1), post("99", visibility="private")]], {"100": [letter, status("102")]}
    )
    with platform(behave) as mastodon:
        content = landed(ask(mastodon, token=TOKEN))
    assert b"only for you" not in content
    assert b'"99"' not in content
    assert len(comments_in(records_of(content))) == 1


def test_a_second_run_lands_only_what_is_new_or_edited() -> None:
    behave = Mastodon([[post("100", 1), post("101")]], {"100": [status("102", "100")]})
    with platform(behave) as mastodon:
        memory = ask(mastodon)[-1].memory
        mastodon.asked.clear()
        assert ask(mastodon, memory=memory) == []
        assert edges(mastodon) == ["lookup", "statuses", "context"]
        behave.answers["100"][0]["favourites_count"] = 5
        assert ask(mastodon, memory=memory) == []
        behave.answers["100"].append(status("105", "102"))
        (deeper,) = ask(mastodon, memory=memory)
        assert deeper.about["post"] == "100"
        behave.answers["100"][0]["edited_at"] = "2025-11-05T08:00:00.000Z"
        assert len(ask(mastodon, memory=deeper.memory)) == 1


def test_answers_that_all_went_are_noticed_without_a_sweep() -> None:
    behave = Mastodon([[post("100", 1)]], {"100": [status("102", "100")]})
    with platform(behave) as mastodon:
        memory = ask(mastodon)[-1].memory
        behave.listed, behave.answers = [[post("100", 0)]], {"100": []}
        pages = ask(mastodon, memory=memory)
    assert [page.body for page in pages] == [[post("100", 0)], []]


def test_a_stop_after_any_page_is_taken_up_by_the_next_run() -> None:
    behave = Mastodon(
        [[post("100", 1), post("101", 1)]],
        {"100": [status("102", "100")], "101": [status("103", "101")]},
    )
    with platform(behave) as mastodon:
        pages = ask(mastodon)
        assert [page.about.get("post") for page in pages] == [None, "100", "101"]
        for count, page in enumerate(pages, 1):
            again = ask(mastodon, memory=page.memory)
            assert [one.about.get("post") for one in again] == [None, "100", "101"][count:]


def test_old_posts_are_for_full_sweeps_only() -> None:
    old = "2020-01-01T00:00:00.000Z"
    behave = Mastodon([[post("100", created_at=old)], [post("90", created_at=old)]], {"100": []})
    with platform(behave) as mastodon:
        ask(mastodon)
        assert edges(mastodon).count("statuses") == 1
        pages = ask(mastodon, is_full_sweep=True)
    assert [page.completes for page in pages] == [None, "100", None]
    remembered = pages[-1].memory or {}
    assert (remembered["posts"], remembered["answers"]) == ({}, {}), "old posts need not be"


def test_an_old_post_beside_a_recent_one_is_left_alone() -> None:
    old = post("90", 1, created_at="2020-01-01T00:00:00.000Z")
    with platform(Mastodon([[post("100"), old]], {"90": []})) as mastodon:
        (page,) = ask(mastodon)
        assert ask(mastodon, memory=page.memory) == []
    assert page.body == [post("100")]


@pytest.mark.parametrize(
    ("answers", "token", "is_whole"),
    [
        ([status(str(n), "100") for n in range(200, 259)], None, True),
        ([status(str(n), "100") for n in range(200, 260)], None, False),
        ([status(str(n), "100") for n in range(200, 260)], TOKEN, True),
        ([status(str(n), str(n - 1)) for n in range(101, 121)], None, False),
        ([status(str(n), str(n - 1)) for n in range(101, 120)], None, True),
    ],
    ids=["few", "many", "many with token", "deep", "less deep"],
)
def test_a_post_is_complete_unless_the_server_may_have_more(
    answers: list[dict[str, Any]], token: str | None, is_whole: bool
) -> None:
    with platform(Mastodon([[post("100", 1)]], {"100": answers})) as mastodon:
        pages = ask(mastodon, token=token, is_full_sweep=True)
    assert pages[-1].completes == ("100" if is_whole else None)


def test_a_listing_that_leads_in_circles_ends() -> None:
    circle = {"link": '<https://nordhafen.social/s?max_id=5>; rel="next"'}
    replies = {"statuses": [Reply([post("100")], headers=circle)] * 2}
    with platform(Mastodon([], replies=replies)) as mastodon:
        assert len(ask(mastodon)) == 1


def told(seconds: float, left: int = 0) -> dict[str, str]:
    reset = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"x-ratelimit-reset": reset.isoformat(), "x-ratelimit-remaining": str(left)}


def test_a_limit_is_waited_for_as_long_as_it_is_told_in_iso_8601() -> None:
    behave = Mastodon([[post("100")]])
    behave.replies["statuses"] = [Reply({"error": "Too many requests"}, 429, told(50))]
    with platform(behave) as mastodon:
        assert len(ask(mastodon)) == 1
        (slept,) = mastodon.slept
    assert 45 < slept <= 50


def test_a_longer_limit_ends_the_run() -> None:
    behave = Mastodon([[post("100")]])
    behave.replies["statuses"] = [Reply({"error": "Too many requests"}, 429, told(290))]
    with platform(behave) as mastodon, pytest.raises(QuotaEnded):
        ask(mastodon)


def test_the_last_questions_are_spread_over_the_time_that_is_left() -> None:
    behave = Mastodon([[post("100")]])
    behave.replies["statuses"] = [Reply([], headers=told(200, left=19))]
    behave.replies["lookup"] = [Reply({"id": "7"}, headers=told(200, left=250))]
    with platform(behave) as mastodon:
        ask(mastodon)
        (slept,) = mastodon.slept
    assert 9 < slept <= 10


def test_a_server_that_stumbles_is_asked_again() -> None:
    behave = Mastodon([[post("100", 1)]], {"100": [status("102", "100")]})
    behave.replies["context"] = [Reply("<html>", 503)]
    with platform(behave) as mastodon:
        assert len(ask(mastodon)) == 2


@pytest.mark.parametrize("edge", ["lookup", "statuses", "context"])
def test_a_page_of_html_is_no_data(edge: str) -> None:
    behave = Mastodon([[post("100", 1)]], replies={edge: [Reply("<html>")] * 5})
    with platform(behave) as mastodon, pytest.raises(TryAgain, match="no JSON"):
        ask(mastodon)


@pytest.mark.parametrize("code", [401, 403])
def test_a_bad_token_is_told_at_the_first_question_without_the_token(code: int) -> None:
    refusal = Reply({"error": f"The access token is invalid {TOKEN}"}, code)
    with platform(Mastodon([[]], replies={"lookup": [refusal]})) as mastodon:
        with pytest.raises(GiveUp, match="token") as raised:
            ask(mastodon, token=TOKEN)
        assert len(mastodon.asked) == 1
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    "options",
    [{"server": "nordhafen.social", "account": "nobody"}, {"server": "a b", "account": "it"}],
)
def test_a_wrong_name_is_told(options: dict[str, str]) -> None:
    with platform(Mastodon([[]])) as mastodon, pytest.raises(GiveUp, match=r"expected|option"):
        ask(mastodon, options=options)


def test_a_post_that_has_gone_meanwhile_stops_nothing() -> None:
    behave = Mastodon([[post("100", 1), post("101", 1)]], {"101": [status("103", "101")]})
    with platform(behave) as mastodon:
        assert [page.about.get("post") for page in ask(mastodon)] == [None, "101"]


def test_the_sample_is_recognised_and_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    records = records_of(content)
    assert [type(record).__name__ for record in records] == ["Post"] + ["Comment"] * 3 + ["Swept"]
    question, own, thanks = comments_in(records)
    assert (own.parent_native_id, own.is_owner) == (question.native_id, True)
    assert thanks.edited_at == datetime(2025, 11, 4, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("other", [b'{"ancestors":[],"descendants":[]}', b"[]", b""])
def test_nothing_else_is_recognised(other: bytes) -> None:
    assert not SOURCE.recognise(other)


def test_a_broken_status_costs_itself_only() -> None:
    about = {"site": "nordhafen.social", "post": "100"}
    pages = [Page([{"content": "x"}, 7, status("102")], about), Page([], {}), Page(5, about)]
    kinds = [type(record).__name__ for record in records_of(landed(pages))]
    assert kinds == ["Rejected", "Rejected", "Comment", "Rejected", "Rejected"]


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    whole = [replace(record, position=0) for record in records_of(content)]
    cut = records_of(content[: int(where * len(content))])
    kept = [replace(record, position=0) for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    assert len(cut) - len(kept) <= 1


@pytest.mark.parametrize(
    ("server", "base"),
    [
        ("mastodon.example", "https://mastodon.example/api/v1/"),
        ("http://mastodon.example", "https://mastodon.example/api/v1/"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000/api/v1/"),
        ("http://[::1]:3000", "http://[::1]:3000/api/v1/"),
        ("localhost:3000", "https://localhost:3000/api/v1/"),
    ],
)
def test_a_token_goes_by_https_except_to_a_server_on_this_machine(server: str, base: str) -> None:
    opened: list[str] = []
    with platform(Mastodon([[]])) as mastodon:
        errand = mastodon.errand(options={"server": server, "account": "it"})

        def connect(address: str, **fields: Any) -> Session:
            opened.append(address)
            return mastodon.connect(address, **fields)

        list(SOURCE.pages(replace(errand, connect=connect)))
    assert opened == [base]
