"""Saved answers of X's API v2: who answers whom, what is asked for too little, what is cut."""

import base64
import json
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.x_answers import SOURCE, recognise
from flows.storing.sound import sound
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import FIXTURES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = Path(__file__).parent / "samples" / "x_answers.jsonl"
ROOT, ANSWER, BELOW = "1985200000000000001", "1985300000000000001", "1985310000000000002"
records_of = reader(SOURCE, "answers.json")


def post(native_id: str = ROOT, **fields: Any) -> dict[str, Any]:
    return {
        "id": native_id,
        "text": f"Text {native_id}",
        "author_id": "77",
        "conversation_id": ROOT,
        "created_at": "2025-11-03T09:00:00.000Z",
        "edit_history_tweet_ids": [native_id],
    } | fields


def answer(native_id: str = ANSWER, to: str = ROOT, **fields: Any) -> dict[str, Any]:
    referenced = [{"type": "replied_to", "id": to}]
    return post(native_id, author_id="701", referenced_tweets=referenced, **fields)


def page(*posts: Any, **fields: Any) -> dict[str, Any]:
    return {"data": list(posts), **fields, "meta": {"result_count": len(posts)}}


def read(*answers: Any) -> list[Record]:
    return records_of("\n".join(json.dumps(one) for one in answers))


def comments_of(*answers: Any) -> dict[str | None, Comment]:
    return {one.native_id: one for one in read(*answers) if isinstance(one, Comment)}


def test_a_search_gives_the_post_that_it_includes_and_the_answers_to_it() -> None:
    found = records_of(SAMPLE.read_bytes())
    assert [type(one).__name__ for one in found] == ["Post", *["Comment"] * 4]
    assert [one.position for one in found] == [1, 2, 3, 4, 5]
    first, own, long, _ = (one for one in found if isinstance(one, Comment))
    assert first.text == "@nordhafen_it Endlich! Aber wer zahlt den Umzug & die Schulung?"
    assert (first.author, first.author_name, first.is_owner) == ("701", "frieda_w", False)
    assert (first.post_native_id, first.parent_native_id) == (ROOT, None)
    assert (own.parent_native_id, own.is_owner) == (ANSWER, True)
    assert long.text is not None
    assert long.text.endswith("nobody asked us once.")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(page(answer())),
        json.dumps(page(answer()), indent=2),
        json.dumps([page(answer()), page(post())]),
        json.dumps({"data": post()}),
        json.dumps({"includes": {"users": [{"id": "7"}]}, "data": [answer()]}),
        json.dumps({"errors": [{"type": "x"}], "data": [answer()]}),
        json.dumps({"meta": {"result_count": 0}}),
    ],
)
def test_an_answer_is_known_by_what_it_holds_and_to_this_source_alone(content: str) -> None:
    assert specific_sources(content.encode()) == [SOURCE.name]


@pytest.mark.parametrize(
    "content",
    [
        '{"data": [{"id": "1_2", "message": "x", "created_time": "2025-11-03T09:00:00+0000"}]}',
        '{"resonanz_page": 1, "source": "x_api", "about": {}, "body": {}}',
        '{"data": {"id": "7", "name": "CIO", "username": "cio"}}',
        json.dumps(post()),
        "",
    ],
)
def test_other_json_is_left_to_others(content: str) -> None:
    assert not recognise(content.encode())


def test_whose_answer_it_is_is_known_from_an_earlier_page_or_from_whom_it_answers() -> None:
    own = answer(BELOW, ANSWER) | {"author_id": "77"}
    assert not comments_of(page(own))[BELOW].is_owner
    assert comments_of(page(post()), page(own))[BELOW].is_owner
    direct = answer(BELOW, in_reply_to_user_id="77") | {"author_id": "77"}
    assert comments_of(page(direct))[BELOW].is_owner


def test_a_time_that_was_not_asked_for_is_taken_from_the_id() -> None:
    bare = {"id": ANSWER, "text": "Gut", "conversation_id": ROOT}
    comment = comments_of(page(bare))[ANSWER]
    assert comment.time_precision == "derived_from_id"
    assert comment.created_at == datetime(2025, 11, 3, 10, 56, 19, 747000, UTC)


@pytest.mark.parametrize(
    ("text", "kind"), [("@cio Gut", Comment), ("Unsere Strategie", Post), ("RT @cio: Gut", None)]
)
def test_where_only_texts_were_asked_for_an_answer_begins_with_whom_it_answers(
    text: str, kind: type[Record] | None
) -> None:
    found = read(page({"id": ANSWER, "text": text, "edit_history_tweet_ids": [ANSWER]}))
    assert [type(one) for one in found] == ([kind] if kind else [])
    assert all(one.post_native_id is None for one in found if isinstance(one, Comment))


def test_the_newer_dialect_is_read_too() -> None:
    value = {"id": ANSWER, "text": "Gut", "edit_history_post_ids": ["1", ANSWER]}
    value |= {"referenced_posts": [{"type": "replied_to", "id": ROOT}]}
    found = comments_of(page(value, includes={"posts": [post()]}))[ANSWER]
    assert (found.post_native_id, found.aliases, found.is_edited) == (ROOT, ("1",), True)


def test_reposts_profiles_and_what_is_deleted_are_no_records() -> None:
    repost = post("1", conversation_id="1", referenced_tweets=[{"type": "retweeted", "id": "2"}])
    gone = {"type": "https://api.twitter.com/2/problems/resource-not-found"}
    assert read(page(repost, errors=[gone]), {"data": {"id": "7", "username": "cio"}}) == []


def test_what_is_included_again_and_again_comes_once() -> None:
    included = {"tweets": [post()]}
    found = read(page(answer(), includes=included), page(answer(BELOW), includes=included))
    assert sum(isinstance(one, Post) for one in found) == 1


@pytest.mark.parametrize(
    "broken",
    [page(7), page({"text": "x"}), page(errors=[{"type": "a/b"}]), page(errors=7), {"data": "x"}],
)
def test_what_can_not_be_read_is_told_and_the_rest_goes_on(broken: Any) -> None:
    found = read(broken, page(answer()))
    assert [type(one).__name__ for one in found] == ["Rejected", "Comment"]


@pytest.mark.parametrize(
    "broken",
    [
        page(answer(BELOW) | {"author_id": ["701"]}),
        page(answer(BELOW) | {"id": [BELOW]}),
        page(includes={"tweets": [post() | {"id": [ROOT]}]}),
    ],
)
def test_an_id_that_is_a_list_costs_its_own_record_alone(broken: Any) -> None:
    found = list(sound(read(broken, page(answer()))))
    assert [type(one).__name__ for one in found if isinstance(one, Rejected)] == ["Rejected"]
    assert ANSWER in {one.native_id for one in found if isinstance(one, Comment)}


@given(st.data())
def test_a_cut_file_lies_not(data: st.DataObject) -> None:
    content = "\n".join(json.dumps(page(answer(), answer(BELOW))) for _ in range(2)).encode()
    content += b"\n" + SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, data.draw(st.integers(0, len(content))))


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "ids", "first"),
    [
        ("search_recent_tweets", 10, "1578516068309794817"),
        ("search_all_tweets", 9, "1578520094778740736"),
        ("get_tweets", 2, "1293593516040269825"),
        ("get_tweet", 1, "1293593516040269825"),
    ],
)
def test_real_answers_give_what_was_counted_in_them(name: str, ids: int, first: str) -> None:
    """Of the search in all posts, one of ten is a repost."""
    recorded = (FIXTURES / "x-twitter-api" / f"test_client_{name}.yaml").read_text()
    (packed,) = re.findall(r"string: !!binary \|\n((?: {8}.*\n)+)", recorded)
    body = zlib.decompressobj(31).decompress(base64.b64decode("".join(packed.split())))
    assert recognise(body)
    found = [one for one in records_of(body) if isinstance(one, Post)]
    assert (len(found), found[0].native_id) == (ids, first)
    assert found[0].time_precision == "derived_from_id"
