"""An Isso server asked for pages of a blog, and what becomes of its comments."""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.api_pages import page_line
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.isso_api import SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "isso-real"
SAMPLES = Path(__file__).parent / "samples"
SAMPLE = SAMPLES / "isso_api.jsonl"
ABOUT = {
    "kind": "thread",
    "site": "isso.example",
    "blog": "https://blog.example",
    "uri": "/a.html",
    "part": 1,
}
YOUNG, OLD = NOW.timestamp() - 86_400.5, NOW.timestamp() - 400 * 86_400


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "isso.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(SOURCE.read(landed, ReadingRules()))


def read_pages_of(*landed: Page) -> list[Record]:
    lines = [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in landed]
    return records_of("\n".join(lines).encode())


def read(*replies: Any, **about: Any) -> list[Record]:
    body = {"id": None, "total_replies": len(replies), "hidden_replies": 0, "replies": replies}
    return read_pages_of(Page(body, ABOUT | about))


def comment(number: int, created: float = YOUNG, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "parent": None,
        "created": created,
        "modified": None,
        "mode": 1,
        "text": f"<p>Text {number}</p>",
        "author": "Anna",
        "website": "https://anna.example",
        "likes": 0,
        "dislikes": 0,
        "notification": 1,
        "hash": "8c6f4c4a5fb5",
    } | fields


def only(**fields: Any) -> Comment:
    _, found = read(comment(5, **fields))
    assert isinstance(found, Comment)
    return found


class Isso:
    """A server with pages; answers hold `size` comments of a level, or all."""

    def __init__(self, size: int = 1000, has_latest: bool = True) -> None:
        self.size, self.has_latest = size, has_latest
        self.threads: dict[str, list[dict[str, Any]]] = {}
        self.instead: Callable[[Question], Reply | None] = lambda question: None

    def __call__(self, question: Question) -> Reply:
        if instead := self.instead(question):
            return instead
        if question.path == "/count":
            return Reply([self.count(uri) for uri in json.loads(question.body)])
        if question.path == "/latest":
            latest = [
                one | {"uri": uri}
                for uri, thread in self.threads.items()
                for one in thread
                if one["mode"] == 1
            ]
            return Reply(latest) if self.has_latest else Reply("<h1>Not Found", 404)
        return Reply(self.fetched(question.query))

    def count(self, uri: str) -> int:
        return len([one for one in self.threads.get(uri, []) if one["mode"] == 1])

    def fetched(self, query: dict[str, str]) -> dict[str, Any]:
        thread = self.threads.get(query["uri"], [])
        parent = int(query["parent"]) if "parent" in query else None
        after = float(query.get("after", 0))
        listed, hidden = self.level(thread, parent, after)
        if parent is None:
            for one in listed:
                inner, inner_hidden = self.level(thread, one["id"], after)
                one |= {"replies": inner, "hidden_replies": inner_hidden, "total_replies": 9}
        return {
            "id": parent,
            "total_replies": len(thread),
            "hidden_replies": hidden,
            "replies": listed,
            "config": {"gravatar": False},
        }

    def level(
        self, thread: list[dict[str, Any]], parent: int | None, after: float
    ) -> tuple[list[dict[str, Any]], int]:
        """Comments of a level, and how many are not among them: as Isso counts, before `after`."""
        every = [dict(one) for one in thread if one["parent"] == parent]
        listed = [one for one in every if one["created"] > after][: self.size]
        return listed, len(every) - len(listed)


def a_world() -> World:
    isso = Isso(size=2)
    first = [comment(1), comment(2, parent=1), *(comment(n, YOUNG + n) for n in (4, 5))]
    isso.threads = {"/a.html": first, "/b.html": [comment(3, OLD)]}
    return World(isso, {"server": "isso.example", "blog": "https://blog.example"})


def run(server: Platform, **fields: Any) -> list[Page]:
    given: dict[str, Any] = {
        "options": {"server": "isso.example", "blog": "https://blog.example", "pages": "/a.html"}
    }
    return list(SOURCE.pages(server.errand(**(given | fields))))


LISTED = {"options": {"server": "isso.example"}}


def memory_of(pages: list[Page]) -> dict[str, Any]:
    told = [page.memory for page in pages if page.memory is not None]
    return dict(json.loads(json.dumps(told[-1]))) if told else {}


def asked(server: Platform) -> list[str]:
    return [question.query.get("uri", question.path) for question in server.asked]


def test_a_comment_becomes_what_isso_says() -> None:
    post, found = read(comment(5, 1762156800.25, likes=3, dislikes=1, parent=4, total_replies=2))
    assert post == Post(
        platform="isso",
        site="isso.example",
        native_id="/a.html",
        position=1,
        channel="blog",
        url="https://blog.example/a.html",
        reported_comment_count=1,
    )
    assert found == Comment(
        platform="isso",
        site="isso.example",
        position=2,
        line=1,
        native_id="5",
        channel="blog",
        post_native_id="/a.html",
        parent_native_id="4",
        reply_semantics="two_level",
        author="Anna",
        author_name="Anna",
        text="<p>Text 5</p>",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, 0, 0, 250_000, tzinfo=UTC),
        created_at_raw="1762156800.25",
        is_edited=False,
        status="published",
        like_count=3,
        dislike_count=1,
        reply_count=2,
        permalink="https://blog.example/a.html#isso-5",
    )


def test_an_edit_has_its_time() -> None:
    found = only(modified=1762160400.0)
    assert found.edited_at == datetime(2025, 11, 3, 9, tzinfo=UTC)
    assert found.is_edited


@pytest.mark.parametrize(
    ("mode", "status", "text"),
    [
        (1, "published", "<p></p>"),
        (2, "pending", "<p></p>"),
        (4, "deleted", None),
        (9, "unknown", "<p></p>"),
        ("1", "unknown", "<p></p>"),
    ],
)
def test_the_mode_is_the_status(mode: Any, status: str, text: str | None) -> None:
    found = only(mode=mode, text="<p></p>")
    assert (found.status, found.text) == (status, text)


def test_without_the_address_of_the_blog_there_are_no_links() -> None:
    post, found = read(comment(5), blog="")
    assert isinstance(post, Post)
    assert isinstance(found, Comment)
    assert (post.url, found.permalink) == (None, None)


def test_unknown_and_zero_votes_differ() -> None:
    assert only().like_count == 0
    assert only(likes=None).like_count is None


@pytest.mark.parametrize("created", [None, "gestern", 1e300, -1e300, float("inf"), True, []])
def test_a_time_that_is_none_is_left_to_be_rejected_later(created: Any) -> None:
    assert only(created=created).created_at is None


@pytest.mark.parametrize("odd", [5, None, "text", {}, {"id": "5"}, {"id": True}])
def test_what_has_no_id_is_rejected_and_costs_nothing_else(odd: Any) -> None:
    _, rejected, kept = read(odd, comment(5))
    assert isinstance(rejected, Rejected)
    assert rejected.line == 1
    assert isinstance(kept, Comment)


def test_an_answer_of_another_shape_is_one_rejection() -> None:
    (rejected,) = read_pages_of(Page({"error": 1}, ABOUT | {"part": 2}))
    assert isinstance(rejected, Rejected)


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    found = records_of(content)
    names = [type(record).__name__ for record in found]
    assert {name: names.count(name) for name in names} == {"Post": 2, "Comment": 6, "Swept": 2}
    parents = {c.native_id: c.parent_native_id for c in found if isinstance(c, Comment)}
    assert parents == {"11": None, "12": "11", "14": "11", "13": None, "15": "13", "16": None}
    deleted = [c.native_id for c in found if isinstance(c, Comment) and c.status == "deleted"]
    assert deleted == ["13"]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"id": null, "replies": []}'])
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not SOURCE.recognise(content)
    assert not SOURCE.recognise((SAMPLES / "hackernews_api.jsonl").read_bytes())


def test_a_full_sweep_asks_for_every_page_and_completes_it() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1), comment(2, parent=1)], "/b.html": [comment(3, OLD)]}
    with platform(isso) as server:
        pages = run(server, is_full_sweep=True, **LISTED)
        assert [page.completes for page in pages] == ["/a.html", "/b.html", None]
        assert asked(server) == ["/latest", "/a.html", "/b.html"]
    found = read_pages_of(*pages)
    assert [s.post_native_id for s in found if isinstance(s, Swept)] == ["/a.html", "/b.html"]
    assert len([c for c in found if isinstance(c, Comment)]) == 3


def test_nothing_of_a_person_but_the_name_lands() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1), comment(2, parent=1, gravatar_image="https://g/8c6")]}
    with platform(isso) as server:
        landed = repr(run(server, is_full_sweep=True))
    assert "Text 2" in landed
    for private in ("8c6", "anna.example", "notification", "config"):
        assert private not in landed


@pytest.mark.parametrize("options", [LISTED, {}], ids=["listed", "named"])
def test_a_second_run_asks_little_and_lands_only_what_changed(options: dict[str, Any]) -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1, OLD)], "/b.html": [comment(2, OLD)]}
    with platform(isso) as server:
        memory = memory_of(run(server, is_full_sweep=True, **options))
        server.asked.clear()
        assert run(server, memory=memory, **options) == []
        assert len(server.asked) == 1
        isso.threads["/a.html"].append(comment(3, OLD + 1))
        (page,) = run(server, memory=memory, **options)
        assert [one["id"] for one in page.body["replies"]] == [1, 3]
        assert run(server, memory=memory_of([page]), **options) == []


def test_pages_with_young_comments_are_asked_again_for_edits() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1)]}
    with platform(isso) as server:
        memory = memory_of(run(server, is_full_sweep=True))
        assert run(server, memory=memory) == []
        assert asked(server)[-1] == "/a.html"
        isso.threads["/a.html"][0]["text"] = "<p>Anders.</p>"
        pages = run(server, memory=memory)
        assert [one["text"] for one in pages[0].body["replies"]] == ["<p>Anders.</p>"]
        assert run(server, memory=memory_of(pages)) == []


def test_an_edit_shows_in_the_list_of_the_latest() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1, OLD)]}
    with platform(isso) as server:
        memory = memory_of(run(server, is_full_sweep=True, **LISTED))
        isso.threads["/a.html"][0] |= {"text": "<p>Anders.</p>", "modified": YOUNG}
        assert len(run(server, memory=memory, **LISTED)) == 1


def test_a_page_that_lost_all_its_comments_is_still_swept() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1)]}
    with platform(isso) as server:
        memory = memory_of(run(server, is_full_sweep=True, **LISTED))
        isso.threads.clear()
        pages = run(server, is_full_sweep=True, memory=memory, **LISTED)
    assert [page.completes for page in pages] == ["/a.html", None]


def test_a_run_that_stops_is_made_up_for_by_the_next() -> None:
    isso = Isso()
    isso.threads = {f"/{n}.html": [comment(n, OLD)] for n in range(4)}
    with platform(isso) as server:
        first = run(server, is_full_sweep=True, **LISTED)
        memory = memory_of(first[:2])
        again = run(server, is_full_sweep=True, memory=memory, **LISTED)
        assert [page.completes for page in again] == ["/2.html", "/3.html", None]
        assert "sweep" not in memory_of(again)


def test_hidden_comments_and_answers_are_asked_for_to_their_end() -> None:
    isso = Isso(size=2)
    tops = [comment(n, YOUNG + n) for n in range(5)]
    answers = [comment(10 * n + a, YOUNG + 10 * n + a, parent=n) for n in (1, 4) for a in range(5)]
    isso.threads = {"/a.html": tops + answers}
    with platform(isso) as server:
        pages = run(server, is_full_sweep=True)
    assert [page.completes for page in pages if page.completes] == ["/a.html"]
    found = read_pages_of(*pages)
    ids = {c.native_id for c in found if isinstance(c, Comment)}
    assert ids == {str(one["id"]) for one in tops + answers}
    assert len([p for p in found if isinstance(p, Post)]) == 1


def test_a_page_that_keeps_hiding_comments_is_not_complete() -> None:
    body = {"id": None, "total_replies": 9, "hidden_replies": 8, "replies": [comment(1)]}
    isso = Isso()
    isso.instead = lambda question: (
        Reply(body | ({"replies": []} if "after" in question.query else {}))
        if "uri" in question.query
        else None
    )
    with platform(isso) as server:
        pages = run(server, is_full_sweep=True)
        assert len(server.asked) == 3
    assert [page.completes for page in pages] == [None, None]


def test_a_server_that_repeats_itself_is_left_in_the_end() -> None:
    body = {"id": None, "total_replies": 5, "hidden_replies": 4, "replies": [comment(1)]}
    isso = Isso()
    isso.instead = lambda question: Reply(body) if "uri" in question.query else None
    with platform(isso) as server:
        pages = run(server, is_full_sweep=True)
        assert len(server.asked) <= 3
    assert [page.completes for page in pages if page.completes] == []


def test_pages_may_be_named_by_their_whole_addresses() -> None:
    with platform(Isso()) as server:
        options = {
            "server": "isso.example",
            "pages": "https://b.example/a?x=1, https://b.example,/c",
        }
        run(server, options=options, is_full_sweep=True)
        assert asked(server) == ["/count", "/a?x=1", "/", "/c"]


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (Reply("<html>", 404), GiveUp, "no Isso server"),
        (Reply("<html>", 405), GiveUp, "405"),
        (Reply("<html>Wartung"), TryAgain, "no JSON"),
        (Reply({"a": 1}), GiveUp, "check its address"),
        (Reply([1, 2, 3]), GiveUp, "check its address"),
        (Reply("", 500), TryAgain, "500"),
    ],
)
def test_what_is_no_isso_is_told_at_once(answer: Reply, error: type[Exception], told: str) -> None:
    with platform(lambda question: answer) as server, pytest.raises(error, match=told):
        run(server)


def test_a_server_that_does_not_list_its_pages_needs_their_names() -> None:
    with platform(Isso(has_latest=False)) as server, pytest.raises(GiveUp, match="latest-enabled"):
        run(server, **LISTED)


def test_a_fault_in_the_middle_is_asked_again() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1)]}
    faults = [Reply("<html>", 502), Reply({}, 429, {"retry-after": "3"})]
    isso.instead = lambda question: faults.pop() if faults and question.path == "/" else None
    with platform(isso) as server:
        assert run(server, is_full_sweep=True)[0].completes == "/a.html"
        assert 3.0 in server.slept


def test_a_fault_that_does_not_pass_keeps_what_came_before() -> None:
    isso = Isso()
    isso.threads = {"/a.html": [comment(1)], "/b.html": [comment(2)]}
    page = Reply("<html>Wartung")
    isso.instead = lambda question: page if question.query.get("uri") == "/b.html" else None
    with platform(isso) as server:
        going = SOURCE.pages(server.errand(is_full_sweep=True, **LISTED))
        assert next(going).completes == "/a.html"
        with pytest.raises(TryAgain):
            list(going)


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    cut, whole = records_of(content[: int(where * len(content))]), records_of(content)
    kept = [record for record in cut if not isinstance(record, Rejected)]
    rejected = [record for record in cut if isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    assert len(rejected) <= 1
    assert cut[len(kept) :] == rejected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*sorted(comment(1)), "replies"]), JSON, max_size=6))
def test_no_object_whatever_makes_the_reader_fail(fields: dict[str, Any]) -> None:
    post, *found = read({"id": 5} | fields)
    assert isinstance(post, Post)
    assert found
    assert all(isinstance(record, Comment | Rejected) for record in found)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "ids", "deleted", "edited"),
    [
        ("fetch.json", ["1", "2", "3", "4"], [], []),
        ("fetch_after_delete_edit.json", ["1", "2", "3", "4"], ["1"], ["2"]),
        ("fetch_limit1.json", ["1", "2"], [], []),
        ("fetch_nested_limit_0.json", ["1", "4"], [], []),
        ("fetch_plain.json", ["1", "2", "3", "4"], [], []),
    ],
)
def test_real_answers_give_what_was_counted_in_them(
    name: str, ids: list[str], deleted: list[str], edited: list[str]
) -> None:
    body = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    post, *found = read_pages_of(Page(body, ABOUT))
    comments = [one for one in found if isinstance(one, Comment)]
    assert isinstance(post, Post)
    assert post.reported_comment_count == 4
    assert [one.native_id for one in comments] == ids
    assert [one.native_id for one in comments if one.status == "deleted"] == deleted
    assert [one.native_id for one in comments if one.is_edited] == edited
    assert comments[0].created_at == datetime.fromtimestamp(1795417703.7846851, UTC)
