import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from flows.landing.door import PIECE, left_out_fields
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import recognise
from models.canonical import Record
from tests.test_rooms import ROOT, samples

FIXTURES = ROOT.parent / "shared" / "fixtures"

JSON = (
    '{"comments": [{"author": "a", "author_email": "a@b.example", "author_ip": "1.2.3.4", '
    '"gravatar_image": "https://g.example/x", "email": "", "phone": null},'
    '{"user": {"email": "c@d.example", "avatar_urls": {"24": "https://g.example/y"}}}]}'
)
XML = (
    "<rss><wp:comment><wp:comment_author_email><![CDATA[a@b.example]]></wp:comment_author_email>"
    "<wp:comment_author_IP>1.2.3.4</wp:comment_author_IP><wp:comment_author_IP></wp:comment_author_IP>"
    "</wp:comment></rss>"
)
CSV = (
    "Datum;E-Mail-Adresse;IP;Kommentar\n1.1.2025;a@b.example;1.2.3.4;Gut\n2.1.2025;;1.2.3.5;Na ja\n"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(JSON, {"email": 2, "ip": 1, "avatar": 2}, id="JSON"),
        pytest.param(XML, {"email": 1, "ip": 1}, id="XML"),
        pytest.param(CSV, {"email": 1, "ip": 2}, id="CSV"),
        pytest.param("Datum;Kommentar\n1.1.2025;Gut\n", {}, id="nothing personal"),
        pytest.param("Datum;Kommentar\n1.1.2025;Mail an IP\n", {}, id="only spoken of"),
    ],
)
def test_fields_with_personal_data_are_counted_by_kind(
    tmp_path: Path, content: str, expected: dict[str, int]
) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    assert dict(left_out_fields(file)) == expected


def test_columns_of_a_workbook_are_counted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Kommentar", "Email"], ["Gut", "a@b.example"], ["Na ja", None]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert dict(left_out_fields(tmp_path / "a.xlsx")) == {"email": 1}


@pytest.mark.parametrize("field", ['"email": "a@b.example"', '"email": { "x": 1}'])
def test_a_field_on_the_border_of_two_pieces_is_counted_once(tmp_path: Path, field: str) -> None:
    for shift in range(len(field) + 4):
        start = '{"x": "' + "y" * (PIECE - 12 - shift) + '", '
        (tmp_path / "file").write_text(start + field + "}", encoding="utf-8")
        assert dict(left_out_fields(tmp_path / "file")) == {"email": 1}


PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+\.[a-z]{2,}|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|gravatar|avatar",
    re.IGNORECASE,
)
"""E-mail addresses, IP addresses, pictures of people."""

PSEUDONYMISED = ("author", "author_name", "text", "title")
"""Fields that never reach a table as they are."""

SITE = ("site",)
"""The server or channel, which may be told by its address."""

HANDLE_IN_LINK = re.compile(r"https?://\S+")


def private_fields(record: Record) -> list[str]:
    """Fields of a canonical record that hold such a thing."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return [
        name
        for name, value in values.items()
        if name not in PSEUDONYMISED + SITE
        and value is not None
        and PRIVATE.search(HANDLE_IN_LINK.sub("", str(value)))
    ]


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
def test_no_reader_hands_on_an_address_or_a_picture_of_a_person(sample: Path) -> None:
    source = recognise(sample)
    if not source:
        pytest.skip("an archive")
    landed = LandedFile(sample, sample.name, datetime(2026, 1, 1, tzinfo=UTC))
    for record in source.read(landed, ReadingRules()):
        assert private_fields(record) == []


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.exists(), reason="the real files are not here")
def test_no_reader_hands_one_on_from_real_files() -> None:
    read = 0
    for path in sorted(FIXTURES.rglob("*")):
        source = recognise(path) if path.is_file() else None
        if not source or source.is_generic:
            continue
        landed = LandedFile(path, path.name, datetime(2026, 1, 1, tzinfo=UTC))
        for record in source.read(landed, ReadingRules()):
            read += 1
            assert private_fields(record) == [], f"{source.name}: {path.name}"
    assert read > 100


def test_german_names_hashes_lists_and_numbers_are_counted(tmp_path: Path) -> None:
    told = {"emails": ["a@b.example"], "email_hash": "9f", "ip": 3232235777, "phone": 4930123456}
    empty = {"emails": [], "email_hash": "", "ip": None, "phone": False}
    path = tmp_path / "a.json"
    path.write_text(json.dumps([told, empty]), encoding="utf-8")
    assert left_out_fields(path) == {"email": 2, "ip": 1, "phone": 1}
    table = tmp_path / "a.csv"
    table.write_text("Autor;IP-Adresse;Text\nAnna;10.0.0.1;Gut\nBerta;;Nein\n", encoding="utf-8")
    assert left_out_fields(table) == {"ip": 1}
