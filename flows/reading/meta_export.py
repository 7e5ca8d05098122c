"""What the downloads of Facebook and Instagram share: lists in JSON, mended texts and times.

Meta writes each byte of UTF-8 as if it were a character: of `ü` come two, U+00C3 and U+00BC.
"""

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text
from models.canonical import Rejected

LOG = "activity_log_data"
"""Between a name and its list in the downloads of some years."""


def mended(value: Any) -> Any:
    """A value of JSON with every text in it, keys too, as it was meant.

    A text that is not such bytes is kept as it is.
    """
    if isinstance(value, str):
        return mended_text(value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended_text(key): mended(item) for key, item in value.items()}
    return value


def mended_text(text: str) -> str:
    """A text as it was meant."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def listed(path: Path, names: Container[str]) -> Iterator[Found | Rejected]:
    """Each value of the list that a file is, or of its lists called `names`, mended.

    What is broken is told: a value with bytes that are not UTF-8, the end of a file that was cut.
    """
    with open_text(path) as file:
        window = JsonWindow(file)
        try:
            yield from map(_usable, _values(window, names))
            if window.peek():
                yield _broken("more text after the end", window.line())
        except BrokenJson as error:
            yield _broken(error.detail, error.line)


def moment(seconds: Any) -> datetime | None:
    """The time that whole seconds since 1970 are; None for anything else and for 0, "unknown"."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def filled(value: Any) -> str | None:
    """A text that is not blank, or None."""
    return value if isinstance(value, str) and value.strip() else None


def _values(window: JsonWindow, names: Container[str]) -> Iterator[Found]:
    if window.peek() == "[":
        for _ in window.elements():
            yield window.found()
        return
    for name in window.members():
        opening = window.peek()
        if name in names and (opening == "[" or (opening == "{" and name != LOG)):
            yield from _values(window, {LOG})
        else:
            window.value()


def _usable(found: Found) -> Found | Rejected:
    detail = "bytes that are not UTF-8 in an object"
    if not found.has_stray_bytes:
        try:
            return Found(mended(found.value), found.line)
        except RecursionError:
            detail = "an object nested too deep"
    return Rejected(position=0, line=found.line, reason="broken record", detail=detail)


def _broken(detail: str, line: int) -> Rejected:
    return Rejected(position=0, line=line, reason="broken file", detail=detail)
