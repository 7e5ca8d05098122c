"""Comments of an Isso server, asked page by page of the blog that they stand under.

Format: https://isso-comments.de/docs/reference/server-api/, tried with 0.14.0. An answer holds the
comments of a page and, one level deep, the answers to them: Isso lifts deeper ones up. What it says
of people beside their names (a hash of their e-mail or IP, their web address) never lands.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.session import Absent, Session
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Comment, Post, Record, Rejected, Status
from models.errors import GiveUp

NAME = "isso_api"
PLATFORM = "isso"
CHANNEL = "blog"

ALL = 100_000
"""More comments than a server has: asked for fewer, it prefers answers to what they answer."""

PERSONAL = frozenset({"hash", "website", "gravatar_image", "notification", "email", "remote_addr"})
STATUS: dict[int, Status] = {1: "published", 2: "pending", 4: "deleted"}

IssoObject = Mapping[str, Any]


def pages(errand: Errand) -> Iterator[Page]:
    """The comments of each page that has new ones or young ones; in a full sweep of each page."""
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    server = errand.options["server"].strip()
    blog = errand.options.get("blog", "").strip()
    with errand.connect(server if "://" in server else f"https://{server}") as session:
        marks = _marks(session, errand)
        about = {"site": _site(server), "blog": blog}
        run = _Run(session, errand, about)
        for uri, mark in marks.items():
            yield from left.asked(uri, run.thread(uri, mark))
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page({"pages": len(marks)}, {"kind": "end", **about}, memory=run.memory_at_end())


def _marks(session: Session, errand: Errand) -> dict[str, str]:
    """The pages that have comments -> what changes with each new one.

    Raises `GiveUp` if the server is no Isso, or none were named and it does not list them.
    """
    listed = (name.strip() for name in errand.options.get("pages", "").split(","))
    named = list(dict.fromkeys(_uri(name) for name in listed if name))
    if not named:
        # Of a page that has lost its last comment nothing is listed.
        known = dict.fromkeys(errand.memory.get("marks") or {}, "0")
        return known | _marks_of_latest(session)
    counts = _answer(session, "POST", "count", json=named)
    if not isinstance(counts, list) or len(counts) != len(named):
        raise GiveUp("the server does not count comments as Isso does: check its address.")
    return {uri: str(count) for uri, count in zip(named, counts, strict=True)}


def _marks_of_latest(session: Session) -> dict[str, str]:
    comments = _answer(session, "GET", "latest", params={"limit": ALL})
    found: dict[str, list[float]] = {}
    for comment in comments:
        moment = max(_seconds(comment, "created") or 0.0, _seconds(comment, "modified") or 0.0)
        found.setdefault(str(comment["uri"]), []).append(moment)
    return {uri: f"{len(moments)} {max(moments)}" for uri, moments in sorted(found.items())}


def _answer(session: Session, method: str, path: str, params: Any = None, **body: Any) -> Any:
    """The answer to the first question; raises `GiveUp` if there is nothing to ask."""
    try:
        return session.json_response(method, path, params, **body).json()
    except Absent:
        raise GiveUp(
            "the server has no `latest`: set `latest-enabled = true` in its configuration, or name "
            "the `pages` of the account."
            if path == "latest"
            else "there is no Isso server at this address."
        ) from None


@dataclass
class _Run:
    """One run: `newest` is when the last comment of a page was made, `answers` marks answers."""

    session: Session
    errand: Errand
    about: dict[str, str]
    newest: dict[str, float] = field(init=False)
    answers: dict[str, str] = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        memory = self.errand.memory
        self.newest = dict(memory.get("newest") or {})
        self.answers = dict(memory.get("answers") or {})
        self.ledger = Ledger(memory, self.errand.now, self.errand.is_full_sweep)

    def thread(self, uri: str, mark: str) -> Iterator[Page]:
        """The answers that hold the comments of a page, if they say anything new."""
        is_young = self.newest.get(uri, 0.0) >= self.errand.look_back.timestamp()
        is_due = self.ledger.is_due(uri, mark)
        if not is_due and (self.errand.is_full_sweep or not is_young):
            return
        bodies, is_whole = _thread(self.session, uri)
        digest = hashlib.sha256(json.dumps(bodies).encode()).hexdigest()[:8]
        if not is_due and self.answers.get(uri) == digest:
            return
        self.answers[uri] = digest
        self.newest[uri] = max((_newest(body) for body in bodies), default=0.0)
        for number, body in enumerate(bodies, start=1):
            about = {"kind": "thread", **self.about, "uri": uri, "part": number}
            if number < len(bodies) or not is_whole:
                yield Page(body, about)
            else:
                yield Page(body, about, memory=self._memory(uri, mark), completes=uri)

    def _memory(self, uri: str, mark: str) -> dict[str, Any]:
        kept = {"newest": dict(self.newest), "answers": dict(self.answers)}
        return {**self.errand.memory, **self.ledger.asked(uri, mark), **kept}

    def memory_at_end(self) -> dict[str, Any]:
        """What to remember at the end of a sweep."""
        return {**self.ledger.swept(), "newest": self.newest, "answers": self.answers}


def _thread(session: Session, uri: str) -> tuple[list[dict[str, Any]], bool]:
    """Every answer about one page, and whether nothing stays hidden."""
    first = _part(session, {"uri": uri})
    bodies, is_whole = [first], True
    waiting: list[tuple[int | None, dict[str, Any]]] = [(None, first)]
    while waiting:
        parent, part = waiting.pop()
        hidden = int(part.get("hidden_replies") or 0)
        if parent is None:
            waiting += _hiding(part)
        while hidden > 0:
            under = {} if parent is None else {"parent": parent}
            last = _newest(part, is_deep=False)
            part = _part(session, {"uri": uri, "after": repr(last)} | under)
            if _newest(part, is_deep=False) <= last:
                is_whole = False
                break
            bodies.append(part)
            hidden -= len(part["replies"])
            if parent is None:
                waiting += _hiding(part)
    return bodies, is_whole


def _hiding(part: dict[str, Any]) -> list[tuple[int | None, dict[str, Any]]]:
    """The comments of an answer that have more answers than it shows."""
    return [(one["id"], one) for one in part["replies"] if one.get("hidden_replies")]


def _part(session: Session, parameters: dict[str, str | int]) -> dict[str, Any]:
    body: dict[str, Any] = _impersonal(session.get("", parameters))
    body.pop("config", None)
    return body


def _impersonal(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _impersonal(part) for name, part in value.items() if name not in PERSONAL}
    return [_impersonal(part) for part in value] if isinstance(value, list) else value


def _newest(body: IssoObject, is_deep: bool = True) -> float:
    """When the last comment of an answer was made, in seconds since 1970; 0.0 without any."""
    replies = [one for one in body.get("replies") or [] if isinstance(one, dict)]
    inner = (_newest(one) for one in replies) if is_deep else ()
    return max((*(_seconds(one, "created") or 0.0 for one in replies), *inner), default=0.0)


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The page of the blog, once, then its comments, each before the answers to it."""
    if page.about["kind"] != "thread":
        return
    if page.about["part"] == 1:
        yield _post(page)
    for item in page.body["replies"]:
        yield _comment(item, page)
        for answer in _replies(item):
            yield _comment(answer, page)


def _replies(item: Any) -> list[Any]:
    replies = item.get("replies") if isinstance(item, dict) else None
    return replies if isinstance(replies, list) else []


def _post(page: LandedPage) -> Post:
    return Post(
        platform=PLATFORM,
        site=page.about["site"],
        native_id=page.about["uri"],
        position=0,
        channel=CHANNEL,
        url=_link(page),
        reported_comment_count=_whole(page.body, "total_replies"),
    )


def _comment(item: Any, page: LandedPage) -> Comment | Rejected:
    native = _whole(item, "id") if isinstance(item, dict) else None
    if native is None:
        detail = "a comment without a whole `id`, expected one in each"
        return Rejected(position=0, reason="broken record", detail=detail, line=page.line)
    status = STATUS.get(_whole(item, "mode") or 0, "unknown")
    parent, edited = _whole(item, "parent"), _moment(item, "modified")
    author, text, link = _text(item, "author"), _text(item, "text"), _link(page)
    return Comment(
        platform=PLATFORM,
        site=page.about["site"],
        position=0,
        line=page.line,
        native_id=str(native),
        channel=CHANNEL,
        post_native_id=page.about["uri"],
        parent_native_id=str(parent) if parent is not None else None,
        reply_semantics="two_level",
        author=author,
        author_name=author,
        # What Isso leaves in the place of a deleted comment is an empty paragraph.
        text=None if status == "deleted" else text,
        text_format="html",
        created_at=_moment(item, "created"),
        created_at_raw=json.dumps(item["created"]) if item.get("created") is not None else None,
        edited_at=edited,
        is_edited=edited is not None,
        status=status,
        like_count=_whole(item, "likes"),
        dislike_count=_whole(item, "dislikes"),
        reply_count=_whole(item, "total_replies"),
        permalink=f"{link}#isso-{native}" if link else None,
    )


def _link(page: LandedPage) -> str | None:
    """The address of the page that comments stand under, where the blog's is known."""
    blog = page.about["blog"]
    return urljoin(blog, page.about["uri"]) if blog else None


def _moment(item: IssoObject, name: str) -> datetime | None:
    seconds = _seconds(item, name)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(item: IssoObject, name: str) -> float | None:
    value = item.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e12:
        return None
    return float(value)


def _whole(item: IssoObject, name: str) -> int | None:
    value = item.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(item: IssoObject, name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None


def _uri(name: str) -> str:
    """A page as Isso calls it: the path, and the query where there is one."""
    parts = urlsplit(name)
    if not parts.netloc:
        return name
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _site(server: str) -> str:
    parts = urlsplit(server if "://" in server else f"https://{server}")
    return f"{parts.hostname or ''}{parts.path.rstrip('/')}"


SOURCE = ApiSource(
    name=NAME,
    about="Comments of an Isso server under the pages of a blog",
    how_to_get="Name the server's address and the pages; if the server has `latest-enabled`, it "
    "tells the pages itself. No account is needed.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page, site=lambda about: str(about["site"])),
    pages=pages,
    options={
        "server": "address of the Isso server, as `https://comments.example.de`",
        "pages": "paths of the blog's pages, separated by commas; not needed with `latest-enabled`",
        "blog": "address of the blog, so that comments get links",
    },
    needs=("server",),
)
