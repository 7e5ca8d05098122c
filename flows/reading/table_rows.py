"""A table file in (CSV, Excel, JSON, Parquet), its header and rows out; no line is lost."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from flows.reading.cells import flat
from flows.reading.columns import named_columns
from flows.reading.csv_rows import Layout, csv_table, layout_of
from flows.reading.encodings import decoded_lines, decoded_sample, text_lines
from flows.reading.json_rows import json_lines_table, json_list_table, json_object
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.parquet_rows import parquet_table
from flows.reading.table_types import SAMPLE_LINES, TableFile
from flows.reading.workbook_rows import workbook_table

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

WORKBOOK_PARTS = (
    *(b"[Content_Types].xml", b"_rels/", b"docProps/", b"docMetadata/", b"customXml/", b"xl/"),
)
"""What may stand first in a workbook of Excel."""

OTHER_FORMATS = (
    *(b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"PK\x05\x06"),
    *(b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"7z\xbc\xaf", b"Rar!", b"RIFF", b"\x7fELF", b"MZ"),
    b"SQLite format 3",
)
"""First bytes of files that hold no table of text: documents, images, archives, programs."""


BEGINNING = 2_000_000
"""Characters of a CSV file that tell as well as all of it how its table is laid out."""


def open_table(path: Path) -> TableFile:
    """Open any table file; raises `BrokenTable` if it can't be read at all."""
    return _opened(path, None)


def begin_table(path: Path) -> TableFile:
    """The same where header and first rows are asked for: only these are taken from a large CSV."""
    return _opened(path, BEGINNING)


def _opened(path: Path, most: int | None) -> TableFile:
    with path.open("rb") as file:
        start = file.read(SAMPLE_SIZE)
    if start[:4] == b"PAR1":
        return parquet_table(path)
    if is_workbook(start):
        return workbook_table(path)
    lines, encoding = decoded_lines(path.read_bytes(), most)
    first = next((line for line in lines if line.strip()), "").lstrip()
    is_lines = first.startswith("{") or _are_json(lines)
    is_json = is_lines or _is_json_array("".join(lines[:SAMPLE_LINES]).lstrip())
    if is_json and most:
        return open_table(path)  # which columns there are is known at its end
    if is_lines:
        return json_lines_table(lines, encoding)
    return json_list_table("".join(lines), encoding) if is_json else csv_table(lines, encoding)


@lru_cache(maxsize=1)
def looks_like_table(sample: bytes) -> bool:
    """Whether the first bytes of a file are those of a table file, or there are none at all.

    Remembered for one file: each source of tables asks the same of it.
    """
    if sample[:4] == b"PAR1" or is_workbook(sample):
        return True
    if sample.startswith((OLE2, *OTHER_FORMATS)):
        return False
    text = decoded_sample(sample)
    if _is_binary(text):
        return False
    text = text.lstrip()
    if text.startswith("{") or _are_json(text.split("\n")):
        return _looks_like_json_lines(text, is_cut=len(sample) >= SAMPLE_SIZE)
    if _is_json_array(text):
        return _looks_like_json_array(text)
    if text.startswith("<"):
        return False
    # An empty file is claimed so that it gets a message of its own.
    return not text or _looks_like_csv(text_lines(text))


def is_workbook(sample: bytes) -> bool:
    """A workbook of Excel, new (zip) or old (OLE2), or of LibreOffice."""
    if sample.startswith(OLE2):
        # Word and Outlook files are of the same build; the names within are UTF-16.
        others = ("WordDocument", "PowerPoint Document", "__substg1.0_")
        return not any(name.encode("utf-16-le") in sample for name in others)
    if sample[:4] != b"PK\x03\x04":
        return False
    first = sample[30:]
    if first.startswith(b"mimetype"):
        return b"application/vnd.oasis.opendocument.spreadsheet" in sample[:120]
    if not first.startswith(WORKBOOK_PARTS):
        return False  # an archive, in which a workbook may lie
    names = re.findall(rb"PK\x03\x04.{26}([\w\[/.-]+)", sample, re.DOTALL)
    is_office = any(
        name.startswith((b"[Content_Types].xml", b"docProps/", b"_rels/")) for name in names
    )
    return any(name.startswith(b"xl/") for name in names) or (
        is_office and not any(name.startswith((b"word/", b"ppt/")) for name in names)
    )


def _is_binary(text: str) -> bool:
    """Whether control characters are too many for a text; a NUL byte here and there is not."""
    start = text[:4096]
    return len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", start)) > max(3, len(start) // 50)


def _are_json(lines: Sequence[str]) -> bool:
    """Whether at least half of the first lines are JSON objects; the very first may be broken."""
    first = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    objects = sum(line.lstrip().startswith("{") and json_object(line) is not None for line in first)
    return bool(first) and objects >= len(first) / 2


def _looks_like_json_lines(text: str, is_cut: bool) -> bool:
    lines = [line for line in text.split("\n")[: SAMPLE_LINES + 1] if line.strip()]
    objects = [value for line in lines if (value := json_object(line)) is not None]
    if len(lines) == 1 and not objects and is_cut:
        # A first record longer than the sample: it is cut within one of its texts.
        cut = json_object(lines[0].rstrip("\\") + '"}') or {}
        return "text" in named_columns(list(flat(cut)))
    return len(objects) >= 2 or any(_names_comment(value) for value in objects)


def _is_json_array(text: str) -> bool:
    return bool(re.match(r"\[\s*[\[{\"\d\]-]", text))


def _looks_like_json_array(text: str) -> bool:
    """Only a list of what is plainly comments: other sources' files are lists of objects too."""
    try:
        first, _ = json.JSONDecoder(strict=False).raw_decode(text, text.index("{"))
    except (ValueError, RecursionError):
        return False
    return text[1:].lstrip().startswith("{") and isinstance(first, dict) and _names_comment(first)


def _names_comment(value: dict[str, object]) -> bool:
    """Whether an object itself names a text and a time: within it, an API's answer may, too."""
    return {"text", "created_at"} <= named_columns(list(value)).keys()


def _looks_like_csv(lines: list[str]) -> bool:
    """Whether lines are records: by their header, or by falling into equally many fields."""
    layout = layout_of(lines)
    if layout is None:
        return False
    named = named_columns(layout.header)
    if layout.has_preamble and layout.width_share < 0.5:
        return False
    if len(named) >= 2 or lines[0].strip().strip('"').lower().startswith("sep="):
        return True
    if len(layout.header) == 1 or _is_sentence(layout):
        return bool(named) and len(lines) > 1 and len(layout.header) == 1
    return layout.width_share >= (0.5 if named else 0.9) and layout.records >= 1


def _is_sentence(layout: Layout) -> bool:
    """Whether the header is rather the first sentence of a letter: commas followed by spaces."""
    cells = [cell for cell in layout.header if cell]
    if re.search(r"[.!,]$", cells[-1]) or max(map(len, cells)) > 200:
        return True
    is_short = layout.records < 3 and not layout.is_headerless and not layout.has_times
    return is_short and layout.delimiter == ","  # no letter has as many semicolons in every line
