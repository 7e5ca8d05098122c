"""Exports of Brandwatch: what is a post, whose comment is whose, and in which zone."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import table_file
from flows.sources.brandwatch_table import SOURCE, recognise
from models.canonical import Comment, Post
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "brandwatch_table.csv"
THREAD = "https://www.reddit.com/r/nordhafen/comments/1nh001/zaehler/"
records_of = reader(SOURCE, "Bulk Mentions Download.csv")


def test_what_begins_a_thread_becomes_a_post() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert isinstance(post, Post)
    assert post.created_at is not None
    assert post == Post(
        platform="reddit",
        site="",
        native_id="1nh001",
        position=1,
        channel="reddit",
        title="Zähler ablesen nur noch per App?",
        text="Unsere Stadtwerke wollen den Zähler nur noch per App.\nGeht das überhaupt?",
        url=THREAD,
        author="deichkind_7",
        created_at=post.created_at,
        created_at_raw="2025-11-03 08:00:00.0",
        status="published",
        language_declared="de",
        reported_comment_count=2,
    )


def test_an_answer_becomes_a_comment_in_the_zone_that_the_preamble_names() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="reddit",
        site="",
        position=2,
        line=11,
        native_id="nc9k1",
        id_basis="permalink",
        channel="reddit",
        post_native_id="1nh001",
        author="kutterfahrer",
        text='Bei mir stürzt sie ab, "jedes" Mal.',
        language_declared="de",
        created_at=datetime(2025, 11, 3, 9, 10, tzinfo=ZoneInfo("UTC")),
        created_at_raw="2025-11-03 09:10:00.0",
        created_tz_assumed="UTC",
        status="published",
        like_count=3,
        reply_count=0,
        permalink=THREAD + "nc9k1/",
    )


def test_the_generic_reader_has_another_hour_and_takes_the_post_for_a_comment() -> None:
    found = reader(table_file.SOURCE, "a.csv")(SAMPLE.read_bytes())
    first = next(one for one in found if isinstance(one, Comment))
    assert first.created_at is not None
    assert first.created_at.astimezone(UTC).hour == 7
    assert (first.text or "").startswith("Unsere Stadtwerke")


def test_threads_articles_and_tweets_of_the_sample_are_told_apart() -> None:
    _, first, second, article, tweet = records_of(SAMPLE.read_bytes())
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.parent_native_id, second.parent_native_id) == (None, "nc9k1")
    assert (first.is_owner, second.is_owner) == (False, True)
    assert isinstance(article, Post)
    assert (article.platform, article.text) == ("brandwatch", "Die Stadtwerke Nordhafen ...")
    assert article.native_id == "https://nordhafener-bote.example/app"
    assert isinstance(tweet, Comment)
    assert (tweet.platform, tweet.native_id) == ("x", "1985800000000000001")
    assert (tweet.text, tweet.post_native_id) == ("@nordhafen App ist top", None)
    assert (tweet.author, tweet.author_name) == ("ole_p", "Ole P.")


def test_columns_that_were_not_chosen_for_the_export_may_be_missing() -> None:
    content = (
        "Query Name,Date,Url,Page Type,Full Text\n"
        f"Stadt,2025-11-03 09:00:00.0,{THREAD}abc/,reddit,Geht so\n"
    )
    assert recognise(content.encode())
    *_, comment = records_of(content)
    assert isinstance(comment, Comment)
    assert comment.text == "Geht so"


def test_without_a_zone_that_of_the_settings_is_assumed() -> None:
    content = SAMPLE.read_text(encoding="utf-8").replace(" UTC ", " CET ")
    _, comment, *_ = records_of(content)
    assert isinstance(comment, Comment)
    assert comment.created_tz_assumed == "Europe/Berlin"


def test_a_workbook_is_read_like_a_table() -> None:
    book = openpyxl.Workbook()
    book.active.append(["From:", "Mon Nov 03 00:00:00 UTC 2025"])
    book.active.append([])
    book.active.append(
        ["Query Id", "Query Name", "Date", "Snippet", "Url", "Page Type", "Full Text", "Author"]
    )
    when = datetime(2025, 11, 3, 9, 10)
    url = "https://x.com/jo/status/12"
    book.active.append([2001, "IT", when, "...", url, "review", "Gut so", "jo"])
    target = io.BytesIO()
    book.save(target)
    assert recognise(target.getvalue())
    (found,) = records_of(target.getvalue())
    assert isinstance(found, Comment)
    assert (found.native_id, found.kind, found.text) == ("12", "review", "Gut so")
    assert found.created_at == datetime(2025, 11, 3, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [b"Date,Title,Snippet,Url\n2025-11-03 08:00:00,a,b,c\n", b"", b'{"queryId": 1}'],
    ids=["table", "nothing", "json"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["brandwatch_table"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    start = content.index(b"\n2001") + 1
    assert_a_cut_file_lies_not(records_of, content, start + int(share * (len(content) - start)))
