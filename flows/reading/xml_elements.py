"""What an XML export is made of: its elements, and where in it the records stand."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr


@dataclass(slots=True)
class Node:
    """An element; `text` is what it holds outside of its `children`, `line` is where it starts.

    Tags and attributes are named as `XmlShape.prefix_of` says, for example `wp:post_id`.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    head: str = ""
    """What of `text` stands before the first child."""
    tail: str = ""
    """What of its parent's `text` stands behind it; blanks are one."""

    def first(self, tag: str) -> "Node | None":
        """The first child of that tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list["Node"]:
        """Every child of that tag."""
        return [child for child in self.children if child.tag == tag]

    def value(self, tag: str) -> str | None:
        """The text of the first child of that tag; None where it is absent or blank."""
        child = self.first(tag)
        return (child.text.strip() or None) if child else None


@dataclass(frozen=True)
class XmlShape:
    """Where the records of a format stand in its files."""

    depth: int
    """How many elements are around a record: 1 for `<disqus><post>`."""
    records: frozenset[str]
    """Tags that start a record, or a record within a record."""
    nested: frozenset[tuple[str, str]]
    """(parent, child): the records that may stand directly in another one."""
    record_start: re.Pattern[bytes]
    """Start tag of a record, as files write it."""
    part_start: re.Pattern[bytes] | None
    """Start tag within a record at which a damaged one can be taken up again, if there is any."""
    prefix_of: Callable[[str], str]
    """Address of a namespace -> the prefix that names it in this project, "" for none."""


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """A complete child of the element around the records, so header elements come, too.

    `is_continued`: the part of a damaged record that comes after its damage.
    """

    node: Node
    is_continued: bool = False


VOID = ("br", "hr", "img")
"""Elements of HTML that hold nothing and have no end tag."""


def inner_html(node: Node) -> str:
    """What an element of XHTML holds, its own tags left out, as HTML."""
    found: list[str] = []
    waiting: list[Node | str] = contents(node)
    while waiting:  # a stack, not calls: damaged files nest elements thousands deep
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
            continue
        name = part.tag.rpartition("}")[2].rpartition(":")[2]
        attributes = "".join(f" {key}={quoteattr(it)}" for key, it in part.attributes.items())
        found.append(f"<{name}{attributes}>")
        is_void = name in VOID and not part.head and not part.children
        waiting.append(html.escape(part.tail, quote=False))
        waiting += [] if is_void else [f"</{name}>", *contents(part)]
    return "".join(found)


def contents(node: Node) -> list[Node | str]:
    """The children of `node`, and the text before them, from the last to the first."""
    return [*reversed(node.children), html.escape(node.head, quote=False)]
