"""A person taken out of one file, by its format; what can't be edited is told from what could."""

import csv
import html
import re
import zipfile
import zlib
from pathlib import Path

from flows.erasing.objects import edited_json
from flows.erasing.rows import edit_parquet, edit_workbook, edited_table
from flows.erasing.traces import Traces
from flows.reading.encodings import decoded_lines, is_text
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.xml_start import HEAD, UnreadableXml
from flows.reading.xml_start import encoding_of as encoding_of_xml
from flows.storing.erased import ERASED

UNREADABLE = (
    *(ValueError, OSError, KeyError, EOFError, RuntimeError),
    *(csv.Error, zipfile.BadZipFile, zlib.error, UnreadableXml),
)
"""What is raised for bytes that are not what they say."""


def edit(path: Path, traces: Traces) -> bool:
    """Take the person out of a file of any kind that can be edited; False if this one can't be."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_SIZE)
    try:
        if start.startswith(b"PAR1"):
            edit_parquet(path, traces)
        elif start.startswith(b"PK\x03\x04") and b"xl/" in path.read_bytes():
            edit_workbook(path, traces)
        elif is_text(start):
            edit_text(path, traces)
        else:
            return False
    except UNREADABLE:
        return False
    return True


def edit_text(path: Path, traces: Traces) -> None:
    """JSON, tables of text, XML and any other text; one without the person keeps its bytes."""
    text, encoding = text_of(path.read_bytes())
    left = edited_text(text, traces)
    if left != text:
        path.write_bytes(left.encode(encoding_of(encoding), "surrogatepass"))


def text_of(content: bytes) -> tuple[str, str]:
    """A file as text, and the encoding it was read with: that which XML declares, else as tables.

    Raises `UnreadableXml` for an encoding that is not known.
    """
    declared = encoding_of_xml(content[:HEAD]) if content.lstrip().startswith(b"<?xml") else "utf-8"
    if declared != "utf-8":
        return content.decode(declared, "replace"), declared
    lines, encoding = decoded_lines(content)
    return "".join(lines), encoding


def edited_text(text: str, traces: Traces) -> str:
    """A text of any format without the person."""
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start in ("{", "[") or re.match(r"\ufeff?\s*window\.", text):
        text = edited_json(text, traces)
    elif start == "<":
        text = edited_marks(text, traces)
    else:
        text = edited_table(text, traces)
    return traces.taken_from(text)


def encoding_of(told: str) -> str:
    """The codec that writes what was read; UTF-8 where it is told in other words."""
    try:
        "".encode(told)
    except LookupError:
        return "utf-8"
    return told


MARKED = re.compile(
    r"""(?P<before><(?!(?:a|b|i|p|q|em|li|td|span|strong)[\s>])[\w:.-]+[^<>]*>\s*"""
    r"""|\s[\w:.-]+=["'])(?P<value>[^<>"'\s]+)(?=\s*</|["'])"""
)
"""A field of XML with one word: an element, but none of those that set words in a text, or an
attribute."""


def edited_marks(text: str, traces: Traces) -> str:
    """XML in which no field holds a handle alone."""

    def left(found: re.Match[str]) -> str:
        is_own = traces.is_handle(html.unescape(found["value"]))
        return found["before"] + ERASED if is_own else found[0]

    return MARKED.sub(left, text) if traces.handles else text
