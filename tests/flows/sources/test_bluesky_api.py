"""Bluesky's public interface: what is asked, what its refusals mean, what landed pages become."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources import bluesky_api
from flows.sources.base import Page
from flows.sources.bluesky_api import NAME, SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import Platform, Question, Reply, World, platform

SAMPLE = Path(__file__).parent / "samples" / "bluesky_api.jsonl"
OWNER, OTHER = "did:plc:nordhafen", "did:plc:jonna"


def uri(name: str, did: str = OWNER) -> str:
    return f"at://{did}/app.bsky.feed.post/{name}"


def view(name: str, parent: str | None = None, root: str = "p1", **fields: Any) -> dict[str, Any]:
    did = fields.pop("did", OTHER if parent else OWNER)
    reply = {"root": {"uri": uri(root)}, "parent": {"uri": parent}}
    record = {"text": f"text {name}", "createdAt": "2025-11-03T08:00:00Z"}
    return {
        "uri": uri(name, did),
        "cid": f"cid-{name}",
        "author": {"did": did, "handle": "x.example"},
        "record": record | ({"reply": reply} if parent else {}),
        "replyCount": 0,
        "indexedAt": "2025-11-03T08:00:00Z",
    } | fields


def node(post: dict[str, Any], *below: dict[str, Any]) -> dict[str, Any]:
    return {"post": post | {"replyCount": len(below)}, "replies": list(below)}


@dataclass
class Bluesky:
    """An account as Bluesky would tell it; `replies` overrule by method, once each."""

    feeds: list[list[dict[str, Any]]]
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[str, list[Reply]] = field(default_factory=dict)

    def __call__(self, question: Question) -> Reply:
        method = question.path.rsplit(".", 1)[-1]
        if waiting := self.replies.get(method):
            return waiting.pop(0)
        if method == "getProfile":
            return Reply({"did": OWNER})
        if method == "getAuthorFeed":
            at = int(question.query.get("cursor", 0))
            following = {"cursor": str(at + 1)} if at + 1 < len(self.feeds) else {}
            return Reply({"feed": [{"post": post} for post in self.feeds[at]]} | following)
        found = self.threads.get(question.query["uri"])
        return Reply({"thread": found}) if found else missing()


def missing() -> Reply:
    return Reply({"error": "NotFound", "message": "Post not found"}, 400)


def bluesky_with_thread() -> Bluesky:
    answer = view("a2", uri("a1", OTHER), did=OWNER)
    tree = node(view("p1"), node(view("a1", uri("p1")), node(answer)))
    return Bluesky([[tree["post"]]], {uri("p1"): tree})


def a_world() -> World:
    first = node(view("p1"), node(view("a1", uri("p1")), node(view("a2", uri("a1", OTHER)))))
    second = node(view("p2"), node(view("b1", uri("p2"), root="p2")))
    threads = {uri("p1"): first, uri("p2"): second}
    feeds = [[first["post"]], [], [second["post"]]]
    return World(Bluesky(feeds, threads), {"account": "@it.nordhafen.example"})


def ask(bluesky: Platform, **fields: Any) -> list[Page]:
    """The pages that land."""
    given: dict[str, Any] = {"options": {"account": "@it.nordhafen.example"}}
    asked = SOURCE.pages(bluesky.errand(**(given | fields)))
    return [page for page in asked if page.body is not None]


def methods(bluesky: Platform) -> list[str]:
    return [question.path.rsplit(".", 1)[-1] for question in bluesky.asked]


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


def test_an_account_becomes_its_posts_and_their_threads() -> None:
    with platform(bluesky_with_thread()) as bluesky:
        pages = ask(bluesky, is_full_sweep=True)
        assert bluesky.asked[0].query == {"actor": "it.nordhafen.example"}
        assert bluesky.asked[1].query["actor"] == OWNER
        assert bluesky.asked[2].path == "/xrpc/app.bsky.feed.getPostThread"
    records = records_of(landed(pages))
    assert [type(record) for record in records] == [Post, Post, Comment, Comment, Swept]
    first, own = comments_in(records)
    assert (first.post_native_id, first.parent_native_id) == (uri("p1"), None)
    assert (own.parent_native_id, own.is_owner) == (uri("a1", OTHER), True)


def test_shared_posts_and_own_answers_are_no_posts() -> None:
    feed = [view("s1", did=OTHER), view("r1", uri("x", OTHER), did=OWNER), view("p1")]
    with platform(Bluesky([[], feed])) as bluesky:
        (page,) = ask(bluesky)
    assert [post["uri"] for post in page.body["posts"]] == [uri("p1")]


def test_a_second_run_lands_only_what_is_new() -> None:
    behave = bluesky_with_thread()
    behave.feeds[0].append(view("p2"))
    with platform(behave) as bluesky:
        memory = ask(bluesky)[-1].memory
        bluesky.asked.clear()
        assert ask(bluesky, memory=memory) == []
        assert methods(bluesky) == ["getProfile", "getAuthorFeed", "getPostThread"]
        tree = behave.threads[uri("p1")]
        tree["post"]["likeCount"] = 7
        assert ask(bluesky, memory=memory) == []
        tree["replies"][0]["replies"][0]["replies"].append(node(view("a3", uri("a2"))))
        (deeper,) = ask(bluesky, memory=memory)
    assert len(comments_in(records_of(landed([deeper])))) == 3


def test_a_stop_after_any_page_is_taken_up_by_the_next_run() -> None:
    with platform(bluesky_with_thread()) as bluesky:
        pages = ask(bluesky)
        assert len(pages) == 2
        assert len(ask(bluesky, memory=pages[0].memory)) == 1
        assert ask(bluesky, memory=pages[1].memory) == []


def test_old_posts_are_for_full_sweeps_only() -> None:
    old = "2020-01-01T00:00:00Z"
    feeds = [[view("p1", indexedAt=old)], [view("p2", indexedAt=old)]]
    trees = {uri(name): node(view(name, indexedAt=old)) for name in ("p1", "p2")}
    with platform(Bluesky(feeds, trees)) as bluesky:
        ask(bluesky)
        assert methods(bluesky).count("getAuthorFeed") == 1
        pages = ask(bluesky, is_full_sweep=True)
    assert [page.completes for page in pages if page.completes] == [uri("p1"), uri("p2")]
    remembered = pages[-1].memory or {}
    assert (remembered["posts"], remembered["threads"]) == ({}, {}), "old posts need not be"


def test_an_old_post_beside_a_recent_one_is_left_alone() -> None:
    old = view("p0", indexedAt="2020-01-01T00:00:00Z", replyCount=1)
    with platform(Bluesky([[view("p1"), old]])) as bluesky:
        (page,) = ask(bluesky)
        assert ask(bluesky, memory=page.memory) == []
    assert [post["uri"] for post in page.body["posts"]] == [uri("p1")]


def test_an_own_post_that_is_shared_again_does_not_hide_what_follows_on_the_next_page() -> None:
    old = view("p0", indexedAt="2020-01-01T00:00:00Z")
    shared = {"post": old, "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    behave = bluesky_with_thread()
    behave.feeds.insert(0, [])
    behave.replies["getAuthorFeed"] = [Reply({"feed": [shared], "cursor": "1"})]
    with platform(behave) as bluesky:
        posts, thread = ask(bluesky)
    assert [post["uri"] for post in posts.body["posts"]] == [uri("p1")]
    assert len(comments_in(records_of(landed([thread])))) == 2


def test_what_lies_too_deep_is_asked_for_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_api, "DEPTH", 1)
    inner = node(view("a1", uri("p1")), node(view("a2", uri("a1", OTHER))))
    cut = {"post": inner["post"], "replies": []}
    trees = {uri("p1"): node(view("p1"), cut), uri("a1", OTHER): inner}
    with platform(Bluesky([[trees[uri("p1")]["post"]]], trees)) as bluesky:
        pages = ask(bluesky, is_full_sweep=True)
    assert [page.completes for page in pages] == [None, None, uri("p1")]
    names = [one.native_id for one in comments_in(records_of(landed(pages)))]
    assert names == [uri("a1", OTHER), uri("a2", OTHER)]


@pytest.mark.parametrize(
    ("told", "is_whole"), [(1, True), (2, False)], ids=["all there", "one is missing"]
)
def test_a_thread_is_complete_if_as_many_answers_are_there_as_are_told(
    told: int, is_whole: bool
) -> None:
    gone = {"uri": uri("a9", OTHER), "notFound": True}
    tree = {"post": view("p1", replyCount=told), "replies": [gone]}
    with platform(Bluesky([[tree["post"]]], {uri("p1"): tree})) as bluesky:
        pages = ask(bluesky, is_full_sweep=True)
    assert pages[-1].completes == (uri("p1") if is_whole else None)
    (deleted,) = comments_in(records_of(landed(pages)))
    assert (deleted.status, deleted.native_id) == ("deleted", uri("a9", OTHER))


@pytest.mark.parametrize(
    "reply", [missing(), Reply({"thread": {"uri": uri("p1"), "notFound": True}})]
)
def test_a_post_that_has_gone_meanwhile_stops_nothing(reply: Reply) -> None:
    behave = bluesky_with_thread()
    behave.feeds[0].insert(0, view("p0", replyCount=1))
    behave.replies["getPostThread"] = [reply]
    with platform(behave) as bluesky:
        pages = ask(bluesky, is_full_sweep=True)
    assert [page.completes for page in pages] == [None, uri("p1")]


def test_a_cursor_that_leads_in_circles_ends_the_listing() -> None:
    reply = Reply({"feed": [{"post": view("p1")}], "cursor": "same"})
    with platform(Bluesky([], replies={"getAuthorFeed": [reply] * 2})) as bluesky:
        assert len(ask(bluesky)) == 1
        assert methods(bluesky).count("getAuthorFeed") == 2


def test_a_limit_is_waited_for_and_a_long_one_ends_the_run() -> None:
    behave = bluesky_with_thread()
    soon = datetime.now(UTC).timestamp() + 30
    limit = {"error": "RateLimitExceeded"}
    behave.replies["getAuthorFeed"] = [Reply(limit, 429, {"ratelimit-reset": f"{soon:.0f}"})]
    with platform(behave) as bluesky:
        assert len(ask(bluesky)) == 2
        assert 20 < bluesky.slept[0] <= 31
        late = f"{soon + 3000:.0f}"
        behave.replies["getAuthorFeed"] = [Reply(limit, 429, {"ratelimit-reset": late})]
        with pytest.raises(QuotaEnded):
            ask(bluesky)


def test_a_server_that_stumbles_is_asked_again_and_html_is_no_data() -> None:
    behave = bluesky_with_thread()
    behave.replies["getPostThread"] = [Reply({"error": "UpstreamFailure"}, 502)]
    with platform(behave) as bluesky:
        assert len(ask(bluesky)) == 2
        behave.replies["getPostThread"] = [Reply("<html>")] * 5
        with pytest.raises(TryAgain, match="no JSON"):
            ask(bluesky)


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"error": "InvalidRequest", "message": "Profile not found"}, 400),
        Reply("<html>", 400),
        Reply({}),
    ],
)
def test_an_account_that_does_not_exist_is_told_at_the_first_question(reply: Reply) -> None:
    with platform(Bluesky([[]], replies={"getProfile": [reply]})) as bluesky:
        with pytest.raises(GiveUp, match="`account`"):
            ask(bluesky)
        assert len(bluesky.asked) == 1


def test_the_sample_is_recognised_and_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    kinds = [type(record).__name__ for record in records_of(content)]
    assert kinds == ["Post", "Post"] + ["Comment"] * 4 + ["Swept"]


@pytest.mark.parametrize("other", [b'{"thread":{"$type":"app.bsky.feed.defs#x"}}', b"[]", b""])
def test_nothing_else_is_recognised(other: bytes) -> None:
    assert not SOURCE.recognise(other)


def test_a_broken_node_costs_itself_only() -> None:
    tree = node(view("p1"), {"post": {}}, {"replies": 7}, node(view("a1", uri("p1"))))
    pages = [Page({"thread": tree}), Page({"posts": [7]}), Page(7)]
    kinds = [type(record).__name__ for record in records_of(landed(pages))]
    assert kinds == ["Post", "Rejected", "Rejected", "Comment", "Rejected", "Rejected"]


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    whole = [replace(record, position=0) for record in records_of(content)]
    cut = records_of(content[: int(where * len(content))])
    kept = [replace(record, position=0) for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    assert len(cut) - len(kept) <= 1
