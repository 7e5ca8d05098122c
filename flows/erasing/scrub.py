"""A person taken out of one file, by its format; what can't be edited is told from what could."""

import csv
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.erasing.signs import as_written, sign
from flows.reading.encodings import decoded_lines, is_text
from flows.reading.landed import SAMPLE_SIZE
from flows.reading.xml_start import HEAD, UnreadableXml
from flows.reading.xml_start import encoding_of as encoding_of_xml
from flows.storing.erased import ERASED
from transforms.canonical import DERIVED_ID, account

Edit = Callable[[Path, "Traces"], None]
"""Rewrites a file in place so that it holds no trace of a person any more."""

DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Traces:
    """What must not stay: names wherever they stand, names as authors, texts, ids of comments."""

    telling: frozenset[str]
    names: frozenset[str]
    texts: frozenset[str]
    """Long ones, taken out wherever they stand."""
    comment_ids: frozenset[str]
    permalinks: frozenset[str]
    pseudonyms: frozenset[str] = frozenset()
    nameless: Mapping[str, str] = field(default_factory=dict)
    """Native ids of the comments -> what stands for them in fields that hold ids."""
    mentioned: frozenset[str] = frozenset()
    """Names by which the person is mentioned (`@bergmann`) or linked (`/bergmann`), words, too."""
    platform: str = ""
    """Where mentions are the person's."""
    handles: frozenset[str] = frozenset()
    """Names that are nobody else's on the platform: fields that hold them alone are blanked."""

    @property
    def without_mentions(self) -> "Traces":
        """What tells of the person in files of other platforms."""
        return replace(self, mentioned=frozenset(), handles=frozenset())

    @property
    def without_names(self) -> "Traces":
        """The same where a namesake wrote."""
        return replace(self.without_mentions, telling=frozenset(), names=frozenset())

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Names as accounts are compared."""
        return frozenset(map(account, self.names))

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds telling names and ids as whole words, texts and links as files write them.

        What its group `address` holds leads to the name, and stays.
        """
        words = [rf"{BEFORE}{AT}?{as_written(name)}(?!\w)" for name in self.telling]
        told = [name for name in self.comment_ids if not DERIVED_ID.fullmatch(name)]
        words += [rf"(?<![\w:.-]){re.escape(name)}(?![\w-])" for name in told]
        words += [re.escape(name) for name in self.pseudonyms]
        whole = sorted(filter(str.strip, self.texts | self.permalinks), key=len, reverse=True)
        parts = [*map(as_written, whole), *words]
        parts += mentions_of(self.mentioned) + fields_of(self.handles)
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def is_author(self, value: object) -> bool:
        """Whether a value is exactly one of the names."""
        return isinstance(value, str | int) and account(str(value)) in self.accounts

    def taken_from(self, text: str) -> str:
        """`text` without the traces that stand for the person anywhere."""
        return self.pattern.sub(blank, text) if self.pattern else text

    def unmentioned(self, value: object) -> object:
        """The value of a field that tells of others, without the handle, alone or in a list."""
        if not isinstance(value, str) or not NAMES.fullmatch(value):
            return value
        return re.sub(r"[^\s,;|]+", lambda m: ERASED if self.is_handle(m[0]) else m[0], value)

    def is_handle(self, value: str) -> bool:
        """Whether a value is a handle of the person, and nobody else's."""
        return account(value) in {account(name) for name in self.handles}

    def found_in(self, text: str) -> int:
        """How many such traces `text` holds."""
        return sum(1 for _ in self.pattern.finditer(text)) if self.pattern else 0

    def begins_in(self, text: str, earliest: int) -> bool:
        """Whether such a trace begins at `earliest` or behind it."""
        found = self.pattern.finditer(text) if self.pattern else iter(())
        return any(match.start() >= earliest for match in found)


AT = sign("@")

BEFORE = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=\\u00[0-3][0-9a-f]))"
"""Before a word; JSON writes some signs that are no letters with letters."""

AFTER = r"(?![\w-]|(?-i:\.[a-z0-9_]))"
"""Behind a handle: `bergmann-soehne` and `bergmann.berlin` are others."""

ADDRESS = "|".join((
    r"https?:[\\/]+[^\s\"'<>]*?/",
    *(r"(?<=\.\w\w)/", r"(?<=\.\w\w\w)/"),
    rf"(?<=[\"'=])\\?/|{BEFORE}/?u(?:ser)?/",
))  # fmt: skip
"""What leads to a profile: an address up to a slash in it, a host, a link's beginning, Reddit's."""

NAMES = re.compile(r"@?[\w.@-]+(?:\s*[,;|]\s*@?[\w.@-]+)*")
"""Names, one or several, and no running text."""


def mentions_of(names: frozenset[str]) -> list[str]:
    """Patterns of mentions of somebody, and of links to a profile; never of the bare word."""
    words = "|".join(map(as_written, sorted(names, key=len, reverse=True)))
    if not words:
        return []
    mention = rf"(?<![\w.]){AT}(?:{sign('<')}span{sign('>')})?(?:{words}){AFTER}"
    escaped = rf"(?:(?<=\\[nrt])|(?<=\\u00[0-3][0-9a-f])){AT}(?:{words}){AFTER}"
    return [mention, escaped, rf"(?P<address>{ADDRESS})(?:{words}){AFTER}"]


def fields_of(names: frozenset[str]) -> list[str]:
    """Patterns of fields in JSON that hold a name alone."""
    words = "|".join(map(as_written, sorted(names, key=len, reverse=True)))
    before = r"(?:(?<=[:,\[{]\")|(?<=\s\"))"
    return [rf"{before}{AT}?(?:{words})(?=\"\s*[,}}\]:])"] if words else []


def blank(found: re.Match[str]) -> str:
    """What stands for a trace: what led to it stays."""
    return (found.groupdict().get("address") or "") + ERASED


ID_FIELD = re.compile(
    r"id$|^id\b|parent|repl(?:y|ies)|antwort|children|kids|root|thread", re.IGNORECASE
)
"""Names of fields that hold the ids of comments, or of those that they answer."""


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


def edited_json(text: str, traces: Traces) -> str:
    """JSON documents, one or many, with the person's objects emptied of names and words."""
    parts, place = [], 0
    is_tight = '": ' not in text[:2000]
    separators = (",", ":") if is_tight else (", ", ": ")
    while (found := re.compile(r"[\[{]").search(text, place)) is not None:
        try:
            value, end = DECODER.raw_decode(text, found.start())
        except ValueError:  # a broken line: what follows it may be whole
            end = text.find("\n", found.start()) + 1 or len(text)
            parts.append(text[place:end])
            place = end
            continue
        before = text[place : found.start()]
        document = text[found.start() : end]
        changed = emptied(value, traces)
        indent = 2 if not is_tight and "\n" in document[:200] else None
        written = (
            document
            if changed == value
            else json.dumps(
                changed,
                ensure_ascii=document.isascii(),
                indent=indent,
                separators=None if indent else separators,
            )
        )
        parts += [before, written]
        place = end
    return "".join([*parts, text[place:]])


def emptied(value: Any, traces: Traces) -> Any:
    """A JSON value with every object that the person wrote emptied."""
    if isinstance(value, list):
        return [emptied(item, traces) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {
        name: renamed(item, traces) if ID_FIELD.search(name) else emptied(item, traces)
        for name, item in value.items()
    }
    if is_own(value, traces):
        return blanked(inner, traces)
    return {
        name: traces.unmentioned(item) if OTHERS.search(name) else item
        for name, item in inner.items()
    }


def renamed(value: Any, traces: Traces) -> Any:
    """The value of a field that holds ids: those of the person's comments made nameless."""
    if isinstance(value, list):
        return [renamed(item, traces) for item in value]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return traces.nameless.get(str(value), value)
    return emptied(value, traces)


def is_own(value: dict[str, Any], traces: Traces) -> bool:
    """Whether an object, or one that tells of its author, holds one of the names."""
    own = [
        item
        for name, item in value.items()
        if not isinstance(item, dict | list) and not OTHERS.search(name)
    ]
    told = [
        item
        for name, part in value.items()
        if isinstance(part, dict) and name.casefold() in AUTHOR_FIELDS
        for item in flat(part)
    ]
    return any(traces.is_author(item) for item in (*own, *told))


AUTHOR_FIELDS = frozenset((
    "author", "from", "user", "account", "sender", "profile", "creator", "owner", "actor",
    "attributedto", "authordetails", "user_profile", "commenter", "snippet", "authorchannelid",
    "data", "post", "record",
))  # fmt: skip
"""What objects that tell of an author are called inside a comment, in small letters."""


OTHERS = re.compile(
    r"reply|parent|mention|retweet|quote(?!_id$)|moderat|receiver|recipient"
    r"|antwort\w*[ _](?:an|auf)\b|erwähn",
    re.IGNORECASE,
)
"""Parts of the names of fields that tell of somebody else than the author."""

WORDS = frozenset((
    "text", "body", "message", "content", "raw_message", "full_text", "html", "raw", "cooked",
    "comment", "commenttext", "title", "textdisplay", "textoriginal",
))  # fmt: skip
"""What the fields are called that hold what somebody wrote, in small letters."""


def flat(value: Any) -> list[Any]:
    """Every plain value in an object, but none of its lists."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    return [] if isinstance(value, list) else [value]


def blanked(value: Any, traces: Traces, field: str = "") -> Any:
    """An object of the person without names and words; what lists below it hold stays."""
    if isinstance(value, dict):
        return {
            name: item if isinstance(item, list) else blanked(item, traces, name)
            for name, item in value.items()
        }
    if isinstance(value, str):
        is_written = " " in value or field.casefold() in WORDS
        return ERASED if is_written or traces.is_author(value) else value
    return ERASED if not isinstance(value, bool) and traces.is_author(value) else value


def edited_table(text: str, traces: Traces) -> str:
    """A table of text without the rows of the person; the others stay to the letter."""
    sample = text[:20_000]
    delimiter = max(",;\t|", key=sample.count)
    # Cut where `csv` ends lines: `splitlines` does it at form feeds and Unicode's separators, too.
    kept, lines = [], list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    taken, columns = 0, Columns()
    for row in reader:
        chunk = "".join(lines[taken : reader.line_num])
        columns = columns if taken else columns_of(row)
        taken = reader.line_num
        if not is_own_row(columns.own(row), traces):
            cells = columns.nameless(row, traces)
            kept.append(chunk if cells == row else written_row(cells, delimiter, chunk))
    return "".join(kept)


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold ids, and which tell of others than the author, by place."""

    ids: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()

    def own(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The cells that tell whose a row is."""
        return tuple(cell for place, cell in enumerate(row) if place not in self.others)

    def nameless(self, row: Sequence[Any], traces: Traces) -> list[Any]:
        """A row of others, which answers the person's comments namelessly and mentions nobody."""
        return [self.left(place, cell, traces) for place, cell in enumerate(row)]

    def left(self, place: int, cell: Any, traces: Traces) -> Any:
        """A cell of a row of others, as it stays."""
        left = renamed(cell, traces) if place in self.ids else cell
        return traces.unmentioned(left) if place in self.others else left


def columns_of(header: Sequence[Any]) -> Columns:
    """Which columns are of which kind, by the names in a table's first row."""
    names = [str(name or "").strip() for name in header]
    return Columns(
        frozenset(place for place, name in enumerate(names) if ID_FIELD.search(name)),
        frozenset(place for place, name in enumerate(names) if OTHERS.search(name)),
    )


def written_row(cells: list[str], delimiter: str, before: str) -> str:
    """A changed row of a table, with the line's end that it had."""
    end = before[len(before.rstrip("\r\n")) :]
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(cells)
    return line.getvalue()


def edit_parquet(path: Path, traces: Traces) -> None:
    """A Parquet file without the rows of the person."""
    import polars as pl

    try:
        rows = pl.read_parquet(path, glob=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"`{path.name}` is no whole Parquet file") from error
    kept = without(rows, traces)
    if not kept.equals(rows):
        kept.write_parquet(path)


def without(rows: Any, traces: Traces) -> Any:
    """A frame without the person's rows, and without traces in the others."""
    import polars as pl

    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    if not texts or rows.is_empty():
        return rows
    columns = columns_of(texts)
    own = [is_own_row(columns.own(row), traces) for row in rows.select(texts).iter_rows()]
    kept = rows.filter(~pl.Series(own))
    return kept.with_columns(
        pl.Series(
            name,
            [cell and traces.taken_from(columns.left(place, cell, traces)) for cell in kept[name]],
            pl.String,
        )
        for place, name in enumerate(texts)
    )


def is_own_row(cells: Sequence[Any], traces: Traces) -> bool:
    """Whether a row is of one of the person's comments, or of the person."""
    return any(
        cell in traces.comment_ids
        or cell in traces.texts
        or cell in traces.permalinks
        or traces.is_author(cell)
        for cell in cells
        if cell is not None
    )


def edit_workbook(path: Path, traces: Traces) -> None:
    """A workbook of Excel without the rows of the person."""
    import openpyxl

    # As a stream: a landed file's ending is not that of a workbook.
    book, is_changed = openpyxl.load_workbook(io.BytesIO(path.read_bytes())), False
    for sheet in book.worksheets:
        columns = columns_of(next(sheet.iter_rows(max_row=1, values_only=True), ()))
        own = [
            number
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if is_own_row(columns.own(row), traces)
        ]
        for number in reversed(own):
            sheet.delete_rows(number)
            is_changed = True
        for row in sheet.iter_rows():
            for place, cell in enumerate(row):
                left = without_traces(columns.left(place, cell.value, traces), traces)
                if left != cell.value:
                    cell.value, is_changed = left, True
    if is_changed:
        book.save(path)


def without_traces(value: Any, traces: Traces) -> Any:
    """The value of a workbook's cell without what stands for the person."""
    if isinstance(value, str) and traces.found_in(value):
        return traces.taken_from(value)
    return value
