"""Tables of 4CAT: what is a post, what a comment, and when it was said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import table_file
from flows.sources.fourcat_table import SOURCE, recognise
from models.canonical import Comment, Post, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "fourcat_table.csv"
VIDEO = "https://www.tiktok.com/@nordhafen/video/7000000000000000022"
FORUM = "id,thread_id,timestamp,unix_timestamp,body,subject,author,url\n"
LINKEDIN = (
    "id,thread_id,body,timestamp,timestamp_ago,author,author_name,post_url,comments,reactions,"
    "reaction_like,reaction_empathy,unix_timestamp\n"
)
FACEBOOK = (
    "id,url,body,timestamp,author,author_name,image_url,is_in_group,group_name,unix_timestamp\n"
)
records_of = reader(SOURCE, "tiktok-comments-search.csv")


def test_the_post_that_comments_name_comes_once() -> None:
    post, *comments = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="tiktok",
        site="",
        native_id="7000000000000000022",
        position=1,
        channel="tiktok",
        text="Zähler ablesen per App",
        url=VIDEO,
    )
    assert [type(one) for one in comments] == [Comment] * 3


def test_a_row_becomes_a_comment() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="tiktok",
        site="",
        position=1,
        line=2,
        native_id="7100000000000000001",
        channel="tiktok",
        post_native_id="7000000000000000022",
        reply_semantics="two_level",
        author="jule.harms",
        author_name="Jule 🌊",
        text="Und wer kein Smartphone hat?",
        language_declared="de",
        created_at=datetime(2025, 12, 3, 6, 24, 13, tzinfo=UTC),
        created_at_raw="1764743053",
        status="published",
        like_count=12,
        reply_count=1,
        platform_labels='{"pinned": true}',
        permalink=f"{VIDEO}?_r=1",
    )


def test_the_thread_of_an_answer_is_the_comment_that_it_answers() -> None:
    # The generic reader finds no parent: it takes `thread_id` for another name of the post.
    _, _, answer, last = records_of(SAMPLE.read_bytes())
    assert isinstance(answer, Comment)
    assert isinstance(last, Comment)
    assert answer.parent_native_id == "7100000000000000001"
    assert answer.post_native_id == "7000000000000000022"
    assert answer.text == "Der kann wie bisher\ndie Karte schicken."
    assert (last.parent_native_id, last.like_count) == (None, 0)
    generic = reader(table_file.SOURCE, "a.csv")(SAMPLE.read_bytes())
    assert not any(one.parent_native_id for one in generic if isinstance(one, Comment))


def test_the_clock_of_the_server_does_not_matter() -> None:
    (found,) = records_of(FORUM + "2,1,2025-12-03 23:24:13,1764743053,Gut,,jo,\n")
    assert isinstance(found, Comment)
    assert found.created_at == datetime(2025, 12, 3, 6, 24, 13, tzinfo=UTC)


def test_the_first_message_of_a_thread_is_a_post() -> None:
    post, comment = records_of(
        FORUM + "1,1,x,1764743053,Warum?,Zähler,al,https://www.reddit.com/r/x/1\n"
        "2,1,x,1764743054,Darum,,jo,https://www.reddit.com/r/x/2\n"
    )
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (post.platform, post.title, post.text) == ("reddit", "Zähler", "Warum?")
    assert (comment.post_native_id, comment.parent_native_id) == ("1", None)


def test_posts_of_linkedin_get_the_time_that_their_id_tells() -> None:
    row = (
        "7391000000000000000,7391000000000000000,Neu,2025-06-01 00:00:00,5mo,rike,Rike,"
        "https://www.linkedin.com/feed/update/urn:li:activity:7391000000000000000,4,9,7,2,"
        "1748736000\n"
    )
    (post,) = records_of(LINKEDIN + row)
    assert isinstance(post, Post)
    assert post.native_id == "urn:li:activity:7391000000000000000"
    assert post.created_at is not None
    assert post.created_at.date().isoformat() == "2025-11-03"
    assert post.time_precision == "derived_from_id"
    assert post.reported_comment_count == 4
    assert post.reported_counts == '{"empathy": 2, "like": 7}'


def test_rows_of_facebook_are_posts_and_no_comments() -> None:
    # The generic reader takes them for what the audience said.
    content = FACEBOOK + (
        "22,https://www.facebook.com/nordhafen/posts/22,Wir ziehen um.,2025-11-03 08:00:00,"
        "nordhafen,Nordhafen,,no,,1762156800\n"
    )
    (post,) = records_of(content)
    assert isinstance(post, Post)
    assert (post.platform, post.native_id, post.text) == ("facebook", "22", "Wir ziehen um.")
    generic = reader(table_file.SOURCE, "a.csv")(content)
    assert any(isinstance(one, Comment) for one in generic)


def test_kinds_of_reactions_keep_their_names() -> None:
    header = FACEBOOK.replace(
        "unix_timestamp", "reactions_love,reaction_like,reactions,unix_timestamp"
    )
    (post,) = records_of(
        header + "22,https://www.facebook.com/n/posts/22,Gut,2025-12-03,n,N,,no,,3,5,8,1764743053\n"
    )
    assert isinstance(post, Post)
    assert post.reported_counts == '{"like": 5, "love": 3}'


def test_a_post_of_linkedin_may_be_named_by_its_urn() -> None:
    urn = "urn:li:ugcPost:7391739456123904001"
    (post,) = records_of(
        LINKEDIN
        + f"{urn},{urn},Gut,2024-05-05 18:45:03,18mo,a,A,"
        + f"https://www.linkedin.com/feed/update/{urn},3,1,1,0,1714934703\n"
    )
    assert isinstance(post, Post)
    assert (post.native_id, post.time_precision) == (urn, "derived_from_id")


def test_a_comment_in_a_thread_of_its_own_is_still_a_comment() -> None:
    header = FORUM.replace("subject", "post_id,comment_url,is_comment_on_comment")
    row = f"71,71,2025-12-03 06:24:13,1764743053,Gut,22,{VIDEO}?c=71,no,a,\n"
    found = records_of(header + row)
    comment = found[-1]
    assert isinstance(comment, Comment)
    assert (comment.post_native_id, comment.parent_native_id) == ("22", None)


def test_a_guessed_time_is_marked() -> None:
    header = LINKEDIN.replace("post_url", "link_url")
    (found,) = records_of(header + "a1,a1,Neu,x,5mo,rike,Rike,,4,9,7,2,1748736000\n")
    assert isinstance(found, Post)
    assert (found.platform, found.time_precision) == ("fourcat", "relative")


@pytest.mark.parametrize("raw", ["", "soon", "1e400", "-5"])
def test_a_time_that_is_none_is_left_open(raw: str) -> None:
    (found,) = records_of(FORUM + f"2,1,2025-12-03 08:00:00,{raw},Gut,,jo,\n")
    assert isinstance(found, Comment)
    assert found.created_at is None


def test_a_row_without_an_id_is_rejected() -> None:
    (found,) = records_of(FORUM + ",1,x,1764743053,Gut so,,jo,\n")
    assert isinstance(found, Rejected)
    assert found.line == 2
    assert "Gut" not in found.detail


@pytest.mark.parametrize("header", [FORUM, LINKEDIN, FACEBOOK], ids=["forum", "li", "fb"])
def test_its_tables_are_recognised(header: str) -> None:
    assert recognise(header.encode() + b"1,2,3,4,5,6,7,8\n")


@pytest.mark.parametrize(
    "content",
    [
        b"id,thread_id,timestamp,body,author\n1,1,2025-12-03 08:00:00,Gut,jo\n",
        b"id,body,timestamp,unix_timestamp,author\n1,Gut,2025-12-03 08:00:00,1764743053,jo\n",
    ],
    ids=["no unix time", "no thread"],
)
def test_other_tables_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["fourcat_table"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(share * len(content)))
