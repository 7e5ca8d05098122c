"""X's posts in both dialects, its ids and its way to escape."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.x_objects import (
    address_of,
    answered_id,
    comment_of,
    count_of,
    json_of,
    language_of,
    long_alias,
    moment_of_id,
    plain,
    post_of,
    text_of,
)
from models.canonical import Comment, Post

ROOT, OWNER = "1968201455730278400", "1961000000000000001"
AT = datetime(2025, 9, 17, 7, 12, 40, tzinfo=UTC)


def answer(is_new: bool, **fields: Any) -> dict[str, Any]:
    words = ("post", "repost") if is_new else ("tweet", "retweet")
    return {
        "id": "1968210000000000000",
        "text": "Chapeau &amp; danke",
        "author_id": "1962000000000000000",
        "conversation_id": ROOT,
        "created_at": "2025-09-17T07:12:40.000Z",
        "lang": "de",
        f"edit_history_{words[0]}_ids": ["1968210000000000000"],
        f"referenced_{words[0]}s": [
            {"type": "quoted", "id": "5"},
            {"type": "replied_to", "id": "1968203000000000001"},
        ],
        "public_metrics": {
            f"{words[1]}_count": 1,
            "like_count": 12,
            "reply_count": 0,
            "quote_count": 0,
            "impression_count": 900,
        },
        "entities": {"mentions": [{"start": 0, "end": 7, "username": "cio", "id": OWNER}]},
        "attachments": {"media_keys": ["3_77"]},
    } | fields


@pytest.mark.parametrize("is_new", [False, True], ids=["tweets", "posts"])
def test_an_answer_becomes_the_same_comment_in_both_dialects(is_new: bool) -> None:
    assert comment_of(answer(is_new), ROOT, OWNER) == Comment(
        platform="x",
        site="",
        position=0,
        native_id="1968210000000000000",
        channel="x",
        post_native_id=ROOT,
        parent_native_id="1968203000000000001",
        reply_semantics="tree",
        author="1962000000000000000",
        text="Chapeau & danke",
        language_declared="de",
        created_at=AT,
        created_at_raw="2025-09-17T07:12:40.000Z",
        is_edited=False,
        status="published",
        like_count=12,
        reply_count=0,
        attachments='[{"id": "3_77"}]',
        mentions=f'[{{"id": "{OWNER}", "length": 7, "offset": 0}}]',
        permalink="https://x.com/i/web/status/1968210000000000000",
    )


@pytest.mark.parametrize("is_new", [False, True], ids=["tweets", "posts"])
def test_a_post_becomes_the_same_in_both_dialects(is_new: bool) -> None:
    assert post_of(answer(is_new)) == Post(
        platform="x",
        site="",
        native_id="1968210000000000000",
        position=0,
        channel="x",
        text="Chapeau & danke",
        url="https://x.com/i/web/status/1968210000000000000",
        author="1962000000000000000",
        created_at=AT,
        created_at_raw="2025-09-17T07:12:40.000Z",
        status="published",
        language_declared="de",
        reported_comment_count=0,
        reported_counts='{"like": 12, "quote": 0, "share": 1, "view": 900}',
    )


@pytest.mark.parametrize("name", ["note_tweet", "note_post"])
def test_of_a_long_text_the_whole_counts(name: str) -> None:
    assert text_of({"text": "Der Anfa…", name: {"text": "Der Anfang & das Ende"}}) == (
        "Der Anfang & das Ende"
    )


def test_an_answer_to_the_post_itself_has_no_parent_and_the_account_is_the_owner() -> None:
    value = answer(False, referenced_tweets=[{"type": "replied_to", "id": ROOT}], author_id=OWNER)
    found = comment_of(value, ROOT, OWNER)
    assert (found.parent_native_id, found.is_owner) == (None, True)


def test_each_edit_is_another_name() -> None:
    value = answer(True, edit_history_post_ids=["7", "8", "1968210000000000000"])
    found = comment_of(value, ROOT, OWNER)
    assert (found.aliases, found.is_edited) == (("7", "8"), True)


def test_default_fields_alone_are_a_comment_too() -> None:
    found = comment_of({"id": "5", "text": "ja"}, ROOT, OWNER)
    assert (found.created_at, found.like_count, found.is_edited, found.author) == (None,) * 4
    assert not found.is_owner


@pytest.mark.parametrize("raw", ["2025-09-17", "gestern", None, 17])
def test_a_time_without_a_zone_is_no_time(raw: Any) -> None:
    found = comment_of(answer(True, created_at=raw), ROOT, OWNER)
    assert found.created_at is None


def test_ids_tell_the_time_since_2010() -> None:
    # From X's own archive: this post was made on Thu Nov 03 2022.
    found = moment_of_id("1588092999999999999")
    assert found is not None
    assert found.date().isoformat() == "2022-11-03"
    assert moment_of_id("20") is None
    assert moment_of_id("note-5") is None


def test_small_things() -> None:
    assert plain("&amp;lt; &gt; &uuml;") == "&lt; > &uuml;"
    assert [language_of(code) for code in ("de", "und", "qme", None)] == ["de", None, None, None]
    assert [count_of(value) for value in ("12", 0, "-1", "x", None, True, -1)] == [
        12,
        0,
        None,
        None,
        None,
        None,
        None,
    ]
    assert answered_id({"referenced_posts": [{"type": "quoted", "id": "5"}]}) is None
    assert answered_id({}) is None
    assert json_of([]) is None
    assert address_of("5") == "https://x.com/i/web/status/5"
    assert text_of({"text": ""}) is None


def test_a_long_text_is_named_by_its_second_and_first_words() -> None:
    long = "@a @b Sechs Monate nach dem Umzug der Büroanwendungen, ein Zwischenstand in Zahlen"
    short = "Sechs Monate nach dem  Umzug der Büroanwendungen, ein Zwischen… https://t.co/x"
    assert long_alias(AT, long) == long_alias(AT.replace(microsecond=5), short)
    assert long_alias(AT, long) != long_alias(AT.replace(second=1), long)
    assert long_alias(None, long) is None
    assert long_alias(AT, "kurz…") is None
