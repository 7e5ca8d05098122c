"""Statuses of Mastodon: what becomes of them, and which are not for everybody."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.reading.mastodon_objects import Place, comment_of, is_for_everybody, post_of
from models.canonical import Comment, Post

CASSETTES = Path(__file__).parents[4] / "shared" / "fixtures" / "mastodon-cassettes"
PLACE = Place("nordhafen.social", "7", "100")


def status(**fields: Any) -> dict[str, Any]:
    return {
        "id": "101",
        "created_at": "2025-11-03T08:00:00.000Z",
        "edited_at": None,
        "in_reply_to_id": "100",
        "spoiler_text": "",
        "visibility": "public",
        "language": "de",
        "uri": "https://hafen.example/users/jonna/statuses/55",
        "url": "https://hafen.example/@jonna/55",
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 0,
        "content": "<p>Warum nicht?</p>",
        "reblog": None,
        "account": {"id": "9", "acct": "jonna@hafen.example", "display_name": "Jonna"},
        "media_attachments": [],
    } | fields


def comment_with(**fields: Any) -> Comment:
    found = comment_of(status(**fields), PLACE)
    assert found is not None
    return found


def test_a_status_below_a_post_is_taken_over_field_by_field() -> None:
    assert comment_with() == Comment(
        platform="mastodon",
        site="nordhafen.social",
        position=0,
        native_id="101",
        channel="mastodon",
        post_native_id="100",
        reply_semantics="tree",
        author="jonna@hafen.example",
        author_name="Jonna",
        text="<p>Warum nicht?</p>",
        text_format="html",
        language_declared="de",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00.000Z",
        is_edited=False,
        status="published",
        visibility="public",
        like_count=0,
        reply_count=1,
        reactions='{"repost": 2}',
        permalink="https://hafen.example/@jonna/55",
        aliases=(
            "https://hafen.example/users/jonna/statuses/55",
            "https://hafen.example/@jonna/55",
        ),
    )


def test_a_post_is_taken_over_with_its_counts_and_its_warning_as_title() -> None:
    account = {"id": "7", "acct": "it"}
    found = post_of(status(in_reply_to_id=None, account=account, spoiler_text="Lang"), PLACE)
    assert found == Post(
        platform="mastodon",
        site="nordhafen.social",
        native_id="101",
        position=0,
        channel="mastodon",
        title="Lang",
        text="<p>Warum nicht?</p>",
        text_format="html",
        url="https://hafen.example/@jonna/55",
        author="it@nordhafen.social",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00.000Z",
        status="published",
        visibility="public",
        language_declared="de",
        reported_comment_count=1,
        reported_counts='{"like": 0, "repost": 2}',
        aliases=(
            "https://hafen.example/users/jonna/statuses/55",
            "https://hafen.example/@jonna/55",
        ),
    )


def test_an_answer_to_an_answer_has_a_parent_and_one_to_the_post_has_none() -> None:
    assert comment_with(in_reply_to_id="105").parent_native_id == "105"
    assert comment_with().parent_native_id is None


def test_the_owner_is_the_account_that_was_asked_for() -> None:
    own = comment_with(account={"id": "7", "acct": "it"})
    assert (own.is_owner, own.author) == (True, "it@nordhafen.social")
    assert comment_with(account={}).is_owner is False


def test_an_edit_a_warning_and_a_picture_are_kept() -> None:
    picture = {"type": "image", "url": "https://m.example/1.png", "description": "Diagramm"}
    found = comment_with(
        edited_at="2025-11-04T08:00:00.000Z", spoiler_text="Politik", media_attachments=[picture]
    )
    assert (found.is_edited, found.edited_at) == (True, datetime(2025, 11, 4, 8, tzinfo=UTC))
    assert found.platform_labels == '{"content_warning": "Politik"}'
    assert found.attachments == (
        '[{"alt": "Diagramm", "type": "image", "url": "https://m.example/1.png"}]'
    )


def test_old_servers_do_not_know_of_edits_and_a_wrong_time_is_none() -> None:
    bare = status(created_at="gestern")
    del bare["edited_at"]
    found = comment_of(bare, PLACE)
    assert found is not None
    assert (found.is_edited, found.created_at, found.created_at_raw) == (None, None, "gestern")


def test_without_an_id_there_is_nothing() -> None:
    assert comment_of({}, PLACE) is None
    assert post_of({"id": None}, PLACE) is None


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"visibility": "unlisted"}, True),
        ({"visibility": "private"}, False),
        ({"visibility": "direct"}, False),
        ({"reblog": {"id": "1"}}, False),
    ],
)
def test_letters_and_shared_statuses_are_not_for_us(fields: dict[str, Any], is_open: bool) -> None:
    assert is_for_everybody(status(**fields)) is is_open


def responses(name: str) -> list[Any]:
    yaml = pytest.importorskip("yaml")
    cassette = yaml.safe_load((CASSETTES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [json.loads(one["response"]["body"]["string"]) for one in cassette["interactions"]]


@pytest.mark.fixtures
@pytest.mark.skipif(not CASSETTES.is_dir(), reason="the real files are not here")
def test_real_statuses_are_as_they_stand_in_their_cassettes() -> None:
    (context,) = responses("test_entity_context")
    (descendant,) = context["descendants"]
    assert not is_for_everybody(descendant)
    found = comment_of(descendant, Place("mastodon.social", "43", "110446983178245440"))
    assert found is not None
    assert (found.native_id, found.parent_native_id) == ("110446984249325790", "110446983926957470")
    assert (found.author, found.is_owner, found.text) == (
        "halcy@mastodon.social",
        True,
        "<p>final status</p>",
    )
    assert found.created_at == datetime(2023, 5, 28, 15, 20, 35, 248000, tzinfo=UTC)
    edited = post_of(responses("test_status_edit")[3], Place("localhost"))
    assert edited is not None
    assert edited.updated_at == datetime(2026, 8, 1, 13, 54, 0, 695000, tzinfo=UTC)
    _, _, answer, *_ = responses("test_status_reply")
    replied = comment_of(answer, Place("localhost", "1", "117020583245459824"))
    assert replied is not None
    assert (replied.parent_native_id, replied.author) == (None, "admin@localhost")
