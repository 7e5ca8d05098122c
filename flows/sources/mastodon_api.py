"""Posts of a Mastodon account and the answers to them, through the interface of its server.

Format: https://docs.joinmastodon.org/methods/statuses/#context and .../methods/accounts/#statuses,
version 1. A server knows only answers that have reached it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from flows.fetching.left import Left
from flows.fetching.session import Absent, Session, holding
from flows.fetching.sweeping import Sweep
from flows.fetching.turning import InCircles, turned
from flows.fetching.verdicts import Verdict, by_status
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.iso_times import moment_of
from flows.reading.json_values import JsonObject, count_in, objects_in, text_in
from flows.reading.landed import ReadingRules
from flows.reading.mastodon_objects import (
    PLATFORM,
    Place,
    comment_of,
    is_for_everybody,
    post_of,
)
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record, Rejected
from models.errors import GiveUp
from models.hosts import THIS_MACHINE

NAME = "mastodon_api"

MOST_STATUSES = 40
"""Statuses that one question brings."""

MOST_ANSWERS, DEEPEST = 60, 20
"""What a server tells of the answers to a post without a token."""

MOST_ANSWERS_WITH_TOKEN = 4096

FEW_LEFT = 60
"""Questions left, of 300 in five minutes, from which on they are spread over the time left."""

LONGEST_PAUSE = 100.0


def judge(response: httpx.Response) -> Verdict:
    """What an answer means; Mastodon tells in ISO 8601 when questions are free again."""
    verdict = by_status(response)
    free_in = _seconds_until(response.headers.get("x-ratelimit-reset"))
    if free_in is None:
        return verdict
    if response.status_code == 429:
        return Verdict("limit", verdict.reason, verdict.seconds or free_in)
    left = response.headers.get("x-ratelimit-remaining", "")
    if verdict.kind == "fine" and left.isdecimal() and int(left) < FEW_LEFT:
        return Verdict("fine", seconds=min(free_in / (int(left) + 1), LONGEST_PAUSE))
    return verdict


def _seconds_until(told: str | None) -> float | None:
    moment = moment_of(told)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment else None


def pages(errand: Errand) -> Iterator[Page]:
    """The posts in reach that are new or changed, and all answers to those where one is."""
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    site = _site(errand.options["server"])
    headers = {"authorization": f"Bearer {errand.token}"} if errand.token else {}
    base = f"{_scheme(errand.options['server'], site)}://{site}/api/v1/"
    with errand.connect(base, headers=headers, judge=judge) as session:
        run = Run(session, errand, site, _account(session, errand.options["account"]))
        for statuses in run.listing():
            posts = [one for one in statuses if _is_post(one) and not run.is_old(one)]
            yield from run.posts(posts)
            for post in posts:
                yield from left.asked(str(post["id"]), run.answers(post))
            if statuses and all(map(run.is_old, statuses)):
                break
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(None, memory=run.memory(is_at_end=True))


def _site(server: str) -> str:
    """The name of a server, whether it is given as a name or as an address."""
    name = re.sub(r"^https?://|/.*$", "", server.strip()).lower()
    if not re.fullmatch(r"([\w.-]+|\[::1\])(:\d+)?", name):
        raise GiveUp(f"`{server}` names no server: expected one like `mastodon.social`.")
    return name


def _scheme(server: str, site: str) -> str:
    """https, unless http is asked for on this machine: a server that is tried out has no more."""
    is_here = urlsplit(f"//{site}").hostname in THIS_MACHINE
    return "http" if is_here and server.strip().startswith("http://") else "https"


def _account(session: Session, name: str) -> str:
    """The id of an account on its server; the first question, so that a bad token is told."""
    handle = name.strip().removeprefix("@")
    try:
        found = text_in(session.get("accounts/lookup", {"acct": handle}), "id")
    except Absent:
        found = None
    if not found:
        raise GiveUp(f"the server knows no account `{handle}`: check the option `account`.")
    return found


class Run:
    """One account of a server being asked; what was seen of recent posts is remembered by ids.

    A post is known by its own state, its answers by who answered and what was edited: the number
    that the server tells of a post counts only those that answer it directly.
    """

    def __init__(self, session: Session, errand: Errand, site: str, owner: str) -> None:
        self.session, self.errand = session, errand
        self.about = {"site": site, "owner": owner}
        self.seen: dict[str, str] = dict(errand.memory.get("posts", {}))
        self.heard: dict[str, str] = dict(errand.memory.get("answers", {}))
        self.sweep = Sweep(errand.memory, errand.now)

    def listing(self) -> Iterator[list[JsonObject]]:
        """The statuses of the account that everybody may read, the newest first."""
        path = f"accounts/{self.about['owner']}/statuses"
        question = {"limit": MOST_STATUSES, "exclude_reblogs": "true", "exclude_replies": "true"}

        def ask(cursor: str | None) -> tuple[Any, str | None]:
            more = {"max_id": cursor} if cursor else {}
            return _linked(self.session, path, question | more)

        try:
            for answer, _ in turned(ask, lambda found: found[1]):
                yield _readable(answer)
        except InCircles:
            return

    def is_old(self, status: JsonObject) -> bool:
        """Whether a status lies before what this run is to look at."""
        return not self.errand.is_full_sweep and self._is_before_look_back(status)

    def _is_before_look_back(self, status: JsonObject) -> bool:
        created = moment_of(text_in(status, "created_at"))
        return bool(created and created < self.errand.look_back)

    def posts(self, posts: list[JsonObject]) -> Iterator[Page]:
        """The posts as one page, if one of them is new or not what it was."""
        states = {str(post["id"]): _state(post) for post in posts}
        is_known = all(self.seen.get(name) == state for name, state in states.items())
        if posts and (self.errand.is_full_sweep or not is_known):
            recent = [str(post["id"]) for post in posts if not self._is_before_look_back(post)]
            self.seen |= {name: states[name] for name in recent}
            yield Page(posts, self.about, memory=self.memory())

    def answers(self, post: JsonObject) -> Iterator[Page]:
        """The answers to a post, if one is new or not what it was."""
        name = str(post["id"])
        is_answered = count_in(post, "replies_count") != 0 or name in self.heard
        if not (is_answered or self.errand.is_full_sweep):
            return
        if self.errand.is_full_sweep and self.sweep.is_done(name):
            return
        try:
            context = self.session.get(f"statuses/{name}/context", expects=holding("descendants"))
        except Absent:
            return
        told = objects_in(context, "descendants")
        state = _digest(told)
        if self.errand.is_full_sweep or self.heard.get(name) != state:
            if not self._is_before_look_back(post):
                self.heard[name] = state
            self.sweep.finish(name)
            yield Page(
                _readable(told),
                self.about | {"post": name},
                memory=self.memory(),
                completes=None if _is_cut(told, bool(self.errand.token)) else name,
            )

    def memory(self, *, is_at_end: bool = False) -> dict[str, Any]:
        """What to hand to the next run: what was seen, and how far a sweep has come."""
        sweep = self.sweep.memory if self.errand.is_full_sweep and not is_at_end else {}
        return {"posts": dict(self.seen), "answers": dict(self.heard)} | sweep


def _linked(session: Session, path: str, question: dict[str, Any]) -> tuple[Any, str | None]:
    """An answer, and the cursor in the address of the next one that its header names."""
    response = session.json_response("GET", path, question)
    following = response.links.get("next", {}).get("url", "")
    cursor = parse_qs(urlsplit(following).query).get("max_id", [None])[0]
    return response.json(), cursor


def _readable(statuses: Any) -> list[JsonObject]:
    """Those that everybody may read: others are not landed, even if the token opens them."""
    return [status for status in objects_in({"all": statuses}, "all") if is_for_everybody(status)]


def _is_post(status: JsonObject) -> bool:
    """Whether a status stands for itself; the others answer one, mostly of the same account."""
    return bool(text_in(status, "id")) and not text_in(status, "in_reply_to_id")


def _state(post: JsonObject) -> str:
    return f"{count_in(post, 'replies_count')} {text_in(post, 'edited_at') or ''}".strip()


def _digest(answers: Sequence[JsonObject]) -> str:
    """Equal for equal answers, whatever their order, likes and pictures."""
    states = sorted(f"{text_in(one, 'id')} {text_in(one, 'edited_at')}" for one in answers)
    return hashlib.sha256("\n".join(states).encode()).hexdigest()[:16]


def _is_cut(answers: Sequence[JsonObject], has_token: bool) -> bool:
    """Whether a server may have more answers than it tells: it tells so many, or so deep ones."""
    if has_token:
        return len(answers) >= MOST_ANSWERS_WITH_TOKEN
    depths: dict[str | None, int] = {}
    for one in answers:  # each comes after the one it answers
        depths[text_in(one, "id")] = depths.get(text_in(one, "in_reply_to_id"), 0) + 1
    return len(answers) >= MOST_ANSWERS or max(depths.values(), default=0) >= DEEPEST


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The posts, or the answers to one, that a page holds."""
    place = Place(page.about["site"], page.about.get("owner"), page.about.get("post"))
    for status in page.body:
        if not isinstance(status, dict):
            yield Rejected(position=0, reason="broken record", detail="a status that is no object")
        elif is_for_everybody(status):
            record = comment_of(status, place) if place.post else post_of(status, place)
            yield record or Rejected(
                position=0, reason="broken record", detail="a status without `id`"
            )


SOURCE = ApiSource(
    name=NAME,
    about="Posts of a Mastodon account and the answers to them",
    how_to_get="Name the server and the account. Without a token a server tells at most 60 answers "
    "to a post; an application with the right `read:statuses` lifts that.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page, site=lambda about: str(about.get("site", ""))),
    pages=pages,
    options={
        "server": "the server of the account, for example mastodon.social",
        "account": "the name of the account, for example @nordhafen_it",
    },
    needs=("server", "account"),
    token="the access token of an application with the right `read:statuses`",
    is_token_optional=True,
)
