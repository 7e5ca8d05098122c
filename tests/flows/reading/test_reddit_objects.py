"""Objects of Reddit: what becomes of a post and a comment, field by field."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.reddit_objects import comment_of, moment, post_of, things, unescaped
from models.canonical import Comment, Post


def a_post(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1onh001",
        "title": "Unser Plan",
        "selftext": "Wir ziehen um.",
        "author": "it_nordhafen",
        "created_utc": 1762156800.0,
        "edited": False,
        "num_comments": 3,
        "score": 41,
        "permalink": "/r/nordhafen/comments/1onh001/unser_plan/",
        "subreddit_type": "public",
    } | fields


def a_comment(**fields: Any) -> dict[str, Any]:
    return {
        "id": "nmc0001",
        "body": "Endlich!",
        "author": "ebbe",
        "link_id": "t3_1onh001",
        "parent_id": "t1_nmc0000",
        "created_utc": 1762160060,
        "created": 1762188860,
        "edited": False,
        "is_submitter": False,
        "score": 12,
        "permalink": "/r/nordhafen/comments/1onh001/unser_plan/nmc0001/",
        "subreddit_type": "public",
    } | fields


def comment(**fields: Any) -> Comment:
    return comment_of(a_comment(**fields), 1)


def test_a_post_comes_with_all_that_reddit_says() -> None:
    assert post_of(a_post(), 4) == Post(
        platform="reddit",
        site="",
        native_id="1onh001",
        position=4,
        channel="reddit",
        title="Unser Plan",
        text="Wir ziehen um.",
        text_format="markdown",
        url="https://www.reddit.com/r/nordhafen/comments/1onh001/unser_plan/",
        author="it_nordhafen",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="1762156800.0",
        status="published",
        visibility="public",
        reported_comment_count=3,
        reported_counts='{"score": 41}',
    )


def test_a_comment_comes_with_all_that_reddit_says() -> None:
    assert comment_of(a_comment(), 2, line=7) == Comment(
        platform="reddit",
        site="",
        position=2,
        line=7,
        native_id="nmc0001",
        channel="reddit",
        post_native_id="1onh001",
        parent_native_id="nmc0000",
        reply_semantics="tree",
        author="ebbe",
        author_name="ebbe",
        text="Endlich!",
        text_format="markdown",
        created_at=datetime(2025, 11, 3, 8, 54, 20, tzinfo=UTC),
        created_at_raw="1762160060",
        is_edited=False,
        status="published",
        visibility="public",
        like_count=12,
        permalink="https://www.reddit.com/r/nordhafen/comments/1onh001/unser_plan/nmc0001/",
    )


def test_a_comment_on_the_post_itself_answers_no_comment() -> None:
    assert comment(parent_id="t3_1onh001").parent_native_id is None


@pytest.mark.parametrize(
    ("edited", "at", "is_edited"),
    [
        pytest.param(False, None, False, id="never"),
        pytest.param(1458444463.0, datetime(2016, 3, 20, 3, 27, 43, tzinfo=UTC), True, id="then"),
        pytest.param(True, None, True, id="long ago, when Reddit kept no time"),
        pytest.param(None, None, None, id="not said"),
    ],
)
def test_an_edit_is_false_or_its_time(edited: Any, at: datetime | None, is_edited: Any) -> None:
    found = comment(edited=edited)
    assert (found.edited_at, found.is_edited) == (at, is_edited)


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        pytest.param({"body": "[deleted]"}, "deleted", None, id="by its author"),
        pytest.param({"body": "[removed]"}, "hidden", None, id="by a moderator"),
        pytest.param({"body": "[ Removed by Reddit ]"}, "hidden", None, id="by Reddit"),
        pytest.param({"body": "not [deleted]"}, "published", "not [deleted]", id="a quotation"),
        pytest.param(
            {"_meta": {"was_deleted_later": True, "removal_type": "deleted"}},
            "deleted",
            "Endlich!",
            id="deleted after the dump had it",
        ),
        pytest.param(
            {"_meta": {"was_deleted_later": True, "removal_type": "removed"}},
            "hidden",
            "Endlich!",
            id="removed after the dump had it",
        ),
        pytest.param(
            {"_meta": {"was_initially_deleted": True, "removal_type": "removed"}},
            "published",
            "Endlich!",
            id="removed first and then approved",
        ),
    ],
)
def test_what_is_gone_says_who_took_it(
    fields: dict[str, Any], status: str, text: str | None
) -> None:
    found = comment(**fields)
    assert (found.status, found.text) == (status, text)


def test_a_text_that_went_away_is_no_edit() -> None:
    assert comment(_meta={"is_edited": True}).is_edited is True
    gone = {"is_edited": True, "was_deleted_later": True, "removal_type": "deleted"}
    assert comment(_meta=gone).is_edited is False


@pytest.mark.parametrize(
    ("remover", "status"),
    [("moderator", "hidden"), ("deleted", "deleted"), ("author", "deleted"), (None, "published")],
)
def test_a_removed_post_says_who_took_it(remover: str | None, status: str) -> None:
    found = post_of(a_post(removed_by_category=remover), 1)
    assert found
    assert found.status == status


def test_a_deleted_author_is_nobody_and_never_the_owner() -> None:
    found = comment(author="[deleted]", is_submitter=True)
    assert (found.author, found.author_name, found.is_owner) == (None, None, False)


def test_the_owner_is_who_made_the_post() -> None:
    assert comment(is_submitter=True).is_owner
    old = {name: value for name, value in a_comment().items() if name != "is_submitter"}
    assert comment_of(old, 1, submitter="ebbe").is_owner
    assert not comment_of(old, 1, submitter="it_nordhafen").is_owner


@pytest.mark.parametrize(
    ("fields", "likes", "labels"),
    [
        ({"score": 0}, 0, None),
        ({"score": 7, "score_hidden": True}, None, None),
        ({"score": None}, None, None),
        ({"score": -4}, None, '{"score": -4}'),
        (
            {"score": 1, "distinguished": "moderator", "stickied": True},
            1,
            '{"distinguished": "moderator", "stickied": true}',
        ),
    ],
)
def test_a_score_is_likes_unless_it_is_hidden_or_negative(
    fields: dict[str, Any], likes: int | None, labels: str | None
) -> None:
    found = comment(**fields)
    assert (found.like_count, found.platform_labels) == (likes, labels)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("&gt; Zitat\n\nKosten &amp; Nutzen", "> Zitat\n\nKosten & Nutzen"),
        ("> Zitat, wer tippt schon &amp;", "> Zitat, wer tippt schon &amp;"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("A\n\n&amp;#x200B;\n\nB&amp;nbsp;C", "A\n\n \n\nB C"),
        ("", ""),
        (None, None),
    ],
)
def test_a_text_is_unescaped_exactly_once(written: str | None, typed: str | None) -> None:
    assert unescaped(written) == typed


@pytest.mark.parametrize("value", [None, True, "gestern", 0, -1, 1e300, float("nan"), [], "NaN"])
def test_what_is_no_time_is_none(value: Any) -> None:
    assert moment(value) is None


def test_the_time_of_an_old_dump_is_a_text() -> None:
    assert moment("1325376000") == datetime(2012, 1, 1, tzinfo=UTC)


def test_odd_fields_are_unknown() -> None:
    found = comment(id=None, link_id=7, parent_id="x", permalink=None, author=None, score="12")
    assert (found.native_id, found.id_basis) == (None, "hash")
    assert (found.post_native_id, found.parent_native_id, found.permalink) == (None, None, None)
    assert (found.author, found.like_count) == (None, None)
    assert post_of(a_post(id=None), 1) is None


def test_pictures_are_told_without_their_addresses() -> None:
    found = comment(media_metadata={"giphy|x": {"e": "AnimatedImage", "s": {"gif": "https://x"}}})
    assert found.attachments == '[{"type": "AnimatedImage"}]'


def listing(*children: Any) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children)}}


def test_answers_come_after_what_they_answer() -> None:
    tree = listing(
        {
            "kind": "t1",
            "data": {"id": "a", "replies": listing({"kind": "t1", "data": {"id": "b"}})},
        },
        {"kind": "t1", "data": {"id": "c", "replies": ""}},
        {"kind": "more", "data": {"id": "_", "children": []}},
    )
    assert [(kind, value["id"]) for kind, value in things(tree)] == [
        ("t1", "a"),
        ("t1", "b"),
        ("t1", "c"),
        ("more", "_"),
    ]
    assert list(things("")) == list(things({"data": None})) == []
