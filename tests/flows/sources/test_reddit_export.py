"""Reddit's export of an account: own comments and posts, under the ids that its interface gives."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.landing.door import left_out_fields
from flows.reading.reddit_objects import comment_of, post_of
from flows.sources.reddit_export import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "reddit_export.csv"
records_of = reader(SOURCE, "export.zip/comments.csv")
LINK = "https://www.reddit.com/r/it/comments/1abc/cloud/"


def said(**fields: str) -> dict[str, str]:
    return {
        "id": "n1",
        "permalink": f"{LINK}n1/",
        "date": "2025-11-03 08:00:00 UTC",
        "ip": "192.0.2.7",
        "subreddit": "it",
        "gildings": "0",
        "link": LINK,
        "parent": "n0",
        "body": "Gut so",
        "media": "",
    } | fields


def posted(**fields: str) -> dict[str, str]:
    return {
        "id": "1abc",
        "permalink": LINK,
        "date": "2025-11-03 07:00:00 UTC",
        "ip": "192.0.2.7",
        "subreddit": "it",
        "gildings": "0",
        "title": "Cloud & Keller <3",
        "url": LINK,
        "body": "Wir ziehen um.",
    } | fields


def read_row(row: dict[str, str]) -> Record:
    target = io.StringIO()
    table = csv.DictWriter(target, list(row))
    table.writeheader()
    table.writerow(row)
    assert specific_sources(target.getvalue().encode()) == ["reddit_export"]
    (found,) = records_of(target.getvalue())
    return found


def only_comment(**fields: str) -> Comment:
    found = read_row(said(**fields))
    assert isinstance(found, Comment)
    return found


def test_a_comment_is_the_one_that_the_interface_gives_and_its_owners() -> None:
    asked = {
        "id": "n1",
        "link_id": "t3_1abc",
        "parent_id": "t1_n0",
        "body": "Gut so",
        "permalink": "/r/it/comments/1abc/cloud/n1/",
        "created_utc": 1762156800,
    }
    told = replace(comment_of(asked, 1, 2), created_at_raw="2025-11-03 08:00:00 UTC", is_owner=True)
    assert only_comment() == told
    assert (told.native_id, told.post_native_id, told.parent_native_id) == ("n1", "1abc", "n0")


def test_a_post_is_the_one_that_the_interface_gives() -> None:
    asked = {
        "id": "1abc",
        "title": "Cloud & Keller <3",
        "selftext": "Wir ziehen um.",
        "permalink": "/r/it/comments/1abc/cloud/",
        "created_utc": 1762153200,
    }
    told = post_of(asked, 1)
    assert isinstance(told, Post)
    assert read_row(posted()) == replace(told, created_at_raw="2025-11-03 07:00:00 UTC")


@pytest.mark.parametrize("parent", ["", "t3_1abc", "1abc", "null", "?"])
def test_what_answers_the_post_answers_no_comment(parent: str) -> None:
    assert only_comment(parent=parent).parent_native_id is None


def test_ids_may_be_written_with_their_kind_and_the_post_may_stand_in_one_address_only() -> None:
    found = only_comment(id="t1_n1", parent="t1_n0", link="https://[")
    assert (found.native_id, found.parent_native_id) == ("n1", "n0")
    assert found.post_native_id == "1abc"
    assert only_comment(link="", permalink="").post_native_id is None


def test_what_was_taken_away_has_no_text() -> None:
    found = only_comment(body="[deleted]")
    assert (found.text, found.status) == (None, "deleted")
    *_, removed = records_of(SAMPLE.read_bytes())
    assert isinstance(removed, Comment)
    assert (removed.text, removed.status) == (None, "hidden")


def test_no_address_of_a_computer_is_taken_and_each_is_counted(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    assert "198.51" not in repr(records_of(content))
    (tmp_path / "comments.csv").write_bytes(content)
    assert dict(left_out_fields(tmp_path / "comments.csv")) == {"ip": 3}


def test_a_time_that_is_none_is_left_open() -> None:
    found = only_comment(date="gestern")
    assert (found.created_at, found.created_at_raw) == (None, "gestern")
    assert only_comment().created_at == datetime(2025, 11, 3, 8, tzinfo=UTC)


def test_a_row_without_an_id_is_rejected() -> None:
    found = read_row(said(id=""))
    assert isinstance(found, Rejected)
    assert (found.position, found.line) == (1, 2)


def test_private_chats_are_turned_away() -> None:
    found = read_row(
        {
            "message_id": "1",
            "created_at": "2025-11-03 08:00:00 UTC",
            "updated_at": "",
            "username": "anna",
            "message": "Unter uns: das wird nichts",
            "channel_url": "x",
            "subreddit": "",
            "channel_name": "",
            "conversation_type": "direct",
        }
    )
    assert isinstance(found, Rejected)
    assert found.reason == "private message"
    assert "Unter uns" not in repr(found)


@pytest.mark.parametrize(
    "content", [b"", b"id,permalink\n1,x\n", b"id,permalink,date,ip,subreddit,gildings,link\n"]
)
def test_other_tables_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_a_text_that_the_end_of_the_file_cuts_is_told_and_not_taken() -> None:
    rows = [",".join(posted(id=number, title="T").values()) for number in ("1abc", "1abd")]
    content = "\n".join([",".join(posted()), *rows])
    assert [type(one) for one in records_of(content)] == [Post, Rejected]
    assert [type(one) for one in records_of(content + "\n")] == [Post, Post]


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
