"""A blog asked by its REST interface, and what becomes of posts and comments."""

import base64
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.wordpress_api import SOURCE
from flows.sources.wordpress_wxr import SOURCE as EXPORT
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "wordpress-rest-real"
SAMPLES = Path(__file__).parent / "samples"
SAMPLE = SAMPLES / "wordpress_api.jsonl"
SITE = "blog.example/it"
TOKEN = "wiebke:abcd s3cret"
YOUNG, OLD = "2025-11-03T08:00:00", "2025-01-03T08:00:00"


def records_of(content: bytes, source: Any = SOURCE) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blog.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(source.read(landed, ReadingRules()))


def lines_of(pages: list[Page]) -> list[str]:
    return [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in pages]


def read(kind: str, *items: Any, **about: Any) -> list[Record]:
    given: dict[str, Any] = {"kind": kind, "site": SITE, "authors": {"7": "2"}}
    line = page_line(SOURCE.name, list(items), given | about, None, None)
    return records_of(line.encode())


def post(number: int, modified: str = YOUNG, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date": "2025-11-03T09:00:00",
        "date_gmt": YOUNG,
        "modified_gmt": modified,
        "link": f"https://blog.example/it/{number}/",
        "title": {"rendered": "Cloud &#038; Co"},
        "content": {"rendered": "<p>Wir ziehen um.</p>\n", "protected": False},
        "author": 2,
        "status": "publish",
        "type": "post",
    } | fields


def comment(number: int, under: int = 7, when: str = YOUNG, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "post": under,
        "parent": 0,
        "author": 0,
        "author_name": "Anna",
        "date": when,
        "date_gmt": when,
        "content": {"rendered": f"<p>Text {number}</p>\n"},
        "link": f"https://blog.example/it/{under}/#comment-{number}",
        "status": "approved",
        "type": "comment",
    } | fields


PRIVATE = {
    "author_email": "anna@example.org",
    "author_ip": "192.0.2.7",
    "author_url": "https://anna.example",
    "author_avatar_urls": {"24": "https://gravatar.example/52c8"},
}


class Blog:
    """A blog; answers hold `size` objects. `instead` answers before it does, if it answers."""

    def __init__(self, *posts: dict[str, Any], size: int = 100) -> None:
        self.posts, self.size = list(posts), size
        self.comments: list[dict[str, Any]] = []
        self.instead: Callable[[Question], Reply | None] = lambda question: None

    def __call__(self, question: Question) -> Reply:
        if instead := self.instead(question):
            return instead
        route = question.path.partition("/wp-json/")[2].removeprefix("wp/v2/")
        if not route:
            return Reply(
                {"name": "Blog", "home": "https://blog.example/it/", "namespaces": ["wp/v2"]}
            )
        if route == "users/me":
            told = base64.b64decode(question.headers["authorization"].removeprefix("Basic "))
            if told.decode() != TOKEN:
                return Reply({"code": "rest_not_logged_in", "message": TOKEN}, 401)
            return Reply({"id": 2, "capabilities": {"moderate_comments": True}})
        return self.collection(route, question.query)

    def collection(self, route: str, query: dict[str, str]) -> Reply:
        if route == "comments":
            found = [one for one in self.comments if one["date_gmt"] > query.get("after", "")[:19]]
            if "post" in query:
                found = [one for one in found if str(one["post"]) == query["post"]]
        else:
            kind, since = route.removesuffix("s"), query.get("modified_after", "")[:19]
            found = [one for one in self.posts if one["type"] == kind]
            found = [one for one in found if one["modified_gmt"] > since]
            if "include" in query:
                found = [one for one in found if str(one["id"]) in query["include"].split(",")]
        assert (query["orderby"], query["order"]) == ("id", "asc")
        found = sorted(found, key=lambda one: one["id"])
        last = -(-len(found) // self.size)
        start = (int(query["page"]) - 1) * self.size
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(last)}
        return Reply(found[start : start + self.size], headers=headers)


def a_world() -> World:
    blog = Blog(post(7), post(8, OLD), post(9, type="page"), size=2)
    blog.comments = [comment(n, when=OLD) for n in (1, 2, 3)] + [comment(4, 9)]
    return World(blog, {"address": "https://blog.example/it"})


def run(blog: Platform, token: str | None = None, **fields: Any) -> list[Page]:
    given: dict[str, Any] = {"options": {"address": "https://blog.example/it"}}
    return list(SOURCE.pages(blog.errand(token, **(given | fields))))


def memory_of(pages: list[Page]) -> dict[str, Any]:
    told = [page.memory for page in pages if page.memory is not None]
    return dict(json.loads(json.dumps(told[-1]))) if told else {}


def routes(blog: Platform) -> list[str]:
    return [question.path.partition("/wp-json/")[2] for question in blog.asked]


def kinds(pages: list[Page]) -> list[str]:
    return [page.about["kind"] for page in pages]


def test_a_comment_becomes_what_the_blog_says() -> None:
    (found,) = read("comments", comment(5, parent=4, date="2025-11-03T09:00:00") | PRIVATE)
    assert found == Comment(
        platform="wordpress",
        site=SITE,
        position=1,
        line=1,
        native_id="5",
        channel="blog",
        post_native_id="7",
        parent_native_id="4",
        reply_semantics="tree",
        author="Anna",
        author_name="Anna",
        text="<p>Text 5</p>\n",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw=YOUNG,
        status="published",
        permalink="https://blog.example/it/7/#comment-5",
    )


def test_a_post_becomes_what_the_blog_says() -> None:
    (found,) = read("posts", post(7, "2025-11-04T10:00:00"), totals={"7": 3})
    assert found == Post(
        platform="wordpress",
        site=SITE,
        native_id="7",
        position=1,
        channel="blog",
        kind="post",
        title="Cloud &#038; Co",
        text="<p>Wir ziehen um.</p>\n",
        text_format="html",
        url="https://blog.example/it/7/",
        author="user:2",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw=YOUNG,
        updated_at=datetime(2025, 11, 4, 10, tzinfo=UTC),
        status="published",
        reported_comment_count=3,
    )


@pytest.mark.parametrize(
    ("fields", "named", "is_owner"),
    [
        ({"author": 2, "author_name": "Wiebke"}, "user:2", True),
        ({"author": 3, "author_name": "Jann"}, "user:3", False),
        ({"author": 0}, "Anna", False),
        ({"author": 2, "post": 8}, "user:2", False),
        ({"author": 0, "author_name": ""}, None, False),
    ],
)
def test_the_owner_is_the_author_of_the_post(
    fields: dict[str, Any], named: str | None, is_owner: bool
) -> None:
    (found,) = read("comments", comment(5, **fields))
    assert isinstance(found, Comment)
    assert (found.author, found.is_owner) == (named, is_owner)


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"status": "approved"}, "published", "comment"),
        ({"status": "hold"}, "pending", "comment"),
        ({"status": "spam"}, "spam", "comment"),
        ({"status": "trash"}, "trash", "comment"),
        ({"status": "strange", "type": "pingback"}, "unknown", "pingback"),
        ({"type": "note"}, "published", "system"),
        ({"type": "reaction", "status": "hold"}, "pending", "system"),
        ({"type": "plugin-made"}, "published", "comment"),
    ],
)
def test_status_and_kind_of_a_comment_are_translated(
    fields: dict[str, Any], status: str, kind: str
) -> None:
    (found,) = read("comments", comment(5, **fields))
    assert isinstance(found, Comment)
    assert (found.status, found.kind) == (status, kind)


def test_a_text_as_it_was_written_is_preferred_since_the_export_has_it() -> None:
    shown = {"rendered": "<p>Das ist&#8217;s</p>\n", "raw": "Das ist's"}
    (found,) = read("comments", comment(5, content=shown))
    assert isinstance(found, Comment)
    assert found.text == "Das ist's"


def test_a_private_post_is_hidden_and_without_the_prefix_of_its_title() -> None:
    title = {"rendered": "Privat: Intern", "raw": "Intern"}
    (found,) = read("posts", post(7, status="private", title=title))
    assert isinstance(found, Post)
    assert (found.title, found.status, found.visibility) == ("Intern", "hidden", "private")


@pytest.mark.parametrize(
    ("fields", "moment", "zone"),
    [
        ({"date_gmt": "2025-07-01T08:00:00"}, datetime(2025, 7, 1, 8, tzinfo=UTC), None),
        (
            {"date_gmt": "0000-00-00T00:00:00", "date": "2025-07-01T08:00:00"},
            datetime(2025, 7, 1, 6, tzinfo=UTC),
            "Europe/Berlin",
        ),
        ({"date_gmt": "gestern", "date": "gestern"}, None, None),
        ({"date_gmt": None, "date": 17}, None, None),
    ],
)
def test_times_become_utc(
    fields: dict[str, Any], moment: datetime | None, zone: str | None
) -> None:
    (found,) = read("comments", comment(5, **fields))
    assert isinstance(found, Comment)
    assert (found.created_at, found.created_tz_assumed) == (moment, zone)


@pytest.mark.parametrize("odd", [5, None, "text", {}, {"id": "5"}, {"id": True}, {"id": 0}])
@pytest.mark.parametrize("kind", ["posts", "comments"])
def test_what_has_no_id_is_rejected_and_costs_nothing_else(kind: str, odd: Any) -> None:
    rejected, kept = read(kind, odd, comment(5) if kind == "comments" else post(7))
    assert isinstance(rejected, Rejected)
    assert rejected.line == 1
    assert not isinstance(kept, Rejected)


def test_fields_of_another_type_are_unknown() -> None:
    names = ("post", "parent", "author", "author_name", "content", "link", "status", "type", "date")
    (found,) = read("comments", {"id": 5, "date_gmt": 3} | {name: ["odd"] for name in names})
    assert isinstance(found, Comment)
    assert (found.text, found.author, found.post_native_id, found.status) == (
        *(None, None, None),
        "unknown",
    )


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    found = records_of(content)
    names = [type(record).__name__ for record in found]
    counts = {name: names.count(name) for name in names}
    assert counts == {"Comment": 6, "Post": 3, "Swept": 3}
    answered = {c.native_id: c.parent_native_id for c in found if isinstance(c, Comment)}
    assert answered["504"] == "502"
    assert [c.native_id for c in found if isinstance(c, Comment) and c.is_owner] == ["502"]


@pytest.mark.parametrize("name", ["hackernews_api.jsonl", "wordpress_api.jsonl"])
def test_only_its_own_pages_are_recognised(name: str) -> None:
    own = name == SAMPLE.name
    assert SOURCE.recognise((SAMPLES / name).read_bytes()[:SAMPLE_SIZE]) == own


@pytest.mark.parametrize("content", [b"", b"[]", b'[{"id": 1, "author_name": "A"}]', b"<rss/>"])
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not SOURCE.recognise(content)


def test_a_full_sweep_asks_for_every_comment_of_every_post() -> None:
    blog = Blog(post(7), post(8, OLD), post(9, type="page"), size=2)
    blog.comments = [comment(n, when=OLD) for n in (1, 2, 3)] + [comment(4, 9)]
    with platform(blog) as running:
        pages = run(running, is_full_sweep=True)
    assert [(p.about["kind"], len(p.body), p.completes) for p in pages[:-1]] == [
        ("comments", 2, None),
        ("comments", 1, "7"),
        ("comments", 0, "8"),
        ("posts", 2, None),
        ("comments", 1, "9"),
        ("posts", 1, None),
    ]
    found = records_of("\n".join(lines_of(pages)).encode())
    reported = {p.native_id: p.reported_comment_count for p in found if isinstance(p, Post)}
    assert reported == {"7": 3, "8": 0, "9": 1}
    assert [s.post_native_id for s in found if isinstance(s, Swept)] == ["7", "8", "9"]
    assert {s.site for s in found if isinstance(s, Swept)} == {SITE}


def test_a_second_run_asks_little_and_lands_nothing() -> None:
    blog = Blog(*(post(number) for number in range(10, 40)))
    blog.comments = [comment(n, 10 + n % 30) for n in range(1, 61)]
    with platform(blog) as running:
        memory = memory_of(run(running, is_full_sweep=True))
        running.asked.clear()
        assert run(running, memory=memory) == []
        assert routes(running) == ["", "wp/v2/posts", "wp/v2/pages", "wp/v2/comments"]


def test_what_is_new_or_edited_lands_and_is_remembered() -> None:
    blog = Blog(post(7), post(8, OLD))
    blog.comments = [comment(1), comment(2, when=OLD), comment(3)]
    with platform(blog) as running:
        memory = memory_of(run(running, is_full_sweep=True))
        blog.comments[2] = comment(3, content={"rendered": "<p>Anders.</p>"})
        blog.comments.append(comment(4, 8))
        pages = run(running, memory=memory)
        assert [[item["id"] for item in page.body] for page in pages] == [[1, 3, 4]]
        assert pages[0].about["authors"] == {"7": "2", "8": "2"}
        assert run(running, memory=memory_of(pages)) == []
        blog.posts[0] = post(7, "2025-11-09T08:00:00")
        assert kinds(run(running, memory=memory_of(pages))) == ["posts"]


def test_marks_of_comments_that_have_grown_old_are_forgotten() -> None:
    blog = Blog(post(7))
    blog.comments = [comment(n, when=f"2025-11-0{n}T08:00:00") for n in (1, 2, 3)]
    with platform(blog) as running:
        memory = memory_of(run(running, is_full_sweep=True))
        assert set(memory["seen"]) == {"1", "2", "3"}
        blog.comments.append(comment(4, when="2025-12-01T08:00:00"))
        later = datetime(2025, 11, 3, tzinfo=UTC)
        memory = memory_of(run(running, memory=memory, look_back=later))
    assert set(memory["seen"]) == {"3", "4"}


def test_a_comment_on_a_post_that_was_never_met_brings_the_post_once() -> None:
    blog = Blog(post(7, OLD), post(8, OLD, type="page"))
    blog.comments = [comment(1), comment(2, 8), comment(3, 99)]
    with platform(blog) as running:
        pages = run(running)
        assert kinds(pages) == ["posts", "posts", "comments"]
        running.asked.clear()
        blog.comments.append(comment(4, 99))
        assert kinds(run(running, memory=memory_of(pages))) == ["comments"]
        assert routes(running).count("wp/v2/posts") == 1


def test_a_run_that_stops_after_any_page_is_made_up_for_by_the_next() -> None:
    blog = Blog(post(7), post(8), size=2)
    blog.comments = [comment(n, 7 + n % 2) for n in range(1, 8)]
    with platform(blog) as running:
        whole = run(running)
        for kept in range(len(whole)):
            rest = run(running, memory=memory_of(whole[:kept]))
            landed = [item["id"] for p in whole[:kept] + rest for item in p.body]
            assert set(landed) == set(range(1, 9))
            assert len(rest) <= len(whole) - kept + 1


def test_a_sweep_that_stopped_goes_on_with_the_posts_that_are_left() -> None:
    blog = Blog(*(post(number) for number in (7, 8, 9)))
    with platform(blog) as running:
        first = run(running, is_full_sweep=True)
        memory = memory_of(first[:2])
        again = run(running, is_full_sweep=True, memory=memory)
        assert [p.completes for p in again if p.completes] == ["9"]
        done = memory_of(again)
        assert "sweep" not in done
        assert len([p for p in run(running, is_full_sweep=True, memory=done) if p.completes]) == 3


def test_empty_answers_in_the_middle_do_not_end_a_listing() -> None:
    blog = Blog(post(7), size=1)
    blog.comments = [comment(n) for n in (1, 2, 3)]

    def nothing_to_see(question: Question) -> Reply | None:
        if question.path.endswith("comments") and question.query["page"] == "2":
            return Reply([], headers={"X-WP-Total": "3", "X-WP-TotalPages": "3"})
        return None

    blog.instead = nothing_to_see
    with platform(blog) as running:
        bodies = [p.body for p in run(running, is_full_sweep=True) if p.about["kind"] == "comments"]
    assert [[item["id"] for item in body] for body in bodies] == [[1], [], [3]]


def test_comments_that_come_twice_are_one_comment_downstream() -> None:
    found = read("comments", comment(5), comment(5))
    assert {one.native_id for one in found if isinstance(one, Comment)} == {"5"}


def test_a_post_is_not_complete_if_a_comment_went_away_while_it_was_asked_for() -> None:
    blog = Blog(post(7), size=1)
    blog.comments = [comment(n) for n in (1, 2, 3)]

    def going(question: Question) -> Reply | None:
        if question.path.endswith("comments") and question.query["page"] == "2":
            blog.comments = blog.comments[1:]
        return None

    blog.instead = going
    with platform(blog) as running:
        pages = run(running, is_full_sweep=True)
    assert [page.completes for page in pages] == [None] * len(pages)
    assert pages[-2].about["totals"] == {}


def test_a_post_that_is_closed_to_us_stops_nothing_and_completes_nothing() -> None:
    blog = Blog(post(7), post(8))
    locked = Reply({"code": "rest_cannot_read_post", "message": "no"}, 401)
    blog.instead = lambda question: locked if question.query.get("post") == "7" else None
    with platform(blog) as running:
        pages = run(running, is_full_sweep=True)
    assert [page.completes for page in pages if page.completes] == ["8"]
    assert len([item for p in pages if p.about["kind"] == "posts" for item in p.body]) == 2


def test_a_token_asks_for_what_waits_and_stands_in_no_address_or_page() -> None:
    blog = Blog(post(7))
    blog.comments = [comment(1, status="hold")]
    with platform(blog) as running:
        pages = run(running, TOKEN, is_full_sweep=True)
        asked = [q for q in running.asked if q.path.endswith("comments")]
    assert {(q.query["status"], q.query["type"], q.query["context"]) for q in asked} == {
        ("all", "all", "edit")
    }
    assert all("authorization" in question.headers for question in running.asked)
    assert "s3cret" not in repr([(q.path, q.query) for q in running.asked]) + repr(pages)


def test_what_editors_note_in_the_margin_never_lands_and_is_not_counted() -> None:
    blog = Blog(post(7), post(8), size=2)
    said = [comment(1), comment(4, status="hold"), comment(5, type="pingback")]
    noted = [comment(2, type="note"), comment(3, type="note", status="hold", parent=2)]
    blog.comments = [
        *said,
        *noted,
        comment(6, type="reaction", parent=2),
        comment(7, 8, type="note"),
    ]
    with platform(blog) as running:
        pages = run(running, TOKEN, is_full_sweep=True)
        assert run(running, TOKEN, memory=memory_of(pages)) == []
    found = records_of("\n".join(lines_of(pages)).encode())
    assert [one.native_id for one in found if isinstance(one, Comment)] == ["1", "4", "5"]
    reported = {p.native_id: p.reported_comment_count for p in found if isinstance(p, Post)}
    assert reported == {"7": 2, "8": 0}
    assert [one.post_native_id for one in found if isinstance(one, Swept)] == ["7", "8"]


def test_a_note_brings_neither_news_nor_its_post() -> None:
    blog = Blog(post(7), post(8, OLD))
    with platform(blog) as running:
        memory = memory_of(run(running, TOKEN))
        blog.comments = [comment(2, 8, type="note")]
        assert run(running, TOKEN, memory=memory) == []


def test_without_a_token_nothing_is_asked_that_needs_one() -> None:
    with platform(Blog(post(7))) as running:
        run(running, is_full_sweep=True)
        for question in running.asked:
            assert not question.query.keys() & {"context", "status", "type"}
            assert "authorization" not in question.headers
            assert not question.path.endswith("users/me")


@pytest.mark.parametrize("token", ["wiebke:wrong-s3cret", "no-pair-s3cret"])
def test_a_bad_token_is_told_before_anything_lands(token: str) -> None:
    with platform(Blog(post(7))) as running, pytest.raises(GiveUp) as refusal:
        run(running, token, is_full_sweep=True)
    assert "s3cret" not in str(refusal.value)
    assert len(running.asked) <= 2


def test_a_token_is_not_sent_by_http() -> None:
    with platform(Blog()) as running, pytest.raises(GiveUp, match="https"):
        run(running, TOKEN, options={"address": "http://blog.example"})
    assert running.asked == []


def test_more_than_was_asked_for_never_lands() -> None:
    blog = Blog(post(7) | {"excerpt": {"rendered": "x"}})
    blog.comments = [comment(1) | PRIVATE]
    with platform(blog) as running:
        landed = repr(run(running, is_full_sweep=True))
    for private in ("example.org", "192.0.2.7", "gravatar", "anna.example", "excerpt"):
        assert private not in landed


def test_a_fault_in_the_middle_is_asked_again() -> None:
    blog = Blog(post(7))
    blog.comments = [comment(1)]
    faults = [Reply("<html>", status=502), Reply("<html>Wartung"), Reply({}, 429)]

    def failing(question: Question) -> Reply | None:
        return faults.pop() if faults and question.path.endswith("comments") else None

    blog.instead = failing
    with platform(blog) as running:
        assert [p.completes for p in run(running, is_full_sweep=True) if p.completes] == ["7"]
        assert len(running.slept) == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply("<html>", status=500), TryAgain),
        (Reply("<html>Wartung"), TryAgain),
        (Reply("", 503, {"retry-after": "600"}), QuotaEnded),
        (Reply({"code": "rest_no_route"}, 404), GiveUp),
        (Reply({"code": "rest_disabled"}, 401), GiveUp),
        (Reply({"comments": []}), GiveUp),
    ],
)
def test_what_does_not_pass_ends_the_run_with_what_landed(
    answer: Reply, error: type[Exception]
) -> None:
    blog = Blog(post(7))
    blog.instead = lambda question: answer if question.path.endswith("comments") else None
    with platform(blog) as running:
        asked = SOURCE.pages(running.errand(options={"address": "blog.example/it"}))
        assert next(asked).about["kind"] == "posts"
        with pytest.raises(error):
            next(asked)


def test_a_blog_behind_plain_links_is_asked_there() -> None:
    blog = Blog(post(7))
    blog.comments = [comment(1)]

    def plain(question: Question) -> Reply:
        route = question.query.pop("rest_route", None)
        if route is None:
            return Reply("<html>Startseite")
        return blog(replace(question, path=f"/wp-json{route}"))

    with platform(plain) as running:
        assert kinds(run(running, is_full_sweep=True)) == ["comments", "posts", "end"]


def test_other_kinds_of_posts_can_be_named() -> None:
    with platform(Blog(post(7, type="new"))) as running:
        options = {"address": "blog.example/it", "kinds": "posts, news,"}
        pages = run(running, options=options, is_full_sweep=True)
    assert [page.completes for page in pages if page.completes] == ["7"]
    assert not any(route.endswith("pages") for route in routes(running))


def test_the_look_back_is_sent_with_its_offset() -> None:
    with platform(Blog()) as running:
        run(running, look_back=NOW - timedelta(days=30))
    told = [q.query.get("after") or q.query.get("modified_after") for q in running.asked[1:]]
    assert set(told) == {"2025-10-11T08:00:00+00:00"}


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    cut = records_of(content[: int(where * len(content))])
    whole = records_of(content)
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    rejected = [record for record in cut if isinstance(record, Rejected)]
    assert len(rejected) <= 1
    assert cut[len(kept) :] == rejected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    kind=st.sampled_from(["posts", "comments"]),
    fields=st.dictionaries(st.sampled_from(sorted(comment(1) | post(1))), JSON, max_size=6),
)
def test_no_object_whatever_makes_the_reader_fail(kind: str, fields: dict[str, Any]) -> None:
    (found,) = read(kind, {"id": 5} | fields)
    assert isinstance(found, Post | Comment | Rejected)


def real(name: str, kind: str, **about: Any) -> list[Record]:
    items = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    return read(kind, *items, **({"site": "127.0.0.1", "authors": {"4": "1"}} | about))


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("comments_p1_anon.json", 100),
        ("comments_p2_anon.json", 33),
        ("comments_p1_edit.json", 100),
        ("comments_hold_edit.json", 1),
        ("comments_default10_page9.json", 10),
    ],
)
def test_real_answers_give_what_was_counted_in_them(name: str, count: int) -> None:
    found = real(name, "comments")
    assert [type(record).__name__ for record in found] == ["Comment"] * count
    personal = re.compile(r"example\.org|gravatar|127\.0\.0\.1'|curl/")
    assert not personal.search(repr(found).replace("site='127.0.0.1'", ""))


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_pending_comment_is_read() -> None:
    (found,) = real("comments_hold_edit.json", "comments")
    assert isinstance(found, Comment)
    assert (found.native_id, found.status, found.text) == ("5", "pending", "pending one")
    assert found.created_at == datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_answers_and_the_real_export_give_the_same_comments_and_posts() -> None:
    exported = records_of((FIXTURES / "export.wxr.xml").read_bytes(), EXPORT)
    known = {one.native_id: one for one in exported if isinstance(one, Comment)}
    asked = [one for one in real("comments_p1_edit.json", "comments") if isinstance(one, Comment)]
    assert len(asked) == 100
    # Between the two one comment was moved to the trash, and one was deleted for good.
    # Only the export has addresses, of which the domain is read.
    same: dict[str, Any] = {
        "position": 0,
        "line": None,
        "created_at_raw": None,
        "email_domain": None,
    }
    differing = {
        one.native_id: getattr(known.get(one.native_id), "status", "gone")
        for one in asked
        if one.native_id not in known
        or replace(one, **same) != replace(known[one.native_id], **same)
    }
    assert differing == {"10": "trash", "11": "gone"}
    posts = {one.native_id: one for one in exported if isinstance(one, Post)}
    for one in real("posts.json", "posts"):
        assert isinstance(one, Post)
        other = posts[one.native_id]
        assert (one.site, one.url, one.created_at) == (other.site, other.url, other.created_at)
