import csv
import io
import json
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.erasing.rows import edited_table
from flows.erasing.scrub import edit
from flows.erasing.traces import Traces

HIS = 'Wer soll das "alles" bezahlen & wann,\nfrage ich?'
HERS = "Das ist wirklich eine gute Entscheidung."

TRACES = Traces(
    telling=frozenset({"uwe_b77"}),
    names=frozenset({"uwe_b77", "4711"}),
    texts=frozenset({HIS}),
    comment_ids=frozenset({"x:1"}),
    permalinks=frozenset({"https://x.example/uwe_b77/1"}),
)

BERGMANN = Traces(
    telling=frozenset(),
    names=frozenset({"bergmann"}),
    texts=frozenset(),
    comment_ids=frozenset(),
    permalinks=frozenset(),
    mentioned=frozenset({"bergmann"}),
    handles=frozenset({"bergmann"}),
)
"""Somebody whose handle is a word."""


def edited(path: Path, content: str | None = None, traces: Traces = TRACES) -> str:
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert edit(path, traces)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Danke @bergmann, genau so", "Danke [erased], genau so"),
        ("@Bergmann: ja. Und @bergmann!", "[erased]: ja. Und [erased]!"),
        ("siehe https://x.example/bergmann/status/9", "siehe https://x.example/[erased]/status/9"),
        ("https://f.example/u/Bergmann?tab=1", "https://f.example/u/[erased]?tab=1"),
        ("sagt u/bergmann dazu", "sagt u/[erased] dazu"),
        ("auf x.com/bergmann steht", "auf x.com/[erased] steht"),
        (
            '<a href="/bergmann">@<span>bergmann</span></a>',
            '<a href="/[erased]">[erased]</span></a>',
        ),
        ("Hallo\n@bergmann", "Hallo\n[erased]"),
    ],
)
def test_a_handle_that_is_a_word_goes_where_it_is_a_mention_or_an_address(
    before: str, after: str, tmp_path: Path
) -> None:
    assert BERGMANN.taken_from(before) == after
    line = json.dumps({"author": "anna", "text": before}) + "\n"
    left = json.loads(edited(tmp_path / "a.jsonl", line, BERGMANN))
    assert left == {"author": "anna", "text": after}
    assert not BERGMANN.found_in(edited(tmp_path / "a.jsonl"))


@pytest.mark.parametrize(
    "text",
    [
        "Der Bergmann sagt: bergmann bleibt bergmann.",
        "Steiger/Bergmann, Ober-Bergmann und die Bergmanns",
        'ein "Bergmann", der',
        "info@bergmann.example und @bergmanns @bergmann-soehne @bergmann.berlin",
        "https://x.example/bergmannstrasse und /bergmann-soehne/",
    ],
)
def test_a_word_that_is_somebodys_handle_stays_in_running_text(text: str, tmp_path: Path) -> None:
    line = json.dumps({"author": "anna", "text": text}, ensure_ascii=False) + "\n"
    assert edited(tmp_path / "a.jsonl", line, BERGMANN) == line
    table = "author;text\nanna;" + '"' + text.replace('"', '""') + '"\n'
    assert edited(tmp_path / "a.csv", table, BERGMANN) == table


def test_fields_of_others_that_name_the_handle_alone_are_blanked(tmp_path: Path) -> None:
    record = {
        "author": "x",
        "text": "Danke @bergmann, genau so",
        "in_reply_to_screen_name": "bergmann",
        "mentions": ["Bergmann", "anna"],
        "entities": {"user_mentions": [{"screen_name": "bergmann", "indices": [6, 15]}]},
    }
    left = json.loads(edited(tmp_path / "a.json", json.dumps([record], indent=2), BERGMANN))
    assert left == [
        {
            "author": "x",
            "text": "Danke [erased], genau so",
            "in_reply_to_screen_name": "[erased]",
            "mentions": ["[erased]", "anna"],
            "entities": {"user_mentions": [{"screen_name": "[erased]", "indices": [6, 15]}]},
        }
    ]
    marked = '<c by="anna" to="bergmann"><re>Bergmann</re><p>Bergmann</p></c>'
    assert edited(tmp_path / "a.xml", marked, BERGMANN) == (
        '<c by="anna" to="[erased]"><re>[erased]</re><p>Bergmann</p></c>'
    )


def test_a_row_that_answers_the_person_stays_without_the_name(tmp_path: Path) -> None:
    table = (
        "id,author,text,in_reply_to_screen_name,mentions\n"
        '1,bergmann,Glück auf,,\n2,anna,Danke,bergmann,"bergmann, berta"\n3,berta,Ja,,\n'
    )
    left = edited(tmp_path / "a.csv", table, BERGMANN)
    assert left == (
        "id,author,text,in_reply_to_screen_name,mentions\n"
        '2,anna,Danke,[erased],"[erased], berta"\n3,berta,Ja,,\n'
    )
    rows = pl.read_csv(table.encode())
    rows.write_parquet(tmp_path / "a.parquet")
    assert edit(tmp_path / "a.parquet", BERGMANN)
    assert pl.read_parquet(tmp_path / "a.parquet").equals(pl.read_csv(left.encode()))
    book = openpyxl.Workbook()
    for row in [rows.columns, *rows.rows()]:
        book.active.append(list(row))
    book.save(tmp_path / "a.xlsx")
    assert edit(tmp_path / "a.xlsx", BERGMANN)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [row[3:] for row in sheet.iter_rows(values_only=True)][1:] == [
        ("[erased]", "[erased], berta"),
        (None, None),
    ]


def test_of_json_only_the_objects_of_the_person_are_emptied(tmp_path: Path) -> None:
    thread = {
        "id": 7,
        "user": {"screen_name": "uwe_b77", "bio": "Ich bin Uwe"},
        "text": "Danke!",
        "replies": [
            {"id": 8, "user": {"screen_name": "anna"}, "text": "Danke!", "in_reply_to": "uwe_b77"}
        ],
    }
    left = json.loads(edited(tmp_path / "a.json", json.dumps([thread], indent=2)))
    assert left == [
        {
            "id": 7,
            "user": {"screen_name": "[erased]", "bio": "[erased]"},
            "text": "[erased]",
            "replies": [
                {
                    "id": 8,
                    "user": {"screen_name": "anna"},
                    "text": "Danke!",
                    "in_reply_to": "[erased]",
                }
            ],
        }
    ]


def test_lines_of_json_that_are_not_his_stay_to_the_letter(tmp_path: Path) -> None:
    hers = '{"author":"anna",  "body":"Hallo"}\n'
    left = edited(tmp_path / "a.jsonl", '{"author":"uwe_b77","body":"Hallo"}\n' + hers)
    assert left == '{"author":"[erased]","body":"[erased]"}\n' + hers


def test_a_name_that_is_a_number_is_an_author_only(tmp_path: Path) -> None:
    left = edited(tmp_path / "a.json", '[{"author_id": "4711", "text": "a"}, {"n": "4711 mal"}]')
    assert json.loads(left) == [{"author_id": "[erased]", "text": "[erased]"}, {"n": "4711 mal"}]


def test_of_a_table_the_rows_go_and_the_others_stay_to_the_letter(tmp_path: Path) -> None:
    quoted = HIS.replace('"', '""')
    others = f"2;anna;'{HERS}'\n3;berta;\"Zeile\nund Zeile\"\n"
    left = edited(tmp_path / "a.csv", f'id;wer;was\n1;uwe_b77;"{quoted}"\n' + others)
    assert left == "id;wer;was\n" + others


def test_in_xml_names_and_texts_go_however_they_are_escaped(tmp_path: Path) -> None:
    text = HIS.replace("&", "&amp;")
    left = edited(tmp_path / "a.xml", f"<r><c a='uwe_b77'>{text}</c><c a='anna'>{HERS}</c></r>")
    assert left == f"<r><c a='[erased]'>[erased]</c><c a='anna'>{HERS}</c></r>"


def test_rows_of_parquet_files_and_workbooks_go(tmp_path: Path) -> None:
    rows = pl.DataFrame({"who": ["uwe_b77", "anna"], "what": [HIS, HERS], "n": [1, 2]})
    rows.write_parquet(tmp_path / "a.parquet")
    assert edit(tmp_path / "a.parquet", TRACES)
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == [("anna", HERS, 2)]
    book = openpyxl.Workbook()
    for row in (["comment_id", "text"], ["x:1", "Danke!"], ["x:2", "@uwe_b77 genau"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").rename(tmp_path / "plain")
    assert edit(tmp_path / "plain", TRACES)
    left = openpyxl.load_workbook(BytesIO((tmp_path / "plain").read_bytes())).active
    assert list(left.iter_rows(values_only=True)) == [
        ("comment_id", "text"),
        ("x:2", "[erased] genau"),
    ]


def test_a_workbook_that_does_not_hold_the_person_keeps_its_bytes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["anna", "Danke!"])
    book.save(tmp_path / "a.xlsx")
    before = (tmp_path / "a.xlsx").read_bytes()
    assert edit(tmp_path / "a.xlsx", TRACES)
    assert (tmp_path / "a.xlsx").read_bytes() == before


def test_a_broken_line_of_json_keeps_no_other_from_being_edited(tmp_path: Path) -> None:
    left = edited(tmp_path / "a.jsonl", '{"by":"uwe_b77"\n{"by":"uwe_b77","text":"Danke!"}\n')
    assert left == '{"by":"[erased]"\n{"by":"[erased]","text":"[erased]"}\n'


def test_a_file_without_the_person_keeps_its_bytes(tmp_path: Path) -> None:
    before = "\ufeffid;wer\r\n1;anna\r\n".encode()
    (tmp_path / "a.csv").write_bytes(before)
    assert edit(tmp_path / "a.csv", TRACES)
    assert (tmp_path / "a.csv").read_bytes() == before


def test_what_cannot_be_edited_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01\x02uwe_b77")
    assert not edit(tmp_path / "a.bin", TRACES)


def test_a_word_that_only_begins_like_the_name_stays() -> None:
    assert TRACES.taken_from("uwe_b777 und Uwe_B77!") == "uwe_b777 und [erased]!"


def test_a_row_is_known_by_its_quotes_id(tmp_path: Path) -> None:
    assert edited(tmp_path / "a.csv", "quote_id,text\nx:1,Ja\nx:2,Nein\n") == (
        "quote_id,text\nx:2,Nein\n"
    )


BREAKS = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e"
"""Signs that end a line for Python, but none of a table."""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(alphabet=f"ab;\"' \n\r{BREAKS}", max_size=12), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_whatever_breaks_lines_only_the_rows_of_the_person_go(texts: list[str], end: str) -> None:
    def table(*rows: tuple[str, str]) -> str:
        written = io.StringIO(newline="")
        writer = csv.writer(written, delimiter=";", lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows(rows)
        return written.getvalue()

    others = [("anna;", text) for text in texts]
    mixed = [row for other in others for row in (other, ("uwe_b77", other[1]))]
    left = edited_table(table(("wer;", "was"), ("uwe_b77", BREAKS), *mixed), TRACES)
    assert left == table(("wer;", "was"), *others)
