"""Videos of a YouTube channel and their comments, through the YouTube Data API.

Format: https://developers.google.com/youtube/v3/docs, version 3. Each question costs one of 10,000
units a day, which begins at midnight in California.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from flows.fetching.ledger import Ledger
from flows.fetching.left import Left
from flows.fetching.named import NotThere, named_all
from flows.fetching.session import Absent, Session, holding
from flows.fetching.turning import InCircles, turned
from flows.fetching.verdicts import Verdict, by_status
from flows.fetching.whole import Whole
from flows.reading.api_pages import read_pages, recognise_pages
from flows.reading.iso_times import moment_of
from flows.reading.json_values import count_in, object_in, objects_in, text_in
from flows.reading.youtube_objects import (
    PLATFORM,
    has_all_answers,
    read_page,
)
from flows.sources.base import ApiSource, Errand, Page
from models.errors import GiveUp

NAME = "youtube_api"
BASE = "https://www.googleapis.com/youtube/v3/"
CALIFORNIA = ZoneInfo("America/Los_Angeles")

VIDEO = re.compile(
    r"(?:(?:https?://)?(?:[\w-]+\.)?(?:youtu\.be/|youtube\.com/"
    r"(?:watch\?(?:.*&)?v=|shorts/|live/|embed/)))?([\w-]+)/?(?:[?&#].*)?",
    re.ASCII,
)
EXPECTED = "ids of videos, or their addresses as `youtube.com/watch?v=`, separated by commas"

MOST_VIDEOS = 50
"""Videos that one question can name."""

MOST_COMMENTS = 100

DAY_IS_SPENT = frozenset(["quotaExceeded", "dailyLimitExceeded"])
TOO_FAST = frozenset(["rateLimitExceeded", "userRateLimitExceeded"])
PASSING = frozenset(["processingFailure", "invalidPageToken", "backendError"])
"""Told with 400: asked anew, in this run or the next, the same listing is fine."""

A_LIST = holding("items", "pageInfo")
"""Where there are none, YouTube leaves `items` out of some lists."""

NOT_FOR_US = frozenset(["commentsDisabled", "forbidden"])
"""Told of one video, whose comments are closed or hidden; a bad key is told of the first."""


def judge(response: httpx.Response) -> Verdict:
    """What an answer means: YouTube throttles with 403, and closed comments are 403 as well."""
    if response.status_code < 400:
        return by_status(response)
    reason = _reason(response)
    if reason in DAY_IS_SPENT:
        return Verdict("limit", "the questions of the day are used up", _seconds_to_next_day())
    if reason in TOO_FAST:
        return Verdict("limit", "the platform asks for fewer questions")
    if reason in PASSING:
        return Verdict("wait", f"the platform answers {response.status_code} ({reason})")
    if reason in NOT_FOR_US and "comment" in response.url.path:
        return Verdict("absent", f"the comments are not for us ({reason})")
    verdict = by_status(response)
    if verdict.kind != "refuse":
        return verdict
    named = f" ({reason})" if reason else ""
    return Verdict(
        "refuse",
        f"the platform answers {response.status_code}{named}: check the key, and that "
        "YouTube Data API v3 is enabled for it",
    )


def _reason(response: httpx.Response) -> str:
    """The one word that an error answer gives as its reason, "" if it gives none."""
    try:
        error = object_in(response.json(), "error")
    except (ValueError, AttributeError):
        return ""
    for part in (*objects_in(error, "details"), *objects_in(error, "errors")):
        reason = text_in(part, "reason") or ""
        if re.fullmatch(r"\w{1,40}", reason, re.ASCII):
            return reason
    return ""


def _seconds_to_next_day() -> float:
    here = datetime.now(CALIFORNIA)
    midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), CALIFORNIA)
    return (midnight.astimezone(UTC) - here.astimezone(UTC)).total_seconds()


def pages(errand: Errand) -> Iterator[Page]:
    """The videos in reach, and the comments of those whose number of comments has changed.

    Then the comments of the others, if one was edited. Raises `NotThere` after all else for videos
    that the settings name and YouTube does not show.
    """
    left = Left(errand.memory, errand.now)
    return left.pages(_pages(errand, left))


def _pages(errand: Errand, left: Left) -> Iterator[Page]:
    named = named_all("videos", errand.options.get("videos", ""), VIDEO, EXPECTED)
    missing = dict.fromkeys(named)
    ledger = Ledger(errand.memory, errand.now, errand.is_full_sweep, noise=["etag"])
    unchanged: list[Video] = []
    headers = {"x-goog-api-key": errand.token or ""}
    with errand.connect(BASE, headers=headers, judge=judge) as session:
        for names in _batches(_videos(session, errand, named)):
            answer = session.get(
                "videos", {"part": "snippet,statistics,status", "id": ",".join(names)}, A_LIST
            )
            videos = _seen(answer)
            for video in videos:
                missing.pop(video.name, None)
            changed, same = _parted(videos, ledger)
            if changed:
                yield Page(answer)
            for video in changed:
                found = ledger.told(video.name, video.mark, _pages_of(session, video))
                yield from left.asked(video.name, found)
            unchanged += [video for video in same if video.may_change_since(errand.look_back)]
        for video in ledger.longest_ago(unchanged, lambda video: video.name):
            again = ledger.told_again(video.name, video.mark, _pages_of(session, video))
            yield from left.asked(video.name, again)
        yield from left.at_last()
        if errand.is_full_sweep:
            yield Page(None, memory=ledger.swept())
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        raise NotThere(f"YouTube shows no video {listed}: check what stands in `videos`.")


@dataclass(frozen=True)
class Video:
    """A video, the channel that shows it, when, and how many comments it is said to have.

    YouTube tells no number where comments are closed.
    """

    name: str
    channel: str | None
    published: datetime | None
    count: int | None

    @property
    def mark(self) -> str:
        return str(self.count)

    def may_change_since(self, moment: datetime) -> bool:
        """Whether comments may have come or been edited that its number does not tell of."""
        return self.count is None or self.published is None or self.published >= moment


def _seen(answer: Any) -> list[Video]:
    return [
        Video(
            name,
            text_in(object_in(item, "snippet"), "channelId"),
            moment_of(text_in(object_in(item, "snippet"), "publishedAt")),
            count_in(object_in(item, "statistics"), "commentCount"),
        )
        for item in objects_in(answer, "items")
        if (name := text_in(item, "id"))
    ]


def _parted(videos: list[Video], ledger: Ledger) -> tuple[list[Video], list[Video]]:
    """The videos that are due, and the others."""
    due = {video.name for video in videos if ledger.is_due(video.name, video.mark)}
    return (
        [video for video in videos if video.name in due],
        [video for video in videos if video.name not in due],
    )


def _videos(session: Session, errand: Errand, named: list[str]) -> Iterator[str]:
    """Ids of the videos that the settings name, then those of the channel, the newest first."""
    channel = errand.options.get("channel", "").strip()
    if not named and not channel:
        raise GiveUp("neither `channel` nor `videos` is set: name at least one of them.")
    yield from named
    if channel:
        yield from (name for name in _uploads(session, channel, errand) if name not in named)


def _uploads(session: Session, channel: str, errand: Errand) -> Iterator[str]:
    """Ids of the videos of a channel, down to the first answer that is all too old."""
    playlist = _playlist(session, channel)

    def ask(cursor: str | None) -> Any:
        question = {"part": "contentDetails", "playlistId": playlist}
        return session.get(
            "playlistItems", question | {"maxResults": MOST_VIDEOS} | _page(cursor), A_LIST
        )

    try:
        for answer in turned(ask, _next):
            found = [object_in(item, "contentDetails") for item in objects_in(answer, "items")]
            yield from filter(None, (text_in(details, "videoId") for details in found))
            if found and all(_is_old(details, errand) for details in found):
                return
    except (Absent, InCircles):
        return  # a channel that has never shown a video has no such list


def _is_old(details: Any, errand: Errand) -> bool:
    published = moment_of(text_in(details, "videoPublishedAt"))
    return not errand.is_full_sweep and bool(published and published < errand.look_back)


def _playlist(session: Session, channel: str) -> str:
    """The list of all videos of a channel, by its id or its handle."""
    is_id = re.fullmatch(r"UC[\w-]{22}", channel, re.ASCII)
    by = {"id": channel} if is_id else {"forHandle": f"@{channel.removeprefix('@')}"}
    answer = session.get("channels", {"part": "contentDetails", **by}, A_LIST)
    for item in objects_in(answer, "items"):
        lists = object_in(object_in(item, "contentDetails"), "relatedPlaylists")
        if found := text_in(lists, "uploads"):
            return found
    raise GiveUp(f"YouTube knows no channel `{channel}`: check the option `channel`.")


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    waiting: list[str] = []
    for name in names:
        waiting.append(name)
        if len(waiting) == MOST_VIDEOS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _pages_of(session: Session, video: Video) -> Iterator[Page]:
    """The comments of a video; the last page says so, unless some may be missing."""
    whole = Whole()
    return whole.completing(video.name, _comment_pages(session, video, whole))


def _comment_pages(session: Session, video: Video, whole: Whole) -> Iterator[Page]:
    """Each page of threads, followed by the answers that are missing in it."""
    about = {"video": video.name, "channel": video.channel, "text": "plain"}

    def ask(cursor: str | None) -> Any:
        question = _question("snippet,replies") | {"videoId": video.name, "order": "time"}
        return session.get("commentThreads", question | _page(cursor), A_LIST)

    for answer in turned(ask, _next):
        yield Page(answer, about)
        for thread in objects_in(answer, "items"):
            if not has_all_answers(thread):
                answers = _answers(session, text_in(thread, "id") or "")
                yield from (Page(one, about) for one in whole.lists(answers))


def _answers(session: Session, thread: str) -> Iterator[Any]:
    """All answers in a thread."""

    def ask(cursor: str | None) -> Any:
        question = _question("snippet") | {"parentId": thread}
        return session.get("comments", question | _page(cursor), A_LIST)

    return turned(ask, _next)


def _question(part: str) -> dict[str, str | int]:
    return {"part": part, "maxResults": MOST_COMMENTS, "textFormat": "plainText"}


def _page(cursor: str | None) -> dict[str, str | int]:
    return {"pageToken": cursor} if cursor else {}


def _next(answer: Any) -> str | None:
    return text_in(answer, "nextPageToken")


SOURCE = ApiSource(
    name=NAME,
    about="Videos of a YouTube channel and their comments",
    how_to_get="Make a key for the YouTube Data API v3 in the Google Cloud console, and name the "
    "channel or the videos. The channel need not be yours.",
    recognise=recognise_pages(NAME),
    read=read_pages(PLATFORM, read_page),
    version=2,
    pages=pages,
    options={
        "channel": "the channel: its handle, for example @nordhafen, or its id, which begins UC",
        "videos": "single videos, separated by commas: addresses, or ids, which stand behind `v=`",
    },
    token="the key that the Google Cloud console gives for the YouTube Data API v3",
)
