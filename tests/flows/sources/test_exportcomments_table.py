"""Tables of ExportComments.com: what becomes of rows, numbers, dates and hyperlinks."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.exportcomments_table import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "exportcomments_table.csv"
BERLIN = ZoneInfo("Europe/Berlin")
POST = "https://www.facebook.com/stadtwerke.nordhafen/posts/4711"
records_of = reader(SOURCE, "facebook-comments6720.csv")

FACEBOOK_HEADER = [
    *("", "", "Name (click to view profile)", "Profile ID", "Date", "Likes", "Comment"),
    "(view source)",
]
YOUTUBE = "id ,,Name,Date,Likes,isHearted,isPinned,Comment,(view source)\n"
INSTAGRAM = (
    "Name,Username,Profile ID,Date,Likes,Comment,User Verified,Comment ID,Profile URL,Comment URL\n"
)


def comments_in(found: list[Record]) -> list[Comment]:
    return [record for record in found if isinstance(record, Comment)]


def workbook() -> bytes:
    """A file as it comes from Facebook: what it is about, the header, a comment, an answer."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["ExportComments.com"])
    sheet.append(["Source URL", POST])
    sheet.append(["Total", 2])
    sheet.append([])
    sheet.append(FACEBOOK_HEADER)
    when = datetime(2025, 12, 3, 6, 24, 13)
    sheet.append([1, None, "Jule Harms", "ID: 21", when, 4, "Stürzt ab.", "view comment"])
    sheet.append([1, 1, "Nordhafen", "ID: 1", when, 0, "Danke!", "view comment"])
    sheet["H6"].hyperlink = f"{POST}?comment_id=333"
    sheet["H7"].hyperlink = f"{POST}?comment_id=333&reply_comment_id=444"
    sheet["C6"].hyperlink = "https://www.facebook.com/21"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_post_is_told_above_the_header() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="facebook",
        site="",
        native_id="4711",
        position=1,
        channel="facebook",
        url=POST,
        aliases=(POST,),
    )


def test_a_row_becomes_a_comment() -> None:
    _, first, *_ = records_of(SAMPLE.read_bytes())
    assert isinstance(first, Comment)
    assert first == Comment(
        platform="facebook",
        site="",
        position=1,
        line=6,
        native_id=first.native_id,
        id_basis="hash",
        channel="facebook",
        post_native_id="4711",
        reply_semantics="two_level",
        author="100010000000021",
        author_name="Jule Harms",
        text="Die neue App stürzt beim Zählerstand immer ab.",
        created_at=datetime(2025, 12, 3, 6, 24, 13, tzinfo=BERLIN),
        created_at_raw="03/12/25 06:24:13",
        created_tz_assumed="Europe/Berlin",
        status="published",
        like_count=4,
    )


def test_rows_with_a_second_number_answer_the_row_without_one_above() -> None:
    first, *answers, last = comments_in(records_of(SAMPLE.read_bytes()))
    assert [one.parent_native_id for one in answers] == [first.native_id] * 2
    assert (first.parent_native_id, last.parent_native_id) == (None, None)


def test_a_picture_is_an_attachment_without_its_address() -> None:
    *_, last = comments_in(records_of(SAMPLE.read_bytes()))
    assert last.text == "Bei mir sieht es so aus"
    assert last.attachments == '[{"type": "photo", "url": null}]'
    assert last.like_count == 0


def test_a_comment_keeps_its_id_when_its_row_has_another_number() -> None:
    # The generic reader takes the number for an id: the next export would double every comment.
    rows = [f'{n},,Jo,0{n}/12/25 06:24:13,0,false,false,Nr {n},""\n' for n in (1, 2)]
    again = "1,,Al,09/12/25 06:24:13,0,false,false,Neu,\n" + rows[0].replace("1,", "2,", 1)
    before = comments_in(records_of(YOUTUBE + "".join(rows)))
    after = comments_in(records_of(YOUTUBE + again))
    assert before[0].native_id == after[1].native_id != before[1].native_id


def test_two_rows_that_are_alike_are_two_comments() -> None:
    row = "1,,Jo,03/12/25 06:24:13,0,false,false,Erster!,\n"
    first, second = comments_in(records_of(YOUTUBE + row + row))
    assert first.native_id != second.native_id


def test_days_come_before_months_whatever_the_other_rows_look_like() -> None:
    found = comments_in(records_of(YOUTUBE + "1,,Jo,03/12/25 06:24:13,0,,,Gut,\n"))[0]
    assert found.created_at == datetime(2025, 12, 3, 6, 24, 13, tzinfo=BERLIN)
    odd = comments_in(records_of(YOUTUBE + "1,,Jo,12/25/25 06:24:13,0,,,Gut,\n"))[0]
    assert (odd.created_at, odd.created_at_raw) == (None, "12/25/25 06:24:13")


def test_hyperlinks_of_a_workbook_give_the_ids_that_graph_gives() -> None:
    post, first, answer = records_of(workbook())
    assert isinstance(post, Post)
    assert (post.native_id, post.url) == ("4711", POST)
    assert isinstance(first, Comment)
    assert isinstance(answer, Comment)
    assert (first.native_id, first.id_basis, first.aliases) == ("4711_333", "permalink", ("333",))
    assert (answer.native_id, answer.parent_native_id) == ("4711_444", "4711_333")
    assert first.permalink == f"{POST}?comment_id=333"
    assert (first.author, first.created_at_raw) == ("21", "2025-12-03 06:24:13")


@pytest.mark.parametrize(
    ("content", "platform"),
    [
        (YOUTUBE + "1,,Jo,03/12/25 06:24:13,0,no,no,Gut,view\n", "youtube"),
        (
            ",,Name (click to view profile),Profile ID,Date,Likes,Comment,(view source)\n"
            "1,,Jo,ID: 21,03/12/25 06:24:13,0,Gut,view comment\n",
            "facebook",
        ),
        (
            "id,,Name,Unique ID,Date,Likes,Comment,(view source)\n"
            "1,,Jo,jo,03/12/25 06:24:13,0,Gut,view\n",
            "tiktok",
        ),
    ],
)
def test_where_no_address_tells_the_platform_its_columns_do(content: str, platform: str) -> None:
    assert recognise(content.encode())
    (found,) = comments_in(records_of(content))
    assert (found.platform, found.channel) == (platform, platform)


def test_an_address_above_the_header_is_the_posts_whatever_its_label() -> None:
    book = openpyxl.Workbook()
    for row in (["Comments of"], ["URL:", POST], FACEBOOK_HEADER):
        book.active.append(row)
    book.active.append([1, None, "Jo", "ID: 21", datetime(2025, 12, 3), 0, "Gut", "view"])
    target = io.BytesIO()
    book.save(target)
    post, comment = records_of(target.getvalue())
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (post.url, comment.post_native_id, comment.platform) == (POST, "4711", "facebook")


def test_columns_of_instagram_have_ids_of_their_own() -> None:
    row = (
        "Jule,jule.h,ID: 21,03/12/25 06:24:13,2,Schön,false,178,https://www.instagram.com/jule.h,"
        "https://www.instagram.com/p/Cx_1/c/178/\n"
    )
    post, found = records_of(INSTAGRAM + row)
    assert isinstance(post, Post)
    assert (post.platform, post.native_id, post.url) == ("instagram", "Cx_1", None)
    assert isinstance(found, Comment)
    assert (found.platform, found.native_id, found.id_basis) == ("instagram", "178", "native")
    assert (found.author, found.author_name) == ("21", "Jule")


def test_pins_and_hearts_of_youtube_are_labels() -> None:
    rows = "1,,Jo,03/12/25 06:24:13,1,true,false,Gut,https://www.youtube.com/watch?v=abc&lc=Ugx1\n"
    (found,) = comments_in(records_of(YOUTUBE + rows))
    assert found.platform_labels == '{"hearted": true}'
    assert (found.platform, found.native_id, found.post_native_id) == ("youtube", "Ugx1", "abc")


def test_an_address_of_one_comment_is_not_that_of_all() -> None:
    content = SAMPLE.read_text(encoding="utf-8").replace("/4711", "/4711?comment_id=333")
    assert {one.id_basis for one in comments_in(records_of(content))} == {"hash"}


def test_an_answer_on_x_answers_the_post_that_the_file_is_about() -> None:
    post, found = records_of(
        'ExportComments.com\n"Source URL",https://x.com/nordhafen/status/11\n\n'
        "Name,Date,Likes,Tweet text,Tweet URL\n"
        "Jo,03/12/25 06:24:13,0,Gut,https://x.com/jo/status/12\n"
    )
    assert isinstance(post, Post)
    assert isinstance(found, Comment)
    assert (post.platform, post.native_id) == ("x", "11")
    assert (found.native_id, found.post_native_id) == ("12", "11")


@pytest.mark.parametrize("header", [YOUTUBE, INSTAGRAM], ids=["youtube", "instagram"])
def test_its_tables_are_recognised_by_their_columns(header: str) -> None:
    assert recognise((header + "1,,a,03/12/25,1,b,c,d,e\n").encode())


def test_others_are_recognised_by_what_stands_above() -> None:
    assert recognise(b'ExportComments.com\n"Source URL",x\n\nTweet text,Date\nGut,03/12/25 06:24\n')
    assert recognise(workbook())


@pytest.mark.parametrize(
    "content",
    [
        b"Kommentar;Datum;Autor\nGut;03.12.2025;Jo\n",
        b"Name,Date,Comment\nJo,03/12/25,as on exportcomments.com\n",
        b'{"Comment": "a", "Date": "b", "Likes": 1}',
        b"",
    ],
    ids=["table", "mentioned in a text", "json", "nothing"],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["exportcomments_table"]


def test_an_empty_table_gives_nothing() -> None:
    assert records_of(YOUTUBE) == []


def test_a_table_without_dates_is_rejected() -> None:
    (found,) = records_of("Name (click to view profile),Comment\nJo,Gut so und weiter so\n")
    assert isinstance(found, Rejected)
    assert found.reason == "missing column"


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    header_end = content.index(b'"1"')
    length = header_end + int(share * (len(content) - header_end))
    assert_a_cut_file_lies_not(records_of, content, length)


def test_times_are_in_the_zone_of_the_settings() -> None:
    first = comments_in(records_of(SAMPLE.read_bytes()))[0]
    assert first.created_at is not None
    assert first.created_at.astimezone(UTC).hour == 5
