"""A feed of a blog's comments (RSS or Atom, saved as a file) in, its comments out.

A feed of articles looks the same but for the addresses in it, which lead to no comment: it is none
of ours. Comments of WordPress get the ids that its export gives them.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from flows.reading.feed_entries import COMMENT_PLACE, Entry
from flows.reading.feed_heads import COMMENTS_ADDRESS, OF_COMMENTS, Blog
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.xml_elements import XmlShape
from flows.reading.xml_records import Damage, xml_records
from flows.reading.xml_start import root_start_tag
from flows.sources.base import FileSource
from models.canonical import Record

NAMESPACES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://wellformedweb.org/CommentAPI/": "wfw",
}

ITEM = re.compile(
    rb"<(?:\w+:)?(?:item|entry)(?:\s[^<>]*)?>(.*?)(?:</(?:\w+:)?(?:item|entry)>|$)", re.DOTALL
)
ADDRESS = re.compile(
    rb"<(?:guid|link|id|(?:\w+:)id)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?\s*([^<\]]*)|"
    rb"<(?:\w+:)?link\s[^<>]*href\s*=\s*[\"']([^\"']*)"
)
ANSWERS = re.compile(rb"<(?:\w+:)?in-reply-to[\s/>]")
ARTICLES_OWN = re.compile(rb"<(?:wfw:commentRss|slash:comments|thr:total|comments)[\s>]")

HEAD_END = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
TITLE = re.compile(rb"<(?:\w+:)?title(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?\s*([^<\]]*)")


def _prefix_of(address: str) -> str:
    return NAMESPACES.get(address, f"{{{address}}}")


def _shape(depth: int, record: str) -> XmlShape:
    return XmlShape(
        depth=depth,
        records=frozenset({record}),
        nested=frozenset(),
        record_start=re.compile(rb"<(?:\w+:)?(?:item|entry)(?:\s[^<>]*)?>"),
        part_start=None,
        prefix_of=_prefix_of,
    )


ROOTS = {"rss": _shape(2, "item"), "RDF": _shape(1, "item"), "feed": _shape(1, "atom:entry")}
"""Where the records stand, by the name of the root."""


def recognise(sample: bytes) -> bool:
    """Whether it is a feed of comments, to go by its head or by where its first item leads."""
    if not _root(sample):
        return False
    item = ITEM.search(sample)
    if item and ARTICLES_OWN.search(item[1]):
        return False
    if _is_head_of_comments(HEAD_END.split(sample, maxsplit=1)[0]):
        return True
    if not item:
        return False
    addresses = (first or second for first, second in ADDRESS.findall(item[1]))
    leads = any(COMMENT_PLACE.search(one.decode("latin-1").strip()) for one in addresses)
    return leads or bool(ANSWERS.search(item[1]))


def _is_head_of_comments(head: bytes) -> bool:
    title = TITLE.search(head)
    addresses = (first or second for first, second in ADDRESS.findall(head))
    text = html.unescape(title[1].decode("utf-8", "ignore")) if title else ""
    is_said = OF_COMMENTS.match(" ".join(text.split()))
    return bool(is_said) or any(COMMENTS_ADDRESS.search(one.decode("latin-1")) for one in addresses)


def _root(sample: bytes) -> XmlShape | None:
    found = re.match(r"<(?:[\w.-]+:)?(rss|RDF|feed)[\s>]", root_start_tag(sample))
    return ROOTS[found[1]] if found else None


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment; before those of the feed of a single post, that post."""
    with landed.path.open("rb") as file:
        shape = _root(file.read(SAMPLE_SIZE)) or ROOTS["rss"]
    blog, positions = Blog(), count(1)
    for found in xml_records(landed.path, shape):
        if isinstance(found, Damage):
            yield found.rejected(next(positions))
        elif found.node.tag not in shape.records:
            blog = blog.with_header(found.node)
        else:
            entry = Entry(found.node, blog)
            if entry.is_of_single_post and not blog.is_post_told:
                blog = replace(blog, is_post_told=True)
                yield entry.post(next(positions))
            yield entry.comment(next(positions), rules)


SOURCE = FileSource(
    name="comment_feed",
    about="Feed of a blog's comments (RSS or Atom), saved as a file",
    how_to_get="Open the address of the blog with `comments/feed/atom/` behind it, or a post's "
    "with `feed/atom/` (Blogger: `/feeds/comments/default`), and save the page as it comes.",
    recognise=recognise,
    read=read,
    version=4,
)
