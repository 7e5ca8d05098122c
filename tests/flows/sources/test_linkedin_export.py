"""The member's export of LinkedIn: both files, both ways to quote, and what damage does."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.linkedin_export import SOURCE, recognise
from models.canonical import Comment, Post, Record, Rejected
from tests.cut_files import assert_a_cut_file_lies_not, reader

SAMPLE = Path(__file__).parent / "samples" / "linkedin_export.csv"
FEED = "https://www.linkedin.com/feed/update/urn%3Ali%3A"
POST = "activity%3A7391739456123904001"
SHARES = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"


records_of = reader(SOURCE, "Comments.csv")


def row(text: str, when: str = "2025-11-06 07:41:12", where: str = POST) -> str:
    return f"{when},{FEED}{where},{text}\n"


def comments(*rows: str) -> list[Comment]:
    found = records_of("Date,Link,Message\n" + "".join(rows))
    return [record for record in found if isinstance(record, Comment)]


def shares(*rows: str) -> list[Record]:
    return records_of(SHARES + "".join(rows))


def test_a_row_becomes_an_own_comment_below_the_post_of_its_address() -> None:
    post, comment = records_of("Date,Link,Message\n" + row("Danke"))
    assert isinstance(comment, Comment)
    assert len(comment.aliases) == 1
    assert replace(comment, aliases=()) == Comment(
        platform="linkedin",
        site="",
        position=2,
        line=2,
        id_basis="hash",
        channel="linkedin",
        post_native_id="urn:li:activity:7391739456123904001",
        is_owner=True,
        text="Danke",
        created_at=datetime(2025, 11, 6, 7, 41, 12, tzinfo=UTC),
        created_at_raw="2025-11-06 07:41:12",
        status="published",
        permalink=FEED + POST,
    )
    assert isinstance(post, Post)
    assert post.native_id == comment.post_native_id


def test_the_number_of_a_post_tells_when_it_was_made() -> None:
    # A real pair: LinkedIn wrote 2025-07-01 14:33:22 beside this number.
    post, _ = records_of("Date,Link,Message\n" + row("Hm", where="share%3A7345821826846990338"))
    assert isinstance(post, Post)
    assert post.created_at == datetime(2025, 7, 1, 14, 33, 22, 290_000, tzinfo=UTC)
    assert (post.time_precision, post.created_at_raw) == ("derived_from_id", None)


def test_a_post_that_was_commented_twice_is_told_once() -> None:
    kinds = [type(r).__name__ for r in records_of("Date,Link,Message\n" + row("a") + row("b"))]
    assert kinds == ["Post", "Comment", "Comment"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r'"Sie sagte: \"ja\", endlich"', 'Sie sagte: "ja", endlich'),
        (r'"Zitat: \"ja\""', 'Zitat: "ja"'),
        ('"Man nennt es ""Wolke"", aha"', 'Man nennt es "Wolke", aha'),
        ('"""Wolke"""', '"Wolke"'),
        (r"Pfad C:\netz\plan", r"Pfad C:\netz\plan"),
        ('eine "Wolke" ohne Komma', 'eine "Wolke" ohne Komma'),
        ('"eins, zwei\n\ndrei"', "eins, zwei\n\ndrei"),
        ('"eins, "zwei", drei"', 'eins, "zwei", drei'),
        ("zwei Zeilen\nohne Anführung\n\n", "zwei Zeilen\nohne Anführung"),
        ('"eins, zwei"\nund drei', "eins, zwei\nund drei"),
        ("👏", "👏"),
    ],
)
def test_texts_are_read_in_every_way_that_linkedin_has_quoted_them(written: str, text: str) -> None:
    first, second = comments(row(written), row("danach"))
    assert (first.text, second.text) == (text, "danach")


def test_line_ends_of_windows_become_plain_ones() -> None:
    content = ("Date,Link,Message\n" + row('"a\nb"')).replace("\n", "\r\n")
    _, comment = records_of(content)
    assert isinstance(comment, Comment)
    assert comment.text == "a\nb"


def test_a_lost_quote_costs_one_record() -> None:
    found = records_of("Date,Link,Message\n" + row('"offen, ohne Ende') + row("danach"))
    assert [type(r).__name__ for r in found] == ["Rejected", "Post", "Comment"]
    assert found[0] == Rejected(
        position=1,
        line=2,
        reason="broken record",
        detail="a quote opens in this record and is never closed",
    )


def test_what_is_missing_stays_unknown() -> None:
    undated, empty = comments(row("ohne Datum", when=""), row("", where="article%3A78121250527505"))
    assert (undated.created_at, undated.created_at_raw) == (None, None)
    assert (empty.text, empty.post_native_id) == (None, "urn:li:article:78121250527505")


def test_a_date_that_is_none_is_kept_as_it_was_written() -> None:
    (comment,) = comments(row("a", when="2025-13-45 99:00:00"))
    assert (comment.created_at, comment.created_at_raw) == (None, "2025-13-45 99:00:00")


def test_an_id_in_the_address_is_the_comments_own_or_that_of_the_one_it_answers() -> None:
    number = int(datetime(2025, 11, 6, 7, 41, 12, 400_000, tzinfo=UTC).timestamp() * 1000) << 22
    link = f"{POST}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A7391739456123904001%2C{number}%29"
    own, answer = comments(row("a", where=link), row("b", "2025-11-07 10:00:00", link))
    urn = f"urn:li:comment:(urn:li:activity:7391739456123904001,{number})"
    assert (own.native_id, own.id_basis, own.parent_native_id) == (urn, "permalink", None)
    assert (answer.native_id, answer.parent_native_id) == (None, urn)


def test_a_share_becomes_a_post_without_the_quotes_around_its_lines() -> None:
    text = '"Was hat sich ""bewegt""?""\n""""\n""Drei Dinge:""\n""""Mut"", Geduld, Geld."'
    (post,) = shares(row(f"{text},https://nordhafen.example/it,,MEMBER_NETWORK"))
    assert post == Post(
        platform="linkedin",
        site="",
        native_id="urn:li:activity:7391739456123904001",
        position=1,
        channel="linkedin",
        text='Was hat sich "bewegt"?\n\nDrei Dinge:\n"Mut", Geduld, Geld.',
        url="https://www.linkedin.com/feed/update/urn:li:activity:7391739456123904001/",
        created_at=datetime(2025, 11, 6, 7, 41, 12, tzinfo=UTC),
        created_at_raw="2025-11-06 07:41:12",
        status="published",
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (",,,MEMBER_NETWORK", None),
        ('"","","",MEMBER_NETWORK', None),
        ("Interessant,,,MEMBER_NETWORK", "Interessant"),
        ('"Kurz, gut",https://a.example/?x=1&y=2,"",PUBLIC', "Kurz, gut"),
        ('"""Ganz"" zitiert",,,MEMBER_NETWORK', '"Ganz" zitiert'),
        ('"Ende mit Leerzeile""\n""",,,MEMBER_NETWORK', "Ende mit Leerzeile\n"),
        ('"nicht\numbrochen",,,MEMBER_NETWORK', "nicht\numbrochen"),
    ],
)
def test_shares_are_read_in_the_form_of_2021_and_of_2025(written: str, text: str | None) -> None:
    first, _ = shares(row(written), row("danach,,,PUBLIC", where="share%3A7345821826846990338"))
    assert isinstance(first, Post)
    assert first.text == text


def test_the_header_of_2021_is_read_like_that_of_2025() -> None:
    old = SHARES.replace("SharedUrl,MediaUrl", "SharedURL,MediaURL")
    (post,) = records_of(old + row("Alt,,,PUBLIC"))
    assert isinstance(post, Post)
    assert (post.text, post.visibility) == ("Alt", "public")
    assert recognise((old + row("Alt,,,PUBLIC")).encode())


def test_a_header_behind_a_separator_of_unicode_begins_no_line() -> None:
    assert not recognise(("Notiz\u2028Date,Link,Message\n" + row("Hallo")).encode())


def test_a_share_that_does_not_end_is_rejected() -> None:
    (rejected,) = shares(row('"abgeschnitten'))
    assert isinstance(rejected, Rejected)
    assert "Visibility" in rejected.detail
    assert "abgeschnitten" not in rejected.detail


def test_an_endless_record_is_rejected_and_the_next_is_read() -> None:
    first, _, comment = records_of("Date,Link,Message\n" + row('"' + "x\n" * 6_000) + row("danach"))
    assert isinstance(first, Rejected)
    assert "5,000 lines" in first.detail
    assert isinstance(comment, Comment)


def test_bytes_that_are_not_utf_8_cost_one_record() -> None:
    content = ("Date,Link,Message\n" + row("Grüße")).encode("cp1252") + row("später").encode()
    first, _, comment = records_of(content)
    assert isinstance(first, Rejected)
    assert isinstance(comment, Comment)


def test_a_file_that_windows_saved_anew_is_read_in_its_encoding() -> None:
    _, comment = records_of(("Date,Link,Message\n" + row("Grüße")).encode("cp1252"))
    assert isinstance(comment, Comment)
    assert comment.text == "Grüße"


@pytest.mark.parametrize("link", ["", '""'])
def test_a_comment_without_an_address_is_no_part_of_the_one_above(link: str) -> None:
    _, first, second = records_of(
        "Date,Link,Message\n" + row("eins") + f"2025-11-06 07:42:12,{link},zwei\n"
    )
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == ("eins", "zwei")
    assert (second.post_native_id, second.permalink) == (None, None)


def test_a_line_within_quotes_that_looks_like_a_record_is_part_of_the_text() -> None:
    text = "eins\n2025-11-06 07:42:12,,zwei"
    _, first, second = records_of("Date,Link,Message\n" + row(f'"{text}"') + row("danach"))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == (text, "danach")


def test_a_date_may_name_its_zone() -> None:
    _, first, second = records_of(
        "Date,Link,Message\n"
        + row("eins", when="2025-11-06 07:41:12 UTC")
        + row("zwei", when="2025-11-06 07:42:12 UTC")
    )
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == ("eins", "zwei")
    assert first.created_at == datetime(2025, 11, 6, 7, 41, 12, tzinfo=UTC)


URN = "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7391739456123904001"
SAVED_ANEW = [
    f"Date;Link;Message\n06.11.2025 07:41;{URN};Gut so\n",
    f"Date,Link,Message,Note\n2025-11-06 07:41:12,{URN},Gut so,\n",
    f"Message\tDate\tLink\nGut so\t2025-11-06 07:41:12\t{URN}\n",
    f"Date,Link,Message\n13/11/2025 7:41,{URN},Gut so\n",
]


@pytest.mark.parametrize("content", SAVED_ANEW)
def test_what_a_spreadsheet_saved_anew_is_read_by_its_columns(content: str) -> None:
    assert recognise(content.encode())
    post, comment = records_of(content)
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (comment.text, comment.is_owner) == ("Gut so", True)
    assert comment.post_native_id == post.native_id == "urn:li:activity:7391739456123904001"
    assert comment.created_at is not None
    assert (comment.created_at.hour, comment.created_tz_assumed) == (7, None)


@pytest.mark.parametrize("content", SAVED_ANEW)
def test_what_a_spreadsheet_saved_anew_and_was_cut_gives_no_wrong_record(content: str) -> None:
    whole = records_of(content)
    for length in range(content.index("\n") + 1, len(content)):
        found = [record for record in records_of(content[:length]) if record not in whole]
        assert all(isinstance(record, Rejected) for record in found)


def test_posts_with_other_columns_are_read_by_their_names() -> None:
    share = URN.replace("activity", "share")
    header = "Date,ShareLink,ShareCommentary,MediaUrl,SharedUrl,Visibility\n"
    content = header + f"2025-11-06 07:41:12,{share},Gut so,,,PUBLIC\n"
    assert recognise(content.encode())
    (post,) = records_of(content)
    assert isinstance(post, Post)
    assert (post.text, post.visibility) == ("Gut so", "public")
    assert post.created_at == datetime(2025, 11, 6, 7, 41, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Date,Link,Message\n", id="nothing below the header"),
        pytest.param("\ufeffDate,Link,Message\r\n" + row("a"), id="byte order mark"),
        pytest.param("Notes:\nAll times are UTC.\n\nDate,Link,Message\n" + row("a"), id="notes"),
        pytest.param(SHARES + row("a,,,PUBLIC"), id="posts"),
    ],
)
def test_an_export_is_recognised(content: str) -> None:
    assert recognise(content.encode())
    assert not any(isinstance(record, Rejected) for record in records_of(content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("Date,Type,Link\n2025-11-06 07:41:12,LIKE,https://x\n", id="reactions"),
        pytest.param("Date,Link,Message\n2025-11-06,https://a.example,Hallo\n", id="other site"),
        pytest.param("Datum;Link;Kommentar\n", id="a table"),
        pytest.param('{"Date,Link,Message": 1}', id="json"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


def test_a_file_without_the_header_is_one_rejection() -> None:
    (rejected,) = records_of("a\nb\n")
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "missing column")


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    assert recognise(content)
    found = records_of(content)
    assert Counter(type(record).__name__ for record in found) == {"Post": 5, "Comment": 7}
    own = [record for record in found if isinstance(record, Comment)]
    assert all(comment.is_owner for comment in own)
    assert own[1].text is not None
    assert own[1].text.startswith(
        'Gute Frage. Wir nennen das intern "Cloud mit Rückfahrkarte":\n\n-'
    )
    assert [record.position for record in found] == list(range(1, 13))
    assert SOURCE.recognise is recognise


def test_a_sample_cut_anywhere_gives_what_was_whole_and_one_rejection() -> None:
    content = SAMPLE.read_bytes()
    for length in range(0, len(content), 3):
        assert_a_cut_file_lies_not(records_of, content, length)
        cut = [one for one in records_of(content[:length]) if isinstance(one, Rejected)]
        assert all("Rückfahrkarte" not in one.detail for one in cut)


WORDS = st.lists(
    st.sampled_from(["ja", ' "', "\n", '"', ",", " 👏", "ü", "2025-11-06 07:41:12,", "https://"]),
    max_size=8,
).map("".join)


@given(texts=st.lists(WORDS, min_size=1, max_size=4), where=st.floats(0, 1), is_old=st.booleans())
def test_quoted_texts_come_back_and_a_cut_never_makes_a_wrong_one(
    texts: list[str], where: float, is_old: bool
) -> None:
    mark = '""' if is_old else '\\"'
    rows = [row('"' + text.replace('"', mark) + '"') for text in texts]
    content = ("Date,Link,Message\n" + "".join(rows)).encode()
    whole = records_of(content)
    found = [record.text for record in whole if isinstance(record, Comment)]
    assert found == [text or None for text in texts]
    assert_a_cut_file_lies_not(records_of, content, int(where * len(content)))
