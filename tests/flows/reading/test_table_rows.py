import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flows.reading.table_rows
from flows.reading.table_rows import begin_table, looks_like_table, open_table
from flows.reading.table_types import BrokenTable, Row
from models.canonical import Rejected

ROWS = "Kommentar;Datum\nGut so!;01.10.2025\nÜbel;02.10.2025\n"


def zipped(*names, text="x"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return content.getvalue()


SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ROWS, id="semicolons"),
        pytest.param(ROWS.replace(";", ","), id="commas"),
        pytest.param(ROWS.replace(";", "\t"), id="tabs"),
        pytest.param(ROWS.replace(";", "|"), id="bars"),
        pytest.param("sep=;\n" + ROWS, id="sep line"),
        pytest.param("Export vom 3.10.\n\n" + ROWS, id="preamble"),
        pytest.param("Kommentar;Datum\n", id="header only"),
        pytest.param("Kommentar\nGut, so!\nÜbel\n", id="one column"),
        pytest.param("Wie geht's?;Wann?\nGut;01.10.2025\n", id="unknown header"),
        pytest.param("Gut;01.10.2025\nSchlecht;02.10.2025\n", id="no header"),
        pytest.param("", id="empty: to be told so"),
        pytest.param(ROWS.replace("so", "s\x00o"), id="a NUL byte"),
        pytest.param('{"text": "a", "created_at": "2025-10-01"}\n', id="one JSON line"),
        pytest.param('{"a": 1}\n{"a": 2}\n', id="JSON lines of anything"),
        pytest.param('{"text": "' + "x" * 200_000 + '", "time": 1}\n', id="a giant JSON line"),
        pytest.param('[{"body": "a", "date": "2025-10-01"}]', id="JSON list"),
        pytest.param('[\n  {\n    "body": "a",\n    "date": 5\n  }\n]', id="pretty JSON list"),
        pytest.param(ROWS.encode("cp1252"), id="cp1252"),
        pytest.param(ROWS.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(ROWS.encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(ROWS.replace(";", "\t").encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(zipped("[Content_Types].xml", "xl/workbook.xml"), id="xlsx"),
        pytest.param(b"PAR1....", id="Parquet"),
    ],
)
def test_a_table_is_recognised(content):
    sample = content.encode() if isinstance(content, str) else content
    assert looks_like_table(sample[: 64 * 1024])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<!doctype html><table><tr><td>a;b", id="HTML"),
        pytest.param('\ufeff\n<?xml version="1.0"?><rss/>', id="XML after a mark"),
        pytest.param("%PDF-1.7\n1 0 obj", id="PDF"),
        pytest.param("{\\rtf1\\ansi a;b}", id="RTF"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), id="PNG"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", id="JPEG"),
        pytest.param(bytes(range(256)) * 20, id="noise"),
        pytest.param(zipped("a.csv", "b.csv"), id="zip of CSVs"),
        pytest.param(zipped("a.xlsx", text=zipped("xl/workbook.xml")), id="zip of a workbook"),
        pytest.param(zipped("a", text=zipped("mimetype", text=SPREADSHEET)), id="zip of an ods"),
        pytest.param(b"\x28\xb5\x2f\xfd\x24\x30" + ROWS.encode(), id="CSV in Zstandard"),
        pytest.param(zipped("[Content_Types].xml", "word/document.xml"), id="docx"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), id="doc"
        ),
        pytest.param("Hallo Frau Muster,\nvielen Dank für die Mail.\nGruß\nBen", id="letter"),
        pytest.param("Ein Satz, mit Komma.\nNoch einer, auch so.\nUnd, noch einer.\n", id="prose"),
        pytest.param("Nur eine Zeile", id="a line"),
        pytest.param("import os\nimport sys\n\nprint(os.path, sys)\n", id="program"),
        pytest.param('{"data": [{"text": "a", "date": 1}]}', id="JSON object"),
        pytest.param('{\n  "text": "a",\n  "date": 1\n}', id="pretty JSON object"),
        pytest.param('{"a": {"text": "b", "time": 1}}', id="answer of an API"),
        pytest.param("So geht es:\n\ntext,date,id\n\nUnd so weiter\nund so fort\n", id="manual"),
        pytest.param('[{"id": 1, "name": "x"}]', id="JSON list of other things"),
        pytest.param("[1, 2, 3]", id="JSON list of numbers"),
        pytest.param('["text", "date"]', id="JSON list of texts"),
        pytest.param("[" * 100_000, id="nested without end"),
        pytest.param('{"a":' * 100_000, id="objects without end"),
    ],
)
def test_what_is_no_table_is_left_to_others(content):
    sample = content.encode() if isinstance(content, str) else content
    assert not looks_like_table(sample[: 64 * 1024])


lasting = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@lasting
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(table, content):
    looks_like_table(content)
    try:
        found = list(table(content).rows)
    except BrokenTable:
        return
    assert all(isinstance(row, Row | Rejected) for row in found)


def test_a_large_table_that_is_merely_begun_says_the_same_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(flows.reading.table_rows, "BEGINNING", 40)
    path = tmp_path / "pasted.csv"
    path.write_bytes(ROWS.encode() + "Ärger;03.10.2025\n".encode("cp1252"))
    begun, whole = begin_table(path), open_table(path)
    assert (begun.header, begun.note) == (whole.header, whole.note)
    assert "utf-8 and cp1252 mixed" in begun.note
    assert len(list(begun.rows)) < len(list(whole.rows))


def test_a_table_of_json_is_never_merely_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(flows.reading.table_rows, "BEGINNING", 40)
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "gut", "created_at": "2025-10-01"}\n{"text": "ja", "likes": 3}\n')
    assert begin_table(path).header == open_table(path).header == ["text", "created_at", "likes"]
