import gzip
import io
import json
import random
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from flows.erasing.scrub import edit
from flows.erasing.search import PIECE, Search, columns_with
from flows.erasing.traces import Traces
from flows.settings import Ingest

HIS = "Wer soll das denn alles bezahlen, frage ich mich?"
TRACES = Traces(
    telling=frozenset({"uwe_b77"}),
    names=frozenset({"uwe_b77"}),
    texts=frozenset({HIS}),
    comment_ids=frozenset(),
    permalinks=frozenset(),
)


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def nested(content: bytes, depth: int) -> bytes:
    return zipped("a.zip", nested(content, depth - 1)) if depth else content


def workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["anna", HIS])
    book.save(target)
    return target.getvalue()


def parquet(compression: str = "zstd") -> bytes:
    target = io.BytesIO()
    rows = pl.DataFrame({"text": [*(f"{HIS[:30]} {n}?" for n in range(300)), HIS]})
    rows.write_parquet(target, compression=compression)  # type: ignore[arg-type]
    return target.getvalue()


def database(folder: Path) -> bytes:
    path = folder / "made.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE a AS SELECT ? AS text FROM range(9999)", [HIS])
    content = path.read_bytes()
    path.unlink()
    return content


def found(folder: Path, content: bytes, name: str = "file", limits: Ingest | None = None) -> set:
    (folder / name).write_bytes(content)
    return set(Search(TRACES, limits or Ingest(), folder).findings(folder / name))


@pytest.mark.parametrize("way", ["workbook", "gzip", "zip three deep", "parquet", "name in a zip"])
def test_a_person_is_found_however_the_file_is_packed(way: str, tmp_path: Path) -> None:
    content = {
        "workbook": workbook,
        "gzip": lambda: gzip.compress(HIS.encode("utf-16")),
        "zip three deep": lambda: nested(HIS.encode(), 4),
        "parquet": parquet,
        "name in a zip": lambda: zipped("a.zip", zipped("uwe_b77/likes.txt", b"nothing")),
    }[way]()
    assert found(tmp_path, content) == {"found"}
    assert found(tmp_path, database(tmp_path)) == {"found"}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_archive_that_lies_too_deep_or_is_a_bomb_is_not_opened(tmp_path: Path) -> None:
    assert found(tmp_path, nested(b"nothing", 5)) == {"unopened"}
    bomb = gzip.compress(bytes(10_100_000))
    assert found(tmp_path, bomb) == {"unopened"}
    assert found(tmp_path, bomb, limits=Ingest(most_ratio=2000)) == set()
    assert found(tmp_path, zipped("bomb.gz", bomb)) == {"unopened"}


def test_what_lies_before_the_damage_is_still_searched(tmp_path: Path) -> None:
    whole = zipped("a.txt", HIS.encode())
    cut = whole[: whole.index(b"PK\x01\x02")]
    assert found(tmp_path, cut) == {"found", "unopened"}


def test_a_trace_on_the_border_of_two_pieces_is_found_and_a_cut_word_is_not(tmp_path: Path) -> None:
    before = b"a " * (PIECE // 2)
    assert found(tmp_path, before[: PIECE - 20] + HIS.encode()) == {"found"}
    assert found(tmp_path, before[: PIECE - 3] + b"xyzuwe_b77 " + before[:99]) == set()


JURGEN = Traces(
    telling=frozenset({"J\u00fcrgen M\u00fcller"}),
    names=frozenset({"J\u00fcrgen M\u00fcller", "M\u00fcller"}),
    texts=frozenset({"F\u00fcr wen soll das denn gut sein?"}),
    comment_ids=frozenset(),
    permalinks=frozenset(),
    mentioned=frozenset({"M\u00fcller"}),
    handles=frozenset({"M\u00fcller"}),
)
"""Somebody in whose name and words are umlauts, and whose handle is a word."""

SAID = {
    "name": "Das sagt J\u00fcrgen M\u00fcller auch.",
    "text": "F\u00fcr wen soll das denn gut sein?",
    "mention": "Danke @M\u00fcller!",
}
OLD = ["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "cp850", "mac_roman"]
WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


def by_code(text: str, code: str) -> bytes:
    mark = "\ufeff" if code == "utf-32-be" else ""
    return (mark + text).encode(code)


def holds(path: Path, traces: Traces = JURGEN, is_export: bool = True) -> bool:
    return Search(traces, Ingest(), path.parent, is_export).finds(path)


def found_and_taken_out(path: Path) -> None:
    """What is found is what an edit takes out, in a platform's file and, but for fields, in all."""
    assert holds(path)
    assert edit(path, JURGEN)
    assert not holds(path)


@pytest.mark.parametrize("code", [*OLD, *WIDE])
@pytest.mark.parametrize("what", SAID)
def test_umlauts_are_found_in_every_encoding_that_is_read(
    what: str, code: str, tmp_path: Path
) -> None:
    more = "b;K\u00fche fl\u00fcstern gr\u00fc\u00dfend\n" * 9
    path = tmp_path / "a.csv"
    path.write_bytes(by_code(f"author;text\nanna;{SAID[what]}\n{more}", code))
    assert holds(path, is_export=False)
    found_and_taken_out(path)


@pytest.mark.parametrize("code", ["cp1252", "utf-8", "cp850", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    "table",
    [
        pytest.param("author;text\nM\u00fcller;Ja\n", id="author"),
        pytest.param("author;text;reply_to\nanna;Ja;M\u00fcller\n", id="whom it answers"),
    ],
)
def test_a_field_that_is_the_name_is_found_in_a_table(
    table: str, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(by_code(table + "b;K\u00fche fl\u00fcstern gr\u00fc\u00dfend;\n" * 9, code))
    assert not holds(path, is_export=False)
    found_and_taken_out(path)


@pytest.mark.parametrize("umlaut", ["\u00fc", "&#252;", "&#xFC;", "&uuml;", "&amp;uuml;"])
@pytest.mark.parametrize("code", ["utf-8", "iso-8859-1", "iso-8859-2", "cp850", "utf-16"])
@pytest.mark.parametrize("what", [*SAID, "field", "attribute"])
def test_umlauts_are_found_in_xml_however_they_are_written(
    what: str, code: str, umlaut: str, tmp_path: Path
) -> None:
    if what in ("field", "attribute") and umlaut == "&amp;uuml;":
        pytest.skip("fields that are a name are not marked up twice")
    said = {"field": "<to>M\u00fcller</to>", "attribute": '<to by="M\u00fcller"/>', **SAID}[what]
    path = tmp_path / "a.xml"
    text = f"<?xml version='1.0' encoding='{code}'?>\n<r>{said.replace(chr(252), umlaut)}</r>"
    path.write_bytes(text.encode(code))
    found_and_taken_out(path)


@pytest.mark.parametrize("what", [*SAID, "author"])
@pytest.mark.parametrize("way", ["JSON", "JSON in ASCII", "Meta's JSON", "HTML in JSON"])
def test_umlauts_are_found_in_json_however_they_are_written(
    what: str, way: str, tmp_path: Path
) -> None:
    said = {"author": "M\u00fcller", **SAID}[what]
    if way == "HTML in JSON":
        said = said.replace("\u00fc", "&uuml;")
    if way == "Meta's JSON":
        said = said.encode().decode("latin-1")
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{what: said}], ensure_ascii=way != "JSON"), encoding="utf-8")
    found_and_taken_out(path)


def test_a_namesake_s_word_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "author;text\nanna;Der M\u00fcller mahlt, sagt J\u00fcrgen.\n".encode("cp1252")
    )
    assert not holds(path)


def test_no_damage_ends_in_an_error(tmp_path: Path) -> None:
    chance = random.Random(7)
    for name, content in (
        ("a.zip", zipped("a.txt", HIS.encode() * 9)),
        ("a.gz", gzip.compress(HIS.encode() * 9)),
        ("a.xlsx", workbook()),
        ("a.parquet", parquet()),
        ("b.parquet", parquet("snappy")),
        ("a.duckdb", database(tmp_path)),
    ):
        for _ in range(25):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 40)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            assert found(tmp_path, bytes(damaged), name) <= {"found", "unopened"}


def test_a_column_that_still_holds_a_trace_is_named() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE note (number INTEGER, text VARCHAR, other VARCHAR)")
        connection.execute("INSERT INTO note VALUES (1, 'Danke!', NULL), (2, ?, 'x')", [HIS])
        assert list(columns_with(connection, TRACES)) == ["main.note.text"]
        connection.execute("DELETE FROM note WHERE number = 2")
        assert list(columns_with(connection, TRACES)) == []
