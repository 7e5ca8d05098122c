"""Dumps of Reddit: which files are, what becomes of their lines, and of damaged ones."""

import json
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.reddit_dump import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "reddit_dump.jsonl"
LINES = SAMPLE.read_bytes().splitlines(keepends=True)


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r_nordhafen.jsonl"
        path.write_bytes(content)
        return list(read(LandedFile(path, path.name, datetime.now(UTC)), ReadingRules()))


def lines_of(*objects: Any) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in objects).encode()


def test_the_sample_is_read_in_full() -> None:
    found = records_of(SAMPLE.read_bytes())
    assert Counter(type(record).__name__ for record in found) == {"Post": 2, "Comment": 6}
    assert [record.position for record in found] == list(range(1, 9))
    comments = [record for record in found if isinstance(record, Comment)]
    assert [one.line for one in comments] == [2, 3, 4, 5, 6, 7]
    assert {one.native_id: one.parent_native_id for one in comments} == {
        "nmc0001": None,
        "nmc0002": "nmc0001",
        "nmc0003": None,
        "nmc0004": "nmc0003",
        "nmc0005": None,
        "nmc0006": "nmc0003",
    }
    assert [one.status for one in comments] == [
        *("published", "published", "published"),
        *("deleted", "hidden", "deleted"),
    ]
    assert [one.native_id for one in comments if one.is_owner] == ["nmc0002"]
    assert [one.like_count for one in comments] == [12, 5, None, 1, 1, None]


def test_texts_of_the_sample_are_as_they_were_typed() -> None:
    post, first, *_ = records_of(SAMPLE.read_bytes())
    assert isinstance(post, Post)
    assert post.title == "Unser Plan für die IT der Stadtwerke & was er kostet"
    assert "\n> Was heißt das für Sie?\n" in (post.text or "")
    assert isinstance(first, Comment)
    assert first.text == "Endlich! Das Kundenportal ist seit Jahren <langsam>. Danke 👍"


def test_a_post_that_a_moderator_removed_has_no_text() -> None:
    *_, removed = records_of(SAMPLE.read_bytes())
    assert isinstance(removed, Post)
    assert (removed.text, removed.status, removed.reported_comment_count) == (None, "hidden", 0)
    assert removed.created_at == datetime(2025, 11, 4, 7, 6, 40, tzinfo=UTC)


def test_a_line_that_is_neither_costs_itself() -> None:
    content = lines_of({"kind": "t5", "display_name": "nordhafen"}, [1], 7, "x") + LINES[1]
    *rejected, kept = records_of(content)
    assert [type(record).__name__ for record in rejected] == ["Rejected"] * 4
    assert isinstance(kept, Comment)
    assert (kept.position, kept.line) == (5, 5)


def test_a_broken_line_costs_itself_and_says_its_line() -> None:
    content = LINES[0] + LINES[1][:200] + b"\n" + LINES[2]
    _post, rejected, kept = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.reason) == (2, "broken record")
    assert isinstance(kept, Comment)
    assert kept.native_id == "nmc0002"


def test_bytes_that_are_not_utf_8_cost_their_line() -> None:
    rejected, kept = records_of(LINES[1].replace("👍".encode(), b"\xff") + LINES[2])
    assert isinstance(rejected, Rejected)
    assert "UTF-8" in rejected.detail
    assert isinstance(kept, Comment)


def test_a_post_without_id_is_rejected_and_a_comment_is_not() -> None:
    post, comment = json.loads(LINES[0]), json.loads(LINES[1])
    rejected, kept = records_of(lines_of(post | {"id": None}, comment | {"id": ""}))
    assert isinstance(rejected, Rejected)
    assert isinstance(kept, Comment)
    assert (kept.native_id, kept.id_basis) == (None, "hash")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SAMPLE.read_bytes(), id="posts first"),
        pytest.param(LINES[3], id="comments only"),
        pytest.param(b"\xef\xbb\xbf" + LINES[1], id="a mark"),
        pytest.param(LINES[1][:-2], id="a comment longer than the sample"),
        pytest.param(LINES[0][:-2], id="a post longer than the sample"),
    ],
)
def test_a_dump_is_recognised(content: bytes) -> None:
    assert recognise(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"body":"x","created_utc":1}\n', id="some other JSON"),
        pytest.param(b'{"text":"x","created_utc":1,"subreddit":"a"}\n', id="a table of texts"),
        pytest.param(b"[" + LINES[1].strip() + b"]", id="a list"),
        pytest.param(b'[{"kind": "Listing", "data": {"children": []}}]', id="an answer"),
        pytest.param(
            b'{"resonanz_page":1,"source":"reddit_api","about":{},"body":'
            b'{"created_utc":1,"subreddit":"a","link_id":"t3_a"}}\n',
            id="pages of the interface",
        ),
        pytest.param(b"id,body,created_utc,subreddit,link_id\n", id="CSV"),
        pytest.param(b"{" + b'"a":' * 100_000, id="deep"),
    ],
)
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not recognise(content)


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(length: int) -> None:
    content = SAMPLE.read_bytes()
    cut = records_of(content[:length])
    complete, _, tail = content[:length].rpartition(b"\n")
    is_tail_whole = tail + b"\n" in LINES
    whole = (complete.count(b"\n") + 1 if complete else 0) + is_tail_whole
    assert cut[:whole] == records_of(content)[:whole]
    assert [type(record).__name__ for record in cut[whole:]] == (
        ["Rejected"] if tail and not is_tail_whole else []
    )


def test_the_source_is_of_files() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.read) == ("reddit_dump", recognise, read)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_objects_as_lines_of_a_dump_give_what_stands_in_them() -> None:
    # The dumps themselves are too big for a fixture: real objects of the interface stand in.
    path = FIXTURES / "reddit-cassettes" / "TestComment.test_refresh__deleted_comment.json"
    answers = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    body = json.loads(answers[1]["response"]["body"]["string"])
    (comment,) = records_of(lines_of(body["data"]["children"][0]["data"]))
    assert isinstance(comment, Comment)
    assert (comment.native_id, comment.post_native_id) == ("d7ltvl0", "52o2fl")
    assert (comment.status, comment.text, comment.author) == ("deleted", None, None)
    assert comment.like_count == 1


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_what_is_read_of_a_comment_is_in_the_schema_measured_on_354_million() -> None:
    schema = json.loads(
        (FIXTURES / "reddit-dumps" / "RC_2026-01.schema.json").read_text(encoding="utf-8")
    )[0]["schema"]
    read_always = {"author", "body", "created_utc", "edited", "id", "link_id", "parent_id"} | {
        *("permalink", "is_submitter", "score", "score_hidden", "subreddit", "subreddit_type"),
    }
    assert {name for name in read_always if schema[name][0]["usage"] in ("always", 1.0)} == (
        read_always
    )
    meta = schema["_meta"][0]["schema"]
    assert {"was_deleted_later", "removal_type", "is_edited"} <= set(meta)
    assert {one["value"] for one in meta["removal_type"][0]["schema"]["values"]} == {
        *("removed", "deleted", "removed by reddit"),
    }
