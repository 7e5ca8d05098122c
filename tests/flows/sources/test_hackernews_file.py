"""Saved items of Hacker News: which files are, what becomes of items, and of damaged files."""

import json
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.hackernews_file import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "hackernews_file.json"


def records_of(content: bytes | str) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def story(**fields: Any) -> dict[str, Any]:
    return {
        "by": "it_nordhafen",
        "descendants": 2,
        "id": 1,
        "kids": [2],
        "score": 41,
        "text": "<i>or</i> A &amp; B",
        "time": 1762156800,
        "title": "Ask HN: A &amp; B",
        "type": "story",
    } | fields


def comment(native: int = 2, parent: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "by": "ebbe",
        "id": native,
        "parent": parent,
        "text": f"text {native}",
        "time": 1762160400,
        "type": "comment",
    } | fields


def lines(*items: Any) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


def only(content: str) -> Comment:
    (found,) = [record for record in records_of(content) if isinstance(record, Comment)]
    return found


def test_a_story_becomes_a_post() -> None:
    (found,) = records_of(lines(story()))
    assert found == Post(
        platform="hackernews",
        site="",
        native_id="1",
        position=1,
        channel="hackernews",
        title="Ask HN: A &amp; B",
        text="<i>or</i> A &amp; B",
        text_format="html",
        url="https://news.ycombinator.com/item?id=1",
        author="it_nordhafen",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="1762156800",
        status="published",
        reported_comment_count=2,
    )


def test_an_item_becomes_a_comment() -> None:
    _, found = records_of(lines(story(), comment()))
    assert found == Comment(
        platform="hackernews",
        site="",
        position=2,
        line=2,
        native_id="2",
        channel="hackernews",
        post_native_id="1",
        reply_semantics="tree",
        author="ebbe",
        author_name="ebbe",
        text="text 2",
        text_format="html",
        created_at=datetime(2025, 11, 3, 9, tzinfo=UTC),
        created_at_raw="1762160400",
        status="published",
        permalink="https://news.ycombinator.com/item?id=2",
    )


def test_an_answer_finds_its_story_wherever_the_items_stand() -> None:
    for content in (
        lines(comment(3, 2), comment(2), story()),
        json.dumps([comment(3, 2), comment(2), story()]),
        json.dumps([comment(3, 2), comment(2), story()], indent=2),
    ):
        deep, first, post = records_of(content)
        assert isinstance(deep, Comment)
        assert isinstance(first, Comment)
        assert isinstance(post, Post)
        assert (deep.post_native_id, deep.parent_native_id) == ("1", "2")
        assert (first.post_native_id, first.parent_native_id) == ("1", None)


def test_without_the_story_the_post_is_unknown_and_no_loop_is_endless() -> None:
    lone = only(lines(comment(3, 2)))
    assert (lone.post_native_id, lone.parent_native_id) == (None, "2")
    first, second = records_of(lines(comment(3, 2), comment(2, 3)))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.post_native_id, second.post_native_id) == (None, None)


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"deleted": True, "by": None, "text": None}, "deleted", None),
        ({"dead": True}, "hidden", "text 2"),
        ({}, "published", "text 2"),
    ],
)
def test_what_is_gone_or_dead_is_told(
    fields: dict[str, Any], status: str, text: str | None
) -> None:
    found = only(lines(comment(**fields)))
    assert (found.status, found.text) == (status, text)


def test_answers_of_who_posted_the_story_are_the_owners() -> None:
    assert only(lines(story(), comment(by="it_nordhafen"))).is_owner
    assert not only(lines(story(), comment())).is_owner
    assert not only(lines(story(by=None), comment(by=None))).is_owner


@pytest.mark.parametrize("kind", ["poll", "job"])
def test_polls_and_jobs_are_posts_of_their_kind(kind: str) -> None:
    (found,) = records_of(lines(story(type=kind)))
    assert isinstance(found, Post)
    assert found.kind == kind


def test_an_option_of_a_poll_is_no_record() -> None:
    assert records_of(lines({"by": "pg", "id": 5, "poll": 1, "time": 1, "type": "pollopt"})) == []


@pytest.mark.parametrize("time", [None, True, "1762160400", 0, -5, 10**30, 1762160400.5])
def test_what_is_no_time_is_none(time: Any) -> None:
    assert only(lines(comment(time=time))).created_at is None


@pytest.mark.parametrize("item", [None, 7, "x", {}, {"id": "2"}, {"id": 2, "type": "user"}])
def test_what_is_no_item_costs_itself(item: Any) -> None:
    rejected, kept = records_of(lines(item, comment()))
    assert isinstance(rejected, Rejected)
    assert rejected.line == 1
    assert isinstance(kept, Comment)


def test_a_broken_line_costs_itself() -> None:
    content = lines(story()) + '{"by": "x", "id": 9, \n' + lines(comment())
    _, rejected, kept = records_of(content)
    assert isinstance(rejected, Rejected)
    assert isinstance(kept, Comment)
    assert kept.line == 3


def test_a_tree_too_deep_to_be_one_is_told() -> None:
    start = '{"created_at_i":1762160400,"story_id":1,"children":['
    (rejected,) = records_of(start * 2_000)
    assert isinstance(rejected, Rejected)
    assert "levels" in rejected.detail


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert recognise(content)
    *comments, post = records_of(content)
    assert isinstance(post, Post)
    assert post.title == "Show HN: Our utility's IT plan &amp; &lt;what&gt; it costs"
    assert (post.native_id, post.author, post.position) == ("41000101", "it_nordhafen", 5)
    found = {
        one.native_id: (one.post_native_id, one.parent_native_id, one.status, one.is_owner)
        for one in comments
        if isinstance(one, Comment)
    }
    assert found == {
        "41000103": ("41000101", "41000102", "published", True),
        "41000102": ("41000101", None, "published", False),
        "41000105": ("41000101", "41000104", "published", False),
        "41000104": ("41000101", None, "deleted", False),
    }


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SAMPLE.read_text(encoding="utf-8"), id="a tree"),
        pytest.param(json.dumps(json.loads(SAMPLE.read_text("utf-8")), indent=1), id="indented"),
        pytest.param(lines(comment(), story()), id="lines"),
        pytest.param(json.dumps([story()], indent=2), id="an array"),
        pytest.param(json.dumps(comment(deleted=True)), id="one item"),
    ],
)
def test_saved_answers_are_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param('{"type": "comment", "id": 1, "text": "x"}', id="some comment"),
        pytest.param('{"time": 1762160400, "by": "x"}', id="some time"),
        pytest.param(
            '{"resonanz_page":1,"source":"hackernews_api","about":{},"body":'
            + SAMPLE.read_text("utf-8"),
            id="pages of the interface",
        ),
        pytest.param("id,type,time,by\n1,comment,1762160400,x\n", id="CSV"),
        pytest.param('[["type", "comment"]]', id="an array of arrays"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_tree_yields_only_what_was_whole_and_says_that_it_is_cut(length: int) -> None:
    content = SAMPLE.read_bytes()
    cut = records_of(content[:length])
    kept = [record for record in cut if not isinstance(record, Rejected)]
    whole = records_of(content)
    expected = [replace(one, is_owner=False) if isinstance(one, Comment) else one for one in whole]
    loose = [replace(one, is_owner=False) if isinstance(one, Comment) else one for one in kept]
    assert loose == expected[: len(kept)]
    is_whole = len(kept) == len(whole)
    assert [type(one).__name__ for one in cut[len(kept) :]] == (
        [] if is_whole or not length else ["Rejected"]
    )


@given(length=st.integers(1, 900))
def test_cut_lines_yield_only_what_was_whole_and_say_that_they_are_cut(length: int) -> None:
    content = lines(story(), comment(), comment(3, 2), comment(4, 1), comment(5, 4))
    whole, cut = records_of(content), records_of(content[:length])
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    tail = content[:length].rpartition("\n")[2]
    is_cut = bool(tail) and tail + "\n" not in content.splitlines(keepends=True)
    assert len(cut) - len(kept) == is_cut


def test_the_source_is_of_files() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.read) == ("hackernews_file", recognise, read)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_items_that_hacker_news_shows_in_its_own_manual() -> None:
    manual = (FIXTURES / "hackernews" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```javascript\n(\{.*?\n\})", manual, re.DOTALL)
    items = [block for block in blocks if '"type"' in block]
    assert len(items) == 6
    assert all(recognise(item.encode()) for item in items if '"pollopt"' not in item)
    found = records_of("\n".join(items))
    assert [(type(one).__name__, getattr(one, "native_id", None)) for one in found] == [
        *(("Post", "8863"), ("Comment", "2921983"), ("Post", "121003")),
        *(("Post", "192327"), ("Post", "126809")),
    ]
    said = found[1]
    assert isinstance(said, Comment)
    assert (said.author, said.post_native_id, said.parent_native_id) == ("norvig", None, "2921506")
    assert said.created_at == datetime(2011, 8, 24, 18, 38, 47, tzinfo=UTC)
    assert isinstance(found[0], Post)
    assert (found[0].reported_comment_count, found[0].author) == (71, "dhouston")


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_users_of_the_manual_are_refused() -> None:
    manual = (FIXTURES / "hackernews" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```javascript\n(\{.*?\n\})", manual, re.DOTALL)
    users = [block for block in blocks if '"karma"' in block]
    assert len(users) == 1
    assert not recognise(users[0].encode())
