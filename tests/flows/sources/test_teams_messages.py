"""Messages of Teams: what becomes of posts, answers and chats."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.teams_messages import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources
from transforms.plain_text import plain_text

SAMPLE = SAMPLES / "teams_messages.json"
SITE = "19:nordhafen@thread.tacv2"
LINK = "https://teams.microsoft.com/l/message/19%3Anordhafen%40thread.tacv2/"
records_of = reader(SOURCE, "messages.json")


def message(**fields: Any) -> dict[str, Any]:
    return {
        "id": "2",
        "replyToId": "1",
        "messageType": "message",
        "createdDateTime": "2025-11-03T08:10:00Z",
        "from": {"user": {"id": "u2", "displayName": "Malte Jessen"}},
        "body": {"contentType": "text", "content": "Gut so"},
        "channelIdentity": {"teamId": "t", "channelId": SITE},
    } | fields


def read_page(*messages: object) -> list[Record]:
    return records_of(json.dumps({"@odata.context": "x", "value": messages}))


def only_comment(**fields: Any) -> Comment:
    (found,) = read_page(message(**fields))
    assert isinstance(found, Comment)
    return found


def test_a_message_that_answers_none_becomes_a_post() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="teams",
        site=SITE,
        native_id="1762156800000",
        position=1,
        channel="intranet",
        title="Neue Anmeldung",
        text="<p>Ab Montag gilt der neue Schl&uuml;ssel.</p><p>Fragen bitte hier, @group!</p>",
        text_format="html",
        url=LINK + "1762156800000?groupId=5f0c1d2e-0000-4000-8000-000000000001"
        "&parentMessageId=1762156800000",
        author="aa000000-0000-4000-8000-000000000031",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00Z",
        status="published",
        visibility="members",
        reported_comment_count=3,
        reported_counts='{"reaction": 1}',
    )


@pytest.mark.parametrize("kind", ["html", "text"])
def test_a_subject_is_no_markup(kind: str) -> None:
    body = {"contentType": kind, "content": "Gut so"}
    (post,) = read_page(message(replyToId=None, subject="R&D <neu>", body=body))
    assert isinstance(post, Post)
    assert plain_text(post.title or "", post.text_format) == "R&D <neu>"


def test_an_answer_becomes_a_comment_without_the_names_it_mentions() -> None:
    _, comment, *_ = found = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="teams",
        site=SITE,
        position=2,
        line=6,
        native_id="1762157400000",
        channel="intranet",
        community="5f0c1d2e-0000-4000-8000-000000000001",
        post_native_id="1762156800000",
        reply_semantics="flat",
        author="aa000000-0000-4000-8000-000000000044",
        author_name="Malte Jessen",
        text="<p>@user gilt das auch f&uuml;r die Leitwarte? 🤔</p>",
        text_format="html",
        created_at=datetime(2025, 11, 3, 8, 10, tzinfo=UTC),
        created_at_raw="2025-11-03T08:10:00Z",
        edited_at=datetime(2025, 11, 3, 8, 12, 30, 500_000, tzinfo=UTC),
        is_edited=True,
        status="published",
        visibility="members",
        like_count=2,
        reactions='{"heart": 1, "like": 2}',
        attachments='[{"type": "reference", "url": null}]',
        permalink=LINK + "1762157400000?parentMessageId=1762156800000",
    )
    assert plain_text(comment.text or "", "html") == "@user gilt das auch für die Leitwarte? 🤔"
    assert "sharepoint" not in repr(found)


def test_owners_deletions_and_notes_of_the_sample_are_told_apart() -> None:
    _, first, second, third, event = records_of(SAMPLE.read_bytes())
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert isinstance(third, Comment)
    assert isinstance(event, Comment)
    assert [one.is_owner for one in (first, second, third)] == [False, True, False]
    assert (second.text_format, second.like_count, second.is_edited) == ("plain", 0, False)
    assert (third.status, third.text) == ("deleted", None)
    assert (event.kind, event.post_native_id, event.is_owner) == ("system", None, False)


def test_answers_asked_for_by_themselves_are_the_same_comments() -> None:
    nested = json.loads(SAMPLE.read_bytes())["value"][0]["replies"]
    inside = [r for r in records_of(SAMPLE.read_bytes()) if isinstance(r, Comment)][:3]
    alone = [r for r in read_page(*nested) if isinstance(r, Comment)]
    assert [one.native_id for one in inside] == [one.native_id for one in alone]
    assert [one.post_native_id for one in inside] == [one.post_native_id for one in alone]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([message(), message(id="3")]),
        json.dumps(message()) + "\n" + json.dumps(message(id="3")) + "\n",
        json.dumps({"value": [message()]}) + "\n" + json.dumps({"value": [message(id="3")]}),
        json.dumps([{"value": [message(), message(id="3")]}, {"value": []}]),
    ],
    ids=["list", "lines", "a page a line", "list of pages"],
)
def test_answers_may_be_saved_in_several_ways(content: str) -> None:
    found = records_of(content)
    assert [one.native_id for one in found if isinstance(one, Comment)] == ["2", "3"]


def test_chats_are_left_out_and_counted() -> None:
    chat = message(channelIdentity=None, chatId="19:a_b@unq.gbl.spaces", replyToId=None)
    linked = chat | {"webUrl": LINK + "2"}
    found = read_page(chat, linked)
    assert [type(one) for one in found] == [Rejected, Rejected]
    assert "Gut so" not in repr(found)
    assert [one.position for one in found] == [1, 2]


@pytest.mark.parametrize(
    ("fields", "site"),
    [
        ({}, SITE),
        ({"channelIdentity": None, "webUrl": LINK + "2?parentMessageId=1"}, SITE),
        ({"channelIdentity": None}, ""),
    ],
    ids=["field", "address", "none"],
)
def test_the_channel_is_the_site(fields: dict[str, Any], site: str) -> None:
    assert only_comment(**fields).site == site


def test_what_a_program_says_is_no_opinion() -> None:
    found = only_comment(**{"from": {"application": {"id": "b1", "displayName": "RSS"}}})
    assert (found.kind, found.author, found.author_name) == ("system", "b1", None)


def test_a_message_without_a_sender_and_reactions_leaves_them_open() -> None:
    found = only_comment(**{"from": None})
    assert (found.author, found.like_count, found.is_owner) == (None, None, False)


def test_a_blocked_message_is_hidden() -> None:
    violation = {"dlpAction": "notifySender,blockAccess"}
    assert only_comment(policyViolation=violation).status == "hidden"


def test_a_time_that_is_none_is_left_open() -> None:
    found = only_comment(createdDateTime="yesterday")
    assert (found.created_at, found.created_at_raw) == (None, "yesterday")


@pytest.mark.parametrize(
    "value", [{"body": {"content": "x"}}, {"id": "1"}, "text", {"error": {"code": "Forbidden"}}]
)
def test_what_is_no_message_is_rejected(value: object) -> None:
    (found,) = read_page(value)
    assert isinstance(found, Rejected)
    assert (found.position, found.line) == (1, 1)


def test_an_empty_page_gives_nothing() -> None:
    assert read_page() == []


@pytest.mark.parametrize(
    "content",
    [
        b'{"value": [{"id": "1", "createdDateTime": "x", "body": {}, "subject": "mail"}]}',
        b'{"resonanz_page":1,"source":"teams_api","body":{"messageType":1,"createdDateTime":1,'
        b'"replyToId":1,"body":1}}',
        b'messageType,createdDateTime,body,chatId\n"a","b","c","d"\n',
    ],
    ids=["mail", "landed page", "table"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["teams_messages"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
