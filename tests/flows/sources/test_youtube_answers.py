"""Saved answers of YouTube's interface: the records that it gives, from a file."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.api_pages import page_line
from flows.sources import youtube_api
from flows.sources.youtube_answers import SOURCE, recognise
from models.canonical import Comment, Post, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "youtube_answers.json"
records_of = reader(SOURCE, "comments.json")


def test_comments_are_those_that_the_interface_gives() -> None:
    content = SAMPLE.read_bytes()
    assert specific_sources(content) == ["youtube_answers"]
    line = page_line("youtube_api", json.loads(content), {}, None, None)
    found = records_of(content)
    assert found == reader(youtube_api.SOURCE, "landed")(line)
    told = [one for one in found if isinstance(one, Comment)]
    assert [one.post_native_id for one in told] == ["nH4f3nCl0ud"] * 5
    assert [one.native_id for one in told if one.is_owner] == ["UgxNordhafen0001AaABAg.9aBcDeFgHiJ"]


def test_single_objects_lists_of_answers_and_videos_are_read() -> None:
    answer = json.loads(SAMPLE.read_bytes())
    video = {"kind": "youtube#video", "id": "nH4f3nCl0ud", "snippet": {"title": "Cloud"}}
    content = json.dumps([answer, answer["items"][1], {"items": [video]}])
    assert recognise(content.encode())
    kinds = [type(one) for one in records_of(content)]
    assert kinds == [*[Comment] * 6, Post]


@pytest.mark.parametrize("value", [{"kind": "youtube#searchResult"}, {"error": {}}, 7, None])
def test_what_is_neither_a_video_nor_a_comment_is_told(value: Any) -> None:
    content = json.dumps({"kind": "youtube#commentListResponse", "items": [value]})
    (rejected,) = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.line) == (1, 1)


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_what_was_whole(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
