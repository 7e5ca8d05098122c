"""Apify's datasets: the same comments as Graph's, under the same ids."""

import base64
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.apify_facebook import SOURCE, graph_id, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import FIXTURES, SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "apify_facebook.json"
POST = "https://www.facebook.com/stadtwerke.nordhafen/posts/pfbid02NordhafenErfunden"
records_of = reader(SOURCE, "dataset_facebook-comments-scraper.json")


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def item(**fields: Any) -> dict[str, Any]:
    return {
        "facebookUrl": "https://www.facebook.com/nordhafen/posts/22",
        "id": in_base64("comment:22_333"),
        "date": "2025-12-03T06:24:13.000Z",
        "text": "Gut so",
        "profileId": "9",
    } | fields


def read_items(*items: object) -> list[Record]:
    return records_of(json.dumps(items))


def only_comment(**fields: Any) -> Comment:
    _, found = read_items(item(**fields))
    assert isinstance(found, Comment)
    return found


def test_the_post_is_told_once_under_all_its_names() -> None:
    found = records_of(SAMPLE.read_bytes())
    assert [type(one).__name__ for one in found] == ["Post"] + ["Comment"] * 4
    assert found[0] == Post(
        platform="facebook",
        site="",
        native_id="4711000022",
        position=1,
        channel="facebook",
        text="Ab Dezember lesen Sie Ihren Zähler in der App ab.",
        url=POST,
        author="100010000000001",
        status="published",
        aliases=("pfbid02NordhafenErfunden",),
    )


def test_an_item_becomes_a_comment_with_the_id_of_graph() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="facebook",
        site="",
        position=1,
        line=1,
        native_id="4711000022_700000000000001",
        id_basis="decoded",
        channel="facebook",
        post_native_id="4711000022",
        reply_semantics="two_level",
        author="100010000000021",
        author_name="Jule Harms",
        text="Und wer kein Smartphone hat? 🤔",
        created_at=datetime(2025, 12, 3, 6, 24, 13, tzinfo=UTC),
        created_at_raw="2025-12-03T06:24:13.000Z",
        status="published",
        like_count=12,
        reply_count=2,
        permalink=f"{POST}?comment_id=700000000000001",
        aliases=("700000000000001",),
    )


def test_answers_are_told_by_their_field_or_else_by_their_address() -> None:
    _, _, named, linked, last = records_of(SAMPLE.read_bytes())
    top = "4711000022_700000000000001"
    assert isinstance(named, Comment)
    assert isinstance(linked, Comment)
    assert isinstance(last, Comment)
    assert (named.parent_native_id, linked.parent_native_id) == (top, top)
    assert (named.is_owner, linked.is_owner) == (True, False)
    assert last.parent_native_id is None


def test_a_picture_without_a_text_is_kept_without_its_address() -> None:
    *_, last = records_of(SAMPLE.read_bytes())
    assert isinstance(last, Comment)
    assert last.text is None
    assert last.attachments == '[{"type": "Photo", "url": null}]'


@pytest.mark.parametrize(
    ("named", "parent"),
    [(in_base64("comment:22_300"), "22_300"), ("22_300", "22_300"), ("300", "22_300")],
    ids=["base64", "joined", "half"],
)
def test_parents_are_written_in_several_ways(named: str, parent: str) -> None:
    assert only_comment(replyToCommentId=named).parent_native_id == parent


def test_answers_that_stand_in_a_comment_answer_it() -> None:
    answer = item(id=in_base64("comment:22_444"))
    _, first, second, third = read_items(
        item(comments=[answer, item(id=in_base64("comment:22_555"))])
    )
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert isinstance(third, Comment)
    assert (first.parent_native_id, second.parent_native_id) == (None, "22_333")
    assert (third.native_id, third.parent_native_id) == ("22_555", "22_333")
    assert [one.position for one in (first, second, third)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("likes", "count"),
    [(3, 3), ("3", 3), (0, 0), ("0", 0), (None, None), ("1.2K", None), (True, None)],
)
def test_likes_are_a_number_or_unknown(likes: object, count: int | None) -> None:
    assert only_comment(likesCount=likes).like_count == count


def test_without_an_id_the_address_gives_it() -> None:
    address = "https://www.facebook.com/nordhafen/posts/22?comment_id=333"
    found = only_comment(id=None, commentUrl=address)
    assert (found.native_id, found.id_basis) == ("22_333", "permalink")
    assert found.post_native_id == "22"


def test_a_time_that_is_none_is_left_open() -> None:
    found = only_comment(date="gestern")
    assert (found.created_at, found.created_at_raw) == (None, "gestern")


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ({"error": "no_items", "errorDescription": "Jule is private"}, "`no_items`"),
        ({"error": "a <long> story"}, "`unknown`"),
        ({"text": "Gut so"}, "without `id`"),
        (["Gut so"], "JSON list"),
    ],
    ids=["error", "odd error", "no id", "list"],
)
def test_what_is_no_comment_is_rejected(value: object, detail: str) -> None:
    (found,) = read_items(value)
    assert isinstance(found, Rejected)
    assert detail in found.detail
    assert "Jule" not in found.detail
    assert (found.position, found.line) == (1, 1)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (in_base64("comment:22_333"), "22_333"),
        (in_base64("comment:22_333").rstrip("="), "22_333"),
        (in_base64("feedback:22_333"), "22_333"),
        ("22_333", "22_333"),
        (in_base64("user:22"), None),
        ("not base64!", None),
        ("ü", None),
        (None, None),
    ],
)
def test_ids_are_unpacked(text: str | None, plain: str | None) -> None:
    assert graph_id(text) == plain


@pytest.mark.parametrize(
    "content",
    [
        b'[{"id": "22_333", "message": "a", "created_time": "2025-12-03T06:24:13+0000"}]',
        b'[{"id": "Y29tbWVudDoyMl8zMzM=", "text": "a"}]',
        b'[{"facebookUrl": "https://www.facebook.com/x", "text": "a"}]',
        b'id,facebookUrl\n"Y29tbWVudDoyMl8zMzM=",a\n',
    ],
    ids=["graph", "no address", "posts", "table"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["apify_facebook"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))


def as_csv(*items: dict[str, Any]) -> str:
    target = io.StringIO()
    columns = [*dict.fromkeys(name for one in items for name in one), "zoom"]
    writer = csv.DictWriter(target, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(one | {"zoom": "1"} for one in items)
    return "\ufeff" + target.getvalue()


def as_workbook(*items: dict[str, Any]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in csv.reader(as_csv(*items).removeprefix("\ufeff").splitlines()):
        book.active.append(row)
    book.save(target)
    return target.getvalue()


ANSWER = {"comments/0/id": in_base64("comment:22_444"), "comments/0/text": "Danke"}
ANSWERED = item(feedbackId=in_base64("feedback:22_333"), likesCount="3", **ANSWER)


@pytest.mark.parametrize("content", [as_csv(ANSWERED).encode(), as_workbook(ANSWERED)])
def test_a_dataset_exported_as_a_table_gives_the_same_records(content: bytes) -> None:
    assert recognise(content)
    assert specific_sources(content) == [SOURCE.name]
    post, comment, answer = records_of(content)
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert isinstance(answer, Comment)
    assert (post.native_id, comment.native_id, comment.like_count) == ("22", "22_333", 3)
    assert (answer.native_id, answer.parent_native_id, answer.text) == (
        "22_444",
        "22_333",
        "Danke",
    )
    nested = [{"id": ANSWER["comments/0/id"], "text": "Danke"}]
    (_, same, *_) = read_items(item(likesCount=3, comments=nested))
    assert isinstance(same, Comment)
    assert replace(same, line=comment.line) == comment


@given(share=st.floats(0, 1))
def test_a_cut_table_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = as_csv(ANSWERED, item(id=in_base64("comment:22_555"), text="Größe\nzwei")).encode()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None, "commentId": "333"},
        {"id": "333"},
        {"id": None, "commentUrl": f"{POST}?comment_id=333"},
    ],
)
def test_scrapers_of_other_makers_name_the_comment_in_other_ways(fields: dict[str, Any]) -> None:
    found = only_comment(facebookId="22", **fields)
    assert found.native_id in ("22_333", "333")
    assert "333" in (found.native_id, *found.aliases)


def test_a_dataset_without_packed_ids_is_recognised_by_its_addresses() -> None:
    plain = item(id="333", commentUrl="https://www.facebook.com/nordhafen/posts/22?comment_id=333")
    assert recognise(json.dumps([plain]).encode())


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_dataset_gives_the_ids_of_graph() -> None:
    content = (FIXTURES / "apify" / "cisco_facebook_comment.json").read_bytes()
    assert recognise(content)
    post, comment = records_of(content)
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (post.native_id, comment.post_native_id) == ("962557721894363", "962557721894363")
    assert post.aliases == (
        "pfbid037qCpjyKGtHmR27P7FTeHkLM5yaCBYHGGCm1nRyGMbM9xGwuoeeUCciwTTvZ6qrtZl",
    )
    assert comment.native_id == "962557721894363_1429848010948513"
    assert (comment.text, comment.like_count, comment.reply_count) == ("Salute", 1, 1)
    assert comment.created_at == datetime(2024, 3, 8, 10, 12, 10, tzinfo=UTC)
    assert comment.author == "100093298181468"
