"""A comments file (CSV) of a YouTube Takeout in, the comments that its owner wrote out.

Format: https://support.google.com/accounts/answer/3024190; Google changed the columns several
times and translates their names. The text is JSON: `{"takeoutSegments":[{"text":"..."}]}`, since
June 2024 `{"text":"..."},{"text":"..."}` without an array, with line breaks as they are.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice

from flows.reading.csv_records import csv_records
from flows.reading.encodings import decoded_lines, decoded_sample, text_lines
from flows.reading.json_values import JsonObject, objects_in
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.times import TimeReader
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

PLATFORM = "youtube"
CHANNEL = "youtube"

COLUMN_OF_NAME = {
    "comment id": "id",
    "kommentar id": "id",
    "channel id": "channel",
    "kanal id": "channel",
    "comment create timestamp": "created",
    "zeitstempel der erstellung des kommentars": "created",
    "price": "price",
    "preis": "price",
    "parent comment id": "parent",
    "übergeordnete kommentar id": "parent",
    "post id": "post",
    "beitrags id": "post",
    "video id": "video",
    "comment text": "text",
    "kommentartext": "text",
    "top level comment id": "top",
    "kommentar id der obersten ebene": "top",
    "zeitpunkt der kommentarerstellung": "created",
    "erstellungszeitpunkt des kommentars": "created",
    "text des kommentars": "text",
    "id des übergeordneten kommentars": "parent",
}
"""What Google calls the columns in English and German, without signs and capitals."""

NEEDED = frozenset(["id", "created", "video", "text"])

FIRST_COLUMNS = (("id", "channel", "created", "price"), ("channel", "created", "price", "id"))
"""Until and since June 2024."""

LAST_COLUMNS = {
    7: ("parent", "video", "text"),
    8: ("parent", "post", "video", "text"),
    9: ("parent", "post", "video", "text", "top"),
}
"""By the number of all columns: for names in other languages, places tell."""

SHAPES = {
    "channel": re.compile(r"UC[\w-]{22}", re.ASCII),
    "created": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*"),
    "video": re.compile(r"[\w-]{11}|", re.ASCII),
    "text": re.compile(r"\{\s*\"(?:text|takeoutSegments)\".*", re.DOTALL),
}
"""How the cells of columns look whose names are not known."""

RECORD_START = re.compile(r'"?[\w.-]{10,}"?[,;\t]', re.ASCII)
"""A record begins with the id of a comment or a channel."""

DECODER = json.JSONDecoder(strict=False)

Columns = Mapping[str, int]
"""Column -> its place in a record."""


@dataclass(frozen=True)
class Sheet:
    """What the records of one file share: lines, columns, their number, and how to read times."""

    lines: list[str]
    delimiter: str
    columns: Columns
    width: int
    times: TimeReader


@dataclass(frozen=True)
class Text:
    """The text of a comment; plain if it was not wrapped in JSON, so that nothing shows its end."""

    text: str
    is_plain: bool


class NoText(ValueError):
    """A cell that should hold a text in JSON holds a part of one."""


def recognise(sample: bytes) -> bool:
    """Whether it is CSV with the columns of a comments file, by their names or by their looks."""
    _, columns, _ = _layout(text_lines(decoded_sample(sample)))
    return bool(columns)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield a comment for each record; of a file that is cut those before the cut."""
    lines, _ = decoded_lines(landed.path.read_bytes())
    delimiter, columns, width = _layout(lines)
    if not columns:
        detail = "expected the columns of a YouTube comments file: id, time, video and text"
        yield Rejected(position=0, reason="missing column", detail=detail, line=1)
        return
    times = TimeReader(rules.time_zone, rules.date_order)
    yield from _records(Sheet(lines, delimiter, columns, width, times))


def _layout(lines: list[str]) -> tuple[str, Columns, int]:
    """What separates the columns, where each is, and how many there are; {} if it is no such file.

    A spreadsheet that saves the file anew may put semicolons or tabs.
    """
    for delimiter in (",", ";", "\t"):
        rows = _first_rows(lines, delimiter)
        if columns := columns_of(rows):
            return delimiter, columns, len(rows[0])
    return ",", {}, 0


def columns_of(rows: Sequence[Sequence[str]]) -> Columns:
    """The place of each column, by the header and the first record; {} if it is another file."""
    if not rows:
        return {}
    named = {
        column: place
        for place, name in enumerate(rows[0])
        if (column := COLUMN_OF_NAME.get(_plain(name)))
    }
    if named.keys() >= NEEDED:
        return named
    return _columns_by_looks(rows[1]) if len(rows) > 1 and len(rows[1]) == len(rows[0]) else {}


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def _columns_by_looks(row: Sequence[str]) -> Columns:
    last = LAST_COLUMNS.get(len(row), ())
    for first in FIRST_COLUMNS:
        columns = {column: place for place, column in enumerate((*first, *last))}
        if last and all(shape.fullmatch(row[columns[name]]) for name, shape in SHAPES.items()):
            return columns
    return {}


def _first_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    """The header and the first record that is not blank."""
    try:
        rows = (row for row in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, row)))
        return list(islice(rows, 2))
    except csv.Error:
        return []


def _records(sheet: Sheet) -> Iterator[Record]:
    """The records below the header; what is left of a broken one is broken together with it."""
    positions, was_broken = count(1), False
    widths = (sheet.width, sheet.width)
    for found in islice(csv_records(sheet.lines, 0, sheet.delimiter, widths), 1, None):
        record = found if isinstance(found, Rejected) else _record(*found, sheet)
        is_rest = was_broken and not RECORD_START.match(sheet.lines[(record.line or 1) - 1])
        was_broken = isinstance(record, Rejected)
        if not (was_broken and is_rest):
            yield replace(record, position=next(positions))


def _record(line: int, fields: list[str], sheet: Sheet) -> Comment | Rejected:
    """The comment of one record, or why it is none."""
    if len(fields) != sheet.width:
        return _rejected(line, f"{len(fields)} fields, expected {sheet.width}")
    cells = {column: fields[place].strip() for column, place in sheet.columns.items()}
    try:
        text = _text(cells["text"])
    except NoText:
        return _rejected(line, "a text in JSON that is not whole")
    if _may_be_cut(line, fields, sheet) and text.is_plain:
        return _rejected(line, "the file ends within this record")
    return _comment(line, cells, text.text, sheet.times)


def _may_be_cut(line: int, fields: list[str], sheet: Sheet) -> bool:
    """Whether a record ends with the file and without a line end: then its last field may go on."""
    last = line + sum(field.count("\n") for field in fields)
    return last >= len(sheet.lines) and not sheet.lines[-1].endswith("\n")


def _comment(line: int, cells: Mapping[str, str], text: str, times: TimeReader) -> Comment:
    native_id, video = cells["id"], cells["video"]
    above, dot, _ = native_id.partition(".")
    created = times.read(cells["created"])
    link = f"https://www.youtube.com/watch?v={video}&lc={native_id}"
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=line,
        native_id=native_id or None,
        id_basis="native" if native_id else "hash",
        channel=CHANNEL,
        post_native_id=video or cells.get("post") or None,
        parent_native_id=cells.get("parent") or (above if dot else None),
        reply_semantics="two_level",
        author=cells.get("channel") or None,
        is_owner=True,
        text=text or None,
        created_at=created.at if created else None,
        created_at_raw=cells["created"] or None,
        created_tz_assumed=created.zone_assumed if created else None,
        time_precision=created.precision if created else "exact",
        status="published",
        permalink=link if video and native_id else None,
    )


def _text(cell: str) -> Text:
    """The text of a cell: its pieces in JSON put together, or the cell as it is.

    Raises `NoText` for JSON that is broken.
    """
    if not SHAPES["text"].fullmatch(cell):
        return Text(cell, is_plain=True)
    pieces: list[str] = []
    at = 0
    while at < len(cell):
        try:
            value, end = DECODER.raw_decode(cell, at)
        except (ValueError, RecursionError) as error:
            raise NoText from error
        if not isinstance(value, dict):
            raise NoText
        pieces += map(_piece, [value, *objects_in(value, "takeoutSegments")])
        at = end + len(cell[end:]) - len(cell[end:].lstrip(", \n"))
    return Text("".join(pieces), is_plain=False)


def _piece(segment: JsonObject) -> str:
    text = segment.get("text")
    return text if isinstance(text, str) else ""


def _rejected(line: int, detail: str) -> Rejected:
    return Rejected(position=0, line=line, reason="broken record", detail=detail)


SOURCE = FileSource(
    name="youtube_takeout",
    about="A YouTube Takeout: the comments that the account itself has written",
    how_to_get='Open takeout.google.com, choose only "YouTube and YouTube Music" and of it only '
    "the comments, and put the zip (or the comments CSV in it) into the inbox.",
    recognise=recognise,
    read=read,
    version=2,
)
