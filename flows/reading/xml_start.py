"""How an XML file starts: its encoding, what stands before the XML, the tag of its root."""

import codecs
import re
import tempfile
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
"""Bytes read at a time: much more than a tag, much less than memory."""

HEAD = 4096
"""Bytes within which an XML declaration is looked for."""

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""How a file may start that is not in an encoding like ASCII; the last two are without a mark."""

DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
DECLARED_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
START_TAG = re.compile(r"<[A-Za-z_][^<>]*>")


class UnreadableXml(Exception):
    """The file can't or mustn't be read as XML at all; says why."""


def utf8_file(path: Path) -> IO[bytes]:
    """The file's text in UTF-8: the file itself, or a temporary copy if it is encoded otherwise.

    Raises `UnreadableXml` for an encoding that is not known.
    """
    with path.open("rb") as file:
        encoding = encoding_of(file.read(HEAD))
        if encoding != "utf-8":
            file.seek(0)
            return _utf8_copy(file, encoding)
    return path.open("rb")


def _utf8_copy(file: IO[bytes], encoding: str) -> IO[bytes]:
    # A character that its own encoding does not know becomes U+FFFD: the rest of it is readable.
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    while chunk := file.read(CHUNK):
        copy.write(decoder.decode(chunk).encode("utf-8", "replace"))
    copy.write(decoder.decode(b"", True).encode("utf-8", "replace"))
    return copy


def encoding_of(head: bytes) -> str:
    """The encoding of an XML file by its first bytes; raises `UnreadableXml` if it is not known."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    found = DECLARED_ENCODING.search(head)
    name = found[1].decode("ascii", "replace") if found else "utf-8"
    try:
        b"".decode(name)
        known = codecs.lookup(name).name
    except LookupError as error:
        raise UnreadableXml(f"the file is in `{name}`, an encoding that is not known") from error
    # A declaration that can be read as ASCII is in no 16-bit encoding, whatever it says.
    return "utf-8" if known.startswith(("utf-16", "utf-32", "utf-8", "ascii")) else known


def start_of_xml(file: IO[bytes]) -> tuple[int, bytes]:
    """Where the XML starts in a UTF-8 file, and what stands before it: nothing, mostly.

    Blank lines and warnings of PHP before the XML declaration are common in exports.
    """
    file.seek(0)
    head = file.read(HEAD)
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    declaration = DECLARATION.search(head)
    if declaration and b"xmlns" not in head[: declaration.start()]:
        return declaration.start(), head[mark : declaration.start()]
    start = len(head) - len(head[mark:].lstrip())
    return start, head[mark:start]


def root_start_tag(sample: bytes) -> str:
    """The start tag of the root element in the first bytes of a file; "" if there is none."""
    try:
        encoding = encoding_of(sample[:HEAD])
    except UnreadableXml:
        encoding = "latin-1"
    text = sample.decode(encoding, "ignore").lstrip("\ufeff")
    declaration = text.find("<?xml ", 0, HEAD)
    position = 0 if "xmlns" in text[: max(declaration, 0)] else max(declaration, 0)
    while found := BEFORE_ROOT.match(text, position):
        position = found.end()
    root = START_TAG.match(text, position)
    return root[0] if root else ""
