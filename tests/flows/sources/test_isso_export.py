"""Files that Isso imports: what becomes of threads and comments, and of damaged files."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.isso_export import SOURCE, recognise
from models.canonical import Comment, Post, Rejected
from tests.cut_files import (
    FIXTURES,
    SAMPLES,
    assert_a_cut_file_lies_not,
    reader,
    specific_sources,
)

SAMPLE = SAMPLES / "isso_export.json"
records_of = reader(SOURCE, "generic.json")


def comment(**fields: Any) -> dict[str, Any]:
    return {
        "email": "anna@example.org",
        "remote_addr": "192.0.2.7",
        "website": "https://anna.example",
        "created": "2025-07-03 10:00:00",
        "author": "Anna",
        "id": 0,
        "text": "Gut *so*.",
    } | fields


def thread(*comments: Any, **fields: Any) -> dict[str, Any]:
    return {"comments": list(comments), "id": "/cloud/", "title": "Cloud"} | fields


def read(*threads: Any) -> list[Any]:
    return records_of(json.dumps(threads))


def test_a_thread_and_its_comment_become_what_the_file_says() -> None:
    assert read(thread(comment())) == [
        Post(
            platform="isso",
            site="",
            native_id="/cloud/",
            position=1,
            channel="blog",
            title="Cloud",
        ),
        Comment(
            platform="isso",
            site="",
            position=2,
            line=1,
            id_basis="hash",
            channel="blog",
            post_native_id="/cloud/",
            reply_semantics="flat",
            author="Anna",
            author_name="Anna",
            email_domain="example.org",
            text="Gut *so*.",
            text_format="markdown",
            created_at=datetime(2025, 7, 3, 8, tzinfo=UTC),
            created_at_raw="2025-07-03 10:00:00",
            created_tz_assumed="Europe/Berlin",
            status="published",
        ),
    ]


def test_of_e_mail_ip_and_web_address_only_the_domain_comes_out() -> None:
    found = repr(read(thread(comment())))
    for private in ("anna@", "192.0.2.7", "anna.example"):
        assert private not in found


@pytest.mark.parametrize(
    "raw", ["2025-07-03T10:00:00", "gestern", "", None, 5, "9999-12-32 00:00:00"]
)
def test_a_time_that_is_none_is_left_to_be_rejected_later(raw: Any) -> None:
    _, found = read(thread(comment(created=raw)))
    assert (found.created_at, found.created_tz_assumed) == (None, None)


def test_nobody_is_nobody_in_particular() -> None:
    _, found = read(thread(comment(author="")))
    assert (found.author, found.author_name) == (None, None)


@pytest.mark.parametrize("odd", [5, None, "text", []])
def test_what_is_no_comment_is_rejected_and_costs_nothing_else(odd: Any) -> None:
    found = read(thread(odd, comment()))
    assert [type(record).__name__ for record in found] == ["Post", "Rejected", "Comment"]
    assert [record.position for record in found] == [1, 2, 3]


@pytest.mark.parametrize("odd", [5, {}, thread(id=""), thread(comments=5)])
def test_what_is_no_thread_is_rejected_and_costs_nothing_else(odd: Any) -> None:
    found = read(odd, thread(comment()))
    assert [type(record).__name__ for record in found] == ["Rejected", "Post", "Comment"]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_for_isso_is_recognised(indent: int | None) -> None:
    assert recognise(json.dumps([thread(comment())], indent=indent).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'[{"id": 1, "title": "a", "comments": 5}]',
        b'[{"comments": [{"text": "a", "created": "2025-07-03T10:00:00Z"}]}]',
        b'{"comments": [{"remote_addr": "", "created": "2025-07-03 10:00:00"}]}',
    ],
)
def test_anything_else_is_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_read_in_full_and_by_nobody_else() -> None:
    content = SAMPLE.read_bytes()
    assert specific_sources(content) == ["isso_export"]
    counts = Counter(type(record).__name__ for record in records_of(content))
    assert counts == {"Post": 3, "Comment": 4}


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(where * len(content)))


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just([]) | st.just({})


@given(st.dictionaries(st.sampled_from(sorted(comment() | thread())), VALUES))
def test_no_thread_whatever_makes_the_reader_fail(fields: dict[str, Any]) -> None:
    for record in read(thread(comment()) | fields, thread(comment() | fields)):
        assert isinstance(record, Post | Comment | Rejected)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_real_file_gives_what_was_counted_in_it() -> None:
    content = (FIXTURES / "isso" / "generic.json").read_bytes()
    assert specific_sources(content) == ["isso_export"]
    posts = [one for one in records_of(content) if isinstance(one, Post)]
    comments = [one for one in records_of(content) if isinstance(one, Comment)]
    assert [post.native_id for post in posts] == ["/posts/0001/", "/posts/0007/"]
    assert [one.created_at for one in comments] == [
        datetime(2005, 2, 24, 3, 3, 37, tzinfo=UTC),
        datetime(2005, 5, 8, 4, 50, 26, tzinfo=UTC),
    ]
