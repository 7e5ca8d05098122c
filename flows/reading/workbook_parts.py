"""The parts of a workbook of Excel that other readers leave aside: texts, hyperlinks, its day 0.

Format: ECMA-376, https://ecma-international.org/publications-and-standards/standards/ecma-376/;
what it is packed in: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT;
older files: https://learn.microsoft.com/openspecs/office_file_formats/ms-xls
"""

import html
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.reading.times import EXCEL_ZERO, MAC_ZERO

LARGEST_PART = 200_000_000
"""Bytes of a part that are still looked through for links."""

BOOK = "xl/workbook.xml"
PROPERTIES = re.compile(rb"<(?:\w+:)?workbookPr\s([^>]*)>")
OLD_MAC_RECORD = re.compile(rb"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00[\x00\x01]\x00")
"""`Date1904`, set, and `CalcPrecision`, which follows it in every older file."""

NO_ZIP = (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What is raised where a file is none that can be unpacked."""

LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
LINK = re.compile(rb"<(?:\w+:)?hyperlink\s([^>]*)>")
RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL = re.compile(r"[A-Z]{1,3}(\d{1,7})(?::.*)?")


def texts_in(sample: bytes) -> Iterator[str]:
    """The texts of cells in the first bytes of a workbook, as far as they reach."""
    for part in _first_parts(sample):
        for found in TEXT.finditer(part):
            yield html.unescape(found[1].decode("utf-8", "replace"))


def links_by_row(path: Path) -> dict[int, list[str]]:
    """Row, from 1 -> the addresses that its cells lead to, in all sheets; {} for other files."""
    links: dict[int, list[str]] = {}
    try:
        with zipfile.ZipFile(path) as workbook:
            for name in filter(SHEET.fullmatch, workbook.namelist()):
                for row, address in _links_of_sheet(workbook, name):
                    links.setdefault(row, []).append(address)
    except NO_ZIP:
        return {}
    return links


def day_zero(path: Path) -> datetime:
    """The day that bare day numbers of a workbook count from.

    Of cells that are formatted as dates whoever reads them has taken it into account.
    """
    try:
        with zipfile.ZipFile(path) as workbook:
            found = PROPERTIES.search(_part(workbook, BOOK))
            told = _attributes(found[1]) if found else {}
            is_mac = told.get("date1904") in ("1", "true")
    except KeyError:
        is_mac = False  # a workbook of LibreOffice
    except NO_ZIP:
        is_mac = bool(OLD_MAC_RECORD.search(path.read_bytes()))
    return MAC_ZERO if is_mac else EXCEL_ZERO


def _links_of_sheet(workbook: zipfile.ZipFile, name: str) -> Iterator[tuple[int, str]]:
    folder, sheet = posixpath.split(name)
    relations = f"{folder}/_rels/{sheet}.rels"
    if relations not in workbook.namelist():
        return
    targets = {
        about.get("Id"): about.get("Target", "")
        for about in map(_attributes, RELATIONSHIP.findall(_part(workbook, relations)))
    }
    for about in map(_attributes, LINK.findall(_part(workbook, name))):
        cell = CELL.fullmatch(about.get("ref", ""))
        identifier = next((about[key] for key in about if key.endswith(":id")), None)
        if cell and (address := targets.get(identifier)):
            yield int(cell[1]), address


def _part(workbook: zipfile.ZipFile, name: str) -> bytes:
    with workbook.open(name) as part:
        return part.read(LARGEST_PART)


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode("ascii", "replace"): html.unescape(value.decode("utf-8", "replace"))
        for name, value in ATTRIBUTE.findall(tag)
    }


def _first_parts(sample: bytes) -> Iterator[bytes]:
    """The parts of a zip in its order, the last one perhaps cut."""
    start = 0
    while (start := sample.find(b"PK\x03\x04", start)) >= 0:
        if start + LOCAL_HEADER.size > len(sample):
            return
        fields = LOCAL_HEADER.unpack_from(sample, start)
        packed = sample[start + LOCAL_HEADER.size + fields[9] + fields[10] :]
        start += LOCAL_HEADER.size
        if fields[3] == zipfile.ZIP_STORED:
            yield packed[: fields[7]]
        elif fields[3] == zipfile.ZIP_DEFLATED:
            try:
                yield zlib.decompressobj(-15).decompress(packed, 1 << 22)
            except zlib.error:
                return
