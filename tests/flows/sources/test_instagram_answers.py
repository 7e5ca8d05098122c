"""Saved answers of Instagram's interface: the records that it gives, from a file."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.api_pages import page_line
from flows.sources import instagram_api
from flows.sources.instagram_answers import SOURCE
from models.canonical import Comment, Post, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "instagram_answers.json"
records_of = reader(SOURCE, "comments.json")


def test_comments_are_those_that_the_interface_gives_but_for_post_and_owner() -> None:
    content = SAMPLE.read_bytes()
    assert specific_sources(content) == ["instagram_answers"]
    about = {"edge": "comments", "post": None, "account": None}
    line = page_line("instagram_api", json.loads(content), about, None, None)
    asked = reader(instagram_api.SOURCE, "landed")(line)
    found = records_of(content)
    assert [told(one) for one in found] == [told(one) for one in asked]
    own = found[1]
    assert isinstance(own, Comment)
    assert (own.parent_native_id, own.post_native_id) == ("17900000000000101", None)


def told(record: Any) -> tuple[object, ...]:
    return record.native_id, record.parent_native_id, record.text, record.created_at, record.author


def test_tokens_in_links_of_an_answer_do_not_land() -> None:
    assert SOURCE.holds_tokens


def test_posts_are_read_too_and_anything_else_is_told() -> None:
    post = {
        "id": "17895731045244887",
        "caption": "Unser neues Rechenzentrum",
        "comments_count": 2,
        "media_type": "IMAGE",
        "timestamp": "2025-11-03T08:00:00+0000",
    }
    content = json.dumps({"data": [post, {"id": "17895731045244888"}]})
    assert specific_sources(content.encode()) == ["instagram_answers"]
    found, rejected = records_of(content)
    assert isinstance(found, Post)
    assert found.reported_comment_count == 2
    assert isinstance(rejected, Rejected)


@pytest.mark.parametrize("name", ["facebook-page.json", "x-comments.jsonl"])
def test_answers_of_other_platforms_are_left_to_them(name: str) -> None:
    shipped = SAMPLES.parents[3] / "data" / "samples" / name
    assert not SOURCE.recognise(shipped.read_bytes())


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_what_was_whole(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
