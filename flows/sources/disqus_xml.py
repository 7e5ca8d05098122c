"""A Disqus comments export (XML, from the forum's admin panel) in, its threads and comments out.

Format: https://help.disqus.com/en/articles/1717164-comments-export with the schema
http://disqus.com/api/schemas/1.0/disqus.xsd. The IP of commenters is in it and is never taken over,
of their e-mail only the domain is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from flows.reading.iso_times import aware
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.xml_elements import Node, XmlShape
from flows.reading.xml_records import Damage, xml_records
from flows.reading.xml_start import root_start_tag
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected, Status
from transforms.email_domains import domain_of

PLATFORM = "disqus"
CHANNEL = "blog"

NAMESPACES = {"disqus.com": "", "disqus.com/disqus-internals": "dsq"}


def _prefix_of(address: str) -> str:
    plain = re.sub(r"^https?://(?:www\.)?|/$", "", address)
    return NAMESPACES.get(plain, f"{{{address}}}")


SHAPE = XmlShape(
    depth=1,
    records=frozenset({"thread", "post"}),
    nested=frozenset({("post", "thread")}),
    # `<thread dsq:id="1"/>` within a post is a reference and no record.
    record_start=re.compile(rb"<(?:post|thread)(?:\s[^<>]*[^<>/])?>"),
    part_start=None,
    prefix_of=_prefix_of,
)


@dataclass(frozen=True)
class Forum:
    """What posts need to know of the file so far: its forum, and its threads by their ids."""

    name: str
    threads: dict[str, "Thread"]


@dataclass(frozen=True)
class Thread:
    """What comments need to know of their thread; `author` is a username."""

    forum: str
    link: str | None
    author: str | None


def recognise(sample: bytes) -> bool:
    """Whether the root element is `disqus` in the namespace of Disqus."""
    root = root_start_tag(sample)
    is_disqus = re.match(r"<(?:[\w.-]+:)?disqus\s", root)
    return bool(is_disqus and re.search(r"[\"']https?://(?:www\.)?disqus\.com/?[\"']", root))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield threads and comments as they stand in the file: Disqus writes all threads first."""
    forum, positions = Forum("", {}), count(1)
    for found in xml_records(landed.path, SHAPE):
        if isinstance(found, Damage):
            yield found.rejected(next(positions))
        elif found.node.tag == "thread":
            forum = _with_thread(forum, found.node)
            yield _thread_post(found.node, forum, next(positions))
        elif found.node.tag == "post":
            yield _comment(found.node, forum, next(positions))


def _with_thread(forum: Forum, node: Node) -> Forum:
    name = node.value("forum") or forum.name
    thread = Thread(name, node.value("link"), _author_value(node, "username"))
    # One dict grows with the file: a copy for each thread would take quadratic time.
    forum.threads[node.attributes.get("dsq:id", "")] = thread
    return replace(forum, name=name)


def _thread_post(node: Node, forum: Forum, position: int) -> Post | Rejected:
    native_id = node.attributes.get("dsq:id")
    if not native_id:
        return Rejected(
            position=position,
            line=node.line,
            reason="broken record",
            detail="a `thread` without `dsq:id`, expected one in each",
        )
    link, is_deleted = node.value("link"), node.value("isDeleted") == "true"
    return Post(
        platform=PLATFORM,
        site=forum.name,
        native_id=native_id,
        position=position,
        channel=CHANNEL,
        title=_title(node),
        text=node.value("message"),
        text_format="html",
        url=link,
        author=_author_value(node, "username") or _author_value(node, "name"),
        created_at=_created(node),
        created_at_raw=node.value("createdAt"),
        status="deleted" if is_deleted else "published",
        # Threads of one page are one post, but a deleted one is not what now stands there. The
        # blog's own identifier may be a short number, and so may be the id of another thread.
        aliases=(link,) if link and not is_deleted else (),
    )


def _title(node: Node) -> str | None:
    """The title, which beside an HTML text is taken for HTML: a `<` in it is a `<`.

    What stands escaped twice, as blogs hand their titles on, is not kept so.
    """
    title = node.value("title")
    return title.replace("<", "&lt;").replace(">", "&gt;") if title else title


def _comment(node: Node, forum: Forum, position: int) -> Comment:
    native_id = node.attributes.get("dsq:id")
    post_native_id = _reference(node, "thread")
    thread = forum.threads.get(post_native_id or "", Thread(forum.name, None, None))
    name, username = _author_value(node, "name"), _author_value(node, "username")
    if _author_value(node, "isAnonymous") == "true":
        username = None
    status, imported = _status(node), node.value("id")
    # Who imports a blog into Disqus twice has each comment twice, under the id that it came with.
    # What was deleted or marked as spam may be just the second one, and says nothing of the first.
    is_known = post_native_id and imported and status in ("published", "pending")
    return Comment(
        platform=PLATFORM,
        site=node.value("forum") or thread.forum,
        position=position,
        line=node.line,
        native_id=native_id,
        id_basis="native" if native_id else "hash",
        channel=CHANNEL,
        post_native_id=post_native_id,
        parent_native_id=_reference(node, "parent"),
        reply_semantics="tree",
        author=username or name,
        author_name=name,
        email_domain=domain_of(_author_value(node, "email")),
        is_owner=username is not None and username == thread.author,
        text=node.value("message"),
        text_format="html",
        created_at=_created(node),
        created_at_raw=node.value("createdAt"),
        status=status,
        permalink=f"{thread.link}#comment-{native_id}" if thread.link and native_id else None,
        aliases=(f"imported-{post_native_id}-{imported}",) if is_known else (),
    )


def _status(node: Node) -> Status:
    if node.value("isDeleted") == "true":
        return "deleted"
    if node.value("isSpam") == "true":
        return "spam"
    # Only some exports have it; absent means approved.
    return "pending" if node.value("isApproved") == "false" else "published"


def _reference(node: Node, tag: str) -> str | None:
    child = node.first(tag)
    return (child.attributes.get("dsq:id") or None) if child else None


def _author_value(node: Node, tag: str) -> str | None:
    author = node.first("author")
    return author.value(tag) if author else None


def _created(node: Node) -> datetime | None:
    """Disqus writes UTC, with a Z or, in older exports, without."""
    return aware(node.value("createdAt"), "UTC")


SOURCE = FileSource(
    name="disqus_xml",
    about="Comments export of a Disqus forum: threads and their comments",
    how_to_get="As a moderator of the forum: Disqus admin > Moderate > Export; the .gz that "
    "comes by e-mail need not be unpacked.",
    recognise=recognise,
    read=read,
    version=3,
)
