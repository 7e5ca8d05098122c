"""Content exports of Meta Business Suite: what becomes of posts, and of damaged or other files."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.base import recognise as source_of
from flows.sources.meta_business_csv import SOURCE, recognise
from models.canonical import Post, Rejected
from tests.cut_files import assert_a_cut_file_lies_not, reader

SAMPLE = Path(__file__).parent / "samples" / "meta_business_csv.csv"

FACEBOOK = {
    "Post ID": "122158000000000801",
    "Page ID": "1045",
    "Page name": "Stadtwerke",
    "Title": "Wir ziehen um.",
    "Description": "",
    "Publish time": "11/10/2025 21:00",
    "Permalink": "https://www.facebook.com/1045/posts/122158000000000801",
    "Data comment": "estimated",
    "Date": "Lifetime",
    "Reactions, Comments and Shares": "8",
    "Reactions": "5",
    "Comments": "2",
    "Shares": "1",
}
INSTAGRAM = {
    "Post ID": "18011000000000000",
    "Account ID": "1784",
    "Account username": "stadtwerke.nordhafen",
    "Account name": "Stadtwerke",
    "Description": "Blick in die Leitwarte",
    "Publish time": "10/03/2025 08:31",
    "Permalink": "https://www.instagram.com/reel/DAbc-12_3/",
    "Post type": "IG reel",
    "Date": "Lifetime",
    "Views": "12,400",
    "Likes": "610",
    "Comments": "57",
    "Saves": "230",
}
SERIES = 'sep=,\n"Facebook follows"\n"Date","Primary"\n"2025-08-01T00:00:00","20"\n'


def table(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


records_of = reader(SOURCE, "export.csv")


def only(content: bytes) -> Post:
    (found,) = records_of(content)
    assert isinstance(found, Post)
    return found


def rejection(content: bytes) -> Rejected:
    (found,) = records_of(content)
    assert isinstance(found, Rejected)
    return found


def test_a_post_of_facebook_has_its_text_its_counts_and_the_names_that_graph_gives_it() -> None:
    assert only(table(FACEBOOK)) == Post(
        platform="facebook",
        site="",
        native_id="122158000000000801",
        position=1,
        channel="facebook",
        text="Wir ziehen um.",
        url="https://www.facebook.com/1045/posts/122158000000000801",
        author="1045",
        created_at=datetime(2025, 11, 10, 20, tzinfo=UTC),
        created_at_raw="11/10/2025 21:00",
        status="published",
        reported_comment_count=2,
        reported_counts='{"reaction": 5, "share": 1}',
        aliases=("1045_122158000000000801",),
    )


def test_a_post_of_instagram_is_told_by_its_account_and_known_by_its_address() -> None:
    assert only(table(INSTAGRAM)) == Post(
        platform="instagram",
        site="",
        native_id="18011000000000000",
        position=1,
        channel="instagram",
        text="Blick in die Leitwarte",
        url="https://www.instagram.com/reel/DAbc-12_3/",
        author="stadtwerke.nordhafen",
        created_at=datetime(2025, 10, 3, 6, 31, tzinfo=UTC),
        created_at_raw="10/03/2025 08:31",
        status="published",
        reported_comment_count=57,
        reported_counts='{"like": 610, "save": 230, "view": 12400}',
        aliases=("DAbc-12_3",),
    )


def test_the_sample_holds_three_posts_one_of_them_without_counts() -> None:
    first, second, third = records_of(SAMPLE.read_bytes())
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert isinstance(third, Post)
    assert first.text == (
        'Ab Januar arbeiten wir im neuen Kundenportal.\nWas brauchen Sie dort "zuerst"?'
    )
    assert first.reported_counts == '{"reach": 980, "reaction": 12, "share": 3, "view": 1240}'
    assert second.aliases == ("104500000000001_122158000000000802", "pfbid02Nordhafen")
    counts = [post.reported_comment_count for post in (first, second, third)]
    assert counts == [4, 0, None]
    assert third.reported_counts is None


def test_columns_may_come_and_go_and_move() -> None:
    moved = dict(reversed(FACEBOOK.items())) | {"Negative feedback from users: Hide": "3"}
    assert only(table(moved)) == only(table(FACEBOOK))
    fewer = {name: FACEBOOK[name] for name in ("Permalink", "Publish time", "Page ID", "Post ID")}
    found = only(table(fewer))
    assert (found.text, found.reported_comment_count) == (None, None)


def test_a_german_header_is_read() -> None:
    german = {
        "Beitrags-ID": "18011",
        "Konto-ID": "1784",
        "Konto-Benutzername": "stadtwerke.nordhafen",
        "Beschreibung": "Grüße",
        "Veröffentlichungszeitpunkt": "01.09.2025 18:00",
        "Permalink": "https://www.instagram.com/p/DEMO01/",
        "Datum": "Gesamte Laufzeit",
        "Kommentare": "9",
    }
    found = only(table(german))
    assert (found.text, found.reported_comment_count) == ("Grüße", 9)
    assert found.created_at == datetime(2025, 9, 1, 16, tzinfo=UTC)


def test_a_remark_on_the_data_is_no_comment() -> None:
    assert "estimated" not in repr(records_of(table(FACEBOOK)))


def test_dates_are_month_first_unless_one_of_them_proves_otherwise() -> None:
    days = ["03/04/2025 10:00", "25/04/2025 10:00"]
    posts = records_of(table(*(FACEBOOK | {"Publish time": day} for day in days)))
    assert [one.created_at for one in posts if isinstance(one, Post)] == [
        datetime(2025, 4, 3, 8, tzinfo=UTC),
        datetime(2025, 4, 25, 8, tzinfo=UTC),
    ]
    alone = only(table(FACEBOOK | {"Publish time": days[0]}))
    assert alone.created_at == datetime(2025, 3, 4, 9, tzinfo=UTC)


def test_a_time_that_is_none_is_left_open() -> None:
    found = only(table(FACEBOOK | {"Publish time": "soon"}))
    assert (found.created_at, found.created_at_raw) == (None, "soon")


def test_a_row_about_one_day_says_nothing_about_the_whole() -> None:
    found = only(table(FACEBOOK | {"Date": "11/10/2025"}))
    assert (found.reported_comment_count, found.reported_counts) == (None, None)


@pytest.mark.parametrize("count", ["", "many", "1.5", "-1", "1,2", "9" * 5_000])
def test_what_is_no_count_is_unknown(count: str) -> None:
    assert only(table(FACEBOOK | {"Comments": count})).reported_comment_count is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Post ID": ""}, "without the id"),
        ({"Post ID": "1.22158E+17"}, "rounded by a spreadsheet"),
        ({"Title": "a\x00b"}, "NUL"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_is_read(
    changed: dict[str, str], words: str
) -> None:
    rejected, kept = records_of(table(FACEBOOK | changed, FACEBOOK))
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.line) == (1, 2)
    assert words in rejected.detail
    assert isinstance(kept, Post)


def test_rows_that_windows_saved_anew_are_read_in_their_encoding() -> None:
    content = table(FACEBOOK | {"Title": "Größe und Grüße an alle, die mit umziehen"}, FACEBOOK)
    first, second = records_of(content.decode("utf-8-sig").encode("cp1252"))
    assert isinstance(first, Post)
    assert first.text == "Größe und Grüße an alle, die mit umziehen"
    assert isinstance(second, Post)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_line_for_excel_and_every_delimiter_are_understood(delimiter: str, encoding: str) -> None:
    text = f"sep={delimiter}\r\n" + table(FACEBOOK, delimiter=delimiter).decode("utf-8-sig")
    content = text.encode(encoding)
    assert recognise(content)
    assert only(content) == only(table(FACEBOOK))


def test_german_headers_are_understood_in_several_wordings() -> None:
    names = {
        "Post ID": "Beitrags-ID",
        "Page ID": "Seiten-ID",
        "Publish time": "Zeitpunkt der Veröffentlichung",
        "Permalink": "Dauerhafter Link",
        "Title": "Titel",
        "Description": "Beschreibung",
        "Comments": "Kommentare",
        "Reactions": "Reaktionen",
        "Shares": "Geteilte Inhalte",
        "Date": "Datum",
    }
    german = {names.get(name, name): cell for name, cell in FACEBOOK.items()}
    assert recognise(table(german))
    assert only(table(german)) == only(table(FACEBOOK))


def test_counts_of_german_spreadsheets_are_understood() -> None:
    content = table(FACEBOOK | {"Comments": "1.234"}, delimiter=";")
    assert only(content).reported_comment_count == 1234


def test_a_row_of_another_width_is_rejected_with_its_line() -> None:
    content = table(FACEBOOK | {"Title": "two\nlines"}, FACEBOOK) + b"1,2,3\n"
    *_, rejected = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.position) == (5, 3)
    assert rejected.detail == f"found 3 fields, expected {len(FACEBOOK)}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_a_series_of_numbers_by_day_is_refused_clearly(encoding: str) -> None:
    content = SERIES.encode(encoding)
    assert recognise(content)
    rejected = rejection(content)
    assert (rejected.position, rejected.reason) == (0, "unknown format")
    assert "content export" in rejected.detail


def test_a_file_that_lost_its_header_is_told_what_is_missing() -> None:
    rejected = rejection(b"Post ID,Title\n1,2\n")
    assert (rejected.reason, rejected.position) == ("missing column", 0)


@pytest.mark.parametrize("row", [FACEBOOK, INSTAGRAM], ids=["Facebook", "Instagram"])
def test_exports_are_recognised_and_read_in_all_their_dresses(row: dict[str, str]) -> None:
    plain = table(row)
    for content in (
        plain.removeprefix(b"\xef\xbb\xbf"),
        plain.replace(b"\n", b"\r\n"),
        table(row, delimiter=";"),
        plain.decode("utf-8-sig").encode("utf-16"),
    ):
        assert recognise(content)
        assert only(content) == only(plain)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a\rb\n",
        b'PK\x03\x04\x00\xff\r\x00,"',
        b'"' + b"a" * 65_535,
        b"Post ID,Title,Comments\n1,a,2\n",
        b"Kommentar-ID;Datum;Autor;Kommentar;Beitrag\n",
        b"Video asset ID,Page ID,Publish time,Reactions\n",
        b'{"Post ID": 1, "Page ID": 2, "Publish time": 3, "Permalink": 4}',
        'sep=;\n"Name";"Kommentar"\n"A";"Gut"\n'.encode("utf-16"),
        'sep=,\n"Umfrage"\n"Datum","Kommentar"\n"1.2.2025","Gut"\n'.encode("utf-16"),
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_as_what_it_is() -> None:
    assert source_of(SAMPLE) is SOURCE


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_the_recogniser_or_the_reader_fail(content: bytes) -> None:
    header = table(FACEBOOK).splitlines(keepends=True)[0]
    assert not recognise(content)
    for record in records_of(content) + records_of(header + content):
        assert isinstance(record, Post | Rejected)


@given(st.floats(0, 1))
def test_a_cut_sample_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    assert_a_cut_file_lies_not(records_of, content, int(where * len(content)))


@given(st.floats(0, 1))
def test_a_cut_count_at_the_end_of_a_row_is_unknown_and_never_wrong(where: float) -> None:
    last = {name: text for name, text in INSTAGRAM.items() if name != "Saves"}
    for row in records_of(table(last, last)[: int(where * len(table(last, last)))]):
        if isinstance(row, Post):
            assert row.reported_comment_count in (57, None)
