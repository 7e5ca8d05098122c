"""Saved threads of Bluesky: their trees, cut files, and files that are something else."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.bluesky_file import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "bluesky"
SAMPLE = Path(__file__).parent / "samples" / "bluesky_file.json"
ROOT = "at://did:plc:nordhafen/app.bsky.feed.post/3nordpost"


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "thread.json"
        path.write_bytes(content)
        landed = LandedFile(path, "thread.json", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def thread(depth: int) -> dict[str, Any]:
    """A thread in which each post answers the one before."""
    reply = {"root": {"uri": ROOT}, "parent": {"uri": f"{ROOT}{depth + 1}"}}
    node: dict[str, Any] = {"post": {"uri": f"{ROOT}{depth}", "record": {"reply": reply}}}
    for number in range(depth - 1, -1, -1):
        record = {"text": "x"} | ({"reply": reply} if number else {})
        node = {"post": {"uri": f"{ROOT}{number}", "record": record}, "replies": [node]}
    return {"thread": node}


def test_the_sample_is_recognised_and_its_tree_is_kept() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    post, *comments = records_of(content)
    assert isinstance(post, Post)
    assert post.native_id == ROOT
    found = [one for one in comments if isinstance(one, Comment)]
    assert [one.position for one in found] == [2, 3, 4, 5]
    assert {one.post_native_id for one in found} == {ROOT}
    question, own, late, gone = found
    assert (question.parent_native_id, question.mentions) == (None, '[{"length": 21, "offset": 6}]')
    assert (own.parent_native_id, own.is_owner) == (question.native_id, True)
    assert late.created_at == datetime(2025, 11, 4, 18, tzinfo=UTC)
    assert (gone.status, gone.text) == ("deleted", None)
    assert question.line is not None
    assert '"$type"' in content.decode().splitlines()[question.line]


def test_several_answers_may_follow_one_another_as_lines() -> None:
    one = json.dumps(json.loads(SAMPLE.read_bytes())).encode()
    found = records_of(one + b"\n" + one[:300] + b"\n" + one + b"\n")
    kinds = [type(record) for record in found]
    assert kinds == [Post, *[Comment] * 4, Rejected, Post, *[Comment] * 4]


def test_answers_are_read_down_to_a_depth_and_deeper_ones_are_told() -> None:
    *_, last = records_of(json.dumps(thread(150)).encode())
    assert isinstance(last, Comment)
    *kept, told = records_of(json.dumps(thread(300)).encode())
    assert len(kept) == 201
    assert isinstance(told, Rejected)
    assert "deeper" in told.detail


@pytest.mark.parametrize("content", [b"", b"{}", b'{"thread": 7}'])
def test_a_file_without_a_thread_is_broken(content: bytes) -> None:
    (rejected,) = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"thread": {"id": 7}}',
        b'{"resonanz_page":1,"source":"bluesky_api","body":{"thread":{"$type":"app.bsky.feed.defs#x"}}}',
        b'{"records": [{"uri": "at://did:plc:x/app.bsky.feed.like/1", "value": {}}]}',
        b'{"did": "did:plc:x", "handle": "cio.example", "displayName": "CIO"}',
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def views() -> list[dict[str, Any]]:
    """The posts of the sample as a list shows them."""
    waiting, found = [json.loads(SAMPLE.read_bytes())["thread"]], []
    while waiting:
        node = waiting.pop(0)
        found += [node["post"]] if "post" in node else []
        waiting += node.get("replies", [])
    return found


def records_on_server() -> list[dict[str, Any]]:
    like = {"$type": "app.bsky.feed.like", "createdAt": "2025-11-03T08:00:00Z"}
    listed = [{"uri": view["uri"], "cid": "x", "value": view["record"]} for view in views()]
    return [{"uri": "at://did:plc:x/app.bsky.feed.like/1", "value": like}, *listed]


SHAPES = {
    "getPosts": lambda: {"posts": views()},
    "searchPosts": lambda: {"cursor": "x", "hitsTotal": 9, "posts": views()},
    "getAuthorFeed": lambda: {"feed": [{"post": view} for view in views()], "cursor": "x"},
    "a list": views,
    "listRecords": lambda: {"records": records_on_server(), "cursor": "x"},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("indent", [None, 2])
def test_answers_that_are_no_thread_hold_the_same_posts(shape: Any, indent: int | None) -> None:
    content = json.dumps(shape(), indent=indent).encode()
    assert recognise(content)
    found = records_of(content)
    assert [one.native_id for one in found if isinstance(one, Post)] == [ROOT]
    comments = [one for one in found if isinstance(one, Comment)]
    assert len(comments) == len(found) - 1 == len(views()) - 1
    assert {one.post_native_id for one in comments} == {ROOT}


def test_posts_one_a_line_are_read_and_damage_costs_one() -> None:
    lines = [json.dumps(view) for view in views()]
    lines.insert(1, lines[1][:80])
    kinds = [type(one) for one in records_of("\n".join(lines).encode())]
    assert kinds == [Post, Rejected, *[Comment] * (len(views()) - 1)]


def test_a_thread_may_come_without_its_wrapping_or_in_a_list() -> None:
    answer = json.loads(SAMPLE.read_bytes())
    whole = [replace(one, line=0) if isinstance(one, Comment) else one for one in thread_records()]
    for content in (json.dumps(answer["thread"]), json.dumps([answer])):
        assert recognise(content.encode())
        found = records_of(content.encode())
        assert [replace(o, line=0) if isinstance(o, Comment) else o for o in found] == whole


def thread_records() -> list[Record]:
    return records_of(SAMPLE.read_bytes())


def test_what_an_account_reposted_is_not_its_own() -> None:
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": "did:plc:x"}}
    feed = [{"post": views()[0]}, {"post": views()[1], "reason": reason}]
    assert len(records_of(json.dumps({"feed": feed}).encode())) == 1


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(where: float) -> None:
    content = SAMPLE.read_bytes().rstrip()
    whole = [replace(record, position=0) for record in records_of(content)]
    *kept, last = records_of(content[: int(where * len(content))])
    assert isinstance(last, Rejected)
    assert [replace(record, position=0) for record in kept] == whole[: len(kept)]


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_thread_is_recognised_and_holds_one_post() -> None:
    content = (FIXTURES / "thread_view_post_with_embed_media.json").read_bytes()
    assert recognise(content)
    (found,) = records_of(content)
    assert isinstance(found, Post)
    assert found.author == "did:plc:kvwvcn5iqfooopmyzvb4qzba"
    assert not recognise((FIXTURES / "feed_record.json").read_bytes())


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "text", "language", "second"),
    [
        ("post_record", "new text114", None, 13),
        ("extended_post_record", "regress test", "en", None),
    ],
)
def test_a_real_record_is_the_post_that_it_is(
    name: str, text: str, language: str | None, second: int | None
) -> None:
    content = (FIXTURES / f"{name}.json").read_bytes()
    assert recognise(content)
    (found,) = records_of(content)
    assert isinstance(found, Post)
    assert (found.text, found.language_declared) == (text, language)
    assert found.author == "did:plc:kvwvcn5iqfooopmyzvb4qzba"
    # The second one's maker wrote a time without a zone.
    assert (found.created_at.second if found.created_at else None) == second
