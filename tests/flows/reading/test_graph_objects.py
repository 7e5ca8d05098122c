"""Single objects of the Graph API; whole files of them are tested with `facebook_graph`."""

from typing import Any

import pytest

from flows.reading.graph_objects import comment_of, post_of
from flows.reading.graph_places import Place
from flows.reading.landed import ReadingRules
from models.canonical import Comment

ADDRESS = "https://www.facebook.com/1/posts/22/"
ANSWER = f"{ADDRESS}?comment_id=333&reply_comment_id=444"


def a_comment(value: dict[str, Any], place: Place | None = None) -> Comment:
    return comment_of(value, place or Place(), 1, ReadingRules())


def test_an_address_gives_a_comment_the_ids_that_it_lacks() -> None:
    found = a_comment({"permalink_url": ANSWER}, Place(post="22"))
    assert (found.native_id, found.id_basis) == ("22_444", "permalink")
    assert (found.parent_native_id, found.aliases) == ("22_333", ("444",))


def test_an_address_that_is_none_is_no_reason_to_fail() -> None:
    found = a_comment({"permalink_url": "https://[1/?comment_id=5"})
    assert (found.native_id, found.id_basis) == (None, "hash")


@pytest.mark.parametrize("attachment", [None, {}, [], "photo"])
def test_an_attachment_that_says_nothing_is_none(attachment: Any) -> None:
    assert a_comment({"attachment": attachment}).attachments is None


def test_a_sum_of_reactions_is_left_out_of_a_comment_that_has_more_than_it() -> None:
    total = {"summary": {"total_count": 3}}
    assert a_comment({"reactions": total, "love": total}).reactions == '{"love": 3}'
    assert a_comment({"reactions": total}).reactions == '{"reaction": 3}'
    post = post_of({"reactions": total, "love": total}, "22", 1, ReadingRules())
    assert post.reported_counts == '{"love": 3, "reaction": 3}'


def test_half_an_emoji_in_a_name_of_a_count_can_be_stored() -> None:
    post = post_of({"\ud83d": {"summary": {"total_count": 3}}}, "22", 1, ReadingRules())
    assert post.reported_counts == '{"\ufffd": 3}'
