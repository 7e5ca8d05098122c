"""Which column of a table holds what: guessed from header and values."""

import re
from collections.abc import Callable, Mapping, Sequence

from flows.reading.cells import Nested
from flows.reading.column_channels import KNOWN_CHANNELS
from flows.reading.column_names import (
    FIELDS,
    LOOSE_NAMES,
    OFTEN_COUNTS,
    SYNONYMS,
    columns_by_name,
    is_about_things,
    plain_name,
)
from flows.reading.times import is_timely, time_reader
from transforms.email_domains import domain_of

Cells = Mapping[str, object]
"""Column -> value of one row."""

Columns = dict[str, list[object]]
"""Column -> its filled cells in the sample."""

NUMBERED = re.compile(r"\d+(?:[.,]\d+)?(?:E\+?\d+)?", re.IGNORECASE)
"""An id that is a number, also where a spreadsheet or a script made a decimal of it."""

FEW = 4
"""Rows from which on repetition says something."""

TYPICAL_WORDS = 4
"""Words that the cells of a column have on average if it is the text and no header says so."""

FEWER_ROWS = 25
"""Rows looked at in tables of hundreds of columns, so that the guess stays quick."""


def named_columns(header: Sequence[str]) -> dict[str, str]:
    """Field -> column by the words of the header alone."""
    return guess_columns(header, [])


def guess_columns(header: Sequence[str], samples: Sequence[Cells]) -> dict[str, str]:
    """Field -> column, from the header's words and from what the values look like.

    No column is given to two fields; a field that nothing speaks for is left out: for ids and
    authors a wrong guess is worse than none.
    """
    cells = _filled(header, samples[:FEWER_ROWS] if len(header) > 300 else samples)
    named = columns_by_name(header)
    guess: dict[str, str] = {}
    for field in FIELDS:
        if column := _named_column(field, named, guess, cells, samples):
            guess[field] = column
    guess |= _time_by_values(guess, cells)
    if "text" not in guess and (column := _text_by_values(guess, cells)):
        guess = {field: taken for field, taken in guess.items() if taken != column}
        guess["text"] = column
    if "text" not in guess and (column := _by_name_alone("text", named, guess, cells)):
        guess["text"] = column
    return _post_by_links(_without_stray_fields(guess, cells), cells)


def _filled(header: Sequence[str], samples: Sequence[Cells]) -> Columns:
    return {
        column: [
            cell
            for row in samples
            if (cell := row.get(column)) is not None and not (isinstance(cell, str) and not cell)
        ]
        for column in header
    }


def _named_column(
    field: str,
    named: Mapping[str, list[str]],
    guess: Mapping[str, str],
    cells: Columns,
    samples: Sequence[Cells],
) -> str | None:
    """The free column that is called like `field` and looks like it; one with values first."""
    blank = None
    for name in SYNONYMS[field]:
        for column in named.get(name, ()):
            if column in guess.values():
                continue
            if samples and not cells[column]:
                blank = blank or column
            elif not samples or _looks_like(field, name, column, cells, samples):
                return column
    return blank


def _by_name_alone(
    field: str, named: Mapping[str, list[str]], guess: Mapping[str, str], cells: Columns
) -> str | None:
    """The free column that is surest called like `field`, whatever its values look like.

    Only lists and objects it must not hold.
    """
    called = (
        column
        for name in SYNONYMS[field]
        if name not in OFTEN_COUNTS
        for column in named.get(name, ())
        if _share(cells[column], _is_nested) < 0.5
    )
    return next((column for column in called if column not in guess.values()), None)


def _looks_like(
    field: str, name: str, column: str, cells: Columns, samples: Sequence[Cells]
) -> bool:
    """Whether the values of a column that is called like a field can be that field."""
    values = cells[column]
    if field == "comment_id":
        return name not in LOOSE_NAMES or _tells_rows_apart(column, samples)
    if field == "post_title" and name in LOOSE_NAMES:
        return _repeats(values)
    if field == "community":
        return _repeats(values) and _share(values, _is_person) >= 0.5
    if field == "channel":
        return _share(values, _is_channel) >= 0.5
    return field not in LOOKS or _share(values, LOOKS[field]) >= 0.5


def _share(values: Sequence[object], test: Callable[[object], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _is_nested(cell: object) -> bool:
    return isinstance(cell, Nested)


def _is_prose(cell: object) -> bool:
    """Whether a cell can be somebody's words: no number, time or link, no list and no object."""
    text = str(cell).strip()
    return not (
        isinstance(cell, bool | int | float | Nested)
        or re.fullmatch(r"[\d\s.,:%+-]+", text)
        or re.fullmatch(r"https?://\S+", text)
        or is_timely(cell)
    )


def _is_count(cell: object) -> bool:
    if isinstance(cell, int | float):
        return True
    return bool(re.fullmatch(r"\d[\d\s.,'’]*", str(cell).strip()))


def _is_person(cell: object) -> bool:
    text = str(cell)
    return len(text) <= 200 and len(text.split()) <= 8 and not is_timely(cell)


def _is_channel(cell: object) -> bool:
    return str(cell).strip().casefold() in KNOWN_CHANNELS


def _is_code(cell: object) -> bool:
    """Whether a cell can be an id: one word, no time, no name after an @."""
    text = str(cell).strip()
    return not (text.startswith("@") or len(text.split()) > 1 or is_timely(cell))


LOOKS: dict[str, Callable[[object], bool]] = {
    "text": _is_prose,
    "created_time": lambda cell: not is_timely(cell) and bool(re.search(r"\d", str(cell))),
    "parent_id": _is_code,
    "post_id": _is_code,
    "author": _is_person,
    "author_name": _is_person,
    "email": lambda cell: domain_of(str(cell)) is not None,
    "like_count": _is_count,
    "reply_count": _is_count,
    "permalink": lambda cell: "/" in str(cell),
    "post_url": lambda cell: "/" in str(cell),
    "language": lambda cell: len(str(cell)) <= 20,
    "is_owner": lambda cell: len(str(cell)) <= 10,
}
"""Field -> whether a value can be one of it."""


def _tells_rows_apart(column: str, samples: Sequence[Cells]) -> bool:
    """Whether nearly every row has a value here, and no two different rows the same one."""
    rows: dict[str, set[str]] = {}
    for row in samples:
        if (value := row.get(column)) not in (None, ""):
            rows.setdefault(str(value), set()).add(repr(row))
    clashes = sum(len(alike) > 1 for alike in rows.values())
    filled = sum(row.get(column) not in (None, "") for row in samples)
    return clashes == 0 and filled >= 0.9 * len(samples) and any(map(_is_code, rows))


def _repeats(values: Sequence[object]) -> bool:
    """Whether values recur, as a post's do in the rows of its comments."""
    return len(values) < FEW or len({str(value) for value in values}) <= 0.6 * len(values)


def _readable_share(values: Sequence[object]) -> float:
    """The share of values that are times when read as times."""
    return max(
        _share(list(map(time_reader(values, "UTC", order).read, values)), bool)
        for order in ("dmy", "mdy")
    )


def _time_by_values(guess: Mapping[str, str], cells: Columns) -> dict[str, str]:
    """A better `created_at`, where its header misleads or is missing."""
    column = guess.get("created_at")
    if column and (not cells[column] or _readable_share(cells[column]) >= 0.5):
        return {}
    taken = {guess[field] for field in guess if field != "created_at"}
    timely = (
        other
        for other, values in cells.items()
        if other not in taken
        and other != column
        and not is_about_things(other)
        and _share(values, is_timely) >= 0.9
    )
    best = next(timely, None)
    return {"created_at": best} if best else {}


def _text_by_values(guess: Mapping[str, str], cells: Columns) -> str | None:
    """The wordiest free column, else a post's title or text that is another one in every row."""
    if "post_id" in guess and "comment_id" not in guess and not _repeats(cells[guess["post_id"]]):
        # A list of posts, each in one row: what it says are the owner's words, not the audience's.
        return None
    taken = guess.values()
    free = [
        column
        for column in cells
        # Interfaces begin with a low line what they say of their own answers: `_links.up`.
        if column not in taken and not column.startswith("_") and not is_about_things(column)
    ]
    if best := _wordiest(free, cells):
        return best
    posts = [guess[field] for field in ("post_text", "post_title") if field in guess]
    return _wordiest([column for column in posts if not _repeats(cells[column])], cells)


def _wordiest(columns: Sequence[str], cells: Columns) -> str | None:
    """The column whose cells hold several words on average, if one does."""

    def words(column: str) -> float:
        texts = [cell for cell in cells[column] if isinstance(cell, str) and _is_prose(cell)]
        return sum(len(text.split()) for text in texts) / len(texts) if texts else 0

    best = max(columns, key=words, default=None)
    return best if best is not None and words(best) >= TYPICAL_WORDS else None


def _without_stray_fields(guess: dict[str, str], cells: Columns) -> dict[str, str]:
    """Without what means nothing alone: a parent without ids, a second name without a first."""
    alone = set()
    if "parent_id" in guess and not _may_be_parents(guess, cells):
        alone.add("parent_id")
    if "author" not in guess:
        alone.add("author_name")
    if "created_at" not in guess:
        alone.add("created_time")
    return {field: column for field, column in guess.items() if field not in alone}


def _may_be_parents(guess: Mapping[str, str], cells: Columns) -> bool:
    """Whether parents are written as ids are: numbers where ids are numbers."""
    if "comment_id" not in guess:
        return False
    ids, parents = cells[guess["comment_id"]], cells[guess["parent_id"]]

    def is_number(cell: object) -> bool:
        return bool(NUMBERED.fullmatch(str(cell).strip()))

    if not ids or not parents or _share(ids, is_number) < 1:
        return True
    return _share(parents, lambda cell: is_number(cell) or _is_no_value(cell)) >= 0.5


def _is_no_value(cell: object) -> bool:
    return str(cell).strip().casefold() in ("", "null", "none", "nan", "\\n")


def _post_by_links(guess: dict[str, str], cells: Columns) -> dict[str, str]:
    """A link that recurs is that of the post, not of the comment."""
    link = guess.get("permalink")
    if not link or "post_url" in guess or plain_name(link) not in LOOSE_NAMES:
        return guess
    if len(cells[link]) < FEW or not _repeats(cells[link]):
        return guess
    kept = {field: column for field, column in guess.items() if field != "permalink"}
    return kept | {"post_url": link}
