"""A JSON file of objects in (a list, lines, pages of an interface), its objects out one by one.

Format: https://www.rfc-editor.org/rfc/rfc8259; a page holds its objects in a list under a key.
"""

from collections.abc import Iterator
from pathlib import Path

from flows.reading.json_values import JsonObject
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text
from models.canonical import Rejected


def json_objects(path: Path, page_key: str = "") -> Iterator[Found | BrokenJson]:
    """Yield each object of a file, or of the lists that stand under `page_key` in its objects.

    After damage goes on with the next line that starts like an object; a cut file ends in one
    `BrokenJson`. A value that is no object comes through: the caller says what it expected.
    """
    with open_text(path) as file:
        window = JsonWindow(file)
        is_damaged = False
        if not window.peek():
            yield BrokenJson("the file is empty", 1)
        while window.peek():
            if is_damaged and any(map(window.takes, ",]}")):
                continue  # of the list that the damage was in
            try:
                yield from _documents(window, page_key)
            except BrokenJson as error:
                is_damaged = True
                yield error
                window.skip_document()


def object_of(found: Found | BrokenJson, position: int) -> JsonObject | Rejected:
    """The object that was found, or why there is none."""
    if isinstance(found, BrokenJson):
        return broken(position, found.line, found.detail)
    if found.has_stray_bytes:
        return broken(position, found.line, "bytes that are not UTF-8 in an object")
    if not isinstance(found.value, dict):
        kind = type(found.value).__name__
        return broken(position, found.line, f"found a JSON {kind}, expected an object")
    return found.value


def private(position: int, line: int | None) -> Rejected:
    """A message that was not said in public: turned away on purpose."""
    detail = "a message of a private conversation, left out on purpose"
    return Rejected(position=position, line=line, reason="private message", detail=detail)


def broken(position: int, line: int | None, detail: str) -> Rejected:
    """A record turned away; `detail` says what was found and expected."""
    return Rejected(position=position, line=line, reason="broken record", detail=detail)


def _documents(window: JsonWindow, page_key: str) -> Iterator[Found]:
    if window.peek() != "[":
        yield from _document(window, page_key)
        return
    for _ in window.elements():
        yield from _document(window, page_key)


def _document(window: JsonWindow, page_key: str) -> Iterator[Found]:
    """An object, or, if it is a page, the objects in it."""
    if not page_key or window.peek() != "{":
        yield window.found()
        return
    fields: dict[str, object] = {}
    line, is_page = window.line(), False
    for key in window.members():
        if key == page_key and window.peek() == "[":
            is_page = True
            yield from (window.found() for _ in window.elements())
        else:
            fields[key] = window.value()
    if not is_page:
        yield Found(fields, line)
