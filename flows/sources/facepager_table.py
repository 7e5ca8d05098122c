"""Tables of Facepager (CSV) with data of Facebook: the nodes that its queries of Graph made.

Format: https://github.com/strohne/Facepager. Nodes form a tree by row numbers; `object_id` is
Graph's id, and the columns that were chosen are called as Graph's fields are, with dots. Line
breaks were taken out of the texts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flows.reading.encodings import decoded_sample
from flows.reading.fixed_table import column_names
from flows.reading.graph_objects import comment_of, post_of
from flows.reading.graph_places import Kind, Place, ids_of_post, kind_of, place_of
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.table_entries import NO_VALUE
from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable, Row
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

FIXED = (
    *("path", "level", "id", "parent_id", "object_id", "object_type", "object_key"),
    *("query_status", "query_time", "query_type"),
)
SIGN = frozenset({"id", "parentid", "level", "objectid", "objecttype", "querystatus", "querytype"})

OF_FACEBOOK = re.compile(r'[;,\t]"?Facebook:')
"""How `query_type` begins in rows of Facebook."""

COUNTS = ("count", "total_count")
"""Last words of the columns that hold numbers, which a table writes as texts."""

POST_EDGES = frozenset({"feed", "posts", "published_posts", "tagged", "visitor_posts"})


@dataclass
class Tree:
    """The nodes that went before, by the number of their row."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """Row number -> id of the post or comment."""
    pages: dict[str, str | None] = field(default_factory=dict)
    """Post -> page."""


def recognise(sample: bytes) -> bool:
    """Whether it is a table with Facepager's columns, of queries of Facebook."""
    return column_names(sample) >= SIGN and bool(OF_FACEBOOK.search(decoded_sample(sample)))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each node that a query brought, as a post or a comment.

    Nodes that somebody typed in, and what paging left over, are no records.
    """
    try:
        table = open_table(landed.path)
    except BrokenTable as error:
        yield Rejected(position=0, reason=error.reason, detail=error.detail)
        return
    tree = Tree()
    for row in table.rows:
        if isinstance(row, Rejected):
            yield row
        elif problem := _problem(row):
            yield Rejected(
                position=row.position, line=row.line, reason="broken record", detail=problem
            )
        elif _text(row, "object_type") in ("data", "unpacked"):
            yield _record(row, tree, rules)


def _problem(row: Row) -> str | None:
    """Why a node holds no data; None if it does, or if it is no record at all."""
    status = (_text(row, "query_status") or "").casefold()
    if status.startswith("error"):
        return "an error of the interface instead of data"
    is_data = _text(row, "object_type") in ("data", "unpacked")
    return "found a node without `object_id`" if is_data and not _text(row, "object_id") else None


def _record(row: Row, tree: Tree, rules: ReadingRules) -> Record:
    value = graph_object(row)
    above = _text(row, "parent_id") or ""
    kind = _kind(row, value, tree)
    number = _text(row, "id") or ""
    tree.kinds[number] = kind
    if kind == "comment":
        comment = _comment(row, value, above, tree, rules)
        tree.ids[number] = comment.native_id or ""
        return comment
    native_id, page = ids_of_post(value)
    tree.ids[number] = native_id or ""
    tree.pages[native_id or ""] = page
    return post_of(value, native_id or "", row.position, rules)


def _comment(
    row: Row, value: dict[str, Any], above: str, tree: Tree, rules: ReadingRules
) -> Comment:
    """A comment, in the place where the tree has it."""
    is_answer = tree.kinds.get(above) == "comment"
    known = tree.ids.get(above) or None
    place = Place(
        post=known if tree.kinds.get(above) == "post" else None,
        parent=known if is_answer else None,
        line=row.line,
    )
    return comment_of(value, place_of(value, place, tree.pages), row.position, rules)


def _kind(row: Row, value: dict[str, Any], tree: Tree) -> Kind:
    """What a node is: by the edge that was asked, by Graph's fields, or by what it hangs on."""
    edge = (_text(row, "query_type") or "").split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    if edge == "comments":
        return "comment"
    if edge in POST_EDGES:
        return "post"
    is_below = (_text(row, "parent_id") or "") in tree.kinds
    return kind_of(value, tree.pages) or ("comment" if is_below else "post")


def graph_object(row: Row) -> dict[str, Any]:
    """The object of Graph that a node was: dotted columns are nested again."""
    value: dict[str, Any] = {"id": _text(row, "object_id")}
    for column in row.cells:
        text = _text(row, column)
        if column in FIXED or text is None:
            continue
        *path, last = column.split(".")
        inner = value
        for name in path:
            step = inner.setdefault(name, {})
            inner = step if isinstance(step, dict) else {}
        is_count = last.endswith(COUNTS) and text.isascii() and text.isdecimal() and len(text) <= 18
        inner[last] = {"true": True, "false": False}.get(
            text.casefold(), int(text) if is_count else text
        )
    return value


def _text(row: Row, column: str) -> str | None:
    text = str(row.cells.get(column) or "").strip()
    return None if text.casefold() in NO_VALUE else text


SOURCE = FileSource(
    name="facepager_table",
    about="Table of Facepager (CSV) with posts and comments of Facebook pages",
    how_to_get="In Facepager fetch the posts, then the comments of a page, select all nodes and "
    "choose Export Data > CSV with all columns.",
    recognise=recognise,
    read=read,
    version=2,
)
