"""Saved topics of Discourse: which files are, what becomes of them, and of damaged ones."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.discourse_file import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "discourse_file.json"


def records_of(content: bytes | str) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "topic.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def post(number: int, topic: int = 57, **fields: Any) -> dict[str, Any]:
    return {
        "id": 100 * topic + number,
        "topic_id": topic,
        "topic_slug": "plan",
        "post_number": number,
        "username": "it_nordhafen" if number == 1 else "ebbe",
        "cooked": f"<p>{number}</p>",
        "created_at": "2025-11-03T08:00:00.000Z",
    } | fields


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert recognise(content)
    *comments, topic = records_of(content)
    assert isinstance(topic, Post)
    assert (topic.site, topic.native_id, topic.author) == ("", "57", "it_nordhafen")
    assert topic.text == "<p>Wir ziehen 2026 um.</p>"
    assert (topic.position, topic.reported_comment_count) == (6, 6)
    found = {
        one.native_id: (one.parent_native_id, one.status, one.is_owner, one.permalink)
        for one in comments
        if isinstance(one, Comment)
    }
    assert found == {
        "57/2": (None, "published", False, None),
        "57/3": ("57/2", "published", True, None),
        "57/5": (None, "published", False, None),
        "57/6": ("57/5", "deleted", False, None),
        "57/7": ("57/6", "hidden", False, None),
    }


def test_the_rest_of_a_topic_is_read_without_its_title() -> None:
    content = json.dumps({"post_stream": {"posts": [post(21), post(22)]}, "id": 57})
    first, second = records_of(content)
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.post_native_id, second.native_id, second.position) == ("57", "57/22", 2)


def test_the_newest_posts_of_a_forum_are_of_several_topics() -> None:
    posts = [
        post(2, 58),
        post(1, 58, topic_title="A & B", topic_html_title="A &amp; B"),
        post(2, 58, username="it_nordhafen"),
        post(1, 57, topic_title="C"),
        post(2, 57),
    ]
    found = records_of(json.dumps({"latest_posts": posts}))
    assert [(type(one).__name__, getattr(one, "native_id", None)) for one in found] == [
        *(("Comment", "58/2"), ("Comment", "58/2"), ("Post", "58")),
        *(("Comment", "57/2"), ("Post", "57")),
    ]
    assert [one.is_owner for one in found if isinstance(one, Comment)] == [False, True, False]
    assert [one.title for one in found if isinstance(one, Post)] == ["A &amp; B", "C"]


def test_what_is_no_post_costs_itself() -> None:
    posts = [7, {"id": 3}, post(2)]
    first, second, kept = records_of(json.dumps({"post_stream": {"posts": posts}, "id": 57}))
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    assert isinstance(kept, Comment)
    assert kept.position == 3


def test_bytes_that_are_not_utf_8_cost_their_post() -> None:
    content = json.dumps({"post_stream": {"posts": [post(2, cooked="A"), post(3)]}, "id": 57})
    rejected, kept = records_of(content.encode().replace(b'"A"', b'"\xff"'))
    assert isinstance(rejected, Rejected)
    assert isinstance(kept, Comment)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps({"post_stream": {"posts": [post(2)]}, "id": 1}), id="posts"),
        pytest.param(json.dumps({"latest_posts": [post(2)]}, indent=2), id="newest posts"),
    ],
)
def test_a_saved_page_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param('{"topic_list": {"topics": []}}', id="a list of topics"),
        pytest.param('{"post_stream": {"posts": []}}', id="no post"),
        pytest.param(
            '{"resonanz_page":1,"body":{"post_stream":{"posts":[{"cooked":"x"', id="pages"
        ),
        pytest.param('[{"cooked": "x"}]', id="a list"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(length: int) -> None:
    content = SAMPLE.read_bytes()
    cut = records_of(content[:length])
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == records_of(content)[: len(kept)]
    is_cut = length > 0 and content[:length].rstrip() != content.rstrip()
    assert len(cut) - len(kept) == is_cut


def test_the_source_is_of_files() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.read) == ("discourse_file", recognise, read)


@pytest.mark.parametrize("is_list", [True, False], ids=["a list", "lines"])
def test_posts_by_themselves_are_read(is_list: bool) -> None:
    posts = [post(1), post(2, cooked="<p>Nein</p>"), post(3, username="it_nordhafen")]
    content = json.dumps(posts) if is_list else "\n".join(map(json.dumps, posts))
    assert recognise(content.encode())
    topic, *comments = records_of(content)
    assert isinstance(topic, Post)
    assert (topic.native_id, topic.text) == ("57", "<p>1</p>")
    assert [(c.native_id, c.is_owner) for c in comments if isinstance(c, Comment)] == [
        ("57/2", False),
        ("57/3", True),
    ]


def test_several_topics_may_stand_in_a_list() -> None:
    answers = [
        {"post_stream": {"posts": [post(1, topic), post(2, topic)]}, "id": topic, "title": "Plan"}
        for topic in (57, 58)
    ]
    content = json.dumps(answers)
    assert recognise(content.encode())
    names = [one.native_id for one in records_of(content) if not isinstance(one, Rejected)]
    assert names == ["57/2", "57", "58/2", "58"]


def test_a_broken_line_costs_one_post() -> None:
    lines = [json.dumps(post(number)) for number in (1, 2, 3)]
    lines[1] = lines[1][:50]
    kinds = [type(one) for one in records_of("\n".join(lines))]
    assert kinds == [Post, Rejected, Comment]


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "posts", "comments"),
    [
        ("topic_posts.json", [], ["57/2"]),
        ("posts_latest.json", ["11", "7", "2"], ["11/2"]),
        ("posts_before.json", ["11", "7", "2"], []),
        ("post.json", ["8"], []),
    ],
)
def test_real_answers_give_what_was_counted_in_them(
    name: str, posts: list[str], comments: list[str]
) -> None:
    content = (FIXTURES / "discourse" / name).read_bytes()
    assert recognise(content)
    found = records_of(content)
    assert [one.native_id for one in found if isinstance(one, Post)] == posts
    assert [one.native_id for one in found if isinstance(one, Comment)] == comments
    assert len(found) == len(posts) + len(comments)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_comment_read_by_hand() -> None:
    comment, *_ = records_of((FIXTURES / "discourse" / "posts_latest.json").read_bytes())
    assert isinstance(comment, Comment)
    assert (comment.aliases, comment.author, comment.like_count) == (("15",), "johndoe", 0)
    assert comment.created_at == datetime(2020, 1, 25, 2, 10, 7, 971000, tzinfo=UTC)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize("name", ["latest.json", "search.json", "replies.json"])
def test_real_answers_without_posts_are_refused(name: str) -> None:
    assert not recognise((FIXTURES / "discourse" / name).read_bytes())
