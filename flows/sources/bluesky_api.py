"""Posts of a Bluesky account and the answers to them, through the public interface.

Format: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed and
.../app-bsky-feed-get-post-thread. No account and no token are needed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx

from flows.fetching.session import Absent, Parameters, Session
from flows.fetching.sweeping import Sweep
from flows.fetching.turning import InCircles, turned
from flows.fetching.verdicts import Verdict, by_status
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.bluesky_objects import PLATFORM, Above, record_of_node, record_of_view, root_of
from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, object_in, objects_in, text_in
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record
from models.errors import GiveUp

NAME = "bluesky_api"
BASE = "https://public.api.bsky.app/xrpc/"

MOST_POSTS = 100

DEPTH = 100
"""Levels of a thread that are asked for at once: JSON that is nested deeper is hard to read."""


def judge(response: httpx.Response) -> Verdict:
    """What an answer means: Bluesky tells with 400 that there is no such post or account."""
    if response.status_code != 400:
        return by_status(response)
    try:
        told = text_in(response.json(), "error")
    except (ValueError, AttributeError):
        told = None
    if told == "NotFound":
        return Verdict("absent", "there is no such post")
    return Verdict("refuse", "the platform answers 400: check the option `account`")


def pages(errand: Errand) -> Iterator[Page]:
    """The posts in reach that are new or changed, and the threads where an answer is."""
    with errand.connect(BASE, judge=judge) as session:
        run = Run(session, errand)
        owner = _did(session, errand.options["account"])
        for listed in run.listing(owner):
            posts = [post for post in listed if not run.is_old(post)]
            yield from run.posts(posts)
            for post in posts:
                yield from run.thread(post)
            if listed and not posts:
                return
        if errand.is_full_sweep:
            yield Page(None, memory=run.memory(is_at_end=True))


def _did(session: Session, account: str) -> str:
    """The id of an account that stays when its handle changes."""
    handle = account.strip().removeprefix("@")
    found = text_in(session.get("app.bsky.actor.getProfile", {"actor": handle}), "did")
    if not found:
        raise GiveUp(f"Bluesky knows no account `{handle}`: check the option `account`.")
    return found


class Run:
    """One account being asked; what was seen of recent posts is remembered by their addresses.

    The number of answers that is told of a post counts only those that answer it directly: what a
    thread was is remembered by the posts in it.
    """

    def __init__(self, session: Session, errand: Errand) -> None:
        self.session, self.errand = session, errand
        self.seen: dict[str, str] = dict(errand.memory.get("posts", {}))
        self.heard: dict[str, str] = dict(errand.memory.get("threads", {}))
        self.sweep = Sweep(errand.memory, errand.now)

    def listing(self, owner: str) -> Iterator[list[JsonObject]]:
        """The posts of the account that answer nobody, the newest first."""
        question: Parameters = {
            "actor": owner,
            "filter": "posts_no_replies",
            "limit": MOST_POSTS,
        }

        def ask(cursor: str | None) -> Any:
            more = {"cursor": cursor} if cursor else {}
            return self.session.get("app.bsky.feed.getAuthorFeed", {**question, **more})

        try:
            for answer in turned(ask, lambda found: text_in(found, "cursor")):
                # What was shared or pinned stands out of its turn; an own post has a place besides.
                items = (item for item in objects_in(answer, "feed") if not item.get("reason"))
                views = (object_in(item, "post") for item in items)
                yield [view for view in views if _is_post_of(view, owner)]
        except InCircles:
            return

    def is_old(self, post: JsonObject) -> bool:
        """Whether a post lies before what this run is to look at."""
        return not self.errand.is_full_sweep and self._is_before_look_back(post)

    def _is_before_look_back(self, post: JsonObject) -> bool:
        seen = moment_of(text_in(post, "indexedAt"))
        return bool(seen and seen < self.errand.look_back)

    def posts(self, posts: list[JsonObject]) -> Iterator[Page]:
        """The posts as one page, if one of them is new or not what it was."""
        states = {
            post["uri"]: f"{count_in(post, 'replyCount')} {post.get('cid')}" for post in posts
        }
        is_known = all(self.seen.get(name) == state for name, state in states.items())
        if posts and (self.errand.is_full_sweep or not is_known):
            recent = [post["uri"] for post in posts if not self._is_before_look_back(post)]
            self.seen |= {name: states[name] for name in recent}
            yield Page({"posts": posts}, memory=self.memory())

    def thread(self, post: JsonObject) -> Iterator[Page]:
        """The pages of a thread, if an answer in it is new or not what it was."""
        name = post["uri"]
        is_answered = count_in(post, "replyCount") != 0 or name in self.heard
        if not (is_answered or self.errand.is_full_sweep):
            return
        if self.errand.is_full_sweep and self.sweep.is_done(name):
            return
        found = list(self._asked(name))
        nodes = [node for page in found for node, _ in walked(page.body["thread"], None)]
        state = _digest(nodes)
        if found and (self.errand.is_full_sweep or self.heard.get(name) != state):
            if not self._is_before_look_back(post):
                self.heard[name] = state
            yield from found[:-1]
            whole = name if _is_whole(nodes) else None
            self.sweep.finish(name)
            yield replace(found[-1], memory=self.memory(), completes=whole)

    def _asked(self, name: str) -> Iterator[Page]:
        """A thread, then what lies deeper in it than can be told at once; none if it is gone."""
        waiting, asked = [name], {name}
        while waiting:
            root = waiting.pop()
            question: Parameters = {"uri": root, "depth": DEPTH, "parentHeight": 0}
            try:
                thread = self.session.get("app.bsky.feed.getPostThread", question)["thread"]
            except Absent:
                continue
            if object_in(thread, "post"):
                yield Page({"thread": thread}, {"is_below": root != name})
            deeper = {text_in(view, "uri") or root for view in _cut_off(thread)} - asked
            asked |= deeper
            waiting += sorted(deeper)

    def memory(self, *, is_at_end: bool = False) -> dict[str, Any]:
        """What to hand to the next run: what was seen, and how far a sweep has come."""
        sweep = self.sweep.memory if self.errand.is_full_sweep and not is_at_end else {}
        return {"posts": dict(self.seen), "threads": dict(self.heard)} | sweep


def _is_post_of(view: JsonObject, owner: str) -> bool:
    """Whether it is an own post: a feed shows shared ones too."""
    is_own = text_in(object_in(view, "author"), "did") == owner
    return is_own and bool(text_in(view, "uri")) and not object_in(view, "record").get("reply")


def walked(thread: Any, above: Above) -> Iterator[tuple[JsonObject, Above]]:
    """Each node of a thread before those below it, and what it answers."""
    waiting: list[tuple[JsonObject, Above]] = [(thread, above)] if isinstance(thread, dict) else []
    while waiting:
        node, above = waiting.pop()
        yield node, above
        view = object_in(node, "post")
        root, address = root_of(view), text_in(view, "uri")
        below = (root, address) if root and address else None
        waiting += [(answer, below) for answer in reversed(objects_in(node, "replies"))]


def _cut_off(thread: JsonObject) -> Iterator[JsonObject]:
    """The posts at the lowest level that was told, if they have answers."""
    level = [thread]
    for _ in range(DEPTH):
        level = [answer for node in level for answer in objects_in(node, "replies")]
    views = (object_in(node, "post") for node in level)
    return (view for view in views if count_in(view, "replyCount"))


def _is_whole(nodes: list[JsonObject]) -> bool:
    """Whether as many answers stand below each post as it is said to have; some may be hidden."""
    told: dict[str, int] = {}
    there: dict[str, int] = {}
    for node in nodes:
        view = object_in(node, "post")
        name = text_in(view, "uri") or ""
        told[name] = count_in(view, "replyCount") or 0
        there[name] = max(there.get(name, 0), len(objects_in(node, "replies")))
    return all(there[name] >= count for name, count in told.items())


def _digest(nodes: list[JsonObject]) -> str:
    """Equal for equal posts, whatever their order, likes and pictures."""
    views = ((object_in(node, "post"), node) for node in nodes)
    states = sorted(
        f"{view.get('uri') or node.get('uri')} {view.get('cid')}" for view, node in views
    )
    return hashlib.sha256("\n".join(states).encode(errors="replace")).hexdigest()[:16]


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The posts, or the thread, that a page holds; what is deeper leaves out where it hangs."""
    for view in page.body.get("posts") or []:
        yield record_of_view(view)
    nodes = walked(page.body.get("thread"), None)
    if page.about.get("is_below"):
        next(nodes, None)
    for node, above in nodes:
        yield record_of_node(node, above)


SOURCE = ApiSource(
    name=NAME,
    about="Posts of a Bluesky account and the answers to them",
    how_to_get="Name the account by its handle. No account of your own and no token are needed.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    pages=pages,
    options={"account": "the handle of the account, for example nordhafen.bsky.social"},
    needs=("account",),
)
