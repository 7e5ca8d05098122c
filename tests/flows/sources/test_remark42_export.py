"""Remark42's backups and answers: what becomes of comments, and of damaged files."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.remark42_export import SOURCE, recognise
from models.canonical import Comment, Post, Rejected
from tests.cut_files import (
    FIXTURES,
    SAMPLES,
    assert_a_cut_file_lies_not,
    reader,
    specific_sources,
)

SAMPLE = SAMPLES / "remark42_export.jsonl"
PAGE = "https://blog.example/cloud"
SETTINGS = {"version": 1, "users": [{"id": "email_1", "verified": True}], "posts": None}
records_of = reader(SOURCE, "backup.jsonl")


def comment(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "pid": "",
        "text": "<p>Gut so.</p>",
        "orig": "Gut so.",
        "user": {
            "name": "Anna",
            "id": "email_1",
            "picture": "https://g/1",
            "ip": "293e",
            "admin": False,
        },
        "locator": {"site": "blog", "url": PAGE},
        "score": 0,
        "votes": {},
        "vote": 0,
        "time": "2025-11-03T08:00:00-06:00",
    } | fields


def backup(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in (SETTINGS, *values))


def only(**fields: Any) -> Comment:
    _, found = records_of(backup(comment(**fields)))
    assert isinstance(found, Comment)
    return found


def test_a_page_and_its_comment_become_what_remark42_says() -> None:
    votes = {"email_2": True, "email_3": True, "email_4": False}
    text = backup(comment(pid="r0", title="Cloud", votes=votes, score=1))
    assert records_of(text) == [
        Post(
            platform="remark42",
            site="blog",
            native_id=PAGE,
            position=1,
            channel="blog",
            title="Cloud",
            url=PAGE,
        ),
        Comment(
            platform="remark42",
            site="blog",
            position=1,
            line=2,
            native_id="r1",
            channel="blog",
            post_native_id=PAGE,
            parent_native_id="r0",
            reply_semantics="tree",
            author="email_1",
            author_name="Anna",
            text="<p>Gut so.</p>",
            text_format="html",
            created_at=datetime(2025, 11, 3, 14, tzinfo=UTC),
            created_at_raw="2025-11-03T08:00:00-06:00",
            is_edited=False,
            status="published",
            like_count=2,
            dislike_count=1,
            permalink=f"{PAGE}#remark42__comment-r1",
        ),
    ]


def test_ip_picture_and_voters_do_not_come_out() -> None:
    found = repr(records_of(backup(comment(votes={"email_77": True}))))
    for private in ("293e", "https://g/1", "email_77"):
        assert private not in found


@pytest.mark.parametrize(
    ("fields", "likes", "dislikes", "labels"),
    [
        ({"score": 4}, 4, None, None),
        ({"score": 0, "votes": None}, 0, None, None),
        ({"score": -2}, None, None, '{"score": -2}'),
        ({"score": None}, None, None, None),
        ({"score": 9, "votes": {"a": False}}, 0, 1, None),
        ({"pin": True}, 0, None, '{"pinned": true}'),
    ],
)
def test_votes_are_counted_or_their_sum_is_taken(
    fields: dict[str, Any], likes: int | None, dislikes: int | None, labels: str | None
) -> None:
    found = only(**fields)
    assert (found.like_count, found.dislike_count) == (likes, dislikes)
    assert found.platform_labels == labels


def test_an_edit_has_its_time() -> None:
    found = only(edit={"time": "2025-11-03T09:00:00Z", "summary": "x"})
    assert (found.is_edited, found.edited_at) == (True, datetime(2025, 11, 3, 9, tzinfo=UTC))


def test_a_deleted_comment_keeps_its_place_without_text_or_author() -> None:
    nobody = {"name": "deleted", "id": "deleted", "admin": False}
    found = only(delete=True, text="", orig="", user=nobody)
    assert (found.status, found.text, found.author, found.author_name) == (
        *("deleted", None),
        *(None, None),
    )


def test_an_administrator_is_the_owner() -> None:
    assert only(user={"id": "admin", "name": "IT", "admin": True}).is_owner


def test_without_html_the_text_as_it_was_written_is_read() -> None:
    found = only(text="", orig="Gut *so*.")
    assert (found.text, found.text_format) == ("Gut *so*.", "markdown")


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00Z", "gestern", None, 5])
def test_a_time_that_is_none_is_left_to_be_rejected_later(raw: Any) -> None:
    assert only(time=raw).created_at is None


@pytest.mark.parametrize("odd", [5, None, "text", {}, [], {"comment": 5, "replies": 5}])
def test_what_is_no_comment_is_rejected_and_costs_nothing_else(odd: Any) -> None:
    found = records_of(backup(odd, comment()))
    assert [type(record).__name__ for record in found][-2:] == ["Post", "Comment"]
    assert all(isinstance(record, Rejected) for record in found[:-2])


def test_a_tree_is_read_with_each_comment_before_its_answers() -> None:
    inner = {"comment": comment(3, pid="r2")}
    branch = {
        "comment": comment(1),
        "replies": [{"comment": comment(2, pid="r1"), "replies": [inner]}],
    }
    tree = {"comments": [branch, {"comment": comment(4)}], "info": {"url": PAGE, "count": 4}}
    found = [one for one in records_of(json.dumps(tree)) if isinstance(one, Comment)]
    assert [one.native_id for one in found] == ["r1", "r2", "r3", "r4"]
    assert [one.parent_native_id for one in found] == [None, "r1", "r2", None]


def test_a_plain_answer_is_read() -> None:
    plain = {"comments": [comment(1), comment(2)], "info": {"url": PAGE, "count": 2}}
    assert recognise(json.dumps(plain).encode())
    found = records_of(json.dumps(plain))
    assert [type(record).__name__ for record in found] == ["Post", "Comment", "Comment"]


def test_a_broken_line_costs_that_line() -> None:
    lines = backup(comment(1), comment(2), comment(3)).splitlines()
    lines[2] = lines[2][:60]
    found = records_of("\n".join(lines))
    names = [type(record).__name__ for record in found]
    assert names == ["Post", "Comment", "Rejected", "Comment"]
    assert isinstance(found[2], Rejected)
    assert found[2].line in (3, 4)


@pytest.mark.parametrize(
    "content",
    [
        backup(),
        backup(comment()),
        json.dumps([comment()]),
        json.dumps(comment(), indent=1),
        "\ufeff " + json.dumps({"comments": [{"comment": comment()}]}),
    ],
)
def test_remark42_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"comments": []}',
        b'{"version":1,"comments":[],"commenters":[]}',
        b'[{"id": "1", "text": "a", "user": {}}]',
        b'{"id": null, "total_replies": 0, "replies": []}',
    ],
)
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_read_in_full_and_by_nobody_else() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert specific_sources(content) == ["remark42_export"]
    assert Counter(type(record).__name__ for record in found) == {"Post": 2, "Comment": 5}
    comments = [one for one in found if isinstance(one, Comment)]
    assert (comments[0].like_count, comments[0].dislike_count) == (3, 1)
    assert [one.is_owner for one in comments] == [False, True, False, False, False]
    assert [one.status for one in comments].count("deleted") == 1


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(where * len(content)))


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just([]) | st.just({})


@given(st.dictionaries(st.sampled_from([*sorted(comment()), "edit", "delete", "comment"]), VALUES))
def test_no_comment_whatever_makes_the_reader_fail(fields: dict[str, Any]) -> None:
    for record in records_of(backup(comment() | fields)):
        assert isinstance(record, Post | Comment | Rejected)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_tree_gives_what_was_counted_in_it() -> None:
    content = (FIXTURES / "remark42" / "tree.json").read_bytes()
    assert specific_sources(content) == ["remark42_export"]
    found = [one for one in records_of(content) if isinstance(one, Comment)]
    assert len(found) == content.count(b'"pid"')
    parents = {one.native_id: one.parent_native_id for one in found}
    assert parents["131"] == "13"
    assert parents["1"] is None
    assert found[0].created_at == datetime(2017, 12, 25, 19, 46, 1, tzinfo=UTC)
