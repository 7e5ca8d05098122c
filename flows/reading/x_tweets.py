"""One element of an X archive's files with posts in, the own post or answer that it is out.

Numbers are texts, three signs are escaped. There is no specification.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from flows.reading.iso_times import moment_of
from flows.reading.json_values import object_in
from flows.reading.json_window import Found
from flows.reading.x_objects import (
    CHANNEL,
    NOTE,
    PLATFORM,
    address_of,
    count_of,
    json_of,
    language_of,
    long_alias,
    plain,
)
from models.canonical import Comment, Post, Rejected, Status

RETWEET = re.compile(r"RT @\w+:")
"""How a retweet begins; `retweeted` is false even then."""

CUT = re.compile(r"…(?:\s+https://t\.co/\w+)?\s*$")
"""How the short form of a long post ends."""

SHORT_FORM = 240
"""Characters that it has at least: people end short posts with dots, too."""

TIME = re.compile(r"\w{3} (\w{3}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Tweet = Mapping[str, Any]
Answered = dict[str, str | None]
"""Own post -> the post that it answers; None if it answers none."""


@dataclass(frozen=True)
class Part:
    """What a file says of all its posts: their kind, and which of them answer which."""

    kind: str
    answered: Answered

    @property
    def status(self) -> Status:
        return "deleted" if self.kind.startswith("deleted") else "published"

    def root_of(self, native_id: str) -> str | None:
        """The own post at the top of a thread, if all of the thread is in the file."""
        seen = {native_id}
        while (above := self.answered.get(native_id)) and above not in seen:
            seen.add(above)
            native_id = above
        return native_id if self.answered.get(native_id, "") is None else None


def answered_in(values: Iterable[Any]) -> Answered:
    """What each own post of a file answers, by their ids: answers stand above what they answer."""
    return {
        native_id: _id(tweet, "in_reply_to_status_id") or _answered_user(tweet)
        for tweet in map(_tweet, values)
        if (native_id := _id(tweet, "id"))
    }


def _answered_user(tweet: Tweet) -> str | None:
    """An answer to a post that is gone names only whom it answers."""
    user = _id(tweet, "in_reply_to_user_id")
    return f"user {user}" if user else None


def _tweet(value: Any) -> Tweet:
    """What an element holds; until about 2019 it was not wrapped in an object."""
    inner = value.get("tweet", value) if isinstance(value, dict) else {}
    return inner if isinstance(inner, dict) else {}


def records_of(found: Found, part: Part) -> tuple[Post | Comment | Rejected, ...]:
    """What an element of a file tells: one record, none of a retweet, two of a long text."""
    if found.has_stray_bytes:
        return (_rejected(found, "bytes that are not UTF-8"),)
    if part.kind.startswith("note"):
        return _note(found)
    tweet = _tweet(found.value)
    native_id = _id(tweet, "id")
    if not native_id:
        return (_rejected(found, "a post without `id_str`"),)
    if RETWEET.match(_text(tweet, "full_text") or ""):
        return ()
    is_answer = _id(tweet, "in_reply_to_status_id") or _answered_user(tweet)
    return (_comment(found, native_id, part) if is_answer else _post(tweet, native_id, part),)


def _post(tweet: Tweet, native_id: str, part: Part) -> Post:
    """An own post; of a long one the beginning is its title: `note-tweet.js` has the text."""
    text, at = plain(_text(tweet, "full_text") or ""), _moment(tweet)
    alias = _alias_of_cut(at, text)
    counts = {"like": count_of(tweet.get("favorite_count")), "share": _reposts(tweet)}
    return Post(
        platform=PLATFORM,
        site="",
        native_id=native_id,
        position=0,
        channel=CHANNEL,
        title=CUT.sub("…", text) if alias else None,
        text=None if alias else text or None,
        url=address_of(native_id),
        created_at=at,
        created_at_raw=_text(tweet, "created_at"),
        status=part.status,
        language_declared=language_of(tweet.get("lang")),
        reported_counts=json_of({kind: n for kind, n in counts.items() if n is not None}),
        aliases=(*_other_versions(tweet, native_id), *([alias] if alias else [])),
    )


def _alias_of_cut(at: datetime | None, text: str) -> str | None:
    """The name by which a text that is cut finds its whole; None of one that is whole."""
    is_cut = CUT.search(text) and len(CUT.sub("", text)) >= SHORT_FORM
    return long_alias(at, text) if is_cut else None


def _comment(found: Found, native_id: str, part: Part) -> Comment:
    """An own answer; of a long one the beginning, until `note-tweet.js` brings the rest."""
    tweet = _tweet(found.value)
    root, others = part.root_of(native_id), _other_versions(tweet, native_id)
    text, at = plain(_text(tweet, "full_text") or ""), _moment(tweet)
    alias = _alias_of_cut(at, text)
    answered = _id(tweet, "in_reply_to_status_id")
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=found.line,
        native_id=native_id,
        channel=CHANNEL,
        post_native_id=root,
        parent_native_id=answered if answered != root else None,
        reply_semantics="tree",
        is_owner=True,
        text=text or None,
        language_declared=language_of(tweet.get("lang")),
        created_at=at,
        created_at_raw=_text(tweet, "created_at"),
        is_edited=bool(others) if "edit_info" in tweet else None,
        status=part.status,
        like_count=count_of(tweet.get("favorite_count")),
        attachments=_attachments(tweet),
        mentions=_mentions(tweet),
        permalink=address_of(native_id),
        aliases=(*others, *([alias] if alias else [])),
    )


def _note(found: Found) -> tuple[Post | Comment | Rejected, ...]:
    """The whole text of a long post or answer, which it meets by the second and the first words.

    Which of the two it is does not stand in the file: one that begins with a name is an answer, any
    other may go on a thread of one's own, and is told as both (`flows.storing.long_texts`).
    """
    note = object_in(found.value if isinstance(found.value, dict) else {}, "noteTweet")
    own, text = _text(note, "noteTweetId"), _text(object_in(note, "core"), "text")
    if not own or not text:
        return (_rejected(found, "a long text without `noteTweetId` or `text`"),)
    answer = _note_comment(note, f"{NOTE}{own}", plain(text), found.line)
    return (answer,) if text.startswith("@") else (_note_post(answer), answer)


def _note_comment(note: Tweet, native_id: str, text: str, line: int) -> Comment:
    raw = _text(note, "createdAt")
    at = moment_of(raw)
    alias = long_alias(at, text)
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=line,
        native_id=native_id,
        channel=CHANNEL,
        is_owner=True,
        text=text,
        created_at=at,
        created_at_raw=raw,
        status="published",
        aliases=(alias,) if alias else (),
    )


def _note_post(answer: Comment) -> Post:
    return Post(
        platform=PLATFORM,
        site="",
        native_id=answer.native_id or "",
        position=0,
        channel=CHANNEL,
        text=answer.text,
        created_at=answer.created_at,
        created_at_raw=answer.created_at_raw,
        status=answer.status,
        aliases=answer.aliases,
    )


def _other_versions(tweet: Tweet, native_id: str) -> tuple[str, ...]:
    """The ids of a post's other edits: the first says all of them, later ones name the first."""
    info = object_in(tweet, "edit_info")
    edit = object_in(info, "edit")
    first = object_in(info, "initial") or object_in(edit, "editControlInitial")
    ids = [*_list(first, "editTweetIds"), edit.get("initialTweetId")]
    others = (str(one) for one in ids if one and str(one) != native_id)
    return tuple(dict.fromkeys(others))


def _reposts(tweet: Tweet) -> int | None:
    return count_of(tweet.get("retweet_count"))


def _attachments(tweet: Tweet) -> str | None:
    media = _list(object_in(tweet, "extended_entities"), "media")
    found = [one for one in media if isinstance(one, dict)]
    return json_of([{"type": _text(m, "type"), "url": _text(m, "media_url_https")} for m in found])


def _mentions(tweet: Tweet) -> str | None:
    """Whom the text mentions, by id, and where: indices are texts."""
    places = []
    for one in _list(object_in(tweet, "entities"), "user_mentions"):
        ends = [count_of(index) for index in _list(one, "indices")] if isinstance(one, dict) else []
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            place = {"offset": ends[0], "length": ends[1] - ends[0]}
            places.append({"id": _text(one, "id_str"), **place})
    return json_of(places)


def _list(value: Tweet, key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _moment(tweet: Tweet) -> datetime | None:
    """`Thu Nov 03 08:50:26 +0000 2022`, whatever language the computer speaks."""
    found = TIME.fullmatch(_text(tweet, "created_at") or "")
    if not found or found[1] not in MONTHS:
        return None
    day, hour, minute, second = (int(found[number]) for number in (2, 3, 4, 5))
    ahead = timedelta(hours=int(found[7]), minutes=int(found[8]))
    try:
        zone = timezone(-ahead if found[6] == "-" else ahead)
        moment = datetime(
            int(found[9]), MONTHS.index(found[1]) + 1, day, hour, minute, second, tzinfo=zone
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: Tweet, key: str) -> str | None:
    found = value.get(key)
    return found if isinstance(found, str) and found else None


def _id(value: Tweet, key: str) -> str | None:
    """An id, which stands in the archive as a text twice, now and then only once."""
    found = value.get(f"{key}_str") or value.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) and found else None


def _rejected(found: Found, detail: str) -> Rejected:
    return Rejected(position=0, line=found.line, reason="broken record", detail=detail)
