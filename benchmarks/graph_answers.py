"""Invented answers of the Facebook Graph API, one a line, as a program that asks saves them.

Format: https://developers.facebook.com/docs/graph-api/reference/object/comments, v26.0. The same
seed gives the same file.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from benchmarks.comments import AUTHORS, DAYS, FIRST_POST, OWN_SHARE, WORDS, text

PAGE_ID = "104512345678901"
PAGE_NAME = "IT der Stadtwerke"
GRAPH = f"https://graph.facebook.com/v26.0/{PAGE_ID}"

ANSWERS_A_PAGE = 100
"""Comments in one answer: the most that are worth asking for."""

POSTS_A_PAGE = 25
REPLY_SHARE = 0.35
PICTURE_SHARE = 0.05
MENTION_SHARE = 0.15

MEDIAN_COMMENTS, SPREAD, MOST_COMMENTS = 3.0, 1.6, 6.0
"""Of the comments of a post, log-normal: the logarithms of the median, of the spread, and a bound
in standard deviations."""

Json = dict[str, Any]


@dataclass
class Invention:
    """The page so far: ids go up, as those of Facebook do."""

    chance: random.Random
    ids: Iterator[int] = field(default_factory=lambda: count(122_000_000_000_000))

    def person(self) -> Json:
        """Somebody; few write much."""
        number = int(AUTHORS * self.chance.random() ** 2)
        return {"id": f"{7_000_000_000_000_000 + number}", "name": f"Person {number}"}

    def post(self) -> Json:
        """A post of the page, without its comments."""
        moment = FIRST_POST + timedelta(days=DAYS * self.chance.random())
        number = next(self.ids)
        return {
            "id": f"{PAGE_ID}_{number}",
            "message": " ".join(self.chance.choices(WORDS, k=self.chance.randint(20, 120))),
            "created_time": graph_time(moment),
            "from": {"id": PAGE_ID, "name": PAGE_NAME},
            "permalink_url": f"https://www.facebook.com/{PAGE_ID}/posts/{number}",
            "status_type": "added_photos",
            "shares": {"count": int(self.chance.paretovariate(1.1))},
            "reactions": {"data": [], "summary": {"total_count": self.chance.randint(0, 900)}},
        }

    def comments(self, post: Json) -> Iterator[Json]:
        """What was said below a post, answers among it, in the order of time."""
        number, moment = post["id"].partition("_")[2], datetime.fromisoformat(post["created_time"])
        tops: list[str] = []
        for _ in range(self.comment_count()):
            moment += timedelta(seconds=self.chance.expovariate(1 / 3600))
            comment = self.comment(number, moment)
            if tops and self.chance.random() < REPLY_SHARE:
                comment["parent"] = {"id": self.chance.choice(tops)}
            else:
                tops.append(comment["id"])
            yield comment

    def comment_count(self) -> int:
        """How many comments a post gets: most a few dozen, some thousands."""
        exponent = self.chance.gauss(MEDIAN_COMMENTS, SPREAD)
        return int(2.718 ** min(exponent, MEDIAN_COMMENTS + MOST_COMMENTS))

    def comment(self, post: str, moment: datetime) -> Json:
        """One comment with the fields that are worth asking for."""
        number = next(self.ids)
        message = text(self.chance)
        is_own = self.chance.random() < OWN_SHARE
        comment: Json = {
            "id": f"{post}_{number}",
            "message": message,
            "created_time": graph_time(moment),
            "from": {"id": PAGE_ID, "name": PAGE_NAME} if is_own else self.person(),
            "like_count": int(self.chance.paretovariate(1.2)) - 1,
            "comment_count": 0,
            "is_hidden": self.chance.random() < 0.01,
            "can_comment": True,
            "permalink_url": f"https://www.facebook.com/{PAGE_ID}/posts/{post}?comment_id={number}",
        }
        if self.chance.random() < MENTION_SHARE:
            named = self.person()
            comment["message"] = f"{named['name']} {message}"
            place = {"type": "user", "offset": 0, "length": len(named["name"])}
            comment["message_tags"] = [named | place]
        if self.chance.random() < PICTURE_SHARE:
            comment["attachment"] = {"type": "photo", "url": f"https://example.org/{number}"}
        return comment


def graph_time(moment: datetime) -> str:
    """A time as Graph writes it: without a colon in the offset."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def answers(chance: random.Random) -> Iterator[Json]:
    """A page of posts, then the comments of each of them page by page, without an end."""
    page = Invention(chance)
    while True:
        posts = [page.post() for _ in range(POSTS_A_PAGE)]
        yield {"data": posts, "paging": paging(GRAPH, "posts", chance)}
        for post in posts:
            address = f"{GRAPH.rpartition('/')[0]}/{post['id']}"
            said = page.comments(post)
            while comments := list(islice(said, ANSWERS_A_PAGE)):
                yield {"data": comments, "paging": paging(address, "comments", chance)}


def paging(address: str, edge: str, chance: random.Random) -> Json:
    """What leads to the next answer; a real one also holds the token."""
    after = f"{chance.getrandbits(256):064x}"
    return {
        "cursors": {"before": f"{chance.getrandbits(256):064x}", "after": after},
        "next": f"{address}/{edge}?access_token=none&filter=stream&limit=100&after={after}",
    }


@dataclass(frozen=True)
class Written:
    """What a file came to; `bytes` of which are the last answer's that made it long enough."""

    posts: int
    comments: int
    bytes: int


def write_answers(path: Path, size: int, seed: int = 1) -> Written:
    """Write answers to `path` until it has at least `size` bytes.

    Posts draw from a few to thousands of comments (log-normal); a third of them are answers, and
    lengths of texts are those of `benchmarks.comments`.
    """
    posts = comments = written = 0
    with path.open("w", encoding="utf-8") as file:
        for answer in answers(random.Random(seed)):
            if written >= size:
                break
            line = json.dumps(answer, ensure_ascii=False) + "\n"
            file.write(line)
            written += len(line.encode())
            if "/posts?" in answer["paging"]["next"]:
                posts += len(answer["data"])
            else:
                comments += len(answer["data"])
    return Written(posts, comments, written)
