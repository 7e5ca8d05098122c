"""Slack exports: what becomes of messages, threads and what Slack itself says."""

import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.slack_export import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import FIXTURES, SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "slack_export.json"
DAY = "Nordhafen.zip/it-news/2025-11-03.json"
records_of = reader(SOURCE, DAY)


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "user": "U01",
        "text": "Gut so.",
        "ts": "1762157400.000200",
    } | fields


def only(value: object, name: str = DAY) -> Record:
    (found,) = reader(SOURCE, name)(json.dumps([value]))
    return found


def only_comment(**fields: Any) -> Comment:
    found = only(message(**fields))
    assert isinstance(found, Comment)
    return found


def test_a_message_with_a_thread_becomes_a_post() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="slack",
        site="it-news",
        native_id="1762156800.000100",
        position=1,
        channel="intranet",
        text="@channel Ab Montag melden sich alle mit dem neuen Schlüssel an: Anleitung. "
        "Fragen bitte hier im Thread.",
        text_format="markdown",
        author="U0NHCIO01",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="1762156800.000100",
        status="published",
        reported_comment_count=3,
        reported_counts='{"reaction": 3}',
    )


def test_a_post_that_was_edited_says_when() -> None:
    edited = {"user": "U01", "ts": "1762157460.000000"}
    post = only(message(thread_ts="1762157400.000200", edited=edited))
    assert isinstance(post, Post)
    assert post.updated_at == datetime(2025, 11, 3, 8, 11, tzinfo=UTC)


def test_an_answer_becomes_a_comment_without_the_names_it_mentions() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="slack",
        site="it-news",
        position=2,
        line=24,
        native_id="1762157400.000200",
        channel="intranet",
        post_native_id="1762156800.000100",
        reply_semantics="flat",
        author="U0NHNETZ2",
        text="@user gilt das auch für die Leitwarte? "
        "Dort trägt man Handschuhe & hat < 10 Sekunden.",
        text_format="markdown",
        created_at=datetime(2025, 11, 3, 8, 10, tzinfo=UTC),
        created_at_raw="1762157400.000200",
        edited_at=datetime(2025, 11, 3, 8, 11, tzinfo=UTC),
        is_edited=True,
        status="published",
        visibility="members",
        reactions='{"eyes": 1}',
        mentions='[{"length": 5, "offset": 0}]',
    )


def test_the_rest_of_the_sample_is_told_apart() -> None:
    found = records_of(SAMPLE.read_bytes())
    comments = [one for one in found if isinstance(one, Comment)]
    assert [type(one).__name__ for one in found] == ["Post"] + ["Comment"] * 6
    assert [one.kind for one in comments] == [
        *("comment", "comment", "system", "comment", "message", "system")
    ]
    assert [one.is_owner for one in comments] == [False, True, False, False, False, False]
    deleted = comments[3]
    assert (deleted.status, deleted.text, deleted.author) == ("deleted", None, None)
    assert comments[4].attachments == '[{"type": "image/png", "url": null}]'
    assert "geheim" not in repr(found)


def test_a_message_outside_of_threads_answers_no_post() -> None:
    found = only_comment()
    assert (found.kind, found.post_native_id, found.is_edited) == ("message", None, False)


def test_an_answer_that_is_shown_in_the_channel_too_stays_an_answer() -> None:
    found = only_comment(subtype="thread_broadcast", thread_ts="1762156800.000100")
    assert (found.kind, found.post_native_id) == ("comment", "1762156800.000100")


def test_the_fraction_of_an_id_is_no_fraction_of_a_second() -> None:
    found = only_comment(ts="1762157400.999999")
    assert found.created_at == datetime(2025, 11, 3, 8, 10, tzinfo=UTC)


def test_names_come_from_the_profile() -> None:
    assert only_comment(user_profile={"real_name": "Rike Tolksdorf"}).author_name == (
        "Rike Tolksdorf"
    )
    assert only_comment(user_profile=None).author_name is None


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "channel_topic"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"subtype": "huddle_thread"},
    ],
    ids=str,
)
def test_what_no_person_says_is_a_system_message(fields: dict[str, Any]) -> None:
    assert only_comment(**fields).kind == "system"


def test_what_was_said_of_a_file_is_the_text() -> None:
    found = only_comment(
        user=None,
        subtype="file_comment",
        text="<@U07|jo> commented on <@U01|al>'s file",
        comment={"user": "U07", "comment": "Zu groß &amp; zu bunt"},
    )
    assert (found.author, found.text) == ("U07", "Zu groß & zu bunt")


def test_exports_with_a_log_of_edits_tell_the_new_wording() -> None:
    changed = message(text="Sehr gut so.", edited={"user": "U01", "ts": "1762157500.000000"})
    found = only({"type": "message", "subtype": "message_changed", "message": changed})
    assert isinstance(found, Comment)
    assert (found.native_id, found.text) == ("1762157400.000200", "Sehr gut so.")
    assert found.is_edited


def test_exports_with_a_log_of_deletions_tell_what_was_deleted() -> None:
    found = only({"type": "message", "subtype": "message_deleted", "previous_message": message()})
    assert isinstance(found, Comment)
    assert (found.native_id, found.status) == ("1762157400.000200", "deleted")


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("a.zip/it-news/2025-11-03.json", "it-news"),
        ("a.zip/Slack export/it-news/2025-11-03.json", "it-news"),
        ("a.zip/2025-11-03.json", ""),
        ("2025-11-03.json", ""),
    ],
)
def test_the_channel_is_the_folder_of_the_file(name: str, site: str) -> None:
    found = only(message(), name)
    assert isinstance(found, Comment)
    assert found.site == site


@pytest.mark.parametrize("folder", ["D0NHCIO01", "mpdm-rike--jo--al-1"])
def test_private_conversations_are_left_out_and_counted(folder: str) -> None:
    found = reader(SOURCE, f"a.zip/{folder}/2025-11-03.json")(json.dumps([message(), message()]))
    assert [type(one) for one in found] == [Rejected, Rejected]
    assert "Gut so" not in repr(found)


@pytest.mark.parametrize(
    "value",
    [
        "text",
        {"type": "message", "text": "no ts"},
        message(ts=1762157400.0002),
        message(type="event"),
        {"type": "message", "subtype": "message_changed", "message": None},
    ],
    ids=["no object", "no ts", "number as ts", "other type", "no message"],
)
def test_an_entry_that_is_no_message_is_rejected(value: object) -> None:
    found = only(value)
    assert isinstance(found, Rejected)
    assert (found.position, found.line, found.reason) == (1, 1, "broken record")
    assert "text" not in found.detail.split()


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b'[{"type": "message", "text": "a"}]',
        b'{"ok": true, "messages": [{"type": "message", "ts": "1762157400.000200"}]}',
        b'[{"id": "U01", "name": "rike", "updated": 1762157400}]',
        b'ts,type\n"1762157400.000200",message\n',
    ],
    ids=["nothing", "no ts", "interface", "users", "table"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["slack_export"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_export_is_read_in_full() -> None:
    archive = (FIXTURES / "slack" / "testarchive.zip").read_bytes()
    found: list[Record] = []
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        names = [name for name in files.namelist() if name.endswith(".json")]
        taken = [name for name in names if recognise(files.read(name))]
        for name in taken:
            found += reader(SOURCE, f"testarchive.zip/{name}")(files.read(name))
    # All but channels.json, users.json and integration_logs.json.
    assert len(names) - len(taken) == 3
    comments = [one for one in found if isinstance(one, Comment)]
    assert len(comments) == len(found) == 158
    # 94 by bots, 8 joined, 3 bots were added; 49 were said, 4 with files.
    assert Counter(one.kind for one in comments) == {"system": 105, "message": 53}
    assert Counter(one.site for one in comments).keys() == {"enrique", "traveling-sailor"}
    assert sum(one.is_edited is True for one in comments) == 1
    first = next(one for one in comments if one.kind == "message")
    assert first.text is not None
    assert first.text.startswith("@user: Created an issue for a setup.py")
    assert first.created_at == datetime(2016, 1, 15, 5, 55, 52, tzinfo=UTC)
