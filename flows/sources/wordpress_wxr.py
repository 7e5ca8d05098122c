"""A WordPress export (WXR, Tools > Export in the admin panel) in, its posts and comments out.

Format: RSS 2.0 with `wp:` elements, as written by `wp-admin/includes/export.php` of WordPress and
read by https://github.com/WordPress/wordpress-importer; namespace http://wordpress.org/export/1.0/
to 1.2/. IP and URL of commenters are in it and are never taken over, of e-mails only the domain is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from urllib.parse import urlsplit

from flows.reading.iso_times import WrittenTime
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.wordpress_objects import EDITORS_OWN
from flows.reading.wordpress_times import moment_of
from flows.reading.xml_elements import Node, XmlRecord, XmlShape
from flows.reading.xml_records import Damage, xml_records
from flows.reading.xml_start import root_start_tag
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status
from transforms.email_domains import domain_of

PLATFORM = "wordpress"
CHANNEL = "blog"

EXPORT_NAMESPACE = re.compile(r"https?://(?:www\.)?wordpress\.org/export/[\d.]+/?")
"""Both schemes and all versions occur; the version tag in the file may be missing or junk."""

OTHER_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.disqus.com/": "dsq",
}
"""The last one is from Disqus' dialect of WXR, which has no post ids."""

ADDRESSES = ("wp:base_blog_url", "wp:base_site_url", "link")
"""Header elements that tell the blog's address, the best one first: of blogs in folders of one
host, each has a blog URL of its own, and all have the same site URL."""

POST_TYPES = frozenset({"post", "page"})
"""What people read. Attachments, menu items and the like are posts only if they have comments."""

POST_STATUS: dict[str, Status] = {
    "publish": "published",
    "draft": "pending",
    "pending": "pending",
    "future": "pending",
    "auto-draft": "pending",
    "private": "hidden",
    "trash": "trash",
}

COMMENT_KINDS = {
    "": "comment",
    "comment": "comment",
    "review": "review",
    "pingback": "pingback",
    "trackback": "trackback",
    "order_note": "system",
    "action_log": "system",
    **dict.fromkeys(EDITORS_OWN, "system"),
}
"""Types that WordPress, its shop and its scheduler write; those of other plugins are comments."""

COMMENT_STATUS: dict[str, Status] = {
    "1": "published",
    "approve": "published",
    "approved": "published",
    "0": "pending",
    "hold": "pending",
    "spam": "spam",
    "trash": "trash",
    "post-trashed": "trash",
}


def _prefix_of(address: str) -> str:
    if EXPORT_NAMESPACE.fullmatch(address):
        return "wp"
    return OTHER_NAMESPACES.get(address, f"{{{address}}}")


SHAPE = XmlShape(
    depth=2,
    records=frozenset({"item", "wp:comment"}),
    nested=frozenset({("item", "wp:comment")}),
    record_start=re.compile(rb"<item(?:\s[^<>]*)?>"),
    part_start=re.compile(rb"<wp:(?:post_id|comment)>"),
    prefix_of=_prefix_of,
)


@dataclass(frozen=True)
class Blog:
    """What the header of an export says: addresses by their tag, ids of authors by login."""

    addresses: dict[str, str] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)

    def with_header(self, node: Node) -> "Blog":
        """This blog and what one more header element says of it."""
        if node.tag in ADDRESSES:
            return replace(self, addresses=self.addresses | {node.tag: node.text.strip()})
        login, number = node.value("wp:author_login"), node.value("wp:author_id")
        if node.tag == "wp:author" and login and number:
            return replace(self, authors=self.authors | {login: number})
        return self

    def site(self, link: str | None) -> str:
        """Host and path of the blog; the host of `link` where the header names none, else ""."""
        sites = (_site(self.addresses.get(tag)) for tag in ADDRESSES)
        return next(filter(None, sites), None) or _host(link) or ""

    def owners(self, login: str | None) -> frozenset[str]:
        """Ids of the users whose comments are the owner's: the post's author, if known, or all."""
        author = self.authors.get(login or "")
        return frozenset({author}) if author else frozenset(self.authors.values())


@dataclass(frozen=True)
class Place:
    """The post that comments stand under."""

    site: str = ""
    post_native_id: str | None = None
    link: str | None = None
    owners: frozenset[str] = frozenset()


def recognise(sample: bytes) -> bool:
    """Whether the root element is `rss` and declares the namespace of WordPress exports."""
    root = root_start_tag(sample)
    declared = re.findall(r"xmlns:[\w.-]+\s*=\s*[\"']([^\"']*)[\"']", root)
    return root.startswith("<rss") and any(map(EXPORT_NAMESPACE.fullmatch, declared))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each post and page, followed by its comments.

    Of a damaged post the comments that are intact come through, and itself, if it is complete.
    """
    blog, place, positions = Blog(), Place(), count(1)
    for found in xml_records(landed.path, SHAPE):
        record = found.cut if isinstance(found, Damage) else found
        if record and record.node.tag == "item":
            place = _place(record, blog, place)
            yield from _posts(found, place, rules, positions)
            for node in record.node.all("wp:comment"):
                yield _comment(node, place, rules, next(positions))
        elif record:
            blog = blog.with_header(record.node)
        if isinstance(found, Damage):
            yield found.rejected(next(positions))


def _place(record: XmlRecord, blog: Blog, before: Place) -> Place:
    """Where the comments of an item stand; what damage took is known from the part `before` it."""
    node = record.node
    link = node.value("link")
    native_id = node.value("wp:post_id") or node.value("dsq:thread_identifier") or link
    if record.is_continued:
        return replace(before, post_native_id=native_id or before.post_native_id)
    return Place(blog.site(link), native_id, link, blog.owners(node.value("dc:creator")))


def _posts(
    found: XmlRecord | Damage, place: Place, rules: ReadingRules, positions: Iterator[int]
) -> Iterator[Post | Rejected]:
    """The post that an item is, if it is one and complete; a rejection if it has no id."""
    record = found.cut if isinstance(found, Damage) else found
    if not record or record.is_continued:
        return
    node = record.node
    has_comments = node.first("wp:comment") is not None
    # The type stands after everything else that we read, so a cut item that has it is complete.
    if isinstance(found, Damage) and not (has_comments or node.first("wp:post_type")):
        return
    if (node.value("wp:post_type") or "post") not in POST_TYPES and not has_comments:
        return
    if place.post_native_id:
        yield _post(node, place, rules, next(positions))
    else:
        yield Rejected(
            position=next(positions),
            line=node.line,
            reason="broken record",
            detail="an `item` without `wp:post_id`, expected one in each",
        )


def _post(node: Node, place: Place, rules: ReadingRules, position: int) -> Post:
    written = _time(node, "wp:post_date", rules.time_zone)
    status = node.value("wp:status") or ""
    return Post(
        platform=PLATFORM,
        site=place.site,
        native_id=place.post_native_id or "",
        position=position,
        channel=CHANNEL,
        kind=node.value("wp:post_type") or "post",
        title=node.value("title"),
        text=node.value("content:encoded"),
        text_format="html",
        url=place.link,
        author=node.value("dc:creator"),
        created_at=written.at,
        created_at_raw=written.raw,
        updated_at=_time(node, "wp:post_modified", rules.time_zone).at,
        status=POST_STATUS.get(status, "unknown"),
        visibility="private" if status == "private" else None,
    )


def _comment(node: Node, place: Place, rules: ReadingRules, position: int) -> Comment:
    native_id = node.value("wp:comment_id")
    user = _number(node.value("wp:comment_user_id"))
    name = node.value("wp:comment_author")
    written = _time(node, "wp:comment_date", rules.time_zone)
    return Comment(
        platform=PLATFORM,
        site=place.site,
        position=position,
        line=node.line,
        native_id=native_id,
        id_basis="native" if native_id else "hash",
        channel=CHANNEL,
        kind=COMMENT_KINDS.get(node.value("wp:comment_type") or "", "comment"),
        post_native_id=place.post_native_id,
        parent_native_id=_number(node.value("wp:comment_parent")),
        reply_semantics="tree",
        author=f"user:{user}" if user else name,
        author_name=name,
        email_domain=domain_of(node.value("wp:comment_author_email")),
        is_owner=user in place.owners,
        text=node.value("wp:comment_content"),
        text_format="html",
        created_at=written.at,
        created_at_raw=written.raw,
        created_tz_assumed=written.zone_assumed,
        status=COMMENT_STATUS.get(node.value("wp:comment_approved") or "", "unknown"),
        permalink=f"{place.link}#comment-{native_id}" if place.link and native_id else None,
    )


def _time(node: Node, tag: str, zone: str) -> WrittenTime:
    """The time in UTC, which `tag`_gmt tells, else `tag` in the blog's own `zone`."""
    return moment_of(node.value(f"{tag}_gmt"), node.value(tag), zone)


def _number(text: str | None) -> str | None:
    """An id; None for 0, which WordPress writes for "none"."""
    return None if not text or text == "0" else text


def _site(address: str | None) -> str | None:
    """Host and path of an address, the same for all ways to write it; None if it has no host."""
    host = _host(address)
    return host and f"{host}{urlsplit(address or '').path.rstrip('/')}"


def _host(address: str | None) -> str | None:
    try:
        return urlsplit(address or "").hostname
    except ValueError:
        return None


SOURCE = FileSource(
    name="wordpress_wxr",
    about="Export of a WordPress blog (WXR): posts, pages and their comments",
    how_to_get="As an administrator of the blog: Tools > Export > All content > Download Export "
    "File.",
    recognise=recognise,
    read=read,
    version=3,
)
