"""Expat, strictly and piece by piece: whole records up to the end of an XML file, or to a break.

Declared entities, the way to blow up XML (https://docs.python.org/3/library/xml.html), are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from flows.reading.xml_elements import Node, XmlRecord, XmlShape
from flows.reading.xml_start import CHUNK, UnreadableXml

FIRST_CHUNK = 1 << 14
"""Bytes read first, then twice as many each time: the next damage is often near the last one."""

FORBIDDEN = bytes(code for code in range(32) if code not in b"\t\n\r")
BLANKS = b"\x00\x0b\x0c"
"""Of these, what stands between words or behind the end of a file."""

DELETE = "\x7f"
TO_ALLOWED = bytes.maketrans(
    FORBIDDEN, bytes(ord(" " if code in BLANKS else DELETE) for code in FORBIDDEN)
)
"""Control characters that XML forbids; exports pass them on from what people pasted. As many bytes
as before, so that places stay right; the one that XML allows is taken out of what was read."""

CUT_OFF = frozenset({3, 5, 6, 20})
"""Expat's codes for a text that ends too early: in no element, a token, a character, CDATA."""


@dataclass(frozen=True)
class Start:
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
class Break:
    """Where the text is broken, in bytes and lines from the start of the file, and how."""

    detail: str
    offset: int
    line: int


class NotARecord(Exception):
    """The text is well-formed so far, but no record can be made of it; says why and where."""

    def __init__(self, detail: str, index: int, line: int) -> None:
        super().__init__(detail)
        self.index = index
        self.line = line


class Parser:
    """Expat from one place of the file on; holds what is open when the text breaks off."""

    def __init__(self, shape: XmlShape, start: Start) -> None:
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

    def parse(self, file: IO[bytes]) -> Iterator[XmlRecord | Break]:
        """Yield the records up to the end of the file, or up to a break, which is the last."""
        self._expat.Parse(self.start.replayed, False)
        for chunk in pieces(file, self.start.offset):
            broken = None
            try:
                self._expat.Parse(chunk.translate(TO_ALLOWED), not chunk)
            except expat.ExpatError as error:
                broken = self._break(error)
            except NotARecord as error:
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

    def _not_a_record(self, detail: str) -> NotARecord:
        # Expat moves on before it raises what a handler raised: the place must be noted here.
        return NotARecord(detail, self._expat.CurrentByteIndex, self._line())

    def _line(self) -> int:
        return self._expat.CurrentLineNumber - 1 + self.start.line

    def _break(self, error: expat.ExpatError) -> Break:
        what = expat.ErrorString(error.code) if error.code else "not XML"
        detail = f"the file ends too early: {what}" if error.code in CUT_OFF else what
        index = max(self._expat.ErrorByteIndex, 0)
        return self._break_at(detail or "", index, error.lineno - 1 + self.start.line)

    def _break_at(self, what: str, index: int, line: int) -> Break:
        record = self._open[0] if self._open else None
        where = f", in the `{record.tag}` that starts in line {record.line}" if record else ""
        offset = self.start.offset + index - len(self.start.replayed)
        return Break(what + where, offset, line)


def _refuse_entities(name: str, *_definition: object) -> None:
    raise UnreadableXml(
        f"the file declares the XML entity `{name}`, which no export of this kind does; "
        "it is not read, because entities can be a trap"
    )


def _start_tag(name: str, declared: dict[str | None, str | None]) -> str:
    """A start tag without its attributes but with the namespaces it declares."""
    parts = name.split(" ")
    written = f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]
    spaces = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(address or '')}"
        for prefix, address in declared.items()
    )
    return f"<{written}{spaces}>"


def _clean(text: str) -> str:
    """`text` without the signs that stand for control characters."""
    return text.replace(DELETE, "") if DELETE in text else text


def pieces(file: IO[bytes], offset: int) -> Iterator[bytes]:
    """The file from `offset` on, piece by piece; the last piece is empty."""
    file.seek(offset)
    size = FIRST_CHUNK
    chunk = b"-"
    while chunk:
        chunk = file.read(size)
        size = min(2 * size, CHUNK)
        yield chunk
