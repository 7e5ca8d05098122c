"""A feed of a blog's comments (RSS or Atom, saved as a file) in, its comments out.

Formats: https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287, and for
threads https://www.rfc-editor.org/rfc/rfc4685. A feed of articles looks the same but for the
addresses in it, which lead to no comment: it is none of ours. Comments of WordPress get the ids
that its export gives them. E-mail addresses are never taken over.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from flows.reading.iso_times import Moment, moment_of
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.xml_elements import Node, XmlShape, inner_html
from flows.reading.xml_records import Damage, xml_records
from flows.reading.xml_start import root_start_tag
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, TextFormat

CHANNEL = "blog"

IdBasis = Literal["native", "permalink", "hash"]

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

COMMENT_PLACE = re.compile(r"#(?:comment[-_]?|isso-|c)(\d+)$|[?&]showComment=(\d+)")
"""Where the address of a comment leads to within its page."""

COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")
ELLIPSIS = r"\[(?:…|&#8230;|&hellip;)\]"
PINGBACK = re.compile(rf"\s*(?:<p>)?\s*{ELLIPSIS}.*{ELLIPSIS}", re.DOTALL)
"""What WordPress makes of a link from another blog."""

WORDPRESS_FEED = re.compile(r"/feed(?:/|$)|[?&]feed=")
"""Where WordPress keeps its feeds; many blogs hide what else names it."""

IN_PARENTHESES = re.compile(r"\(([^()]+)\)\s*$")
"""The name in `anna@example.org (Anna)`, as RSS writes an author."""

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
OF_COMMENTS = re.compile(
    r"comments? (?:on|for)\b|kommentare (?:zu|für)\b|commentaires (?:sur|pour)\b|"
    r"coment[aá]rios (?:en|a|em|sobre)\b|commenti (?:su|a)\b|reacties op\b|.* latest comments$",
    re.IGNORECASE,
)
"""How the title of a feed says that it is one of comments, as WordPress and Disqus write it."""

COMMENTS_ADDRESS = re.compile(
    r"/comments/(?:feed|default|full|atom|rss)|[?&]feed=comments|/feeds/\d+/comments/|"
    r"/comments\.(?:atom|rss|xml)|\bdisqus\.com/(?:latest|comments)\.rss"
)
"""Where such a feed lies itself."""

NO_ZONE = re.compile(r"\d{2}:\d{2}(?::\d{2})?\s*$")


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


@dataclass(frozen=True)
class Blog:
    """What the head of a feed says: where it leads, what wrote it, and what it is called."""

    link: str | None = None
    title: str | None = None
    is_wordpress: bool = False
    is_post_told: bool = False
    is_of_comments: bool = False
    """Its title or its own address says so."""

    def with_header(self, node: Node) -> "Blog":
        """This blog and what one more element of the head says of it."""
        address = node.attributes.get("href") or node.text.strip()
        tag = node.tag.removeprefix("atom:")
        if tag == "link" and node.attributes.get("rel") == "self":
            return replace(
                self,
                is_wordpress=self.is_wordpress or bool(WORDPRESS_FEED.search(address)),
                is_of_comments=self.is_of_comments or bool(COMMENTS_ADDRESS.search(address)),
            )
        if tag == "link" and node.attributes.get("rel", "alternate") == "alternate":
            return replace(self, link=address or self.link)
        if tag == "title":
            title = " ".join(node.text.split())
            is_said = OF_COMMENTS.match(title) is not None
            return replace(self, title=title or None, is_of_comments=self.is_of_comments or is_said)
        if tag == "generator" and "wordpress" in f"{node.text} {node.attributes}".lower():
            return replace(self, is_wordpress=True)
        return self


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


@dataclass(frozen=True)
class Entry:
    """One item of a feed."""

    node: Node
    blog: Blog

    def value(self, *tags: str) -> str | None:
        """The text of the first of these tags that the item has."""
        return next(filter(None, (self.node.value(tag) for tag in tags)), None)

    @property
    def guid(self) -> str | None:
        """What the feed itself calls the item."""
        return self.value("guid", "atom:id")

    @property
    def link(self) -> str | None:
        """Where the comment can be read."""
        links = self.node.all("atom:link")
        own = (one for one in links if one.attributes.get("rel", "alternate") == "alternate")
        href = next((one.attributes.get("href") for one in own), None)
        return self.value("link") or href

    @property
    def answered(self) -> Node | None:
        """What the item says it answers: the post, or another comment."""
        return self.node.first("thr:in-reply-to")

    @property
    def place(self) -> str | None:
        """The number that leads to the comment within its page."""
        return _place(self.guid) or _place(self.link)

    @property
    def page(self) -> str | None:
        """The address of the post."""
        answered = self.answered.attributes.get("href") if self.answered else None
        address = _without_place(answered or self.link or self.guid or "")
        return address if "://" in address else None

    @property
    def post_id(self) -> str | None:
        """WordPress' own number of the post, where a name holds it, else the post's address."""
        ref = self.answered.attributes.get("ref") if self.answered else None
        for name in (self.guid, ref, self.link):
            numbers = _query(name).get("p") or _query(name).get("page_id")
            if numbers and self.blog.is_wordpress:
                return numbers[0]
        return self.page

    @property
    def is_of_single_post(self) -> bool:
        """Whether the whole feed is that of the item's post."""
        here, home = self.page, self.blog.link
        return bool(here and home and here.rstrip("/") == home.rstrip("/") and _path(home))

    @property
    def site(self) -> str:
        """Host and path of the blog; of the feed of a single post only its host is known."""
        if not self.blog.is_wordpress or self.is_of_single_post or not self.blog.link:
            return _host(self.page or self.blog.link)
        return f"{_host(self.blog.link)}{_path(self.blog.link)}"

    @property
    def platform(self) -> str:
        """What the blog runs on, as far as it matters here."""
        return "wordpress" if self.blog.is_wordpress else "rss"

    def post(self, position: int) -> Post:
        """The post that the whole feed is about; its title stands behind "Comments on:"."""
        native, title = self.post_id or "", self.blog.title or ""
        return Post(
            platform=self.platform,
            site=self.site,
            native_id=native,
            position=position,
            channel=CHANNEL,
            title=title.partition(":")[2].strip() or title or None,
            url=self.page,
            status="published",
            aliases=(self.page,) if self.page and self.page != native else (),
        )

    def comment(self, position: int, rules: ReadingRules) -> Comment | Rejected:
        """The comment that the item is, if it is one whose text can be read."""
        if not (self.place or self.answered or self.blog.is_of_comments):
            return self._rejected(position, "an item whose address leads to no comment")
        text, text_format = self._text()
        written, changed = self._written(rules), moment_of(self.value("atom:updated"))
        native, basis = self._native_id()
        is_edited = bool(self.value("atom:published") and written.at and changed) and (
            changed > written.at  # type: ignore[operator]
        )
        return Comment(
            platform=self.platform,
            site=self.site,
            position=position,
            line=self.node.line,
            native_id=native,
            id_basis=basis,
            channel=CHANNEL,
            kind="pingback" if PINGBACK.match(text or "") else "comment",
            post_native_id=self.post_id,
            parent_native_id=self._parent(),
            reply_semantics="tree" if self.answered else "unknown",
            author=self._author(),
            author_name=self._author(),
            text=text,
            text_format=text_format,
            created_at=written.at,
            created_at_raw=written.raw,
            created_tz_assumed=written.zone_assumed,
            edited_at=changed if is_edited else None,
            is_edited=True if is_edited else None,
            status="published",
            permalink=self.link,
        )

    def _native_id(self) -> tuple[str | None, IdBasis]:
        if self.blog.is_wordpress and self.place:
            return self.place, "native"
        if self.guid:
            return self.guid, "native"
        return (self.link, "permalink") if self.link and self.place else (None, "hash")

    def _parent(self) -> str | None:
        """The comment that it answers; None where that is the post."""
        if not self.answered:
            return None
        ref, href = (self.answered.attributes.get(name) for name in ("ref", "href"))
        place = _place(ref) or _place(href)
        return place if self.blog.is_wordpress else ref if place else None

    def _author(self) -> str | None:
        person = self.node.first("atom:author")
        named = self.value("dc:creator") or (person.value("atom:name") if person else None)
        if named:
            return named if "@" not in named else None
        found = IN_PARENTHESES.search(self.value("author") or "")
        return found[1].strip() if found else None

    def _text(self) -> tuple[str | None, TextFormat]:
        """The text and how it is written."""
        content = self.node.first("atom:content") or self.node.first("atom:summary")
        if not content:
            return self.value("content:encoded", "description"), "html"
        kind = content.attributes.get("type", "text")
        if content.children:
            return inner_html(content).strip() or None, "html"
        return content.text.strip() or None, "html" if "html" in kind else "plain"

    def _written(self, rules: ReadingRules) -> Moment:
        """When it was written; a feed without `published` only says when it last changed."""
        if raw := self.value("pubDate"):
            return _rfc_822(raw, rules.time_zone)
        raw = self.value("atom:published", "atom:issued", "dc:date", "atom:updated")
        return Moment(moment_of(raw), raw)

    def _rejected(self, position: int, detail: str) -> Rejected:
        return Rejected(
            position=position, line=self.node.line, reason="broken record", detail=detail
        )


def _place(address: str | None) -> str | None:
    found = COMMENT_PLACE.search((address or "").strip())
    return (found[1] or found[2]) if found else None


def _without_place(address: str) -> str:
    """The address of a page, without what leads to a comment in it."""
    page = re.sub(r"[?&]showComment=\d+", "", address.strip().partition("#")[0])
    return COMMENT_PAGE.sub("/", page)


def _query(address: str | None) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(address or "").query)
    except ValueError:
        return {}


def _host(address: str | None) -> str:
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _rfc_822(raw: str, zone: str) -> Moment:
    """A time as e-mails have it; in `zone` where it names none, nothing where that is unknown."""
    try:
        written = parsedate_to_datetime(raw)
        if written.tzinfo:
            return Moment(written.astimezone(UTC), raw)
        if raw.rstrip().endswith("-0000"):
            return Moment(written.replace(tzinfo=UTC), raw)
        if NO_ZONE.search(raw):
            return Moment(written.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), raw, zone)
    except (ValueError, OverflowError, IndexError):
        pass
    return Moment(None, raw)


SOURCE = FileSource(
    name="comment_feed",
    about="Feed of a blog's comments (RSS or Atom), saved as a file",
    how_to_get="Open the address of the blog with `comments/feed/atom/` behind it, or a post's "
    "with `feed/atom/` (Blogger: `/feeds/comments/default`), and save the page as it comes.",
    recognise=recognise,
    read=read,
    version=3,
)
