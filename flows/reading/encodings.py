"""The bytes of a text file in, its lines and the encoding they were read with out."""

import codecs
import io
import re
from collections.abc import Iterable

from flows.reading.landed import SAMPLE_SIZE

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

OLD_SAMPLE = 1_000_000
"""Bytes that tell one old encoding from another."""

UMLAUTS = {
    "cp1252": re.compile(rb"[\xe4\xf6\xfc\xdf\xc4\xd6\xdc]"),
    "cp850": re.compile(rb"[A-Za-z][\x84\x94\x81][a-z]"),
    "mac_roman": re.compile(rb"[A-Za-z][\x8a\x9a\x9f][a-z]"),
}
"""German umlauts as Excel saves "CSV", "CSV (MS-DOS)" and "CSV (Macintosh)".

The latter two only within words: as Windows-1252 the same bytes are quotation marks.
"""


def decoded_sample(sample: bytes) -> str:
    """The start of a text file, whatever its encoding; a character cut at the end is no matter."""
    for bom, encoding in BOMS:
        if sample.startswith(bom):
            return sample.decode(encoding, "ignore").lstrip("\ufeff")
    return sample.decode(_wide_encoding(sample) or "utf-8", "replace")


def is_text(sample: bytes) -> bool:
    """Whether the start of a file is text in an encoding that is known here."""
    marks = tuple(bom for bom, _ in BOMS)
    return b"\x00" not in sample or sample.startswith(marks) or _wide_encoding(sample) is not None


def decoded_lines(content: bytes, most: int | None = None) -> tuple[list[str], str]:
    """The lines of a text file, ending in line feeds, and the encoding they were read with.

    Of a longer text only the lines within its first `most` characters.

    A file without a byte order mark is read as UTF-8, and those of its lines that are not as
    Windows-1252 (or what else Excel saves): files that were pasted together hold both.
    """
    if encoding := _marked_encoding(content):
        return _some(_lines(content, encoding, "replace"), most), encoding
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        if most and len(content) > most:
            content.decode("utf-8")  # what comes later tells, too, how it is written
        return _some(_lines(content, "utf-8"), most), "utf-8"
    except UnicodeDecodeError:
        text, encoding = _mixed(content)
        return _some(text_lines(text), most), encoding


def _marked_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark names, or many NUL bytes do; None: it is to be found."""
    for bom, encoding in BOMS:
        if content.startswith(bom) and encoding != "utf-8":
            return encoding
    return _wide_encoding(content[:SAMPLE_SIZE])


def _lines(content: bytes, encoding: str, errors: str = "strict") -> Iterable[str]:
    """The lines of a text, decoded some at a time: all of it at once takes ten times the memory."""
    return io.TextIOWrapper(io.BytesIO(content), encoding, errors, newline=None)


def _some(lines: Iterable[str], most: int | None) -> list[str]:
    """All of `lines`, or those within the first `most` characters; two in any case."""
    if most is None:
        return list(lines)
    found, length = list[str](), 0
    for line in lines:
        length += len(line)
        if length > most and len(found) > 1:
            break
        found.append(line)
    return found


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of European text is NUL."""
    high, low = sample[1::2].count(0), sample[0::2].count(0)
    half = max(len(sample) // 2, 1)
    if high > 0.4 * half and low < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if low > 0.4 * half and high < 0.05 * half else None


def _mixed(content: bytes) -> tuple[str, str]:
    old = _old_encoding(content)
    texts, foreign = [], 0
    for line in content.splitlines(keepends=True):
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            foreign += 1
            texts.append(line.decode(old, "replace"))
    accented = sum(not text.isascii() for text in texts)
    return "".join(texts), old if foreign == accented else f"utf-8 and {old} mixed"


def _old_encoding(content: bytes) -> str:
    """The encoding that has the most umlauts; Windows-1252 unless another clearly has more."""
    start = content[:OLD_SAMPLE]
    found = {name: len(pattern.findall(start)) for name, pattern in UMLAUTS.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= 3 and found[best] > 4 * found["cp1252"] else "cp1252"


def text_lines(text: str) -> list[str]:
    """The lines of a text, whichever line ends it has, each ending in a line feed."""
    # Not `splitlines`: it also cuts at form feeds and Unicode separators, which occur in comments.
    return io.StringIO(text, newline=None).readlines()
