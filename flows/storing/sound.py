"""Records of a reader in, the same records out; one whose fields can't be stored is a rejection.

Platforms change their formats without a word, and files are damaged: where a text is expected
stands a number, or a count that no column holds. One such record must not keep its file out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from models.canonical import Comment, Comments, Post, Record, Rejected, Swept
from transforms.shapes import KEY, shape_of

LEAST, MOST = -(2**63), 2**63 - 1
"""What a whole number of a table may be: 64 bits."""

TOLD = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    datetime: "a time",
    tuple: "texts",
}
"""What a field should hold, in words."""


def sound(records: Iterable[Record | Comments]) -> Iterator[Record | Comments]:
    """Yield each record of `records`, as it is if every field holds what it should.

    Comments side by side are sound: who puts them so has made each of their values himself.

    A post whose time is told and can't be read is rejected, as a comment is where comments are
    cleaned: a time that failed must not look like one that was never told.
    """
    for record in records:
        if isinstance(record, Rejected | Comments):
            yield record
        elif fault := fault_of(record):
            yield rejection(record, fault)
        elif isinstance(record, Post) and has_failed_time(record):
            shape = shape_of(record.created_at_raw or "")
            detail = f"the time of a post can't be read; its form is `{shape}` {KEY}"
            yield Rejected(position=record.position, reason="no time", detail=detail)
        else:
            yield record


def has_failed_time(post: Post) -> bool:
    """Whether a time of the post is told, more than zeros, and none could be made of it."""
    return post.created_at is None and bool(re.search(r"[^0\s:.TZ-]", post.created_at_raw or ""))


def fault_of(record: Post | Comment | Swept) -> str | None:
    """The first field of `record` that can't be stored, and why; None if there is none.

    Records with values of the same types are alike but for what stands in their numbers and lists.
    """
    kind = type(record)
    values = VALUES[kind](record)
    types = (kind, *map(type, values))
    to_look_at = SEEN.get(types)
    if to_look_at is not None and all(is_sound(values[place]) for place in to_look_at):
        return None
    fault = first_fault(record)
    if fault is None and len(SEEN) < MOST_SEEN:
        SEEN[types] = [place for place, value in enumerate(values) if type(value) in (int, tuple)]
    return fault


def is_sound(value: Any) -> bool:
    """Whether a whole number can be stored, or a list holds nothing but texts."""
    if type(value) is int:
        return LEAST <= value <= MOST
    return all(type(part) is str for part in value)


def first_fault(record: Post | Comment | Swept) -> str | None:
    """The same, field by field."""
    for name, kinds in FIELDS[type(record)].items():
        value = getattr(record, name)
        kind = type(value)
        if kind not in kinds and not is_kind_of(kind, kinds):
            expected = " or ".join(TOLD[kind] for kind in kinds if kind in TOLD)
            return f"`{name}` is of type `{kind.__name__}`, expected {expected}"
        if kind is int and not is_sound(value):
            return (
                f"`{name}` is a number of {len(f'{value:x}')} hexadecimal digits, expected 64 bits"
            )
        if kind is tuple and not is_sound(value):
            return f"`{name}` holds something else than texts"
    return None


def is_kind_of(kind: type, kinds: Iterable[type]) -> bool:
    """Whether `kind` is a special case of one of `kinds`; true and false are no numbers here."""
    return kind is not bool and any(issubclass(kind, known) for known in kinds)


def kinds(hint: Any) -> Iterator[type]:
    """The types that an annotation admits."""
    if get_origin(hint) is Literal:
        yield str
    elif get_origin(hint) is tuple:
        yield tuple
    elif isinstance(hint, UnionType) or get_origin(hint) is not None:
        for part in get_args(hint):
            yield from kinds(part)
    else:
        yield NoneType if hint is None else hint


FIELDS: Mapping[type, Mapping[str, frozenset[type]]] = {
    kind: {name: frozenset(kinds(hint)) for name, hint in get_type_hints(kind).items()}
    for kind in (Post, Comment, Swept)
}
"""Each class of records, and each of its fields with the types that its values may have."""

VALUES: Mapping[type, Callable[[Any], tuple[Any, ...]]] = {
    kind: attrgetter(*fields) for kind, fields in FIELDS.items()
}
"""All values of a record, in the order of its fields."""

SEEN: dict[tuple[type, ...], list[int]] = {}
"""The types of sound records -> the places of numbers and lists, which are looked at in each."""

MOST_SEEN = 10_000
"""Of a file that is well, a few dozen."""


def rejection(record: Post | Comment | Swept, fault: str) -> Rejected:
    """What is said of a record that can't be stored."""
    line = record.line if isinstance(record, Comment) and isinstance(record.line, int) else None
    position = record.position if isinstance(record.position, int) else 0
    return Rejected(position=position, line=line, reason="broken record", detail=fault)
