"""Topics of a Discourse forum, by category or by name, and the posts in them.

Format: https://docs.discourse.org. A topic comes with its first posts and the ids of all
(`post_stream`); the rest is asked for by id, as Discourse's own pages do. Lists of topics only say
what to ask for and do not land: the topics themselves hold more.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.session import Absent, Session, holding
from flows.fetching.verdicts import Verdict, by_status
from flows.fetching.whole import Incomplete
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.discourse_objects import (
    PLATFORM,
    comment_of,
    is_first,
    is_notice,
    owner_of,
    posts_of,
    site_of,
    topic_of,
)
from flows.reading.iso_times import moment_of
from flows.reading.landed import ReadingRules
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record, Rejected
from models.errors import GiveUp

NAME = "discourse_api"

AT_ONCE = 20
"""Posts in one answer, as many as Discourse's own pages ask for."""

MOST_PAGES = 10_000
"""Pages of a list or a topic: far more than there are, so that no loop is endless."""

A_TOPIC = holding("post_stream")

CLOCKS = timedelta(minutes=10)
"""How far the forum's clock and ours may differ."""

TOPIC = re.compile(r"(?:.*/t/(?:[^/]+/)?)?(\d+)(?:/\d*)?$")
CATEGORY_ADDRESS = re.compile(r"(?:.*/c/)?((?:[\w%.-]+/)*\d+)/?$")


@dataclass(frozen=True)
class Wanted:
    """A topic, and what of its list entry changes when something is posted in it."""

    topic: str
    marker: list[Any] | None = None


def judge(response: httpx.Response) -> Verdict:
    """What HTTP says; a wait can stand in the body, and 403 is also said of single topics."""
    if response.status_code == 403:
        return Verdict("absent", "the forum answers 403")
    verdict = by_status(response)
    if verdict.kind in ("wait", "limit") and verdict.seconds is None:
        return replace(verdict, seconds=_told_in_body(response))
    return verdict


def _told_in_body(response: httpx.Response) -> float | None:
    try:
        return float(response.json()["extras"]["wait_seconds"])
    except (ValueError, KeyError, TypeError):
        return None


def pages(errand: Errand) -> Iterator[Page]:
    """Each topic in reach that changed, from its new posts on; all of all in a full sweep.

    Then the young posts of the other topics, if one was edited.
    """
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    forum = _forum(errand)
    categories, named = _categories(errand), _named(errand)
    if not categories and not named:
        raise GiveUp("name `categories` or `topics`: without, there is nothing to ask for.")
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep)
    with errand.connect(forum, headers=_signed(errand), judge=judge) as session:
        _require_access(session)
        wanted = {one.topic: one for one in _listed(session, categories, errand)}
        wanted = {topic: Wanted(topic) for topic in named} | wanted
        known = errand.memory.get("topics") or {}
        # Topics that have left the reach would be remembered for ever.
        kept = {topic: known[topic] for topic in wanted if topic in known}
        run = Run(session, errand, {"forum": forum.rstrip("/")}, ledger, kept)
        for one in wanted.values():
            is_due = ledger.is_due(one.topic, str(one.marker))
            if is_due if errand.is_full_sweep else not run.is_known(one):
                yield from left.asked(one.topic, run.news(one))
            else:
                run.unchanged.append(one.topic)
        for topic in ledger.longest_ago(run.unchanged, str):
            yield from left.asked(topic, run.edits(wanted[topic]))
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(None, memory={"topics": run.known} | ledger.swept())


@dataclass
class Run:
    """One run over the topics of a forum: how far each was `known`, and which are `unchanged`."""

    session: Session
    errand: Errand
    about: Mapping[str, Any]
    ledger: Ledger
    known: dict[str, Any]
    unchanged: list[str] = field(default_factory=list)

    def is_known(self, wanted: Wanted) -> bool:
        """Whether nothing was posted in a topic since it was asked for, as its list entry says."""
        before = self.known.get(wanted.topic) or {}
        return wanted.marker is not None and before.get("marker") == wanted.marker

    def news(self, wanted: Wanted) -> Iterator[Page]:
        """The pages of a topic from its new posts on, the last with what to remember."""
        before, is_news = self.known.get(wanted.topic) or {}, False
        for page in _topic(self.session, wanted, before, self.about, self.errand.is_full_sweep):
            is_news = True
            if page.memory is not None:
                self.known = self.known | {wanted.topic: page.memory}
                page = replace(page, memory=self._memory(wanted))
            yield page
        self.unchanged += [] if is_news else [wanted.topic]

    def edits(self, wanted: Wanted) -> Iterator[Page]:
        """The pages of a topic's young posts if one was edited, else what to remember of them."""
        found = list(_young(self.session, wanted.topic, self.about, self.errand.look_back))
        if not found:
            return
        is_edited = _is_changed_since(self.ledger.last_asked(wanted.topic), found)
        yield from found[:-1] if is_edited else ()
        body = found[-1].body if is_edited else None
        yield replace(found[-1], memory=self._memory(wanted), body=body)

    def _memory(self, wanted: Wanted) -> dict[str, Any]:
        return {"topics": self.known} | self.ledger.asked(wanted.topic, str(wanted.marker))


def _require_access(session: Session) -> None:
    """Raise `GiveUp` unless the forum lets us in: it says 403 for a wrong key, too."""
    try:
        session.get("latest.json", {"per_page": 1})
    except Absent as error:
        raise GiveUp(
            f"the forum does not let us in ({error}): check its address, and the key and its user."
        ) from None


def _listed(session: Session, categories: list[str], errand: Errand) -> Iterator[Wanted]:
    """The topics of categories, those with the newest posts first."""
    for category in categories:
        for number in range(MOST_PAGES):
            try:
                listed = session.get(
                    f"c/{category}/l/latest.json", {"page": number}, holding("topic_list")
                )
            except Absent:
                raise GiveUp(
                    f"the forum has no category `{category}`, or it is closed to us: write it as "
                    "in its address, for example `news/5`."
                ) from None
            inner = listed["topic_list"]
            topics = inner["topics"]
            yield from (
                Wanted(str(one["id"]), _marker(one)) for one in topics if _is_in_reach(one, errand)
            )
            is_past = bool(topics) and not any(_is_in_reach(one, errand) for one in topics)
            if is_past or not inner.get("more_topics_url"):
                break


def _is_in_reach(entry: Mapping[str, Any], errand: Errand) -> bool:
    """Whether something was posted in a topic, or it was made, since the errand looks back."""
    bumped = moment_of(entry.get("bumped_at") or entry.get("last_posted_at"))
    return errand.is_full_sweep or bumped is None or bumped >= errand.look_back


def _marker(entry: Mapping[str, Any]) -> list[Any]:
    return [entry.get("posts_count"), entry.get("last_posted_at"), entry.get("bumped_at")]


def _topic(
    session: Session,
    wanted: Wanted,
    before: Mapping[str, Any],
    about: Mapping[str, Any],
    is_full_sweep: bool,
) -> Iterator[Page]:
    """The answers that hold a topic, from its new posts on; nothing if it is gone or unchanged.

    The last one's memory is that of this topic alone.
    """
    try:
        held = session.get(f"t/{wanted.topic}.json", expects=A_TOPIC)
    except Absent:
        return
    marker = wanted.marker or _marker(held)
    if before.get("marker") == marker and not is_full_sweep:
        return
    stream = [int(one) for one in held["post_stream"].get("stream") or []]
    after = 0 if is_full_sweep else int(before.get("top") or 0)
    about = {**about, "topic": int(wanted.topic), "owner": owner_of(held)}
    here = {post.get("id") for post in posts_of(held)}
    rest = [one for one in stream if one not in here and one > after]
    answers = _by_id(session, wanted.topic, rest) if stream else _giant(session, wanted.topic, held)
    try:
        for answer in answers:
            yield Page(held, about=about)
            held = answer
    except (Absent, Incomplete):
        # It, or a post of it, went away while it was asked for.
        yield Page(held, about=about)
        return
    memory = {"marker": marker, "top": max(stream, default=0)}
    yield Page(held, about=about, memory=memory, completes=wanted.topic if is_full_sweep else None)


def _young(
    session: Session, topic: str, about: Mapping[str, Any], since: datetime
) -> Iterator[Page]:
    """The answers that hold the posts of a topic made since, its first ones too; none if gone."""
    try:
        first = session.get(f"t/{topic}.json", expects=A_TOPIC)
        about = {**about, "topic": int(topic), "owner": owner_of(first)}
        yield Page(first, about=about)
        here = {post.get("id") for post in posts_of(first)}
        stream = [int(one) for one in first["post_stream"].get("stream") or []]
        rest = [one for one in stream if one not in here]
        for end in range(len(rest), 0, -AT_ONCE):
            answer = _asked(session, topic, rest[max(0, end - AT_ONCE) : end])
            yield Page(answer, about=about)
            made = [moment_of(post.get("created_at")) for post in posts_of(answer)]
            if all(one is not None and one < since for one in made):
                return
    except Absent:
        return


def _is_changed_since(asked: datetime | None, pages: list[Page]) -> bool:
    """Whether a post was made, edited, hidden or deleted since it was asked for."""
    posts = (post for page in pages for post in posts_of(page.body))
    changed = (moment_of(post.get("updated_at")) for post in posts)
    return asked is None or any(one is None or one >= asked - CLOCKS for one in changed)


def _by_id(session: Session, topic: str, posts: list[int]) -> Iterator[Any]:
    """Answers with the posts of these ids; raises `Incomplete` behind them if one did not come."""
    came = set[Any]()
    for start in range(0, len(posts), AT_ONCE):
        answer = _asked(session, topic, posts[start : start + AT_ONCE])
        came |= {post.get("id") for post in posts_of(answer)}
        yield answer
    if not came >= set(posts):
        raise Incomplete("the forum gives fewer posts than it has named.")


def _asked(session: Session, topic: str, posts: list[int]) -> Any:
    ids = "&".join(f"post_ids[]={post}" for post in posts)
    return session.get(f"t/{topic}/posts.json?{ids}", expects=A_TOPIC)


def _giant(session: Session, topic: str, first: dict[str, Any]) -> Iterator[Any]:
    """The further pages of a topic of more than 10,000 posts, which comes without their ids.

    Raises `Incomplete` behind them if there are fewer posts than the first one tells: what is
    deleted while they are asked for moves all behind it up, and one slips through.
    """
    seen = _numbered(first)
    for number in range(2, MOST_PAGES):
        try:
            answer = session.get(f"t/{topic}.json", {"page": number}, A_TOPIC)
        except Absent:
            break
        posts = _numbered(answer)
        if posts <= seen:
            break
        seen |= posts
        yield answer
    if len(seen) < int(first.get("posts_count") or 0):
        raise Incomplete("the forum gives fewer posts than it has counted.")


def _numbered(answer: dict[str, Any]) -> set[Any]:
    return {post.get("id") for post in posts_of(answer)}


def _forum(errand: Errand) -> str:
    """The forum's address, as one to ask at."""
    given = errand.options["forum"].strip().rstrip("/")
    return f"{given if '//' in given else f'https://{given}'}/"


def _signed(errand: Errand) -> dict[str, str]:
    if not errand.token:
        return {}
    user = errand.options.get("user", "").strip() or "system"
    return {"api-key": errand.token, "api-username": user}


def _categories(errand: Errand) -> list[str]:
    """Paths of categories: `news/5` of an address that ends in `/c/news/5`."""
    return _matching(errand, "categories", CATEGORY_ADDRESS, "does not end in a category's number")


def _named(errand: Errand) -> list[str]:
    """Ids of topics, from ids or addresses."""
    return _matching(errand, "topics", TOPIC, "is no number and no address of a topic")


def _matching(errand: Errand, option: str, pattern: re.Pattern[str], problem: str) -> list[str]:
    parts = [part.strip() for part in errand.options.get(option, "").split(",") if part.strip()]
    found = {part: pattern.match(part) for part in parts}
    if strange := [part for part, match in found.items() if not match]:
        raise GiveUp(f"`{strange[0]}` in `{option}` {problem}.")
    return list(dict.fromkeys(match[1] for match in found.values() if match))


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The topic, where its title stands in the answer, then its comments in their order."""
    posts, forum = posts_of(page.body), str(page.about["forum"])
    if "title" in page.body:
        first = next((post for post in posts if is_first(post)), None)
        yield topic_of(page.body, first, 0, forum) or _without_id()
    for post in posts:
        if not is_first(post) and not is_notice(post):
            yield comment_of(
                post,
                0,
                line=page.line,
                forum=forum,
                topic=page.about["topic"],
                owner=page.about["owner"],
            )


def _without_id() -> Rejected:
    return Rejected(position=0, reason="broken record", detail="a topic without `id`")


SOURCE = ApiSource(
    name=NAME,
    about="Topics of a Discourse forum and the posts in them",
    how_to_get="Name the forum and its categories or topics. For what not everybody can read: "
    "Admin > Advanced > API keys > Add, a key of one user with the scope `read-only`.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page, site=lambda about: site_of(str(about["forum"]))),
    pages=pages,
    options={
        "forum": "address of the forum",
        "categories": "categories as in their addresses, `news/5`, separated by commas",
        "topics": "numbers or addresses of topics, separated by commas",
        "user": "name of the user whose key it is; `system` if none is named",
    },
    needs=("forum",),
    token="API key of the forum",
    is_token_optional=True,
)
