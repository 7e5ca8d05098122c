"""Exports of Talkwalker: articles are posts, comments name them, tweets stand alone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import table_file
from flows.sources.talkwalker_table import SOURCE, recognise
from models.canonical import Comment, Post
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "talkwalker_table.csv"
ARTICLE = "https://nordhafener-bote.example/app"
HEADER = "url;published;content;source_type;extra_author_attributes.name\n"
records_of = reader(SOURCE, "export.csv")


def test_an_article_becomes_a_post() -> None:
    article, *_ = records_of(SAMPLE.read_bytes())
    assert article == Post(
        platform="talkwalker",
        site="",
        native_id=ARTICLE,
        position=1,
        title="Stadtwerke setzen auf App",
        text="Die Stadtwerke Nordhafen lesen Zähler künftig per App ab.",
        url=ARTICLE,
        author="ex:nordhafener-bote.example-1",
        created_at=datetime(2025, 11, 4, 7, tzinfo=ZoneInfo("Europe/Berlin")),
        created_at_raw="2025-11-04 07:00",
        status="published",
        language_declared="de",
        reported_comment_count=1,
    )


def test_what_is_marked_as_a_comment_becomes_one() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="talkwalker",
        site="",
        position=2,
        line=3,
        native_id=f"{ARTICLE}#c1",
        id_basis="permalink",
        post_native_id=ARTICLE,
        author="ex:nordhafener-bote.example-77",
        author_name="deichkind",
        text="Und wer kein Smartphone hat?\nWie immer: Pech.",
        language_declared="de",
        created_at=datetime(2025, 11, 4, 8, tzinfo=ZoneInfo("Europe/Berlin")),
        created_at_raw="2025-11-04 08:00",
        created_tz_assumed="Europe/Berlin",
        status="published",
        permalink=f"{ARTICLE}#c1",
    )


def test_comments_of_facebook_get_the_ids_of_graph() -> None:
    _, _, post, comment, _ = records_of(SAMPLE.read_bytes())
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (post.platform, post.native_id) == ("facebook", "4711")
    assert (comment.native_id, comment.aliases) == ("4711_333", ("333",))
    assert (comment.post_native_id, comment.like_count) == ("4711", 2)


def test_a_tweet_stands_alone() -> None:
    *_, tweet = records_of(SAMPLE.read_bytes())
    assert isinstance(tweet, Comment)
    assert (tweet.platform, tweet.native_id) == ("x", "1985800000000000001")
    assert (tweet.post_native_id, tweet.like_count) == (None, None)


def test_the_generic_reader_takes_articles_for_comments() -> None:
    found = reader(table_file.SOURCE, "a.csv")(SAMPLE.read_bytes())
    texts = [one.text or "" for one in found if isinstance(one, Comment)]
    assert any(text.startswith("Die Stadtwerke") for text in texts)


def test_times_since_1970_are_utc() -> None:
    (found,) = records_of(HEADER + "https://x.com/a/status/1;1762156800000;Gut;SOCIALMEDIA;Jo\n")
    assert isinstance(found, Comment)
    assert found.created_at == datetime(2025, 11, 3, 8, tzinfo=UTC)
    assert found.created_tz_assumed is None


def test_a_time_that_is_none_is_left_open() -> None:
    (found,) = records_of(HEADER + "https://x.com/a/status/1;soon;Gut;SOCIALMEDIA;Jo\n")
    assert isinstance(found, Comment)
    assert (found.created_at, found.created_at_raw) == (None, "soon")


@pytest.mark.parametrize(
    "content",
    [b"url;published;content;author\na;2025-11-03 08:00;Gut;Jo\n", b"", b'{"url": "a"}'],
    ids=["table", "nothing", "json"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["talkwalker_table"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    start = content.index(b"\nhttps") + 1
    length = start + int(share * (len(content) - start))
    assert_a_cut_file_lies_not(records_of, content, length)
