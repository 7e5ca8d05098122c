"""A JSON file of any length in, its values out one by one; damage is told with its line.

Documents may follow one another, as in JSON lines. Format: https://www.rfc-editor.org/rfc/rfc8259
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CHUNK = 1 << 20
"""Characters read at a time: much more than a value, much less than memory."""

LONGEST_SIGN = 16
"""Characters from the end at which JSON may be cut, not wrong: an escape, a number, a literal."""

LONGEST_NUMBER_PART = len("e+1")
"""Characters after a number that tell whether it goes on."""

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Windows PowerShell writes what it redirects to a file in UTF-16."""

DECODER = json.JSONDecoder()
NOT_BLANK = re.compile(r"\S")
NUMBER_END = re.compile(r"[\s,\]}]")
NEXT_DOCUMENT = re.compile(r"\n[\[{]")
STRAY_BYTE = re.compile("[\udc80-\udcff]")
"""What `open_text` makes of a byte that is not UTF-8."""


@dataclass(frozen=True)
class Found:
    """A value, the line it starts in, and whether bytes in it are not UTF-8."""

    value: Any
    line: int
    has_stray_bytes: bool = False


class BrokenJson(Exception):
    """The text is not JSON; says how and in which line."""

    def __init__(self, detail: str, line: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line


def utf_8_start(sample: bytes) -> bytes:
    """The first bytes of a file as UTF-8, without byte order mark and blanks before the text."""
    if sample.startswith(UTF_16_MARKS):
        sample = sample.decode("utf-16", "ignore").encode()
    return sample.removeprefix(codecs.BOM_UTF8).lstrip()


def open_text(path: Path) -> IO[str]:
    """The file opened as UTF-8, or as UTF-16 if its mark says so; wrong bytes do not raise."""
    with path.open("rb") as file:
        is_wide = file.read(2) in UTF_16_MARKS
    encoding, errors = ("utf-16", "replace") if is_wide else ("utf-8-sig", "surrogateescape")
    return path.open(encoding=encoding, errors=errors, newline="")


class JsonWindow:
    """Goes through a JSON text value by value, with little more than one value in memory.

    Whatever is not JSON raises `BrokenJson`; `skip_document` goes on behind it.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._is_end = False
        self._stopped_at: int | None = None
        """Where something else stood than an array or object needs to go on."""

    def peek(self) -> str:
        """The next character that is not blank, "" at the end; blanks are skipped."""
        while True:
            found = NOT_BLANK.search(self._text, self._at)
            self._go_to(found.start() if found else len(self._text))
            if found or not self._more():
                return self._text[self._at : self._at + 1]

    def line(self) -> int:
        """The line of the next character that is not blank, from 1; blanks are skipped."""
        self.peek()
        return self._line

    def takes(self, wanted: str) -> bool:
        """Skip the next character if it is `wanted`; whether it was."""
        is_next = self.peek() == wanted
        self._go_to(self._at + is_next)
        return is_next

    def take(self, wanted: str) -> None:
        """Skip the next character, which has to be `wanted`."""
        if not self.takes(wanted):
            raise self._stopped(f"`{wanted}` is missing")

    def value(self) -> Any:
        """The next value, read as a whole."""
        return self.found().value

    def found(self) -> Found:
        """The next value, read as a whole, and where it was found.

        A number at the very end of the file is broken: its last digits may be missing.
        """
        line = self.line()
        value, end = self._decoded()
        has_stray_bytes = STRAY_BYTE.search(self._text, self._at, end) is not None
        self._go_to(end)
        return Found(value, line, has_stray_bytes)

    def elements(self) -> Iterator[None]:
        """Step through the next value, an array; at each step the caller reads one element."""
        yield from self._steps("[", "]")

    def members(self) -> Iterator[str]:
        """Step through the next value, an object: its keys; at each the caller reads the value."""
        for _ in self._steps("{", "}"):
            if self.peek() != '"':
                raise self._stopped("a key is missing")
            key = str(self.value())
            self.take(":")
            yield key

    def skip_document(self) -> None:
        """Go on to the next line that starts like a document, or to the end.

        It may be the line that was found instead of what the last one lacks.
        """
        if self._stopped_at == self._at > 0 and NEXT_DOCUMENT.match(self._text, self._at - 1):
            return
        while not (found := NEXT_DOCUMENT.search(self._text, self._at)):
            # The line break may be the last character read so far.
            self._go_to(max(self._at, len(self._text) - 1))
            if not self._more():
                self._go_to(len(self._text))
                return
        self._go_to(found.start() + 1)

    def _steps(self, opening: str, closing: str) -> Iterator[None]:
        if not self.takes(opening):
            raise self._broken(f"`{opening}` is missing", self._at)
        is_more = not self.takes(closing)
        while is_more:
            yield
            is_more = self.takes(",")
            if not is_more:
                self.take(closing)

    def _decoded(self) -> tuple[Any, int]:
        """The value that starts here, and where it ends."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not (self._may_be_cut(error) and self._more()):
                    raise self._broken(error.msg, error.pos) from error
                continue
            except (ValueError, RecursionError) as error:
                raise self._broken("a number too long or nesting too deep", self._at) from error
            if self._is_whole(value, end):
                return value, end
            if not self._more():
                raise self._broken("a number without an end", len(self._text))

    def _is_whole(self, value: Any, end: int) -> bool:
        """Whether a value cannot go on behind `end`: only numbers have no end of their own."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_far_from_end = len(self._text) - end >= LONGEST_NUMBER_PART
        return not is_number or is_far_from_end or bool(NUMBER_END.match(self._text, end))

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        is_open = error.msg.startswith("Unterminated string")
        return is_open or error.pos >= len(self._text) - LONGEST_SIGN

    def _more(self) -> bool:
        """Read on, twice as much as there is, so that a long value is not tried too often."""
        rest = self._text[self._at :]
        chunk = "" if self._is_end else self._file.read(max(CHUNK, len(rest)))
        self._is_end = not chunk
        if chunk:
            self._text, self._at, self._stopped_at = rest + chunk, 0, None
        return bool(chunk)

    def _go_to(self, position: int) -> None:
        self._line += self._text.count("\n", self._at, position)
        self._at = position

    def _stopped(self, what: str) -> BrokenJson:
        self._stopped_at = self._at
        return self._broken(what, self._at)

    def _broken(self, what: str, position: int) -> BrokenJson:
        is_open = what.startswith("Unterminated string")
        is_cut = self._is_end and (is_open or position >= len(self._text) - 1)
        how = "the file ends too early" if is_cut else "not JSON"
        line = self._line + self._text.count("\n", self._at, position)
        return BrokenJson(f"{how}: {what}", line)
