"""Commento's exports: what becomes of comments, and of damaged files."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.commento_export import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import SAMPLES, reader, specific_sources

SAMPLE = SAMPLES / "commento_export.json"
records_of = reader(SOURCE, "export.json")


def comment(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "commentHex": f"c{number}",
        "domain": "blog.example",
        "url": "/cloud",
        "commenterHex": "p1",
        "markdown": "Gut *so*.",
        "html": "",
        "parentHex": "root",
        "score": 3,
        "state": "approved",
        "creationDate": "2025-11-03T08:00:00.5Z",
        "direction": 0,
        "deleted": False,
    } | fields


def person(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "commenterHex": f"p{number}",
        "email": "anna@example.org",
        "name": "Anna",
        "link": "https://anna.example",
        "photo": "https://gravatar.example/1",
        "isModerator": False,
    } | fields


def export(*comments: Any, people: tuple[Any, ...] = ()) -> str:
    listed = {"version": 1, "comments": comments, "commenters": people or (person(),)}
    return json.dumps(listed, separators=(",", ":"))


def only(**fields: Any) -> Comment:
    _, found = records_of(export(comment(**fields)))
    assert isinstance(found, Comment)
    return found


def test_without_markdown_the_html_is_read() -> None:
    found = only(markdown=None, html="<p>Gut &amp; so</p>")
    assert (found.text, found.text_format, found.status) == (
        "<p>Gut &amp; so</p>",
        "html",
        "published",
    )


def test_a_page_and_its_comment_become_what_commento_says() -> None:
    assert records_of(export(comment(parentHex="c0"))) == [
        Post(
            platform="commento",
            site="blog.example",
            native_id="/cloud",
            position=1,
            channel="blog",
            url="https://blog.example/cloud",
        ),
        Comment(
            platform="commento",
            site="blog.example",
            position=1,
            line=1,
            native_id="c1",
            channel="blog",
            post_native_id="/cloud",
            parent_native_id="c0",
            reply_semantics="tree",
            author="p1",
            author_name="Anna",
            email_domain="example.org",
            text="Gut *so*.",
            text_format="markdown",
            created_at=datetime(2025, 11, 3, 8, 0, 0, 500_000, tzinfo=UTC),
            created_at_raw="2025-11-03T08:00:00.5Z",
            status="published",
            like_count=3,
            permalink="https://blog.example/cloud#commento-c1",
        ),
    ]


def test_nothing_of_a_person_but_the_name_comes_out() -> None:
    found = repr(records_of(export(comment())))
    for private in ("anna@example.org", "anna.example", "gravatar"):
        assert private not in found


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "published"),
        ({"state": "unapproved"}, "pending"),
        ({"state": "flagged"}, "spam"),
        ({"state": ""}, "unknown"),
        ({"markdown": "[deleted]"}, "deleted"),
        ({"deleted": True}, "deleted"),
    ],
)
def test_the_state_is_translated(fields: dict[str, Any], status: str) -> None:
    assert only(**fields).status == status


def test_a_deleted_comment_has_no_text() -> None:
    assert only(markdown="[deleted]").text is None


def test_who_has_no_account_is_nobody_in_particular() -> None:
    found = only(commenterHex="anonymous")
    assert (found.author, found.author_name, found.is_owner) == (None, None, False)


def test_a_moderator_is_the_owner() -> None:
    people = (person(1, isModerator=True), person(2))
    _, first, second = records_of(export(comment(), comment(2, commenterHex="p2"), people=people))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.is_owner, second.is_owner) == (True, False)


@pytest.mark.parametrize(
    ("score", "likes", "labels"),
    [
        (3, 3, None),
        (0, 0, None),
        (-2, None, '{"score": -2}'),
        (None, None, None),
        ("3", None, None),
    ],
)
def test_votes_are_likes_unless_they_are_negative(
    score: Any, likes: int | None, labels: str | None
) -> None:
    found = only(score=score)
    assert (found.like_count, found.platform_labels) == (likes, labels)


@pytest.mark.parametrize(
    "raw", ["0001-01-01T00:00:00Z", "gestern", "", None, "2025-11-03T08:00:00"]
)
def test_a_time_that_is_none_is_left_to_be_rejected_later(raw: Any) -> None:
    assert only(creationDate=raw).created_at is None


def test_names_may_stand_before_the_comments() -> None:
    text = json.dumps({"commenters": [person()], "comments": [comment()], "version": 1})
    found = records_of(text)[1]
    assert isinstance(found, Comment)
    assert found.author_name == "Anna"


@pytest.mark.parametrize("odd", [5, None, "text", {}, {"commentHex": ""}])
def test_what_is_no_comment_is_rejected_and_costs_nothing_else(odd: Any) -> None:
    found = records_of(export(odd, comment(), people=(odd, person())))
    assert [type(record).__name__ for record in found] == ["Rejected", "Post", "Comment"]
    assert [record.position for record in found] == [1, 2, 2]


@pytest.mark.parametrize(
    "content",
    [
        export(comment()),
        "\ufeff\n" + json.dumps(json.loads(export(comment())), indent=2),
        export(comment())[:200],
        export(),
    ],
    ids=["one line", "mark and indent", "cut", "no comments"],
)
def test_an_export_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"version": 1, "comments": []}',
        b'{"version":1,"users":[],"posts":[]}',
        b'{"comments":[{"id":"1","pid":"","locator":{"url":"a"},"user":{}}]}',
        b'[{"commentHex": "a", "parentHex": "root"}]',
    ],
)
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_read_in_full_and_by_nobody_else() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert specific_sources(content) == ["commento_export"]
    assert Counter(type(record).__name__ for record in found) == {"Post": 2, "Comment": 6}
    comments = [one for one in found if isinstance(one, Comment)]
    assert [one.status for one in comments] == [
        *["published"] * 3,
        "deleted",
        "published",
        "pending",
    ]
    assert [one.is_owner for one in comments] == [False, True, False, False, False, False]
    assert comments[1].parent_native_id == comments[0].native_id


def without_names(records: list[Record]) -> list[Record]:
    """Names stand at the end of a file: a cut one may lack them."""
    return [
        replace(one, author_name=None, email_domain=None, is_owner=False)
        if isinstance(one, Comment)
        else one
        for one in records
    ]


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(where: float) -> None:
    content = SAMPLE.read_bytes()
    whole = without_names(records_of(content))
    cut = without_names(records_of(content[: int(where * len(content))]))
    assert cut[:-1] == whole[: len(cut) - 1]
    assert isinstance(cut[-1], Rejected)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just([]) | st.just({})


@given(st.dictionaries(st.sampled_from(sorted(comment())), VALUES))
def test_no_comment_whatever_makes_the_reader_fail(fields: dict[str, Any]) -> None:
    for record in records_of(export(comment() | fields)):
        assert isinstance(record, Post | Comment | Rejected)
