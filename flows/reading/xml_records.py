"""An XML export in, its records out one after the other; damage costs a record, not the file.

Expat reads strictly, so that a record is complete or not there at all. Where the text is not
well-formed, the reading goes on at the next start tag of a record.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flows.reading.xml_elements import XmlRecord, XmlShape
from flows.reading.xml_parser import Break, Parser, Start, pieces
from flows.reading.xml_start import UnreadableXml, start_of_xml, utf8_file
from models.canonical import Rejected

LONGEST_TAG = 4096
"""Bytes of a start tag that are found where they straddle two chunks."""

OUTSIDE = re.compile(rb"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
"""What parts of a record an ampersand may stand in as it is."""

BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
"""One that begins nothing, or an entity of HTML, which XML does not know."""


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


def xml_records(path: Path, shape: XmlShape) -> Iterator[XmlRecord | Damage]:
    """Yield what is complete in the XML file, in file order, and a `Damage` where it is broken."""
    try:
        with utf8_file(path) as file:
            offset, junk = start_of_xml(file)
            line = 1 + junk.count(b"\n")
            if junk.strip():
                yield Damage(f"{len(junk)} bytes before the XML declaration were skipped", 1)
            yield from _read_on(file, shape, Start(offset, line))
    except UnreadableXml as error:
        yield Damage(str(error), None, is_whole_file=True)


def _read_on(file: IO[bytes], shape: XmlShape, start: Start) -> Iterator[XmlRecord | Damage]:
    """Read from `start` and, at each break, from the next start of a record."""
    is_any = False
    place: Start | None = start
    while place:
        parser = Parser(shape, place)
        broken = None
        for found in parser.parse(file):
            if isinstance(found, Break):
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


@dataclass(frozen=True)
class _Mended:
    """A record that could be read once its ampersands were escaped, and the place behind it."""

    record: XmlRecord
    behind: Start


def _mended(file: IO[bytes], shape: XmlShape, parser: Parser) -> _Mended | None:
    """The record that the text breaks off in, if nothing but its bare ampersands is wrong."""
    cut = parser.cut()
    if cut is None or parser.unit is None or parser.unit_at is None or not parser.is_in_record():
        return None
    block = _whole_record(file, shape, parser.unit, parser.unit_at)
    parts = OUTSIDE.split(block)
    parts[::2] = [BARE_AMPERSAND.sub(b"&amp;", part) for part in parts[::2]]
    if (escaped := b"".join(parts)) == block:
        return None
    again = Parser(shape, Start(0, cut.node.line, parser.around))
    record = next(again.parse(io.BytesIO(escaped)))
    if isinstance(record, Break):
        return None
    line = cut.node.line + block.count(b"\n")
    return _Mended(record, Start(parser.unit_at + len(block), line, parser.around))


def _whole_record(file: IO[bytes], shape: XmlShape, tag: str, offset: int) -> bytes:
    """The record that starts at `offset` and its end tag; b"" where the next one starts first."""
    name = re.match(r"<([^\s>]+)", tag)
    end = re.compile(rb"</" + re.escape(name[1] if name else "").encode() + rb"\s*>")
    window, looked_at = b"", 1
    for chunk in pieces(file, offset):
        window += chunk
        found, other = end.search(window, looked_at), shape.record_start.search(window, looked_at)
        if found or other:
            is_whole = found and not (other and other.start() < found.start())
            return window[: found.end()] if found and is_whole else b""
        looked_at = max(1, len(window) - LONGEST_TAG)
    return b""


def _next_start(file: IO[bytes], shape: XmlShape, parser: Parser, broken: Break) -> Start | None:
    """The next start tag at or after the break; None if there is none or nothing to replay."""
    if len(parser.around) < shape.depth:
        return None
    part = shape.part_start if parser.is_in_record() else None
    patterns = [pattern for pattern in (shape.record_start, part) if pattern]
    # One byte on at least: what was read before must not be read again, for ever.
    position = max(broken.offset, parser.start.offset + 1)
    line = broken.line
    window = b""
    for chunk in pieces(file, position):
        window += chunk
        hits = [hit for pattern in patterns if (hit := pattern.search(window))]
        if hits:
            first = min(hits, key=lambda hit: hit.start())
            line += window.count(b"\n", 0, first.start())
            unit = None if first.re is shape.record_start else parser.unit
            return Start(position + first.start(), line, parser.around, unit)
        kept = max(0, len(window) - LONGEST_TAG)
        line += window.count(b"\n", 0, kept)
        position, window = position + kept, window[kept:]
    return None
