"""Network exports of Viva Engage: what becomes of messages, and that private ones stay out."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.viva_engage import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "viva_engage.csv"
records_of = reader(SOURCE, "export.zip/Messages.csv")


def message(**fields: str) -> dict[str, str]:
    return {
        "id": "2",
        "replied_to_id": "1",
        "thread_id": "1",
        "group_id": "7",
        "in_private_conversation": "false",
        "sender_id": "44",
        "body": "Gut so",
        "created_at": "2025-11-03T08:10:00.000Z",
        "deleted_at": "null",
    } | fields


def read_rows(*rows: dict[str, str]) -> list[Record]:
    target = io.StringIO()
    header = dict.fromkeys(name for row in rows for name in row)
    table = csv.DictWriter(target, list(header))
    table.writeheader()
    table.writerows(rows)
    return records_of(target.getvalue())


def only(**fields: str) -> Record:
    (found,) = read_rows(message(**fields))
    return found


def only_comment(**fields: str) -> Comment:
    found = only(**fields)
    assert isinstance(found, Comment)
    return found


def test_the_first_message_of_a_thread_becomes_a_post() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="viva_engage",
        site="",
        native_id="2500000000001",
        position=1,
        channel="intranet",
        title="Neue Anmeldung",
        text="Ab Montag gilt der neue Schlüssel.\nFragen bitte hier. #topic",
        author="31",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00.000Z",
        status="published",
        visibility="members",
    )


def test_an_answer_becomes_a_comment_without_mail_and_mentioned_names() -> None:
    _, comment, *_ = found = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="viva_engage",
        site="",
        position=2,
        line=3,
        native_id="2500000000002",
        channel="intranet",
        community="Fragen an die IT",
        post_native_id="2500000000001",
        reply_semantics="tree",
        author="44",
        author_name="Malte Jessen",
        email_domain="nordhafen.example",
        text='Hallo @user, gilt das auch für die "Leitwarte"?',
        created_at=datetime(2025, 11, 3, 8, 10, tzinfo=UTC),
        created_at_raw="2025-11-03T08:10:00.000Z",
        status="published",
        visibility="members",
        mentions='[{"length": 5, "offset": 6}]',
    )
    assert "@nordhafen.example" not in repr(found)


def test_threads_owners_and_deletions_of_the_sample_are_told() -> None:
    found = records_of(SAMPLE.read_bytes())
    _, first, second, third, private = found
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert isinstance(third, Comment)
    assert (first.parent_native_id, second.parent_native_id) == (None, "2500000000002")
    assert [one.is_owner for one in (first, second, third)] == [False, True, False]
    assert [one.status for one in (first, second, third)] == ["published", "published", "deleted"]
    assert second.attachments == '[{"type": "file", "url": null}]'
    assert isinstance(private, Rejected)


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "t", "Y", "WAHR", "ja"])
def test_private_conversations_are_left_out_and_counted(word: str) -> None:
    found = only(in_private_conversation=word, body="Unter uns")
    assert isinstance(found, Rejected)
    assert (found.position, found.line) == (1, 2)
    assert "private conversation" in found.detail
    assert "Unter uns" not in repr(found)


@pytest.mark.parametrize(
    ("word", "group", "kind"),
    [
        *(("", "7", Comment), ("null", "7", Comment), ("", "", Rejected), ("", "null", Rejected)),
        *((word, "", Comment) for word in ("FALSE", "f", "N", "Falsch", "nein", "0")),
        *((word, "7", Rejected) for word in ("?", "-", "private", "vrai", "2", "x")),
    ],
)
def test_what_may_be_private_is_left_out_whatever_community_it_names(
    word: str, group: str, kind: type
) -> None:
    assert isinstance(only(in_private_conversation=word, group_id=group), kind)


def test_a_closed_community_is_private_to_its_members() -> None:
    assert only_comment(in_private_group="true").visibility == "private"


def test_a_link_is_an_attachment_with_its_address() -> None:
    found = only_comment(attachments='opengraphobject:[17 : https://a.example/1 : title="x"]')
    assert found.attachments == '[{"type": "link", "url": "https://a.example/1"}]'


@pytest.mark.parametrize(
    ("raw", "hour"),
    [("2025-11-03T08:10:00.000Z", 8), ("2025/11/03 08:10:00 +0000", 8), ("2025-11-03 08:10:00", 8)],
)
def test_times_are_utc(raw: str, hour: int) -> None:
    found = only_comment(created_at=raw).created_at
    assert found is not None
    assert found.astimezone(UTC) == datetime(2025, 11, 3, hour, 10, tzinfo=UTC)


def test_a_time_that_is_none_is_left_open() -> None:
    found = only_comment(created_at="soon")
    assert (found.created_at, found.created_at_raw) == (None, "soon")


def test_line_breaks_that_are_written_out_are_line_breaks() -> None:
    assert only_comment(body=r"eins\r\nzwei\ndrei").text == "eins\nzwei\ndrei"


def test_null_is_nothing() -> None:
    found = only_comment(sender_id="null", body="null", replied_to_id="null")
    assert (found.author, found.text, found.parent_native_id) == (None, None, None)
    assert not found.is_owner


def test_system_messages_and_drafts_are_told_apart() -> None:
    assert only_comment(message_type="system").kind == "system"
    assert only_comment(message_type="praise").kind == "comment"
    assert only_comment(is_draft="true").status == "pending"


def test_a_message_without_an_id_is_rejected() -> None:
    found = only(id="")
    assert isinstance(found, Rejected)
    assert "`id`" in found.detail


@pytest.mark.parametrize("name", ["html_body", "version", "network_id"])
def test_earlier_wordings_are_claimed_and_rejected_as_they_may_be_private(name: str) -> None:
    # Else the generic reader would take them, private ones too, for comments.
    content = f"id,message_id,body,{name},created_at\n1,2,Unter uns,x,2025-11-03 08:10:00\n"
    assert recognise(content.encode())
    (found,) = records_of(content)
    assert isinstance(found, Rejected)
    assert (found.position, found.reason) == (0, "missing column")
    assert "inprivateconversation" in found.detail


@pytest.mark.parametrize(
    "content",
    [
        b"id,thread_id,body,created_at\n1,1,Gut,2025-11-03 08:10:00\n",
        b"id,name,description,created_at\n1,Fragen,Fragen an die IT,2025-11-03 08:10:00\n",
        b'{"id": 1, "thread_id": 1, "replied_to_id": 1, "sender_id": 1, "body": {}}',
    ],
    ids=["table", "groups", "interface"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["viva_engage"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
