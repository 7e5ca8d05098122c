"""XML made to fill the memory or to read files, in every format that is XML inside."""

import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from flows.sources.base import all_sources
from models.canonical import Comment, Rejected
from tests.cut_files import SAMPLES, reader

SHIPPED = Path(__file__).parents[2] / "data" / "samples"
FILES = {
    "wordpress_wxr": SHIPPED / "wordpress.xml",
    "disqus_xml": SHIPPED / "disqus.xml",
    "comment_feed": SAMPLES / "comment_feed.xml",
}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BLOWN_UP = "A" * 100_000
ATTACKS = {
    "billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>', "&l9;"),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY l "{BLOWN_UP}">]>', "&l;" * 10_000),
    "a file": ('<!DOCTYPE x [<!ENTITY l SYSTEM "file:///etc/passwd">]>', "&l;"),
    "a parameter": ('<!DOCTYPE x [<!ENTITY % l SYSTEM "file:///etc/passwd"> %l;]>', ""),
    "an address": ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', "&l;"),
}


def attacked(content: str, name: str) -> str:
    """`content` with a document type before its root, and its entity in every second text."""
    doctype, use = ATTACKS[name]
    start = content.index("<", content.index("?>")) if content.startswith("<?xml") else 0
    return content[:start] + doctype + content[start:].replace("</", f"{use}</", 5)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("source", FILES)
def test_entities_are_neither_expanded_nor_followed(source: str, attack: str) -> None:
    content = attacked(FILES[source].read_text(encoding="utf-8"), attack)
    tracemalloc.start()
    began = time.process_time()
    records = reader(all_sources()[source], "x.xml")(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000 + 6 * len(content)
    assert time.process_time() - began < 10
    assert any(isinstance(record, Rejected) for record in records)
    texts = [record.text or "" for record in records if isinstance(record, Comment)]
    assert not any("root:" in text or "lollol" in text or BLOWN_UP in text for text in texts)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]
)
def test_a_workbook_is_no_way_around(attack: str, part: str) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("Kommentar", "Datum"), ("Gut.", "03.11.2025"))):
            sheet.write_row(number, 0, row)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = attacked(parts[part].decode(), attack).encode()
    bent = io.BytesIO()
    with zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    records = reader(all_sources()["table_file"], "x.xlsx")(bent.getvalue())
    texts = [record.text or "" for record in records if isinstance(record, Comment)]
    assert not any("root:" in text or len(text) > 1000 for text in texts)


def test_a_workbook_that_unpacks_to_gigabytes_is_turned_away_in_time() -> None:
    book = openpyxl.Workbook()
    book.active.append(("Kommentar", "Datum"))
    target = io.BytesIO()
    book.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bent = io.BytesIO()
    with zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            with archive.open(name, "w") as member:
                member.write(content)
                if name == "xl/worksheets/sheet1.xml":
                    for _ in range(300):
                        member.write(b" " * 1_000_000)
    records = reader(all_sources()["table_file"], "x.xlsx")(bent.getvalue())
    assert not any(isinstance(record, Comment) for record in records)
