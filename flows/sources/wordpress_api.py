"""Posts and comments of a WordPress blog, asked of its REST interface.

Format: https://developer.wordpress.org/rest-api/reference/comments/ and .../posts/. Site, ids and
authors become what they become in the blog's export (`wordpress_wxr`); so does the text where a
token shows it as it was written. E-mail, IP, avatar and URL of commenters are not even asked for.
Comments tell no time of change: a mark of each is kept as long as they are young.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flows.fetching.ledger import Ledger
from flows.fetching.session import Absent
from flows.fetching.wordpress import (
    Interface,
    authorisation,
    by_door,
    by_wordpress,
    find_door,
    with_scheme,
)
from flows.reading.api_pages import read_pages, recognise_pages
from flows.reading.wordpress_objects import (
    EDITORS_OWN,
    PLATFORM,
    WordPressObject,
    has_id,
    read_page,
)
from flows.sources.base import ApiSource, Errand, Page

NAME = "wordpress_api"

POSTS_A_PAGE = 20
"""The blog renders each of them, and long ones make it slow."""

COMMENTS_A_PAGE = 100
"""As many as it gives at once."""

POST_FIELDS = (
    *("id", "date", "date_gmt", "modified_gmt", "link", "title", "content"),
    *("author", "status", "type"),
)
COMMENT_FIELDS = (
    *("id", "post", "parent", "author", "author_name", "date", "date_gmt", "content"),
    *("link", "status", "type"),
)


def pages(errand: Errand) -> Iterator[Page]:
    """New posts and comments of the whole blog, or in a full sweep all, post by post."""
    address = with_scheme(errand.options["address"].strip())
    headers = authorisation(errand.token, address)
    with errand.connect(address, headers=headers, judge=by_door) as session:
        is_plain, index = find_door(session, urlsplit(address).hostname or "")
    with errand.connect(address, headers=headers, judge=by_wordpress) as session:
        interface = Interface(session, is_plain)
        if errand.token:
            interface.check_moderator()
        blog = _Blog(interface, errand, _site(index.get("home") or address))
        yield from blog.swept(index) if errand.is_full_sweep else blog.news()


@dataclass
class _Blog:
    """One run: `marks` of posts are author and time of change, `seen` holds those of comments.

    `reached` is the highest id of a comment that was listed.
    """

    interface: Interface
    errand: Errand
    site: str
    marks: dict[str, str] = field(init=False)
    seen: dict[str, str] = field(init=False)
    reached: int = 0

    def __post_init__(self) -> None:
        self.marks = dict(self.errand.memory.get("marks") or {})
        self.seen = dict(self.errand.memory.get("seen") or {})

    def news(self) -> Iterator[Page]:
        """The answers that hold a post or a comment that is new or changed."""
        for kind in self._kinds():
            yield from self._changed_posts(kind)
        parameters = self._comment_parameters() | {"after": self.errand.look_back.isoformat()}
        for listed in self.interface.listed("comments", parameters):
            items = _comments_in(listed.items)
            yield from self._posts_of(items)
            is_new = self._remember_comments(items)
            self._forget_below(items)
            if is_new:
                yield Page(items, self._about_comments(items), memory=self._memory())

    def swept(self, index: WordPressObject) -> Iterator[Page]:
        """Each post's comments; after them the answer it stands in, with how many there are."""
        ledger = Ledger(self.errand.memory, self.errand.now, is_full_sweep=True)
        for kind in self._kinds():
            for listed in self.interface.listed(kind, self._post_parameters()):
                totals: dict[str, int] = {}
                items = _only(listed.items, POST_FIELDS)
                for post in filter(has_id, items):
                    native, mark = str(post["id"]), _post_mark(post)
                    self.marks[native] = mark
                    if ledger.is_due(native, mark):
                        yield from self._comments_of(native, ledger, totals)
                if items:
                    yield Page(items, {"kind": "posts", "site": self.site, "totals": totals})
        end = ledger.swept() | {"seen": self.seen}
        yield Page({"name": index.get("name")}, {"kind": "end", "site": self.site}, memory=end)

    def _comments_of(self, post: str, ledger: Ledger, totals: dict[str, int]) -> Iterator[Page]:
        """Every comment of a post; not complete if one was taken away while they were turned."""
        most, uncounted, is_whole = 0, 0, True
        here: set[str] = set()
        try:
            for listed in self.interface.listed("comments", self._comment_parameters(post)):
                items = _comments_in(listed.items)
                self._remember_comments(items)
                uncounted += sum(map(_is_uncounted, filter(has_id, listed.items)))
                is_whole = is_whole and (listed.total is None or listed.total >= most)
                most = max(most, listed.total or 0)
                here |= {str(item["id"]) for item in filter(has_id, listed.items)}
                # A plugin that hides comments answers an empty list, without their number.
                is_told = listed.total is not None or bool(here)
                about = self._about_comments(items)
                if not (listed.is_last and is_whole and is_told and len(here) >= most):
                    yield Page(items, about)
                    continue
                if listed.total is not None:
                    totals[post] = listed.total - uncounted
                memory = ledger.asked(post, self.marks[post]) | {"seen": dict(self.seen)}
                yield Page(items, about, memory=memory, completes=post)
        except Absent:
            return

    def _changed_posts(self, kind: str) -> Iterator[Page]:
        parameters = self._post_parameters()
        # Blogs before WordPress 5.7 do not know this, and give all.
        parameters |= {"modified_after": self.errand.look_back.isoformat()}
        for listed in self.interface.listed(kind, parameters):
            yield from self._post_page(listed.items)

    def _posts_of(self, comments: Sequence[Any]) -> Iterator[Page]:
        """The posts of comments that no run has met."""
        posts = (str(item["post"]) for item in comments if has_id(item) and item.get("post"))
        missing = [post for post in dict.fromkeys(posts) if post not in self.marks]
        for kind in self._kinds() if missing else ():
            parameters = self._post_parameters(per_page=COMMENTS_A_PAGE)
            parameters |= {"include": ",".join(missing)}
            for listed in self.interface.listed(kind, parameters):
                yield from self._post_page(listed.items)
        for post in missing:
            self.marks.setdefault(post, "")

    def _post_page(self, listed: list[Any]) -> Iterator[Page]:
        items = _only(listed, POST_FIELDS)
        marks = {str(post["id"]): _post_mark(post) for post in filter(has_id, items)}
        if marks.items() <= self.marks.items():
            return
        self.marks |= marks
        yield Page(items, {"kind": "posts", "site": self.site}, memory=self._memory())

    def _remember_comments(self, items: Sequence[Any]) -> bool:
        """Whether one of them is new or changed; marks are kept of those younger than look-back."""
        since = _as_told(self.errand.look_back)
        marks = {
            str(item["id"]): hashlib.sha256(json.dumps(item).encode()).hexdigest()[:8]
            for item in filter(has_id, items)
            if str(item.get("date_gmt") or "") >= since
        }
        is_new = not marks.items() <= self.seen.items()
        self.seen |= marks
        return is_new

    def _forget_below(self, items: Sequence[Any]) -> None:
        """Forget comments that are not listed any more: answers come in the order of ids."""
        ids = {int(item["id"]) for item in filter(has_id, items)}
        highest = max(ids, default=self.reached)
        self.seen = {
            one: mark
            for one, mark in self.seen.items()
            if int(one) in ids or not self.reached < int(one) <= highest
        }
        self.reached = highest

    def _about_comments(self, items: Sequence[Any]) -> dict[str, Any]:
        posts = {str(item.get("post")) for item in filter(has_id, items)}
        authors = {post: self.marks.get(post, "").partition(" ")[0] for post in sorted(posts)}
        return {"kind": "comments", "site": self.site, "authors": authors}

    def _memory(self) -> dict[str, Any]:
        """What to remember; a sweep that has stopped half-way keeps its place."""
        return {**self.errand.memory, "marks": dict(self.marks), "seen": dict(self.seen)}

    def _kinds(self) -> list[str]:
        listed = (kind.strip() for kind in self.errand.options.get("kinds", "").split(","))
        return list(filter(None, listed)) or ["posts", "pages"]

    def _post_parameters(self, per_page: int = POSTS_A_PAGE) -> dict[str, str | int]:
        mine = {"context": "edit", "status": "publish,private"} if self.errand.token else {}
        return _in_order(per_page, POST_FIELDS) | mine

    def _comment_parameters(self, post: str | None = None) -> dict[str, str | int]:
        mine = {"context": "edit", "status": "all", "type": "all"} if self.errand.token else {}
        under = {"post": post} if post else {}
        return _in_order(COMMENTS_A_PAGE, COMMENT_FIELDS) | mine | under


def _in_order(per_page: int, fields: Sequence[str]) -> dict[str, str | int]:
    # By date, the usual order, pages would shift with each new comment.
    return {"per_page": per_page, "orderby": "id", "order": "asc", "_fields": ",".join(fields)}


def _only(items: Sequence[Any], fields: Sequence[str]) -> list[Any]:
    """Objects with these fields and no others, for blogs that give all whatever was asked."""
    return [
        {name: item[name] for name in fields if name in item} if isinstance(item, dict) else item
        for item in items
    ]


def _comments_in(items: Sequence[Any]) -> list[Any]:
    """What the audience wrote, with the fields asked for: notes of the editors never land."""
    return _only([item for item in items if not _is_of_editors(item)], COMMENT_FIELDS)


def _is_of_editors(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") in EDITORS_OWN


def _is_uncounted(item: WordPressObject) -> bool:
    """Whether only a token shows it, so that no reader of the blog counts it."""
    return item.get("status") == "hold" or _is_of_editors(item)


def _post_mark(post: WordPressObject) -> str:
    return f"{post.get('author')} {post.get('modified_gmt')}"


def _as_told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()[:19]


def _site(address: str) -> str:
    """Host and path of the blog, as its export has it."""
    parts = urlsplit(address)
    return f"{parts.hostname or ''}{parts.path.rstrip('/')}"


SOURCE = ApiSource(
    name=NAME,
    about="Posts and pages of a WordPress blog and their comments, asked of its REST interface",
    how_to_get="Name the blog's address. Comments that wait for approval need an application "
    "password too: Users > Profile > Application Passwords, as an editor of the blog.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page, site=lambda about: str(about["site"])),
    version=2,
    pages=pages,
    options={
        "address": "address of the blog's front page, as `https://blog.example.de`",
        "kinds": "kinds of posts as the interface names them, `posts,pages` if left out",
    },
    needs=("address",),
    token="`user:application password` of an editor of the blog",
    is_token_optional=True,
)
