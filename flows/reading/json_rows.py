"""JSON Lines or a list of JSON objects in, their keys as columns and their rows out."""

import json
import re
from collections.abc import Iterator
from itertools import chain

from flows.reading.cells import flat, forbidden, holds_nul
from flows.reading.table_types import SAMPLE_LINES, BrokenTable, Row, TableFile
from models.canonical import Rejected

KEY_LINES = 2_000
"""JSON lines, spread over the file, whose keys make the header: some keys are rare."""

HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
GAP = re.compile(r"[\s,]*")


def json_lines_table(lines: list[str], encoding: str) -> TableFile:
    """The table that lines of JSON are; raises `BrokenTable` if none of them is an object."""
    step = max(len(lines) // KEY_LINES, 1)
    sample = chain(lines[:SAMPLE_LINES], lines[SAMPLE_LINES::step])
    header: dict[str, None] = {}
    for line in sample:
        header |= dict.fromkeys(_keys(line))
    if not header:
        raise BrokenTable("broken file", "no line of the file is a JSON object")
    return TableFile(list(header), _json_line_rows(lines), f"JSON Lines, {encoding}", is_keyed=True)


def _keys(line: str) -> list[str]:
    """The columns that a line tells; none if it can't be read."""
    try:
        return list(flat(json_object(line) or {}))
    except RecursionError:
        return []


def _json_line_rows(lines: list[str]) -> Iterator[Row | Rejected]:
    filled = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    for position, (number, line) in enumerate(filled, start=1):
        try:
            yield _json_row(position, number, json_value(line))
        except (ValueError, RecursionError) as error:
            yield _not_json(position, number, error)


def json_object(line: str) -> dict[str, object] | None:
    """The object that a line of JSON is; None if it is broken or something else."""
    try:
        value = json_value(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def json_value(text: str) -> object:
    """A JSON value without what no table can hold: NaN is null, half a surrogate pair is U+FFFD.

    Raises ValueError for what is no JSON, RecursionError for what is nested too deep.
    """
    value = json.loads(text, parse_constant=lambda _: None)
    return _mended(value) if HALF_PAIR.search(text) else value


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _json_row(position: int, line: int, value: object) -> Row | Rejected:
    if not isinstance(value, dict):
        detail = f"found a JSON {type(value).__name__}, expected an object"
        return Rejected(position=position, line=line, reason="broken record", detail=detail)
    cells = flat(value)
    return forbidden(position, line) if holds_nul(cells) else Row(position, line, cells)


def _not_json(position: int, line: int, error: Exception) -> Rejected:
    problem = str(error).split(": line")[0].split(" (char")[0]
    detail = "nested too deep" if isinstance(error, RecursionError) else f"not JSON: {problem}"
    return Rejected(position=position, line=line, reason="broken record", detail=detail)


def json_list_table(text: str, encoding: str) -> TableFile:
    """The table that a JSON list is; raises `BrokenTable` if no element of it is an object."""
    rows = list(_json_list_rows(text))
    header: dict[str, None] = {}
    for row in rows:
        header |= dict.fromkeys(row.cells if isinstance(row, Row) else ())
    if not header:
        raise BrokenTable("broken file", "the JSON list holds no object that can be read")
    return TableFile(list(header), iter(rows), f"JSON list, {encoding}", is_keyed=True)


def _json_list_rows(text: str) -> Iterator[Row | Rejected]:
    """Yield each element; after a broken one go on with what looks like the next."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    next_element = _next_element(text)
    index, line, counted, position = text.index("[") + 1, 1, 0, 0
    while True:
        index = _after_gap(text, index)
        if index >= len(text):
            detail = "the list is not closed: the file seems to be cut"
            yield Rejected(position=0, reason="broken file", detail=detail)
            return
        if text[index] == "]" and not text[index + 1 :].strip():
            return
        position += 1
        line, counted = line + text.count("\n", counted, index), index
        try:
            value, index = decoder.raw_decode(text, index)
        except (ValueError, RecursionError) as error:
            yield _not_json(position, line, error)
            found = next_element.search(text, index + 1)
            if found is None:
                return
            index = found.end() - 1
            continue
        try:
            yield _json_row(position, line, _mended(value))
        except RecursionError as error:
            yield _not_json(position, line, error)


def _after_gap(text: str, index: int) -> int:
    gap = GAP.match(text, index)
    return gap.end() if gap else index


def _next_element(text: str) -> re.Pattern[str]:
    """What an element begins with: a line as far indented as the first, else what follows `},`."""
    indented = re.match(r"\s*\[\s*?(\n[ \t]*)\{", text)
    return re.compile(re.escape(indented[1]) + r"\{" if indented else r"\}\s*,\s*\{")
