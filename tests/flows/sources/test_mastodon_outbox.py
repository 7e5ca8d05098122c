"""Mastodon archives: what becomes of own posts and answers, and what is nobody's business."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.mastodon_outbox import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

SAMPLE = Path(__file__).parent / "samples" / "mastodon_outbox.json"
SERVER = "https://nordhafen.social/users/it"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def activity(number: str, above: str | None = None, **fields: Any) -> dict[str, Any]:
    note = {
        "id": f"{SERVER}/statuses/{number}",
        "type": "Note",
        "summary": None,
        "inReplyTo": above,
        "published": "2025-11-03T08:00:00Z",
        "url": f"https://nordhafen.social/@it/{number}",
        "attributedTo": SERVER,
        "to": [PUBLIC],
        "cc": [f"{SERVER}/followers"],
        "content": f"<p>text {number}</p>",
        "contentMap": {"de": f"<p>text {number}</p>"},
        "attachment": [],
    } | fields
    return {"type": "Create", "actor": SERVER, "object": note}


def outbox(*items: Any) -> bytes:
    written = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    start = '{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json",'
    doubled = f'"orderedItems":[],"orderedItems":[{written}]'
    return f'{start}"type":"OrderedCollection","totalItems":1,{doubled}}}'.encode()


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.json"
        path.write_bytes(content)
        landed = LandedFile(path, "outbox.json", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def test_what_answers_nobody_is_a_post() -> None:
    likes = {"type": "Collection", "totalItems": 0}
    (found,) = records_of(outbox(activity("100", summary="Plan", likes=likes)))
    assert found == Post(
        platform="mastodon",
        site="nordhafen.social",
        native_id="100",
        position=1,
        channel="mastodon",
        title="Plan",
        text="<p>text 100</p>",
        text_format="html",
        url="https://nordhafen.social/@it/100",
        author="it@nordhafen.social",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00Z",
        status="published",
        visibility="public",
        language_declared="de",
        reported_counts='{"like": 0}',
        aliases=(f"{SERVER}/statuses/100", "https://nordhafen.social/@it/100"),
    )


def test_an_answer_to_somebody_is_a_comment_of_the_owner_below_an_unknown_post() -> None:
    elsewhere = "https://hafen.example/users/jonna/statuses/55"
    (found,) = records_of(outbox(activity("103", elsewhere)))
    assert found == Comment(
        platform="mastodon",
        site="nordhafen.social",
        position=1,
        line=1,
        native_id="103",
        channel="mastodon",
        parent_native_id=elsewhere,
        reply_semantics="tree",
        author="it@nordhafen.social",
        is_owner=True,
        text="<p>text 103</p>",
        text_format="html",
        language_declared="de",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00Z",
        is_edited=False,
        status="published",
        visibility="public",
        permalink="https://nordhafen.social/@it/103",
        aliases=(f"{SERVER}/statuses/103", "https://nordhafen.social/@it/103"),
    )


def test_own_threads_stand_under_their_first_post() -> None:
    items = [
        activity("100"),
        activity("101", f"{SERVER}/statuses/100"),
        activity("102", f"{SERVER}/statuses/101"),
        activity("200", "https://nordhafen.social/users/jonna/statuses/150"),
        activity("201", f"{SERVER}/statuses/200"),
    ]
    _, *comments = records_of(outbox(*items))
    places = [
        (one.post_native_id, one.parent_native_id) for one in comments if isinstance(one, Comment)
    ]
    assert places == [("100", None), ("100", "101"), (None, "150"), (None, "200")]


def test_shared_posts_and_letters_become_no_records_but_are_counted() -> None:
    shared = {"type": "Announce", "object": "https://hafen.example/users/jonna/statuses/77"}
    letter = activity("101", to=["https://hafen.example/users/jonna"], cc=[])
    followers = activity("102", to=[f"{SERVER}/followers"], cc=[])
    unlisted = activity("103", to=[f"{SERVER}/followers"], cc=PUBLIC)
    (found,) = records_of(outbox(shared, letter, followers, unlisted))
    assert isinstance(found, Post)
    assert (found.position, found.visibility) == (4, "unlisted")


def test_edits_warnings_and_pictures_are_kept() -> None:
    picture = {"type": "Document", "mediaType": "image/png", "url": "/m/1.png", "name": "Plan"}
    item = activity(
        "103",
        "https://hafen.example/x",
        updated="2025-11-04T08:00:00Z",
        summary="Politik",
        attachment=[picture],
        shares={"totalItems": 2},
    )
    (found,) = records_of(outbox(item))
    assert isinstance(found, Comment)
    assert (found.is_edited, found.edited_at) == (True, datetime(2025, 11, 4, 8, tzinfo=UTC))
    assert found.platform_labels == '{"content_warning": "Politik"}'
    assert found.attachments == '[{"alt": "Plan", "type": "image/png", "url": "/m/1.png"}]'
    assert found.reactions == '{"repost": 2}'
    assert found.parent_native_id == "https://hafen.example/x"


def test_the_newer_address_of_an_account_holds_no_name() -> None:
    new = "https://nordhafen.social/ap/users/117"
    (found,) = records_of(outbox(activity("1", id=f"{new}/statuses/1", attributedTo=new)))
    assert isinstance(found, Post)
    assert (found.native_id, found.author) == ("1", new)


@pytest.mark.parametrize(
    "item",
    [
        7,
        {"type": "Create"},
        {"type": "Create", "object": "https://nordhafen.social/x"},
        activity("1", id=None),
    ],
)
def test_a_broken_item_costs_itself_only(item: Any) -> None:
    rejected, kept = records_of(outbox(item, activity("100")))
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.line, rejected.reason) == (1, 1, "broken record")
    assert isinstance(kept, Post)


def test_a_wrong_time_is_none_and_bytes_that_are_no_text_are_rejected() -> None:
    (found,) = records_of(outbox(activity("100", published="gestern")))
    assert isinstance(found, Post)
    assert (found.created_at, found.created_at_raw) == (None, "gestern")
    (rejected,) = records_of(outbox(activity("100")).replace(b"text 100", b"t\xe4xt"))
    assert isinstance(rejected, Rejected)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"orderedItems":', b'{"orderedItems":[,]}'])
def test_a_file_with_nothing_in_it_is_broken_as_a_whole(content: bytes) -> None:
    (rejected,) = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")


@pytest.mark.parametrize(
    "content",
    [
        outbox(),
        outbox(activity("100")),
        b"\xef\xbb\xbf" + outbox(activity("100")),
        outbox(activity("100")).replace(b'"id":"outbox.json",', b""),
        outbox(activity("100"))[:400],
    ],
)
def test_an_outbox_is_recognised(content: bytes) -> None:
    assert recognise(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"type":"OrderedCollection","id":"likes.json","orderedItems":["https://x.example/1"]}',
        b'{"type":"Create","object":{}}',
        b'{"ancestors":[],"descendants":[]}',
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_and_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content[:SAMPLE_SIZE])
    found = records_of(content)
    assert [type(record) for record in found] == [Post, Comment, Comment]
    assert [record.position for record in found] == [1, 2, 4]
    late = found[2]
    assert isinstance(late, Comment)
    assert (late.post_native_id, late.parent_native_id) == ("115490000000000100", None)
    assert b"Montag" in content
    assert "Montag" not in repr(found)


@given(
    texts=st.lists(st.text(max_size=9), max_size=4),
    where=st.floats(0, 1, exclude_max=True),
)
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(
    texts: list[str], where: float
) -> None:
    items = [
        activity(str(n), content=text.encode(errors="replace").decode())
        for n, text in enumerate(texts)
    ]
    content = outbox(*items) if texts else SAMPLE.read_bytes().rstrip()
    whole = records_of(content)
    *kept, last = records_of(content[: int(where * len(content))])
    assert isinstance(last, Rejected)
    assert [replace(one) for one in kept] == whole[: len(kept)]
