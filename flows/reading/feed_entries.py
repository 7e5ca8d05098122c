"""One item of a blog's feed (RSS or Atom) in, the comment or the post that it is out.

Formats: https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287, and for
threads https://www.rfc-editor.org/rfc/rfc4685. E-mail addresses are never taken over.
"""

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from flows.reading.feed_heads import Blog
from flows.reading.iso_times import WrittenTime, moment_of
from flows.reading.landed import ReadingRules
from flows.reading.xml_elements import Node, inner_html
from models.canonical import Comment, Post, Rejected, TextFormat

CHANNEL = "blog"

IdBasis = Literal["native", "permalink", "hash"]

COMMENT_PLACE = re.compile(r"#(?:comment[-_]?|isso-|c)(\d+)$|[?&]showComment=(\d+)")
"""Where the address of a comment leads to within its page."""

COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")
ELLIPSIS = r"\[(?:…|&#8230;|&hellip;)\]"
PINGBACK = re.compile(rf"\s*(?:<p>)?\s*{ELLIPSIS}.*{ELLIPSIS}", re.DOTALL)
"""What WordPress makes of a link from another blog."""

IN_PARENTHESES = re.compile(r"\(([^()]+)\)\s*$")
"""The name in `anna@example.org (Anna)`, as RSS writes an author."""

NO_ZONE = re.compile(r"\d{2}:\d{2}(?::\d{2})?\s*$")


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

    def _written(self, rules: ReadingRules) -> WrittenTime:
        """When it was written; a feed without `published` only says when it last changed."""
        if raw := self.value("pubDate"):
            return _rfc_822(raw, rules.time_zone)
        raw = self.value("atom:published", "atom:issued", "dc:date", "atom:updated")
        return WrittenTime(moment_of(raw), raw)

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


def _rfc_822(raw: str, zone: str) -> WrittenTime:
    """A time as e-mails have it; in `zone` where it names none, nothing where that is unknown."""
    try:
        written = parsedate_to_datetime(raw)
        if written.tzinfo:
            return WrittenTime(written.astimezone(UTC), raw)
        if raw.rstrip().endswith("-0000"):
            return WrittenTime(written.replace(tzinfo=UTC), raw)
        if NO_ZONE.search(raw):
            return WrittenTime(written.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), raw, zone)
    except (ValueError, OverflowError, IndexError):
        pass
    return WrittenTime(None, raw)
