"""Objects of Discourse: what becomes of a topic and a post, field by field."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.discourse_objects import comment_of, owner_of, site_of, topic_of
from models.canonical import Comment, Post

FORUM = "https://forum.example.org"


def a_post(**fields: Any) -> dict[str, Any]:
    return {
        "id": 903,
        "name": "Jörg",
        "username": "deichkind",
        "created_at": "2025-11-03T09:00:00.000+01:00",
        "updated_at": "2025-11-03T10:30:00.000Z",
        "cooked": "<p>Endlich!</p>",
        "post_number": 3,
        "post_type": 1,
        "reply_count": 2,
        "reply_to_post_number": 2,
        "topic_id": 57,
        "topic_slug": "plan",
        "version": 1,
        "actions_summary": [{"id": 2, "count": 3}, {"id": 3, "count": 9}],
        "user_id": 12,
        "hidden": False,
        "deleted_at": None,
        "user_deleted": False,
    } | fields


def a_topic(**fields: Any) -> dict[str, Any]:
    return {
        "id": 57,
        "title": "A & B",
        "slug": "plan",
        "posts_count": 4,
        "created_at": "2025-11-03T08:00:00.000Z",
        "views": 412,
        "like_count": 3,
        "participant_count": 2,
        "visible": True,
        "details": {"created_by": {"username": "it_nordhafen"}},
    } | fields


def comment(**fields: Any) -> Comment:
    return comment_of(a_post(**fields), 1)


def test_a_topic_comes_with_the_text_of_its_first_post() -> None:
    first = a_post(post_number=1, cooked="<p>Wir ziehen um.</p>")
    assert topic_of(a_topic(), first, 4, FORUM) == Post(
        platform="discourse",
        site="forum.example.org",
        native_id="57",
        position=4,
        channel="forum",
        title="A &amp; B",
        text="<p>Wir ziehen um.</p>",
        text_format="html",
        url="https://forum.example.org/t/plan/57",
        author="it_nordhafen",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00.000Z",
        status="published",
        reported_comment_count=3,
        reported_counts='{"like": 3, "participant": 2, "view": 412}',
    )


def test_a_post_comes_with_all_that_discourse_says() -> None:
    assert comment_of(a_post(), 2, line=5, forum=FORUM, owner="it_nordhafen") == Comment(
        platform="discourse",
        site="forum.example.org",
        position=2,
        line=5,
        native_id="57/3",
        channel="forum",
        post_native_id="57",
        parent_native_id="57/2",
        reply_semantics="tree",
        author="deichkind",
        author_name="Jörg",
        text="<p>Endlich!</p>",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T09:00:00.000+01:00",
        is_edited=False,
        status="published",
        like_count=3,
        reply_count=2,
        permalink="https://forum.example.org/t/plan/57/3",
        aliases=("903",),
    )


@pytest.mark.parametrize(
    ("number", "parent"), [(None, None), (1, None), (2, "57/2"), (17, "57/17")]
)
def test_what_a_post_answers_is_told_by_its_number(number: int | None, parent: str | None) -> None:
    assert comment(reply_to_post_number=number).parent_native_id == parent


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        pytest.param({"user_deleted": True}, "deleted", None, id="by its author"),
        pytest.param(
            {"deleted_at": "2025-11-04T08:00:00Z"}, "deleted", "<p>Endlich!</p>", id="by the staff"
        ),
        pytest.param({"hidden": True, "cooked_hidden": True}, "hidden", None, id="flagged"),
        pytest.param({"hidden": True}, "hidden", "<p>Endlich!</p>", id="flagged, seen by staff"),
        pytest.param({"post_type": 4}, "hidden", "<p>Endlich!</p>", id="a whisper"),
        pytest.param({"post_type": 2}, "published", "<p>Endlich!</p>", id="a moderator's"),
    ],
)
def test_what_the_public_does_not_see_is_told(
    fields: dict[str, Any], status: str, text: str | None
) -> None:
    found = comment(**fields)
    assert (found.status, found.text) == (status, text)


def test_a_second_version_is_an_edit() -> None:
    found = comment(version=2)
    assert (found.is_edited, found.edited_at) == (True, datetime(2025, 11, 3, 10, 30, tzinfo=UTC))
    assert (comment(version=None).is_edited, comment(version=None).edited_at) == (None, None)


@pytest.mark.parametrize(
    ("actions", "likes"),
    [([], 0), ([{"id": 3, "count": 9}], 0), ([{"id": 2}], 0), (None, None), ("x", None)],
)
def test_no_like_is_left_out_of_the_summary(actions: Any, likes: int | None) -> None:
    assert comment(actions_summary=actions).like_count == likes


def test_reactions_are_counted_by_kind() -> None:
    found = comment(reactions=[{"id": "heart", "count": 2}, {"id": "tada", "count": 1}])
    assert found.reactions == '{"heart": 2, "tada": 1}'


def test_the_forums_own_posts_are_of_the_system() -> None:
    assert comment(user_id=-1).kind == "system"
    assert comment().kind == "comment"


def test_the_owner_is_who_made_the_topic() -> None:
    assert comment_of(a_post(), 1, owner="deichkind").is_owner
    assert not comment_of(a_post(), 1).is_owner
    assert not comment_of(a_post(username=None), 1).is_owner
    first = a_post(post_number=1, username="someone")
    assert owner_of({"post_stream": {"posts": [first]}}) == "someone"
    assert owner_of(a_topic()) == "it_nordhafen"
    assert owner_of({}) is None


def test_a_post_that_does_not_name_its_topic_stands_in_the_one_that_was_asked_for() -> None:
    found = comment_of(a_post(topic_id=None), 1, topic=57)
    assert (found.native_id, found.post_native_id, found.parent_native_id) == ("57/3", "57", "57/2")


def test_a_post_without_number_has_the_id_of_the_database() -> None:
    found = comment(post_number=None)
    assert (found.native_id, found.aliases, found.permalink) == ("903", (), None)
    bare = comment(post_number=None, id=None)
    assert (bare.native_id, bare.id_basis) == (None, "hash")


def test_a_hidden_or_deleted_topic_is_told_and_one_without_id_is_none() -> None:
    hidden, deleted = (
        topic_of(a_topic(visible=False), None, 1),
        topic_of(a_topic(deleted_at="x"), None, 1),
    )
    assert hidden
    assert deleted
    assert (hidden.status, deleted.status) == ("hidden", "deleted")
    assert (hidden.text, hidden.url, hidden.site) == (None, None, "")
    assert topic_of(a_topic(id=None), None, 1) is None


@pytest.mark.parametrize(
    "address",
    ["https://Forum.Example.org/talk/", "http://forum.example.org/talk", "forum.example.org/talk"],
)
def test_a_forum_is_one_site_however_its_address_is_written(address: str) -> None:
    assert site_of(address) == "forum.example.org/talk"
