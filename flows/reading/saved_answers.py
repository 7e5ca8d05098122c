"""Answers of an interface that a person saved to a file in, the records of them out.

What reads the answers that an interface lands (`flows.reading.api_pages`) reads these too: one
object at a time, so that a cut file gives what stands before the cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from flows.reading.api_pages import UNEXPECTED, LandedPage, ReadPage
from flows.reading.json_objects import broken, json_objects, object_of
from flows.reading.json_values import JsonObject
from flows.reading.landed import ReadingRules
from models.canonical import Record, Rejected

PageOf = Callable[[JsonObject, int], LandedPage | str]
"""An object and its line -> the page that it would have landed in, or why it is none."""


def saved_records(
    path: Path, read_page: ReadPage, page_of: PageOf, rules: ReadingRules, page_key: str = ""
) -> Iterator[Record]:
    """Yield the records of each object of a file, or of the lists under `page_key` in them."""
    positions = count(1)
    for found in json_objects(path, page_key):
        item = object_of(found, 0)
        if isinstance(item, Rejected):
            records: list[Record] = [item]
        else:
            records = _records(item, found.line, read_page, page_of, rules)
        for record in records:
            yield replace(record, position=next(positions))


def _records(
    item: JsonObject, line: int, read_page: ReadPage, page_of: PageOf, rules: ReadingRules
) -> list[Record]:
    page = page_of(item, line)
    if isinstance(page, str):
        return [broken(0, line, page)]
    try:
        return [_with_line(record, line) for record in read_page(page, rules)]
    except UNEXPECTED as error:
        return [broken(0, line, f"an object that can't be read ({type(error).__name__})")]


def _with_line(record: Record, line: int) -> Record:
    if isinstance(record, Rejected) and record.line is None:
        return replace(record, line=line)
    return record
