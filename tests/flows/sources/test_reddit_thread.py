"""Saved threads of Reddit: which files are, what becomes of them, and of damaged ones."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.reddit_thread import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "reddit_thread.json"


def records_of(content: bytes | str) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "thread.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def listing(*children: Any) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": None, "children": list(children)}}


def t1(native: str, parent: str = "t3_p1", *answers: Any, **fields: Any) -> dict[str, Any]:
    data = {
        "replies": listing(*answers) if answers else "",
        "id": native,
        "body": "x",
        "author": "ebbe",
        "link_id": "t3_p1",
        "parent_id": parent,
        "created_utc": 1762160000.0,
    }
    return {"kind": "t1", "data": data | fields}


def t3(**fields: Any) -> dict[str, Any]:
    data = {"id": "p1", "title": "Plan", "selftext": "", "author": "it_nordhafen"}
    return {"kind": "t3", "data": data | {"created_utc": 1762156800.0} | fields}


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert recognise(content)
    post, *comments = records_of(content)
    assert isinstance(post, Post)
    assert (post.native_id, post.title) == ("1onh001", "Unser Plan für die IT & was er kostet")
    found = {
        one.native_id: (one.parent_native_id, one.status, one.is_owner, one.position)
        for one in comments
        if isinstance(one, Comment)
    }
    assert found == {
        "nmc0002": ("nmc0001", "published", True, 2),
        "nmc0001": (None, "published", False, 3),
        "nmc0004": ("nmc0003", "deleted", False, 4),
        "nmc0003": (None, "published", False, 5),
    }
    first = comments[1]
    assert isinstance(first, Comment)
    assert first.text == "Endlich! Das Portal ist seit Jahren <langsam> & teuer 👍"
    assert first.created_at == datetime(2025, 11, 3, 8, 54, 20, tzinfo=UTC)


def test_an_escaped_page_gives_the_same_text() -> None:
    content = json.dumps(listing(t1("c1", body="Kosten &amp; Nutzen &gt; alles")))
    (found,) = records_of(content)
    assert isinstance(found, Comment)
    assert found.text == "Kosten & Nutzen > alles"


def test_owners_are_known_from_the_post_where_comments_do_not_say() -> None:
    content = json.dumps([listing(t3()), listing(t1("c1", author="it_nordhafen"), t1("c2"))])
    _, own, other = records_of(content)
    assert isinstance(own, Comment)
    assert isinstance(other, Comment)
    assert (own.is_owner, other.is_owner) == (True, False)


def test_a_stub_is_no_record_and_other_things_are_told() -> None:
    stub = {"kind": "more", "data": {"children": ["a", "b"], "count": 2}}
    content = json.dumps(listing(stub, {"kind": "t5", "data": {"id": "x"}}, 7, t1("c1"), t3(id=0)))
    first, second, kept, last = records_of(content)
    assert [type(one).__name__ for one in (first, second, last)] == ["Rejected"] * 3
    assert isinstance(kept, Comment)
    assert kept.position == 3


def test_a_thread_too_deep_to_be_one_is_told() -> None:
    (rejected,) = records_of('{"kind":"Listing","data":{"children":[' * 2_000)
    assert isinstance(rejected, Rejected)
    assert "levels" in rejected.detail


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(listing(t3())), id="a listing"),
        pytest.param(json.dumps([listing(t3()), listing()], indent=4), id="indented"),
    ],
)
def test_a_saved_page_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param(json.dumps(listing()), id="an empty listing"),
        pytest.param(json.dumps({"kind": "t1", "data": {}}), id="no listing"),
        pytest.param(
            '{"resonanz_page":1,"source":"reddit_api","body":' + json.dumps(listing(t3())),
            id="pages",
        ),
        pytest.param('{"kind": "youtube#commentThreadListResponse", "items": []}', id="YouTube"),
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
    assert (SOURCE.name, SOURCE.recognise, SOURCE.read) == ("reddit_thread", recognise, read)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "answer", "posts", "comments"),
    [
        ("TestComment.test_refresh__removed_comment.json", 2, 1, 200),
        ("TestComment.test_refresh__deleted_comment.json", 2, 1, 0),
        ("TestComment.test_refresh__deleted_comment.json", 1, 0, 1),
        ("TestComment.test_refresh.json", 2, 1, 2),
        ("TestComment.test_parent__from_replies.json", 1, 0, 100),
    ],
)
def test_real_answers_give_what_was_counted_in_them(
    name: str, answer: int, posts: int, comments: int
) -> None:
    path = FIXTURES / "reddit-cassettes" / name
    answers = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    content = answers[answer]["response"]["body"]["string"]
    assert recognise(content.encode()[:65536])
    found = records_of(content)
    assert sum(isinstance(one, Post) for one in found) == posts
    assert sum(isinstance(one, Comment) for one in found) == comments
    assert len(found) == posts + comments
