import csv
import io
import json
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.reading.landed import SAMPLE_SIZE, ColumnMapping, LandedFile, ReadingRules
from flows.sources.base import recognise
from flows.sources.table_file import SOURCE, describe, read, read_together
from models.canonical import Comment, Comments, Post, Rejected

PROJECT = Path(__file__).parents[3]
SAMPLES = PROJECT / "data" / "samples"
TAKEOUT = PROJECT.parent / "shared" / "fixtures" / "youtube-takeout"
RECEIVED = datetime(2025, 12, 1, tzinfo=UTC)


def landed(path, **fields):
    return LandedFile(path, path.name, RECEIVED, **fields)


def written(tmp_path, content, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return landed(path)


def records(tmp_path, content, rules=None, name="file.csv"):
    return list(read(written(tmp_path, content, name), rules or ReadingRules()))


def comments(tmp_path, content, rules=None, name="file.csv"):
    found = records(tmp_path, content, rules, name)
    return [record for record in found if isinstance(record, Comment)]


def mapped(**fields):
    return ReadingRules(mappings=(ColumnMapping(**fields),))


def utc(comment):
    return comment.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def test_a_german_spreadsheet_is_read_as_it_was_meant(tmp_path):
    content = (
        "sep=;\r\nKommentar;Erstellt am;Gefällt mir;Autor\r\n"
        '"Schön; aber teuer";05.11.2025 14:30;"1.234";Jürgen Groß\r\n'
    ).encode("cp1252")
    (comment,) = comments(tmp_path, content)
    assert comment.text == "Schön; aber teuer"
    assert utc(comment) == "2025-11-05 13:30"
    assert comment.created_tz_assumed == "Europe/Berlin"
    assert (comment.author, comment.line, comment.position) == ("Jürgen Groß", 3, 1)
    assert comment.like_count == 1234


def test_date_and_clock_may_stand_in_two_columns(tmp_path):
    (comment,) = comments(tmp_path, "Datum;Uhrzeit;Kommentar\n05.11.2025;14:30;Gut so\n")
    assert utc(comment) == "2025-11-05 13:30"
    assert comment.created_at_raw == "05.11.2025 14:30"


def test_dates_and_clocks_of_excel_are_put_together(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Datum", "Uhrzeit", "Kommentar"])
    book.active.append([datetime(2025, 11, 5), datetime(2025, 11, 5, 14, 30).time(), "Gut"])
    book.active.append([datetime(2025, 11, 5), 0.5, "Auch gut"])
    book.save(tmp_path / "a.xlsx")
    found = list(read(landed(tmp_path / "a.xlsx"), ReadingRules()))
    assert [utc(comment) for comment in found] == ["2025-11-05 13:30", "2025-11-05 11:00"]


def test_day_numbers_of_excel_are_times(tmp_path):
    content = "Kommentar;Datum\nGut so;45966,604166667\n"
    assert utc(comments(tmp_path, content)[0]) == "2025-11-05 13:30"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (["Datum", "Kommentar"], [44504.5, "Gut so"]),
        (["Datum", "Uhrzeit", "Kommentar"], [44504, 0.5, "Gut so"]),
        (["Datum", "Kommentar"], [datetime(2025, 11, 5, 12), "Gut so"]),
    ],
    ids=["a day number", "a day number beside a clock", "a cell that is formatted as a date"],
)
def test_days_of_a_workbook_that_counts_from_1904_are_those_it_means(tmp_path, header, cells):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(header)
    book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    (comment,) = read(landed(tmp_path / "a.xlsx"), ReadingRules())
    assert utc(comment) == "2025-11-05 11:00"


def test_times_of_a_column_that_names_utc_are_utc(tmp_path):
    (comment,) = comments(tmp_path, "comment_content,comment_date_gmt\nGut,2025-11-05 14:30:00\n")
    assert utc(comment) == "2025-11-05 14:30"


def test_a_proof_of_the_order_of_dates_counts_however_late_it_comes(tmp_path):
    lines = ["text,date"] + ["a b,03/04/2025"] * 500 + ["c d,03/25/2025"]
    assert comments(tmp_path, "\n".join(lines))[0].created_at.month == 3


def test_an_order_of_dates_that_nothing_proves_is_told(tmp_path):
    file = written(tmp_path, "text,date\na b,03/04/2025\n")
    assert "nothing proves it" in describe(file, ReadingRules())
    assert "nothing proves it" not in describe(
        written(tmp_path, "text,date\na b,13/04/2025\n"), ReadingRules()
    )


def test_a_row_without_a_time_is_handed_on_for_rejection(tmp_path):
    first, second = comments(tmp_path, "text;date\na b;\nc d;gestern\n")
    assert (first.created_at, first.created_at_raw) == (None, None)
    assert (second.created_at, second.created_at_raw) == (None, "gestern")


def test_a_giant_comment_goes_through(tmp_path):
    giant = "lang " * 40_000
    content = f'text;date\n"{giant}";2025-11-05\nkurz;2025-11-06\n'
    assert [len(comment.text) for comment in comments(tmp_path, content)] == [199_999, 4]


@pytest.mark.parametrize(
    ("content", "reason", "part"),
    [
        pytest.param("", "broken file", "empty", id="empty"),
        pytest.param("Kommentar\nGut\n", "missing column", "`created_at`", id="no time"),
        pytest.param("Datum;Likes\n05.11.2025;3\n", "missing column", "`text`", id="no text"),
        pytest.param("PAR1", "broken file", "Parquet", id="Parquet"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, content, reason, part):
    (rejected,) = records(tmp_path, content)
    assert (rejected.position, rejected.reason) == (0, reason)
    assert part in rejected.detail
    assert part in describe(written(tmp_path, content), ReadingRules())


def test_a_message_never_shows_a_long_text(tmp_path):
    words = "Das ist kein Spaltenname, sondern was jemand geschrieben hat"
    (rejected,) = records(tmp_path, f"{words};Nr\n{words};2\n{words};3\n")
    assert words not in rejected.detail


def test_a_header_alone_holds_no_comments(tmp_path):
    assert records(tmp_path, "Kommentar;Datum\n") == []


# Ids.


def test_short_numbers_of_two_surveys_never_meet(tmp_path):
    first = comments(tmp_path, "ID;Datum;Kommentar\n1;05.11.2025;Gut so\n2;05.11.2025;Na ja\n")
    second = comments(tmp_path, "ID;Datum;Kommentar\n1;05.11.2025;Oh weh\n2;06.11.2025;Na ja\n")
    assert len({comment.native_id for comment in first + second}) == 4
    assert first[0].native_id.startswith("1~")


def test_a_later_export_of_a_survey_keeps_its_ids(tmp_path):
    row = "7;05.11.2025 10:00;Gut so"
    (before,) = comments(tmp_path, f"ID;Datum;Kommentar\n{row}\n")
    after = comments(tmp_path, f"ID;Datum;Kommentar\n8;06.11.2025 09:00;Neu\n{row}\n")
    assert after[1].native_id == before.native_id


def test_replies_find_parents_that_are_only_numbered(tmp_path):
    found = comments(
        tmp_path,
        "comment_ID,comment_post_ID,comment_date,comment_content,comment_parent\n"
        "12,3,2025-11-05 10:00,Antwort,11\n11,3,2025-11-05 09:00,Frage,0\n"
        "13,4,2025-11-05 11:00,Anderswo,11\n",
    )
    reply, question, elsewhere = found
    assert reply.parent_native_id == question.native_id
    assert question.parent_native_id is None
    assert elsewhere.parent_native_id not in {comment.native_id for comment in found}


def test_numbers_that_a_script_made_decimals_of_still_meet(tmp_path):
    content = "id,parent_id,text,date\n1,,Frage,2025-11-05 10:00\n2,1.0,Antwort,2025-11-05 11:00\n"
    question, reply = comments(tmp_path, content)
    assert reply.parent_native_id == question.native_id


def test_long_ids_stay_as_their_platform_wrote_them(tmp_path):
    content = '{"id": 1968210622000000154, "text": "a b", "created_at": "2025-11-05T10:00Z"}\n'
    assert comments(tmp_path, content)[0].native_id == "1968210622000000154"


@pytest.mark.parametrize("rounded", ["1,22158E+17", "1.22158E+17", "1E+17"])
@pytest.mark.parametrize("column", ["comment_id", "parent_id", "post_id"])
def test_an_id_that_excel_rounded_is_rejected(tmp_path, column, rounded):
    others = {"comment_id": "99000000001", "parent_id": "99000000002", "post_id": "99000000003"}
    row = ";".join((others | {column: rounded}).values())
    content = f"comment_id;parent_id;post_id;text;date\n{row};a b;2025-11-05\n"
    (rejected,) = records(tmp_path, content)
    assert (rejected.line, rejected.reason) == (2, "broken record")
    assert "rounded by a spreadsheet" in rejected.detail


@pytest.mark.parametrize("nobody", ["", "anonymous", "Anonym", "NULL", "0", "1,2E+15"])
def test_nobody_in_particular_is_no_author(tmp_path, nobody):
    content = f"Autor;Kommentar;Datum\nEva;Gut;05.11.2025\n{nobody};Na ja;05.11.2025\n"
    assert [comment.author for comment in comments(tmp_path, content)] == ["Eva", None]


def test_posts_come_once_and_before_their_comments(tmp_path):
    content = "post_id;post_title;text;date\n"
    content += "p1;Cloud;a b;2025-11-05\np1;Cloud;c d;2025-11-05\np2;Netz;e f;2025-11-06\n"
    found = records(tmp_path, content)
    assert [type(record) for record in found] == [Post, Comment, Comment, Post, Comment]
    assert found[1].post_native_id == found[0].native_id == "p1"


def test_the_first_message_of_a_thread_is_the_post(tmp_path):
    content = "id,thread_id,replied_to_id,sender_id,body,created_at\n"
    content += "5000000001,5000000001,,77,Unsere Strategie,2025-11-05T08:00Z\n"
    content += "5000000002,5000000001,5000000001,78,Gute Idee,2025-11-05T09:00Z\n"
    post, comment = records(tmp_path, content)
    assert (post.text, post.native_id) == ("Unsere Strategie", "5000000001")
    assert (comment.post_native_id, comment.parent_native_id) == (post.native_id, None)


def test_own_answers_and_states_are_understood(tmp_path):
    content = "text;date;Eigene Antwort;status\n"
    content += "a b;2025-11-05;ja;approved\nc d;2025-11-05;nein;spam\ne f;2025-11-05;;Neu\n"
    found = comments(tmp_path, content)
    assert [comment.is_owner for comment in found] == [True, False, False]
    assert [comment.status for comment in found] == ["published", "spam", "unknown"]


# What settings say.


def test_a_mapping_of_the_settings_wins_over_the_guess(tmp_path):
    content = "Kommentar;Wortlaut;Datum;Stand\nintern;Gut so;01.01.2025;05|11|2025\n"
    rules = mapped(
        match="umfrage*.csv",
        channel="intranet",
        columns={"text": "wortlaut", "created_at": "Stand"},
        time_format="%d|%m|%Y",
        time_zone="UTC",
    )
    (comment,) = comments(tmp_path, content, rules, "umfrage-1.csv")
    assert (comment.text, comment.channel, comment.platform) == ("Gut so", "intranet", "intranet")
    assert utc(comment) == "2025-11-05 00:00"
    assert comment.time_precision == "day"
    (other,) = comments(tmp_path, content, rules, "andere.csv")
    assert other.text == "intern"


@pytest.mark.parametrize(
    ("columns", "part"),
    [({"text": "Gibtsnicht"}, "`Gibtsnicht`"), ({"texxt": "Kommentar"}, "`texxt`")],
    ids=["column", "field"],
)
def test_a_mapping_that_does_not_fit_says_so(tmp_path, columns, part):
    (rejected,) = records(tmp_path, "Kommentar;Datum\na b;05.11.2025\n", mapped(columns=columns))
    assert rejected.reason == "missing column"
    assert part in rejected.detail


def test_a_column_of_html_is_read_as_html_and_any_other_as_it_is(tmp_path):
    html = "Kommentar,Datum\n<p>Gut &amp; schnell</p>,05.11.2025\n"
    plain = html + "3 < 4 & 5,05.11.2025\n"
    assert {r.text_format for r in read(written(tmp_path, html), ReadingRules())} == {"html"}
    assert {r.text_format for r in read(written(tmp_path, plain), ReadingRules())} == {"plain"}


def test_tables_of_letters_and_of_people_are_refused(tmp_path):
    for content in (
        "FROM,TO,DATE,CONTENT\nA,B,2025-11-03 10:00:00 UTC,Nur an dich\n",
        "Vorname,Nachname,Firma,Telefon,Text,Datum\nA,B,C,1,ein guter Mensch,05.11.2025\n",
    ):
        (found,) = read(written(tmp_path, content), ReadingRules())
        assert (found.position, found.reason in ("private message", "missing column")) == (0, True)


def test_the_channel_of_the_sender_wins(tmp_path):
    file = written(tmp_path, "video_id;text;date\nv;a b;2025-11-05\n")
    file = landed(file.path, channel="intranet")
    assert {record.channel for record in read(file, ReadingRules())} == {"intranet"}


def test_the_mapping_is_shown_in_one_line(tmp_path):
    file = written(tmp_path, "Kommentar;Datum;Abteilung\nGut so;05.11.2025;IT\n")
    assert describe(file, ReadingRules()) == (
        "CSV, utf-8, delimiter `;`; text = `Kommentar`, created_at = `Datum`; not used: `Abteilung`"
    )


def test_the_mapping_of_a_table_without_a_header_quotes_no_row(tmp_path):
    first = "Anna Berg;kaputt;Ich finde Herrn Schulz aus der IT unmöglich\n"
    rows = "Ben Cham;05.11.2025;Das sehe ich ganz anders als Anna\n"
    told = describe(written(tmp_path, first + rows * 3), ReadingRules())
    assert "text = `column 3 (43 characters)`, created_at = `column 2 (6 characters)`" in told
    assert not re.search("Anna|Berg|Schulz", told)


@pytest.mark.parametrize(
    "nested",
    [
        {"tags": ["a b c d e f", "g h i j"]},
        {"comment": ["a b c d e f", "g h i j"]},
        {"_links.up": "a whole sentence of what an interface says"},
    ],
    ids=repr,
)
def test_lists_and_what_interfaces_say_of_themselves_are_never_the_text(tmp_path, nested):
    rows = [
        {"id": str(number), "created_at": f"2025-11-0{number}T10:00:00Z", **nested, "said": "kurz"}
        for number in range(1, 6)
    ]
    (rejected,) = records(tmp_path, "\n".join(map(json.dumps, rows)), name="a.jsonl")
    assert (rejected.reason, "`text`" in rejected.detail) == ("missing column", True)
    worded = [row | {"said": "eine Meinung in mehreren Wörtern"} for row in rows]
    found = comments(tmp_path, "\n".join(map(json.dumps, worded)), name="a.jsonl")
    assert {comment.text for comment in found} == {"eine Meinung in mehreren Wörtern"}


def test_of_an_address_the_domain_and_of_a_community_the_name_are_handed_on(tmp_path):
    file = written(
        tmp_path,
        "Kommentar;Datum;Name;E-Mail;Gruppe\n"
        "Gut so;05.11.2025;Anna;anna@IT.example.org;IT-Forum\nNa ja;05.11.2025;Bert;;IT-Forum\n",
    )
    found = list(read(file, ReadingRules()))
    assert [(one.author, one.email_domain, one.community) for one in found] == [
        ("Anna", "it.example.org", "IT-Forum"),
        ("Bert", None, "IT-Forum"),
    ]
    assert "anna@" not in repr(found)


def test_an_author_named_by_an_address_tells_its_domain(tmp_path):
    file = written(tmp_path, "Kommentar;Datum;E-Mail\nGut so;05.11.2025;anna@example.org\n")
    (found,) = read(file, ReadingRules())
    assert (found.author, found.email_domain) == ("anna@example.org", "example.org")


# The samples, and files of others.


@pytest.mark.parametrize(
    ("name", "counts", "channel"),
    [
        ("linkedin-kommentare.csv", (3, 39, 1), "linkedin"),
        ("intranet-umfrage.xlsx", (0, 30, 0), None),
        ("x-comments.jsonl", (2, 29, 1), "x"),
        ("youtube-comments.parquet", (1, 25, 0), "youtube"),
    ],
)
def test_the_samples_are_read(name, counts, channel):
    assert recognise(SAMPLES / name) is SOURCE
    found = list(read(landed(SAMPLES / name), ReadingRules()))
    assert tuple(sum(isinstance(r, kind) for r in found) for kind in (Post, Comment, Rejected)) == (
        counts
    )
    told = [record for record in found if isinstance(record, Comment)]
    ids = {comment.native_id for comment in told}
    assert len(ids) == len(told)
    assert {comment.parent_native_id for comment in told} <= ids | {None}
    assert {comment.channel for comment in told} == {channel}
    untimed = [comment for comment in told if not comment.created_at]
    assert len(untimed) == (name == "linkedin-kommentare.csv")


@pytest.mark.fixtures
@pytest.mark.skipif(not TAKEOUT.exists(), reason="the fixtures are not part of the project")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "comments_new_post2024-06.csv",
            "> I am about to get buried in the concrete\nthe most normal  Veritasium video!",
        ),
        ("comments_old_pre2024-06.csv", "coalowl the legend"),
    ],
)
def test_youtube_takeout_could_be_read_without_a_source_of_its_own(name, words):
    assert SOURCE.recognise((TAKEOUT / name).read_bytes()[:SAMPLE_SIZE])
    found = list(read(landed(TAKEOUT / name), ReadingRules()))
    told = [record for record in found if isinstance(record, Comment)]
    assert (len(found), len(told)) == (4, 2)
    assert told[0].text == words
    assert {comment.channel for comment in told} == {"youtube"}
    assert all(comment.created_at and comment.post_native_id for comment in told)
    assert all(comment.author.startswith("UC") for comment in told)


@pytest.mark.fixtures
@pytest.mark.skipif(not TAKEOUT.exists(), reason="the fixtures are not part of the project")
def test_a_reply_of_youtube_takeout_names_its_parent():
    *_, reply = read(landed(TAKEOUT / "comments_old_pre2024-06.csv"), ReadingRules())
    assert reply.parent_native_id == "UgwDN8UeMxW4NDFbvY54AaABAg"
    assert reply.created_at == datetime(2023, 8, 30, 1, 54, 46, 801024, tzinfo=UTC)


# What must hold for every file.

lasting = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
cells = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans())
names = st.sampled_from(
    ["text", "created_at", "id", "parent_id", "post_id", "thread_id", "author", "likes", "url", "x"]
)


@lasting
@given(st.lists(st.dictionaries(names, cells, min_size=1), min_size=1, max_size=8))
def test_every_row_of_a_json_file_is_told_of_once(tmp_path, rows):
    content = "\n".join(json.dumps(row) for row in rows)
    found = records(tmp_path, content)
    if found and isinstance(found[0], Rejected) and found[0].position == 0:
        return
    told = [record for record in found if not isinstance(record, Post)]
    first_messages = {record.position for record in found} - {record.position for record in told}
    assert len(told) + len(first_messages) == len(rows)


@lasting
@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=8),
    st.sampled_from(";,\t"),
)
def test_every_row_of_a_csv_file_is_told_of_once(tmp_path, rows, delimiter):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [("text", "created_at"), *rows]
    )
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    content = out.getvalue().encode("utf-8", "replace")
    found = records(tmp_path, content)
    assert [record.position for record in found] == list(range(1, len(filled) + 1))


def test_every_row_of_a_parquet_file_is_told_of_once(tmp_path):
    frame = pl.DataFrame({"text": ["a b", "c\x00", None], "created_at": ["2025-11-05"] * 3})
    frame.write_parquet(tmp_path / "a")
    found = list(read(landed(tmp_path / "a"), ReadingRules()))
    assert [type(record) for record in found] == [Comment, Rejected, Comment]
    assert found[1].reason == "forbidden character"


ODD_CELLS = st.sampled_from(
    ["", "null", "4711", "4711.0", "700000000001", "7,1E+11", "Danke", "a@example.org", "1.234"]
)
ODD_TIMES = st.sampled_from(["05.11.2025 14:30", "2025-11-05", "unsinn", ""])


@given(
    st.sampled_from(["Beitrags-ID", "thread_id"]),
    st.lists(st.tuples(ODD_CELLS, ODD_CELLS, ODD_CELLS, ODD_CELLS, ODD_TIMES, ODD_CELLS)),
)
def test_however_many_rows_are_read_at_a_time_they_tell_the_same(thread, rows):
    header = ["Kommentar-ID", "Antwort auf", thread, "Autor", "Erstellt am", "Kommentartext"]
    first = ["700000000000", "", "900000000000", "Anna", "05.11.2025 14:30", "Danke für die Worte"]
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), table_of(header, [first, *rows]))
        one_by_one, some = list(read(file, ReadingRules())), []
        for told in read_together(file, ReadingRules()):
            some += told.apart() if isinstance(told, Comments) else [told]
        patch.setattr("flows.sources.table_file.TOGETHER", 1)
        assert list(read(file, ReadingRules())) == one_by_one
    assert sorted(some, key=lambda told: told.position) == one_by_one


def table_of(header, rows):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue()
