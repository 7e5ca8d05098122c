"""The archive of an X account: own posts and answers, long texts, and damage."""

import json
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.x_archive import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

SAMPLE = Path(__file__).parent / "samples" / "x_archive.js"


def records_of(content: str | bytes) -> list[Record]:
    raw = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tweets.js"
        path.write_bytes(raw)
        landed = LandedFile(path, "tweets.js", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def part(*tweets: dict[str, Any], kind: str = "tweets", wrapper: str | None = "tweet") -> str:
    elements = [{wrapper: tweet} if wrapper else tweet for tweet in tweets]
    return f"window.YTD.{kind}.part0 = " + json.dumps(elements, indent=2)


def tweet(number: int = 1_968_201_455_730_278_400, **fields: Any) -> dict[str, Any]:
    return {
        "id_str": str(number),
        "created_at": "Wed Sep 17 06:55:52 +0000 2025",
        "full_text": "Open Source im Leitstand",
        "favorite_count": "41",
        "retweet_count": "7",
        "lang": "de",
    } | fields


def answer(number: int, to: int, **fields: Any) -> dict[str, Any]:
    return tweet(number, in_reply_to_status_id_str=str(to), **fields)


def only(**fields: Any) -> Record:
    (record,) = records_of(part(tweet(**fields)))
    return record


def comments(content: str) -> list[Comment]:
    return [record for record in records_of(content) if isinstance(record, Comment)]


def test_an_own_root_is_a_post() -> None:
    assert only() == Post(
        platform="x",
        site="",
        native_id="1968201455730278400",
        position=1,
        channel="x",
        text="Open Source im Leitstand",
        url="https://x.com/i/web/status/1968201455730278400",
        created_at=datetime(2025, 9, 17, 6, 55, 52, tzinfo=UTC),
        created_at_raw="Wed Sep 17 06:55:52 +0000 2025",
        status="published",
        language_declared="de",
        reported_counts='{"like": 41, "share": 7}',
    )


def test_an_own_answer_is_a_comment_of_the_owner() -> None:
    found, *_ = records_of(SAMPLE.read_bytes())
    assert found == Comment(
        platform="x",
        site="",
        position=1,
        line=2,
        native_id="1968211111111111168",
        channel="x",
        parent_native_id="1968210311000000077",
        reply_semantics="tree",
        is_owner=True,
        text="@energyskeptic Fair point. We share the work & pay a maintainer together with four "
        "other utilities.",
        language_declared="en",
        created_at=datetime(2025, 9, 17, 8, 5, 51, tzinfo=UTC),
        created_at_raw="Wed Sep 17 08:05:51 +0000 2025",
        is_edited=False,
        status="published",
        like_count=9,
        mentions='[{"id": "1962095030000000221", "length": 14, "offset": 0}]',
        permalink="https://x.com/i/web/status/1968211111111111168",
    )


def test_the_answers_of_a_thread_know_its_first_post_wherever_it_stands() -> None:
    content = part(answer(3, 2), tweet(1), answer(2, 1), answer(9, 8))
    found = {c.native_id: (c.post_native_id, c.parent_native_id) for c in comments(content)}
    assert found == {"3": ("1", "2"), "2": ("1", None), "9": (None, "8")}


@pytest.mark.parametrize("number", ["77", 77])
def test_an_answer_is_known_by_either_of_its_two_ids(number: str | int) -> None:
    own = tweet(2, in_reply_to_status_id=number, in_reply_to_user_id="9")
    first, second = records_of(part(own, tweet(3, in_reply_to_status_id="2")))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.parent_native_id, second.parent_native_id) == ("77", "2")


def test_answers_that_go_round_in_a_circle_have_no_post() -> None:
    found = comments(part(answer(1, 2), answer(2, 1)))
    assert [comment.post_native_id for comment in found] == [None, None]


def test_an_answer_to_a_post_that_is_gone_is_no_post() -> None:
    found = only(in_reply_to_user_id_str="55")
    assert isinstance(found, Comment)
    assert (found.post_native_id, found.parent_native_id) == (None, None)


def test_retweets_are_left_out_though_they_do_not_call_themselves_so() -> None:
    retweet = tweet(5, full_text="RT @nordhafen: Wartung", retweeted=False)
    found = records_of(part(retweet, tweet(full_text="RT ist kein Retweet")))
    assert [(type(r).__name__, r.position) for r in found] == [("Post", 1)]


@pytest.mark.parametrize(
    ("info", "aliases"),
    [
        ({"initial": {"editTweetIds": ["7"]}}, ()),
        ({"initial": {"editTweetIds": ["7", "8", "9"]}}, ("8", "9")),
        ({"edit": {"initialTweetId": "6", "editControlInitial": {}}}, ("6",)),
    ],
)
def test_every_edit_of_an_answer_is_another_name_of_it(
    info: dict[str, Any], aliases: tuple[str, ...]
) -> None:
    (found,) = comments(part(answer(7, 1, edit_info=info)))
    assert (found.aliases, found.is_edited) == (aliases, bool(aliases))


def test_no_edit_info_means_that_edits_are_unknown_and_no_count_is_no_zero() -> None:
    (found,) = comments(part(answer(7, 1, favorite_count=None)))
    assert (found.is_edited, found.like_count) == (None, None)


def test_media_and_unknown_languages() -> None:
    media = [{"type": "photo", "media_url_https": "https://pbs.example/1.jpg", "id_str": "4"}]
    (found,) = comments(part(answer(7, 1, lang="und", extended_entities={"media": media})))
    assert found.attachments == '[{"type": "photo", "url": "https://pbs.example/1.jpg"}]'
    assert found.language_declared is None


@pytest.mark.parametrize("kind", ["tweet", "tweets", "community_tweet"])
def test_every_part_with_posts_is_read_alike(kind: str) -> None:
    (found,) = records_of(part(tweet(), kind=kind))
    assert isinstance(found, Post)
    assert found.status == "published"


def test_parts_of_older_archives_are_not_wrapped() -> None:
    (found,) = records_of(part(tweet(), kind="tweet", wrapper=None))
    assert isinstance(found, Post)
    assert found.text == "Open Source im Leitstand"


def test_deleted_posts_are_deleted() -> None:
    found = records_of(part(tweet(), answer(2, 1), kind="deleted_tweets"))
    assert [r.status for r in found if isinstance(r, Post | Comment)] == ["deleted", "deleted"]


LONG = "Sechs Monate nach dem Umzug der Büroanwendungen: " + "viel zu sagen, " * 30


def note(**fields: Any) -> dict[str, Any]:
    return {
        "noteTweetId": "1968201455000000000",
        "createdAt": "2025-09-17T06:55:52.000Z",
        "core": {"text": LONG, "urls": [], "mentions": []},
    } | fields


def test_a_long_post_gets_its_text_from_the_other_file() -> None:
    (short,) = records_of(part(tweet(full_text=f"{LONG[:274]}… https://t.co/abc")))
    long, _ = records_of(part(note(), kind="note_tweet", wrapper="noteTweet"))
    assert isinstance(short, Post)
    assert isinstance(long, Post)
    assert short.aliases == long.aliases
    assert len(long.aliases) == 1
    assert (short.text, short.title) == (None, f"{LONG[:274]}…")
    assert (long.text, long.title, long.native_id) == (LONG, None, "note-1968201455000000000")


def test_a_short_post_that_ends_in_dots_keeps_its_text() -> None:
    text = "Nun ja, das war dann wohl wieder nichts mit dem Umzug der Büroanwendungen …"
    found = only(full_text=text)
    assert isinstance(found, Post)
    assert (found.text, found.title, found.aliases) == (text, None, ())


def test_two_long_posts_of_one_second_are_not_mixed_up() -> None:
    one, _ = records_of(part(note(), kind="note_tweet", wrapper="noteTweet"))
    other = note(core={"text": "Ein ganz anderer Anfang, der auch sehr lang ist: " + LONG})
    two, _ = records_of(part(other, kind="note_tweet", wrapper="noteTweet"))
    assert isinstance(one, Post)
    assert isinstance(two, Post)
    assert one.aliases != two.aliases


@pytest.mark.parametrize(("start", "kinds"), [("@a ", [Comment]), ("", [Post, Comment])])
def test_an_own_answer_gets_its_long_text_from_the_other_file(
    start: str, kinds: list[type]
) -> None:
    (short,) = records_of(part(answer(2, 1, full_text=f"{start}{LONG[:274]}… https://t.co/abc")))
    long = note(core={"text": start + LONG})
    found = records_of(part(long, kind="note_tweet", wrapper="noteTweet"))
    assert [type(one) for one in found] == kinds
    assert [one.position for one in found] == [1, 2][: len(kinds)]
    whole = found[-1]
    assert isinstance(short, Comment)
    assert isinstance(whole, Comment)
    assert (whole.text, whole.is_owner, whole.permalink) == (start + LONG, True, None)
    assert short.aliases == whole.aliases
    assert len(short.aliases) == 1


def test_a_broken_record_costs_only_itself() -> None:
    content = part({"full_text": "ohne Nummer"}, tweet())
    found = records_of(content.replace('"ohne', '"\udcff ohne').encode(errors="surrogateescape"))
    assert [type(r).__name__ for r in found] == ["Rejected", "Post"]
    found = records_of(content)
    assert isinstance(found[0], Rejected)
    assert (found[0].line, found[0].detail) == (2, "a post without `id_str`")


@pytest.mark.parametrize("element", ["null", "[]", '"text"', '{"bad": true}', '{"tweet": []}'])
def test_elements_that_are_no_posts_are_rejected(element: str) -> None:
    (found,) = records_of(f"window.YTD.tweets.part0 = [{element}]")
    assert isinstance(found, Rejected)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("window.YTD.tweets.part0 = [ ]", id="nothing in it"),
        pytest.param("\ufeffwindow.YTD.tweets.part12 = [", id="a later part"),
        pytest.param("window.YTD.tweet.part0=[", id="without blanks"),
        pytest.param("window.YTD.note_tweet.part0 = [", id="long texts"),
        pytest.param("window.YTD.community_tweet.part0 = [", id="communities"),
    ],
)
def test_parts_with_posts_are_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("window.YTD.like.part0 = [", id="likes"),
        pytest.param("window.YTD.tweet_headers.part0 = [", id="headers only"),
        pytest.param("window.YTD.direct_messages.part0 = [", id="messages"),
        pytest.param('[{"tweet": {}}]', id="json"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_parts_are_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert recognise(content)
    assert Counter(type(record).__name__ for record in found) == {"Comment": 2, "Post": 2}
    thread = found[1]
    assert isinstance(thread, Comment)
    assert (thread.post_native_id, thread.parent_native_id) == ("1968201455730278400", None)
    assert thread.text == (
        "2/ Was bleibt: Netzleittechnik <hier im Haus>, Punkt. https://t.co/a1b2c3d4e5"
    )
    long = found[-1]
    assert isinstance(long, Post)
    assert (long.text, len(long.aliases)) == (None, 1)
    assert SOURCE.recognise is recognise


def without_thread(record: Record) -> Record:
    """`record` without what only the whole file tells: the first post of its thread."""
    if isinstance(record, Comment):
        return replace(record, post_native_id=None, parent_native_id=None)
    return record


def assert_a_prefix(whole: list[Record], content: bytes, length: int) -> None:
    cut = records_of(content[:length])
    kept = [without_thread(record) for record in cut if not isinstance(record, Rejected)]
    assert kept == [without_thread(record) for record in whole[: len(kept)]]
    assert sum(isinstance(record, Rejected) for record in cut) == (length < len(content.rstrip()))


def test_a_sample_cut_anywhere_gives_what_was_whole_and_one_rejection() -> None:
    content = SAMPLE.read_bytes()
    whole = records_of(content)
    for length in range(0, len(content), 7):
        assert_a_prefix(whole, content, length)


@given(texts=st.lists(st.text(max_size=30), max_size=4), where=st.floats(0, 1))
def test_texts_come_back_and_a_cut_never_makes_a_wrong_one(texts: list[str], where: float) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    tweets = [tweet(number, full_text=f".{text}") for number, text in enumerate(texts, 1)]
    content = part(*tweets).encode()
    whole = records_of(content)
    found = [record.text for record in whole if isinstance(record, Post)]
    unescaped = [
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in texts
    ]
    assert found == [f".{text}" for text in unescaped]
    assert_a_prefix(whole, content, int(where * len(content)))
