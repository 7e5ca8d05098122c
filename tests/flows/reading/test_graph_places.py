from typing import Any

import pytest

from flows.reading.graph_places import Place, ids_of_post, kind_of, nested_comments, place_of

ADDRESS = "https://www.facebook.com/1/posts/22/"
ANSWER = f"{ADDRESS}?comment_id=333&reply_comment_id=444"


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


@pytest.mark.parametrize("comments", [None, 5, {}, {"data": 5}, {"data": [5, None]}, []])
def test_what_is_no_list_of_comments_holds_none(comments: Any) -> None:
    assert nested_comments({"comments": comments}) == []
