"""Lines of a CSV file in, its records out; a lost quote costs one line, not all below it."""

import csv
import re
from collections.abc import Iterator
from functools import cache

from models.canonical import Rejected

Record = tuple[int, list[str]]
"""The number of the line a CSV record starts in, and its fields."""

LONGEST_QUOTED = 5_000
"""Lines within one pair of quotes after which the quote is taken as never closed."""

UNCLOSED = "unexpected end of data"
"""What the `csv` module says of a quote that is never closed."""


class RecordLines:
    """Feeds lines to a CSV reader, and stops it when one record takes far too many of them."""

    def __init__(self, lines: list[str], start: int) -> None:
        self.lines = lines
        self.next = self.record_start = start

    def __iter__(self) -> Iterator[str]:
        # A generator: a reader of CSV resumes it several times as fast as it calls a method.
        while self.next < len(self.lines):
            if self.next - self.record_start > LONGEST_QUOTED:
                raise csv.Error(UNCLOSED)
            self.next += 1
            yield self.lines[self.next - 1]


def csv_records(
    lines: list[str], start: int, delimiter: str, widths: tuple[int, int] | None
) -> Iterator[Record | Rejected]:
    """Yield each record that is not blank; after a broken one go on with the very next line.

    `widths` is how many fields a record has, at least and at most, where that is known.
    """
    csv.field_size_limit(2**31 - 1)
    while start < len(lines):
        feed = RecordLines(lines, start)
        try:
            for fields in csv.reader(feed, delimiter=delimiter, strict=True):
                taken = feed.next - feed.record_start
                if taken > 1 and widths and not _is_whole(feed, fields, delimiter, widths):
                    raise csv.Error(UNCLOSED)
                if any(map(str.strip, fields)):
                    yield feed.record_start + 1, fields
                feed.record_start = feed.next
            return
        except csv.Error as error:
            start = feed.record_start + 1
            unquoted = _unquoted_fields(lines[start - 1], delimiter, widths)
            yield (start, unquoted) if unquoted else _broken_record(start, error)


def _is_whole(
    feed: RecordLines, fields: list[str], delimiter: str, widths: tuple[int, int]
) -> bool:
    """Whether a record of several lines is one, not a lost quote that swallowed its neighbours."""
    least, most = widths
    record = "".join(feed.lines[feed.record_start : feed.next])
    fits = least <= len(without_blank_end(fields, most)) <= most
    return fits and bool(_grammar(delimiter).fullmatch(record))


@cache
def _grammar(delimiter: str) -> re.Pattern[str]:
    """What RFC 4180 allows a record to be: no quotes in fields that do not begin with one."""
    mark = re.escape(delimiter)
    one = rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{mark}\n]*+)'
    return re.compile(rf"{one}(?:{mark}{one})*+\n?")


def _unquoted_fields(line: str, delimiter: str, widths: tuple[int, int] | None) -> list[str] | None:
    """The fields of a line whose writer never quotes, so that its quotes are part of the texts."""
    fields = line.rstrip("\n").split(delimiter)
    if widths is None or not widths[0] <= len(fields) <= widths[1]:
        return None
    if any(field.count('"') % 2 for field in fields):
        return None
    return [_bare(field) for field in fields]


def _bare(field: str) -> str:
    is_quoted = len(field) >= 2 and field[0] == field[-1] == '"' and '"' not in field[1:-1]
    return field[1:-1] if is_quoted else field


def _broken_record(line: int, error: csv.Error) -> Rejected:
    detail = f"{error}, expected quotes within a quoted field to be doubled"
    if "unexpected end of data" in str(error):
        detail = "a quote opens here and is never closed"
    return Rejected(position=0, line=line, reason="broken record", detail=detail)


def without_blank_end(fields: list[str], width: int) -> list[str]:
    """Fields without the blanks that trailing delimiters make, down to `width`."""
    while len(fields) > width and not fields[-1].strip():
        fields = fields[:-1]
    return fields
