"""An XML export in, its records out one after the other; damage costs a record, not the file.

Expat reads strictly and piece by piece, so that a record is complete or not there at all. Where
the text is not well-formed, the reading goes on at the next start tag of a record. Declared
entities, the way to blow up XML (https://docs.python.org/3/library/xml.html), are refused.
"""

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from flows.reading.xml_start import CHUNK, UnreadableXml, start_of_xml, utf8_file
from models.canonical import Rejected

FIRST_CHUNK = 1 << 14
"""Bytes read first, then twice as many each time: the next damage is often near the last one."""

LONGEST_TAG = 4096
"""Bytes of a start tag that are found where they straddle two chunks."""

FORBIDDEN = bytes(code for code in range(32) if code not in b"\t\n\r")
BLANKS = b"\x00\x0b\x0c"
"""Of these, what stands between words or behind the end of a file."""

DELETE = "\x7f"
TO_ALLOWED = bytes.maketrans(
    FORBIDDEN, bytes(ord(" " if code in BLANKS else DELETE) for code in FORBIDDEN)
)
"""Control characters that XML forbids; exports pass them on from what people pasted. As many bytes
as before, so that places stay right; the one that XML allows is taken out of what was read."""

OUTSIDE = re.compile(rb"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
"""What parts of a record an ampersand may stand in as it is."""

BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
"""One that begins nothing, or an entity of HTML, which XML does not know."""

CUT_OFF = frozenset({3, 5, 6, 20})
"""Expat's codes for a text that ends too early: in no element, a token, a character, CDATA."""


@dataclass(slots=True)
class Node:
    """An element; `text` is what it holds outside of its `children`, `line` is where it starts.

    Tags and attributes are named as `XmlShape.prefix_of` says, for example `wp:post_id`.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    head: str = ""
    """What of `text` stands before the first child."""
    tail: str = ""
    """What of its parent's `text` stands behind it; blanks are one."""

    def first(self, tag: str) -> "Node | None":
        """The first child of that tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list["Node"]:
        """Every child of that tag."""
        return [child for child in self.children if child.tag == tag]

    def value(self, tag: str) -> str | None:
        """The text of the first child of that tag; None where it is absent or blank."""
        child = self.first(tag)
        return (child.text.strip() or None) if child else None


@dataclass(frozen=True)
class XmlShape:
    """Where the records of a format stand in its files."""

    depth: int
    """How many elements are around a record: 1 for `<disqus><post>`."""
    records: frozenset[str]
    """Tags that start a record, or a record within a record."""
    nested: frozenset[tuple[str, str]]
    """(parent, child): the records that may stand directly in another one."""
    record_start: re.Pattern[bytes]
    """Start tag of a record, as files write it."""
    part_start: re.Pattern[bytes] | None
    """Start tag within a record at which a damaged one can be taken up again, if there is any."""
    prefix_of: Callable[[str], str]
    """Address of a namespace -> the prefix that names it in this project, "" for none."""


VOID = ("br", "hr", "img")
"""Elements of HTML that hold nothing and have no end tag."""


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """A complete child of the element around the records, so header elements come, too.

    `is_continued`: the part of a damaged record that comes after its damage.
    """

    node: Node
    is_continued: bool = False


@dataclass(frozen=True, slots=True)
class Damage:
    """What the parser stumbled over.

    `cut` is the record it happened in, with those of its children that are complete.
    """

    detail: str
    line: int | None
    cut: XmlRecord | None = None
    is_whole_file: bool = False

    def rejected(self, position: int) -> Rejected:
        """The record that was lost, or the file, if nothing in it could be read."""
        if self.is_whole_file:
            return Rejected(position=0, reason="broken file", detail=self.detail, line=self.line)
        return Rejected(
            position=position, reason="broken record", detail=self.detail, line=self.line
        )


def inner_html(node: Node) -> str:
    """What an element of XHTML holds, its own tags left out, as HTML."""
    found: list[str] = []
    waiting: list[Node | str] = contents(node)
    while waiting:  # a stack, not calls: damaged files nest elements thousands deep
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
            continue
        name = part.tag.rpartition("}")[2].rpartition(":")[2]
        attributes = "".join(f" {key}={quoteattr(it)}" for key, it in part.attributes.items())
        found.append(f"<{name}{attributes}>")
        is_void = name in VOID and not part.head and not part.children
        waiting.append(html.escape(part.tail, quote=False))
        waiting += [] if is_void else [f"</{name}>", *contents(part)]
    return "".join(found)


def contents(node: Node) -> list[Node | str]:
    """The children of `node`, and the text before them, from the last to the first."""
    return [*reversed(node.children), html.escape(node.head, quote=False)]


@dataclass(frozen=True)
class _Break:
    """Where the text is broken, in bytes and lines from the start of the file, and how."""

    detail: str
    offset: int
    line: int


@dataclass(frozen=True)
class _Start:
    """Where to read from, and the start tags that stand around that place."""

    offset: int
    line: int
    around: tuple[str, ...] = ()
    unit: str | None = None
    """Start tag of the record that is taken up again."""

    @property
    def replayed(self) -> bytes:
        """The text that puts a fresh parser in this place; no line break, so lines stay right."""
        return "".join((*self.around, self.unit or "")).encode()


@dataclass(frozen=True)
class _Mended:
    """A record that could be read once its ampersands were escaped, and the place behind it."""

    record: XmlRecord
    behind: _Start


class _NotARecord(Exception):
    """The text is well-formed so far, but no record can be made of it; says why and where."""

    def __init__(self, detail: str, index: int, line: int) -> None:
        super().__init__(detail)
        self.index = index
        self.line = line


def xml_records(path: Path, shape: XmlShape) -> Iterator[XmlRecord | Damage]:
    """Yield what is complete in the XML file, in file order, and a `Damage` where it is broken."""
    try:
        with utf8_file(path) as file:
            offset, junk = start_of_xml(file)
            line = 1 + junk.count(b"\n")
            if junk.strip():
                yield Damage(f"{len(junk)} bytes before the XML declaration were skipped", 1)
            yield from _read_on(file, shape, _Start(offset, line))
    except UnreadableXml as error:
        yield Damage(str(error), None, is_whole_file=True)


def _read_on(file: IO[bytes], shape: XmlShape, start: _Start) -> Iterator[XmlRecord | Damage]:
    """Read from `start` and, at each break, from the next start of a record."""
    is_any = False
    place: _Start | None = start
    while place:
        parser = _Parser(shape, place)
        broken = None
        for found in parser.parse(file):
            if isinstance(found, _Break):
                broken = found
                break
            is_any = is_any or found.node.tag in shape.records
            yield found
        if not broken:
            return
        if mended := _mended(file, shape, parser):
            is_any, place = True, mended.behind
            yield mended.record
            continue
        cut = parser.cut()
        is_any = is_any or (cut is not None and cut.node.tag in shape.records)
        place = _next_start(file, shape, parser, broken)
        yield Damage(broken.detail, broken.line, cut, is_whole_file=not (is_any or place))


def _mended(file: IO[bytes], shape: XmlShape, parser: "_Parser") -> _Mended | None:
    """The record that the text breaks off in, if nothing but its bare ampersands is wrong."""
    cut = parser.cut()
    if cut is None or parser.unit is None or parser.unit_at is None or not parser.is_in_record():
        return None
    block = _whole_record(file, shape, parser.unit, parser.unit_at)
    parts = OUTSIDE.split(block)
    parts[::2] = [BARE_AMPERSAND.sub(b"&amp;", part) for part in parts[::2]]
    if (escaped := b"".join(parts)) == block:
        return None
    again = _Parser(shape, _Start(0, cut.node.line, parser.around))
    record = next(again.parse(io.BytesIO(escaped)))
    if isinstance(record, _Break):
        return None
    line = cut.node.line + block.count(b"\n")
    return _Mended(record, _Start(parser.unit_at + len(block), line, parser.around))


def _whole_record(file: IO[bytes], shape: XmlShape, tag: str, offset: int) -> bytes:
    """The record that starts at `offset` and its end tag; b"" where the next one starts first."""
    name = re.match(r"<([^\s>]+)", tag)
    end = re.compile(rb"</" + re.escape(name[1] if name else "").encode() + rb"\s*>")
    window, looked_at = b"", 1
    for chunk in _pieces(file, offset):
        window += chunk
        found, other = end.search(window, looked_at), shape.record_start.search(window, looked_at)
        if found or other:
            is_whole = found and not (other and other.start() < found.start())
            return window[: found.end()] if found and is_whole else b""
        looked_at = max(1, len(window) - LONGEST_TAG)
    return b""


def _next_start(
    file: IO[bytes], shape: XmlShape, parser: "_Parser", broken: _Break
) -> _Start | None:
    """The next start tag at or after the break; None if there is none or nothing to replay."""
    if len(parser.around) < shape.depth:
        return None
    part = shape.part_start if parser.is_in_record() else None
    patterns = [pattern for pattern in (shape.record_start, part) if pattern]
    # One byte on at least: what was read before must not be read again, for ever.
    position = max(broken.offset, parser.start.offset + 1)
    line = broken.line
    window = b""
    for chunk in _pieces(file, position):
        window += chunk
        hits = [hit for pattern in patterns if (hit := pattern.search(window))]
        if hits:
            first = min(hits, key=lambda hit: hit.start())
            line += window.count(b"\n", 0, first.start())
            unit = None if first.re is shape.record_start else parser.unit
            return _Start(position + first.start(), line, parser.around, unit)
        kept = max(0, len(window) - LONGEST_TAG)
        line += window.count(b"\n", 0, kept)
        position, window = position + kept, window[kept:]
    return None


class _Parser:
    """Expat from one place of the file on; holds what is open when the text breaks off."""

    def __init__(self, shape: XmlShape, start: _Start) -> None:
        self.shape = shape
        self.start = start
        self.around = start.around
        self.unit: str | None = None
        self.unit_at: int | None = None
        """Where the file has the start tag of the record; None for one that is taken up again."""
        self._is_continued = start.unit is not None
        self._path: list[str] = []
        self._open: list[Node] = []
        self._texts: list[str] = []
        self._done: list[XmlRecord] = []
        self._declared: dict[str | None, str | None] = {}
        self._tags: dict[str, str] = {}
        self._expat = expat.ParserCreate("utf-8", " ")
        self._expat.namespace_prefixes = True
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._finish
        self._expat.CharacterDataHandler = self._texts.append
        self._expat.StartNamespaceDeclHandler = self._declared.__setitem__
        self._expat.EntityDeclHandler = _refuse_entities
        self._expat.SkippedEntityHandler = self._stumble_over_entity

    def parse(self, file: IO[bytes]) -> Iterator[XmlRecord | _Break]:
        """Yield the records up to the end of the file, or up to a break, which is the last."""
        self._expat.Parse(self.start.replayed, False)
        for chunk in _pieces(file, self.start.offset):
            broken = None
            try:
                self._expat.Parse(chunk.translate(TO_ALLOWED), not chunk)
            except expat.ExpatError as error:
                broken = self._break(error)
            except _NotARecord as error:
                broken = self._break_at(str(error), error.index, error.line)
            done, self._done = self._done, []
            yield from done
            if broken:
                yield broken
                return

    def is_in_record(self) -> bool:
        """Whether a record is open."""
        return bool(self._open) and self._open[0].tag in self.shape.records

    def cut(self) -> XmlRecord | None:
        """What is open around the break: a record, or an element of the header."""
        return XmlRecord(self._open[0], self._is_continued) if self._open else None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._tag(name)
        declared = dict(self._declared)
        self._declared.clear()
        self._close_text()
        if self._open:
            parent = self._open[-1].tag
            if tag in self.shape.records and (parent, tag) not in self.shape.nested:
                raise self._not_a_record(f"`{tag}` starts within `{parent}`, which has no end")
        elif len(self._path) < self.shape.depth:
            self._path.append(_start_tag(name, declared))
            self.around = tuple(self._path)
            return
        else:
            self.unit = _start_tag(name, declared)
            index = self._expat.CurrentByteIndex - len(self.start.replayed)
            self.unit_at = self.start.offset + index if index >= 0 else None
        named = {self._tag(key): _clean(value) for key, value in attributes.items()}
        self._open.append(Node(tag, named, self._line()))

    def _finish(self, _name: str) -> None:
        self._close_text()
        if not self._open:
            self._path.pop()
            return
        node = self._open.pop()
        if self._open:
            self._open[-1].children.append(node)
            return
        self._done.append(XmlRecord(node, self._is_continued))
        self._is_continued = False

    def _close_text(self) -> None:
        text = _clean("".join(self._texts))
        self._texts.clear()
        if not self._open or not text:
            return
        parent, is_blank = self._open[-1], text.isspace()
        if parent.children:
            parent.children[-1].tail += " " if is_blank else text
        else:
            parent.head = text
        # The blanks between children are nothing, and would add up where there are many.
        if not is_blank:
            parent.text += text

    def _tag(self, name: str) -> str:
        """`address local prefix`, as expat names things, in the names of this project."""
        tag = self._tags.get(name)
        if tag is None:
            parts = name.split(" ")
            prefix = self.shape.prefix_of(parts[0]) if len(parts) > 1 else ""
            local = parts[1] if len(parts) > 1 else name
            tag = self._tags[name] = f"{prefix}:{local}" if prefix else local
        return tag

    def _stumble_over_entity(self, name: str, _is_parameter: bool) -> None:
        # Expat would leave it out in silence where the file names an external DTD.
        raise self._not_a_record(f"undefined entity `{name}`")

    def _not_a_record(self, detail: str) -> _NotARecord:
        # Expat moves on before it raises what a handler raised: the place must be noted here.
        return _NotARecord(detail, self._expat.CurrentByteIndex, self._line())

    def _line(self) -> int:
        return self._expat.CurrentLineNumber - 1 + self.start.line

    def _break(self, error: expat.ExpatError) -> _Break:
        what = expat.ErrorString(error.code) if error.code else "not XML"
        detail = f"the file ends too early: {what}" if error.code in CUT_OFF else what
        index = max(self._expat.ErrorByteIndex, 0)
        return self._break_at(detail or "", index, error.lineno - 1 + self.start.line)

    def _break_at(self, what: str, index: int, line: int) -> _Break:
        record = self._open[0] if self._open else None
        where = f", in the `{record.tag}` that starts in line {record.line}" if record else ""
        offset = self.start.offset + index - len(self.start.replayed)
        return _Break(what + where, offset, line)


def _clean(text: str) -> str:
    """`text` without the signs that stand for control characters."""
    return text.replace(DELETE, "") if DELETE in text else text


def _pieces(file: IO[bytes], offset: int) -> Iterator[bytes]:
    """The file from `offset` on, piece by piece; the last piece is empty."""
    file.seek(offset)
    size = FIRST_CHUNK
    chunk = b"-"
    while chunk:
        chunk = file.read(size)
        size = min(2 * size, CHUNK)
        yield chunk


def _start_tag(name: str, declared: dict[str | None, str | None]) -> str:
    """A start tag without its attributes but with the namespaces it declares."""
    parts = name.split(" ")
    written = f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]
    spaces = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(address or '')}"
        for prefix, address in declared.items()
    )
    return f"<{written}{spaces}>"


def _refuse_entities(name: str, *_definition: object) -> None:
    raise UnreadableXml(
        f"the file declares the XML entity `{name}`, which no export of this kind does; "
        "it is not read, because entities can be a trap"
    )
