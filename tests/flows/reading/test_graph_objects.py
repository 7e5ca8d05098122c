"""Single objects of the Graph API; whole files of them are tested with `facebook_graph`."""

from typing import Any

import pytest

from flows.reading.graph_objects import (
    Comment,
    Place,
    comment_of,
    ids_of_post,
    kind_of,
    nested_comments,
    object_in,
    place_of,
    post_of,
    text_in,
)
from flows.reading.landed import ReadingRules

ADDRESS = "https://www.facebook.com/1/posts/22/"
ANSWER = f"{ADDRESS}?comment_id=333&reply_comment_id=444"


def a_comment(value: dict[str, Any], place: Place | None = None) -> Comment:
    return comment_of(value, place or Place(), 1, ReadingRules())


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param({"permalink_url": ANSWER, "shares": {}}, "comment", id="address of a comment"),
        pytest.param({"permalink_url": ADDRESS, "parent": {}}, "post", id="address of a post"),
        pytest.param({"id": "22_3", "like_count": 0}, "comment", id="field of comments"),
        pytest.param({"id": "1_22", "story": ""}, "post", id="field of posts"),
        pytest.param({"id": "5_3"}, "comment", id="id of a known post"),
        pytest.param({"id": "1_22", "from": {"id": "1"}}, "post", id="written by the page"),
        pytest.param({"id": "1_22", "comments": [{"id": "22_3"}]}, "post", id="has comments"),
        pytest.param({"id": "22_3", "comments": [{"id": "22_4"}]}, "comment", id="has answers"),
        pytest.param({"id": "1_22"}, None, id="could be either"),
    ],
)
def test_an_object_is_what_it_holds(value: dict[str, Any], kind: str | None) -> None:
    assert kind_of(value, {"5"}) == kind


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ({"id": "1_22"}, ("22", "1")),
        ({"id": "22", "from": {"id": "1"}}, ("22", "1")),
        ({"permalink_url": ADDRESS}, ("22", "1")),
        ({}, (None, None)),
    ],
)
def test_a_post_has_its_own_id_and_that_of_its_page(value: dict[str, Any], ids: Any) -> None:
    assert ids_of_post(value) == ids


def test_what_stands_above_a_comment_goes_before_what_its_ids_say() -> None:
    value = {"id": "7_333", "permalink_url": ANSWER}
    above = Place(post="22", page="1", parent="22_3", line=5)
    assert place_of(value, above, {}) == above
    assert place_of(value, Place(), {"7": "8"}) == Place(post="7", page="8")
    assert place_of({"permalink_url": ANSWER}, Place(), {}) == Place(post="22", page="1")
    assert place_of({"object": {"id": "1_22"}}, Place(), {}) == Place(post="22")


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


@pytest.mark.parametrize("comments", [None, 5, {}, {"data": 5}, {"data": [5, None]}, []])
def test_what_is_no_list_of_comments_holds_none(comments: Any) -> None:
    assert nested_comments({"comments": comments}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (5, "5"), ("\ud83da", "\ufffda"), (" \n", None), (True, None), ({}, None)],
)
def test_a_text_is_a_text_or_none(value: Any, text: str | None) -> None:
    assert text_in({"message": value}, "message") == text
    assert text_in({}, "message") is None


def test_an_object_is_an_object_or_empty() -> None:
    assert object_in({"from": {"id": "1"}}, "from") == {"id": "1"}
    assert object_in({"from": [1]}, "from") == {}
