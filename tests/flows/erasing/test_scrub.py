import json
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl

from flows.erasing.scrub import Traces, edit, forms

HIS = 'Wer soll das "alles" bezahlen & wann,\nfrage ich?'
HERS = "Das ist wirklich eine gute Entscheidung."

TRACES = Traces(
    telling=frozenset({"uwe_b77"}),
    names=frozenset({"uwe_b77", "4711"}),
    texts=frozenset({HIS}),
    comment_ids=frozenset({"x:1"}),
    permalinks=frozenset({"https://x.example/uwe_b77/1"}),
)


def edited(path: Path, content: str | None = None) -> str:
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert edit(path, TRACES)
    return path.read_text(encoding="utf-8")


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


def test_what_cannot_be_edited_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01\x02uwe_b77")
    assert not edit(tmp_path / "a.bin", TRACES)


def test_a_word_that_only_begins_like_the_name_stays() -> None:
    assert TRACES.taken_from("uwe_b777 und Uwe_B77!") == "uwe_b777 und [erased]!"


def test_the_forms_of_a_text_are_those_of_the_files() -> None:
    assert json.dumps(HIS)[1:-1] in forms(HIS)
    assert HIS.replace("&", "&amp;") in forms(HIS)
