"""Reddit's interface: posts of subreddits, of accounts or by name, and every comment on them.

Format: https://www.reddit.com/dev/api/. A thread comes as a tree with stubs (`more`) in it: those
that name comments are asked for by `/api/morechildren`, those that say "continue this thread" by
the address of the comment that they hang on, and what still does not come by `/api/info`.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.named import NotThere
from flows.fetching.reddit import Reddit
from flows.fetching.session import Absent, holding
from flows.fetching.whole import Incomplete, Whole
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.json_values import object_in
from flows.reading.landed import ReadingRules
from flows.reading.reddit_objects import GONE, PLATFORM, comment_of, moment, post_of, things
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Record, Rejected
from models.errors import GiveUp

NAME = "reddit_api"

MOST_AT_ONCE = 100
"""Posts of a listing, and ids in a question for more of them."""

MOST_COMMENTS = 500
"""Comments of a thread in one answer; the rest stands in it as stubs."""

A_LISTING = holding("data")

NOISE = frozenset({"score", "ups", "downs", "upvote_ratio", "subreddit_subscribers", "view_count"})
"""Fields that differ from one answer to the next: Reddit blurs its numbers of votes."""

ACCOUNT = re.compile(r"[\w-]+", re.ASCII)
POST_ADDRESS = re.compile(r"(?:/comments/|redd\.it/)([0-9a-z]+)")
POST_ID = re.compile(r"(?:t3_)?([0-9a-z]+)")


@dataclass(frozen=True)
class Question:
    """What is asked of a thread: all of it, `more` of its comments, or what is `below` one.

    `named` are comments that no other answer has brought: each of them as it is, without answers.
    """

    post: str
    more: tuple[str, ...] = ()
    below: str | None = None
    named: tuple[str, ...] = ()

    @property
    def about(self) -> dict[str, Any]:
        """What the reader of the answer needs to know."""
        if self.below:
            return {"kind": "below", "post": self.post, "comment": self.below}
        return {"kind": "more" if self.more or self.named else "comments", "post": self.post}


@dataclass
class Thread:
    """What is still to ask of a thread, and what has come of the comments that stubs name.

    Reddit may answer with fewer than it was asked for. Those are asked for by name: they were
    deleted, which it then says, or their part of the thread is read from them on.
    """

    post: str
    waiting: deque[Question] = field(default_factory=deque)
    wanted: dict[str, None] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    has_gap: bool = False

    def note(self, question: Question, told: list[tuple[str, dict[str, Any]]]) -> None:
        """Take in what an answer holds, comments and stubs."""
        comments = [value for kind, value in told if kind == "t1"]
        new = {str(value.get("id")) for value in comments} - self.came
        self.came |= new
        if question.named:
            for one in (one for one in comments if one.get("body") not in GONE):
                self._ask_below(str(one.get("id")), question)
        stubs = [value for kind, value in told if kind == "more"]
        for stub in stubs:
            if not stub.get("children"):
                self._follow(stub, question)
        # What is named again did not fit into the answer; if nothing did, it never will.
        children = (str(child) for stub in stubs for child in stub.get("children") or [])
        left = [child for child in children if child not in self.wanted or new]
        self._ask_more(left)

    def is_over(self) -> bool:
        """Whether nothing is left to ask; what has not come so far is asked for by name, once."""
        lacking = [child for child in self.wanted if child not in self.came | self.named]
        if not self.waiting and lacking:
            self.named.update(lacking)
            self.waiting += [Question(self.post, named=lot) for lot in _lots(lacking)]
        return not self.waiting

    @property
    def is_whole(self) -> bool:
        """Whether every comment has come that a stub names, and every stub was followed."""
        return not self.has_gap and self.wanted.keys() <= self.came

    def _follow(self, stub: Mapping[str, Any], question: Question) -> None:
        """Ask for what a stub without ids stands for: what is below the comment it hangs on."""
        kind, _, parent = str(stub.get("parent_id")).partition("_")
        if kind == "t1":
            self._ask_below(parent, question)
        elif stub.get("count"):
            self.has_gap = True

    def _ask_below(self, comment: str, question: Question) -> None:
        # An answer may not refer to itself.
        self.has_gap = self.has_gap or question.below == comment
        if comment not in self.below:
            self.below.add(comment)
            self.waiting.append(Question(self.post, below=comment))

    def _ask_more(self, comments: list[str]) -> None:
        asked = {child for question in self.waiting for child in question.more}
        new = [child for child in dict.fromkeys(comments) if child not in self.came | asked]
        self.wanted |= dict.fromkeys(new)
        self.waiting += [Question(self.post, lot) for lot in _lots(new)]


def _lots(ids: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(ids[start : start + MOST_AT_ONCE]) for start in range(0, len(ids), MOST_AT_ONCE))


def pages(errand: Errand) -> Iterator[Page]:
    """The posts in reach, then the comments of each whose number changed, of all in a full sweep.

    Then the comments of the other young ones, if one was edited.

    Raises `NotThere` after all else for subreddits and accounts that are not there.
    """
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    listings, named, missing = _listings(errand), _named(errand), list[str]()
    if not listings and not named:
        raise GiveUp("name `subreddits`, `users` or `posts`: without, there is nothing to ask for.")
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep, NOISE)
    reach: dict[str, Reach] = {}
    contact = errand.options.get("contact", "")
    with Reddit(errand.connect, errand.token, contact) as reddit:
        for body in _bodies(reddit, errand, listings, named, missing):
            reach |= _reached(body)
            yield Page(body, about={"kind": "posts"})
        for post, found in reach.items():
            is_silent = found.mark == "0" and not errand.is_full_sweep
            if ledger.is_due(post, found.mark) and not is_silent:
                told = ledger.told(post, found.mark, _thread(reddit, post))
                yield from left.asked(post, told)
        for post in ledger.longest_ago(reach, str):
            mark, made = reach[post].mark, reach[post].made
            if mark != "0" and (made is None or made >= errand.look_back):
                yield from left.asked(post, ledger.told_again(post, mark, _thread(reddit, post)))
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(None, memory=ledger.swept())
    if missing:
        listed = ", ".join(f"`{path}`" for path in missing)
        raise NotThere(f"Reddit has no {listed}, or it is private: check how it is spelt.")


def _bodies(
    reddit: Reddit,
    errand: Errand,
    listings: list[str],
    named: list[str],
    missing: list[str],
) -> Iterator[Any]:
    """The answers that hold the posts; listings that are not there are noted in `missing`."""
    for start in range(0, len(named), MOST_AT_ONCE):
        wanted = ",".join(f"t3_{post}" for post in named[start : start + MOST_AT_ONCE])
        yield reddit.get("api/info", {"id": wanted}, A_LISTING)
    for path in listings:
        try:
            yield from _newest_first(reddit, path, errand)
        except Absent:
            missing.append(path.rpartition("/")[0])


def _newest_first(reddit: Reddit, path: str, errand: Errand) -> Iterator[Any]:
    """A listing page by page, until posts are older than the errand looks back."""
    after, asked = "", set[str]()
    while after not in asked:
        asked.add(after)
        start: dict[str, str | int] = {"after": after} if after else {}
        body = reddit.get(path, {"limit": MOST_AT_ONCE, "sort": "new", **start}, A_LISTING)
        found = list(things(body))
        # For a name that nobody has, Reddit leads to a search for subreddits.
        if any(kind == "t5" for kind, _ in found):
            raise Absent(path)
        yield body
        after = body["data"].get("after") or ""
        last = moment(found[-1][1].get("created_utc")) if found else None
        if not after or _is_past(last, errand):
            return


def _is_past(last: datetime | None, errand: Errand) -> bool:
    return last is not None and last < errand.look_back and not errand.is_full_sweep


@dataclass(frozen=True)
class Reach:
    """Of a post that is in reach: its number of comments, and when it was made."""

    mark: str
    made: datetime | None


def _reached(body: Any) -> dict[str, Reach]:
    """The posts of a listing by their ids."""
    return {
        str(value["id"]): Reach(
            str(value.get("num_comments") or 0), moment(value.get("created_utc"))
        )
        for kind, value in things(body)
        if kind == "t3"
    }


def _thread(reddit: Reddit, post: str) -> Iterator[Page]:
    """Every comment of a post, answer by answer; nothing if the post is gone."""
    return Whole().completing(post, _answers(reddit, Thread(post, deque([Question(post)]))))


def _answers(reddit: Reddit, thread: Thread) -> Iterator[Page]:
    while not thread.is_over():
        question = thread.waiting.popleft()
        try:
            body = _answer(reddit, question)
        except Absent:
            thread.has_gap = thread.has_gap or not question.more
            continue
        told = list(_of_thread(body))
        thread.note(question, told)
        if told:
            yield Page(body, about=question.about)
    if not thread.is_whole:
        raise Incomplete("Reddit gives fewer comments than it has named.")


def _answer(reddit: Reddit, question: Question) -> Any:
    if question.more:
        asked = {"link_id": f"t3_{question.post}", "children": ",".join(question.more)}
        form = {"api_type": "json", "limit_children": "false"}
        body = reddit.post("api/morechildren", asked | form, _is_told)
        if not _holds_more(body):
            raise Absent("Reddit says in `errors` that it can't give these comments.")
        return body
    if question.named:
        wanted = ",".join(f"t1_{comment}" for comment in question.named)
        return reddit.get("api/info", {"id": wanted}, A_LISTING)
    path = f"comments/{question.post}"
    below = f"/_/{question.below}" if question.below else ""
    return reddit.get(f"{path}{below}", {"limit": MOST_COMMENTS}, _is_thread)


def _is_thread(body: Any) -> bool:
    """Whether an answer is a listing with the post, and one with its comments."""
    return isinstance(body, list) and len(body) > 1 and all(map(A_LISTING, body))


def _is_told(body: Any) -> bool:
    """Whether an answer holds more comments, or says why it does not."""
    return isinstance(body, dict) and (
        _holds_more(body) or bool(object_in(body, "json").get("errors"))
    )


def _holds_more(body: dict[str, Any]) -> bool:
    return isinstance(object_in(object_in(body, "json"), "data").get("things"), list)


def _of_thread(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an answer on a thread holds: a post and its tree, or comments, flat."""
    if isinstance(body, list):
        for listing in body:
            yield from things(listing)
    elif "json" in body:
        yield from things({"data": {"children": body["json"]["data"]["things"]}})
    else:
        yield from things(body)


def _listings(errand: Errand) -> list[str]:
    """Paths of the listings that are asked for."""
    subreddits = (f"r/{name}/new" for name in _names(errand, "subreddits", "r"))
    users = (f"user/{name}/submitted" for name in _names(errand, "users", "u"))
    return [*subreddits, *users]


def _names(errand: Errand, option: str, letter: str) -> list[str]:
    """What an option lists; `nordhafen`, `r/nordhafen` and `/r/nordhafen/` are the same."""
    names = [part.strip().strip("/").removeprefix(f"{letter}/") for part in _parts(errand, option)]
    if strange := [name for name in names if not ACCOUNT.fullmatch(name)]:
        raise GiveUp(f"`{strange[0]}` in `{option}` is not a name of Reddit's.")
    return names


def _named(errand: Errand) -> list[str]:
    """Ids of the posts that are asked for by name."""
    found = {part: POST_ADDRESS.search(part) for part in _parts(errand, "posts")}
    ids = {part: match or POST_ID.fullmatch(part) for part, match in found.items()}
    if strange := [part for part, match in ids.items() if not match]:
        raise GiveUp(f"`{strange[0]}` in `posts` is no id and no address with `/comments/` in it.")
    return list(dict.fromkeys(match[1] for match in ids.values() if match))


def _parts(errand: Errand, option: str) -> list[str]:
    return [part.strip() for part in errand.options.get(option, "").split(",") if part.strip()]


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    """The posts of a listing, or a thread: its post, then each comment before its answers."""
    kind, skipped = page.about["kind"], page.about.get("comment")
    submitter = None
    for of, value in things(page.body) if kind == "posts" else _of_thread(page.body):
        if of == "t3":
            submitter = value.get("author")
            if kind != "below":
                yield post_of(value, 0) or _without_id()
        elif of == "t1" and (skipped is None or value.get("id") != skipped):
            yield comment_of(value, 0, page.line, submitter)


def _without_id() -> Rejected:
    return Rejected(position=0, reason="broken record", detail="a post without `id`")


SOURCE = ApiSource(
    name=NAME,
    about="Posts of Reddit, by subreddit, account or name, and their comments",
    how_to_get="With any account of Reddit, make an application of the kind `script` at "
    "reddit.com/prefs/apps; name the subreddits, your account or your posts.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    pages=pages,
    options={
        "subreddits": "names of subreddits whose posts are asked for, separated by commas",
        "users": "names of accounts whose posts are asked for, yours for example",
        "posts": "ids or addresses of posts, separated by commas",
        "contact": "name of the account that Reddit can write to about its interface being used",
    },
    token="client id and secret of an application of Reddit's, joined by a colon",
)
