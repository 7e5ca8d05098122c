"""Answers of X's API v2, saved to disk, in; posts and the answers to them out.

A file holds one answer, several as JSON lines, or an array of them: searches, timelines, look-ups
of one post or several. What an answer `includes` is read, too: the posts that are answered, and
the handles of who wrote. It stands at an answer's end, so that one that is cut gives no records.

Format: https://docs.x.com/x-api/fundamentals/data-dictionary, in both dialects (tweet and post).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, TypeVar

from flows.reading.api_pages import OPENING
from flows.reading.json_objects import broken, json_objects, object_of
from flows.reading.json_values import JsonObject, object_in, objects_in, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.x_objects import (
    answered_id,
    comment_of,
    moment_of_id,
    post_of,
    problems_in,
)
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

ANSWER = re.compile(rb'(?:\[\s*)?\{\s*"(?:data|includes|meta|errors)"\s*:')
POST = re.compile(rb'"id"\s*:\s*"\d{1,19}"')
FIELD = re.compile(
    rb'"(?:edit_history_(?:tweet|post)_ids|conversation_id|referenced_(?:tweets|posts)'
    rb'|in_reply_to_user_id|public_metrics)"\s*:'
)
"""What only X's posts have; the first of them all have since 2022."""

NOTHING_FOUND = re.compile(rb'\{\s*"meta"\s*:\s*\{\s*"result_count"\s*:\s*0\s*[,}]')

REPOST = re.compile(r"RT @\w+:")
MENTION = re.compile(r"@\w")
"""How an answer begins, with whom it answers, by which it is known where nothing else was asked
for. Answers to posts of one's own do not, and are posts then."""

Told = TypeVar("Told", Post, Comment)

REPOSTED = ("retweeted", "reposted")


def recognise(sample: bytes) -> bool:
    """Whether it is an answer with posts as API v2 writes them, or one of a search without any."""
    text = utf_8_start(sample)
    if not ANSWER.match(text) or text.startswith(OPENING):
        return False
    has_posts = POST.search(text) and b'"text"' in text and FIELD.search(text)
    return bool(has_posts or NOTHING_FOUND.match(text))


def read(landed: LandedFile, _rules: ReadingRules) -> Iterator[Record]:
    """Yield each post that starts a conversation as a post, and each answer as a comment."""
    reader = _Reader()
    for found in json_objects(landed.path):
        answer = object_of(found, 0)
        if isinstance(answer, Rejected):
            yield replace(answer, position=next(reader.positions))
        else:
            yield from reader.records(answer, found.line)


@dataclass
class _Reader:
    """Turns answers to records; remembers who began each conversation, and what it has given."""

    positions: Iterator[int] = field(default_factory=lambda: count(1))
    starters: dict[str, str] = field(default_factory=dict)
    """Author by post."""
    given: set[str] = field(default_factory=set)

    def records(self, answer: JsonObject, line: int) -> Iterator[Record]:
        """What one answer holds: the posts it includes first, as those it gives answer them."""
        included = object_in(answer, "includes")
        users: dict[str | None, str] = {
            number: handle
            for user in objects_in(included, "users")
            if (number := text_in(user, "id")) and (handle := text_in(user, "username"))
        }
        beside = [*objects_in(included, "tweets"), *objects_in(included, "posts")]
        told = answer.get("data")
        posts = told if isinstance(told, list) else [told] if told is not None else []
        for post in filter(_is_start, [*beside, *posts]):
            if author := text_in(post, "author_id"):
                self.starters[str(post["id"])] = author
        new = [post for post in beside if text_in(post, "id") not in self.given]
        for post in (*new, *posts):
            yield from self._of_post(post, users, line)
        if not isinstance(answer.get("errors", []), list):
            yield broken(next(self.positions), line, "`errors` of an answer are no list")
            return
        for problem in problems_in(answer):
            yield broken(next(self.positions), line, problem)

    def _of_post(self, post: Any, users: Mapping[str | None, str], line: int) -> Iterator[Record]:
        if isinstance(post, dict) and ("username" in post or _is_repost(post)):
            return  # somebody's profile, or what somebody else has said
        record: Post | Comment | Rejected
        try:
            record = self._record(post)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            detail = f"a post that can't be read ({type(error).__name__})"
            record = broken(0, line, detail)
        if isinstance(record, Comment):
            name = users.get(text_in(post, "author_id"))
            record = replace(record, author_name=name, line=line)
        self.given.add(getattr(record, "native_id", None) or "")
        yield replace(record, position=next(self.positions))

    def _record(self, post: JsonObject) -> Post | Comment:
        answered, root = answered_id(post), text_in(post, "conversation_id")
        begun_by = root or answered
        if _is_start(post) or not (begun_by or MENTION.match(str(post.get("text")))):
            return _dated(post_of(post))
        owner = self.starters.get(begun_by or "")
        if begun_by and answered == begun_by:
            owner = owner or text_in(post, "in_reply_to_user_id")
        comment = _dated(comment_of(post, begun_by or "", owner or ""))
        return replace(comment, post_native_id=begun_by)


def _is_start(post: Any) -> bool:
    """Whether a post starts a conversation."""
    return isinstance(post, dict) and post.get("conversation_id") == post.get("id") is not None


def _is_repost(post: JsonObject) -> bool:
    references = [*objects_in(post, "referenced_tweets"), *objects_in(post, "referenced_posts")]
    return bool(REPOST.match(text_in(post, "text") or "")) or any(
        reference.get("type") in REPOSTED for reference in references
    )


def _dated(record: Told) -> Told:
    """`record` with the time that its id tells, where no other was asked for."""
    made = moment_of_id(record.native_id or "")
    if record.created_at_raw is not None or made is None:
        return record
    return replace(record, created_at=made, time_precision="derived_from_id")


SOURCE = FileSource(
    name="x_answers",
    about="Answers of X's API v2 that somebody saved: posts and the answers to them",
    how_to_get="Ask `/2/tweets/search/recent?query=conversation_id:ID` with `tweet.fields="
    "conversation_id,created_at,author_id,in_reply_to_user_id,referenced_tweets,public_metrics,"
    "note_tweet,lang`, `expansions=author_id,referenced_tweets.id`, and save each answer as it "
    "comes, one a line or one a file.",
    recognise=recognise,
    read=read,
)
