"""Posts of Bluesky: what becomes of them, of what is gone, and of times that a device made up."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.reading.bluesky_objects import did_of, record_of_node, record_of_view
from models.canonical import Comment, Post, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "bluesky"
OWNER = "did:plc:nordhafen"
ROOT = f"at://{OWNER}/app.bsky.feed.post/3root"
ANSWER = "at://did:plc:jonna/app.bsky.feed.post/3answer"


def view(is_answer: bool = True, **fields: Any) -> dict[str, Any]:
    record = {"createdAt": "2025-11-03T08:00:00.000Z", "text": "Warum?", "langs": ["de"]}
    reply = {"reply": {"root": {"uri": ROOT}, "parent": {"uri": ROOT}}} if is_answer else {}
    return {
        "uri": ANSWER if is_answer else ROOT,
        "cid": "bafy",
        "author": {"did": "did:plc:jonna", "handle": "jonna.example", "displayName": "Jonna"},
        "record": record | reply | fields.pop("record", {}),
        "replyCount": 1,
        "repostCount": 2,
        "likeCount": 0,
        "indexedAt": "2025-11-03T08:00:01.000Z",
        "labels": [],
    } | fields


def comment_with(**fields: Any) -> Comment:
    found = record_of_view(view(**fields))
    assert isinstance(found, Comment)
    return found


def test_an_answer_becomes_a_comment_field_by_field() -> None:
    assert comment_with() == Comment(
        platform="bluesky",
        site="",
        position=0,
        native_id=ANSWER,
        channel="bluesky",
        post_native_id=ROOT,
        reply_semantics="tree",
        author="did:plc:jonna",
        author_name="Jonna",
        text="Warum?",
        language_declared="de",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00.000Z",
        status="published",
        visibility="public",
        like_count=0,
        reply_count=1,
        reactions='{"repost": 2}',
        platform_labels='{"indexed_at": "2025-11-03T08:00:01.000Z"}',
        permalink="https://bsky.app/profile/did:plc:jonna/post/3answer",
        aliases=(
            "https://bsky.app/profile/did:plc:jonna/post/3answer",
            "https://bsky.app/profile/jonna.example/post/3answer",
        ),
    )


def test_what_answers_nobody_becomes_a_post() -> None:
    found = record_of_view(view(is_answer=False, author={"did": OWNER}))
    assert isinstance(found, Post)
    assert (found.native_id, found.author, found.text) == (ROOT, OWNER, "Warum?")
    assert found.reported_comment_count == 1
    assert found.reported_counts == '{"like": 0, "repost": 2}'
    assert found.aliases == (f"https://bsky.app/profile/{OWNER}/post/3root",)


def test_the_owner_is_who_began_the_thread() -> None:
    assert comment_with(author={"did": OWNER}).is_owner
    assert not comment_with().is_owner


def test_an_answer_to_an_answer_names_it() -> None:
    reply = {"root": {"uri": ROOT}, "parent": {"uri": ANSWER}}
    assert comment_with(record={"reply": reply}).parent_native_id == ANSWER


@pytest.mark.parametrize(
    ("created", "indexed", "at"),
    [
        (
            "2025-11-09T08:00:00Z",
            "2025-11-03T08:00:01Z",
            datetime(2025, 11, 3, 8, 0, 1, tzinfo=UTC),
        ),
        ("2016-01-01T00:00:00Z", "2025-11-03T08:00:01Z", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2025-11-03T08:00:00", "2025-11-03T08:00:01Z", datetime(2025, 11, 3, 8, 0, 1, tzinfo=UTC)),
        ("2025-11-03T08:00:00", None, None),
        ("soon", "later", None),
    ],
    ids=["from the future", "backdated", "no zone", "no zone nor index", "no times"],
)
def test_a_device_may_date_back_but_not_ahead(
    created: str, indexed: str | None, at: datetime | None
) -> None:
    found = comment_with(record={"createdAt": created}, indexedAt=indexed)
    assert (found.created_at, found.created_at_raw) == (at, created)


def test_mentions_are_counted_in_characters_not_in_bytes() -> None:
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": OWNER}
    facet = {"index": {"byteStart": 8, "byteEnd": 11}, "features": [feature]}
    beyond = {"index": {"byteStart": 8, "byteEnd": 99}, "features": [feature]}
    link = {"index": {"byteStart": 0, "byteEnd": 2}, "features": [{"$type": "x#link"}]}
    found = comment_with(record={"text": "Grüße @it", "facets": [facet, beyond, link, 7]})
    assert found.mentions == '[{"length": 3, "offset": 6}]'
    assert "Grüße @it"[6:9] == "@it"


@pytest.mark.parametrize(
    ("embed", "attachments"),
    [
        ({"images": [{"alt": "Plan"}]}, '[{"alt": "Plan", "type": "image"}]'),
        (
            {"external": {"uri": "https://x.example"}},
            '[{"type": "link", "url": "https://x.example"}]',
        ),
        ({"video": {"ref": "x"}, "alt": "Film"}, '[{"alt": "Film", "type": "video"}]'),
        ({"record": {"uri": ROOT}}, f'[{{"type": "quote", "url": "{ROOT}"}}]'),
        (
            {"record": {"record": {"uri": ROOT}}, "media": {"images": [{"alt": ""}]}},
            f'[{{"alt": null, "type": "image"}}, {{"type": "quote", "url": "{ROOT}"}}]',
        ),
        ({}, None),
    ],
)
def test_what_hangs_on_a_post_is_named(embed: dict[str, Any], attachments: str | None) -> None:
    assert comment_with(record={"embed": embed}).attachments == attachments


def test_labels_of_the_author_and_of_moderation_are_kept() -> None:
    own = {"labels": {"values": [{"val": "spoiler"}]}}
    found = comment_with(record=own, labels=[{"val": "spam"}, {"val": "spoiler"}], indexedAt=None)
    assert found.platform_labels == '{"labels": ["spam", "spoiler"]}'


@pytest.mark.parametrize(
    ("node", "status"),
    [({"uri": ANSWER, "notFound": True}, "deleted"), ({"uri": ANSWER, "blocked": True}, "hidden")],
)
def test_what_is_gone_keeps_its_place(node: dict[str, Any], status: str) -> None:
    found = record_of_node(node, (ROOT, "at://did:plc:x/app.bsky.feed.post/3between"))
    assert isinstance(found, Comment)
    assert (found.status, found.text, found.author) == (status, None, "did:plc:jonna")
    assert found.post_native_id == ROOT
    assert found.parent_native_id == "at://did:plc:x/app.bsky.feed.post/3between"


@pytest.mark.parametrize(
    "node", [{}, {"post": {"uri": ANSWER}}, {"uri": ANSWER}, {"post": 7, "notFound": True}]
)
def test_a_node_without_its_parts_is_rejected(node: dict[str, Any]) -> None:
    assert isinstance(record_of_node(node, (ROOT, ROOT)), Rejected)


def test_the_beginning_of_a_thread_that_is_gone_is_no_comment() -> None:
    assert isinstance(record_of_node({"uri": ROOT, "notFound": True}, None), Rejected)
    assert did_of("https://bsky.app/x") is None


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_post_with_a_picture_and_a_quote() -> None:
    text = (FIXTURES / "thread_view_post_with_embed_media.json").read_text(encoding="utf-8")
    found = record_of_node(json.loads(text)["thread"], None)
    assert isinstance(found, Post)
    assert found.native_id == (
        "at://did:plc:kvwvcn5iqfooopmyzvb4qzba/app.bsky.feed.post/3kaheyt6vpc22"
    )
    assert found.created_at == datetime(2023, 9, 28, 12, 49, 36, 735000, tzinfo=UTC)
    assert (found.text, found.language_declared, found.reported_comment_count) == (None, "en", 0)
