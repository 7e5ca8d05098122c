"""The YouTube Data API: what is asked, what its refusals mean, and what landed pages become."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.named import NotThere
from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.youtube_api import NAME, SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Platform, Question, Reply, World, platform

SAMPLE = Path(__file__).parent / "samples" / "youtube_api.jsonl"
CHANNEL = "UC" + "nordhafen".ljust(22, "0")
KEY = "AIza-secret-key"


def error(code: int, reason: str, **fields: Any) -> Reply:
    body = {"code": code, "message": "told", "errors": [{"reason": reason, "message": "told"}]}
    return Reply({"error": body | fields}, code)


def comment(native: str, **fields: Any) -> dict[str, Any]:
    snippet = {
        "authorDisplayName": "@jonna",
        "authorChannelId": {"value": "UCjonna"},
        "textDisplay": f"text {native}",
        "likeCount": 1,
        "publishedAt": "2025-11-03T08:00:00Z",
        "updatedAt": "2025-11-03T08:00:00Z",
    }
    return {"kind": "youtube#comment", "id": native, "snippet": snippet | fields}


def thread(native: str, *answers: dict[str, Any], told: int | None = None) -> dict[str, Any]:
    snippet = {
        "topLevelComment": comment(native),
        "totalReplyCount": len(answers) if told is None else told,
    }
    found = {"kind": "youtube#commentThread", "id": native, "snippet": snippet}
    return found | ({"replies": {"comments": list(answers)}} if answers else {})


@dataclass
class YouTube:
    """A channel as YouTube would tell it; `replies` overrule by path and page, once each."""

    videos: dict[str, int | None]
    threads: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    answers: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    published: str = "2025-11-01T08:00:00Z"
    replies: dict[str, list[Reply]] = field(default_factory=dict)

    def __call__(self, question: Question) -> Reply:
        edge = question.path.rsplit("/", 1)[-1]
        if waiting := self.replies.get(edge):
            return waiting.pop(0)
        return getattr(self, f"_{edge}")(question.query)  # type: ignore[no-any-return]

    def _channels(self, query: dict[str, str]) -> Reply:
        lists = {"relatedPlaylists": {"uploads": "UUnordhafen"}}
        is_known = query.get("forHandle") == "@nordhafen" or query.get("id") == CHANNEL
        return Reply({"items": [{"contentDetails": lists}] if is_known else []})

    def _playlistItems(self, query: dict[str, str]) -> Reply:  # noqa: N802
        names = [{"videoId": name, "videoPublishedAt": self.published} for name in self.videos]
        return Reply({"items": [{"contentDetails": name} for name in names]})

    def _videos(self, query: dict[str, str]) -> Reply:
        items = [
            {
                "kind": "youtube#video",
                "id": name,
                "snippet": {"channelId": CHANNEL, "title": name, "publishedAt": self.published},
                "statistics": self._statistics(name),
            }
            for name in query["id"].split(",")
            if name in self.videos
        ]
        return Reply({"kind": "youtube#videoListResponse", "items": items})

    def _statistics(self, name: str) -> dict[str, str]:
        count = self.videos[name]
        return {} if count is None else {"commentCount": str(count)}

    def _commentThreads(self, query: dict[str, str]) -> Reply:  # noqa: N802
        return self._turned(self.threads.get(query["videoId"], [[]]), query)

    def _comments(self, query: dict[str, str]) -> Reply:
        return self._turned(self.answers[query["parentId"]], query)

    def _turned(self, pages: list[list[dict[str, Any]]], query: dict[str, str]) -> Reply:
        at = int(query.get("pageToken", 0))
        following = {"nextPageToken": str(at + 1)} if at + 1 < len(pages) else {}
        return Reply({"items": pages[at]} | following)


def a_world() -> World:
    threads = {
        "v1": [[thread("UgA", told=2)], [], [thread("UgB")]],
        "v2": [[thread("UgC", comment("UgC.1"))]],
    }
    answers = {"UgA": [[comment("UgA.1")], [comment("UgA.2")]]}
    youtube = YouTube({"v1": 4, "v2": 2}, threads, answers)
    return World(youtube, {"channel": "@nordhafen"}, KEY)


def ask(youtube: Platform, **fields: Any) -> list[Page]:
    given: dict[str, Any] = {"options": {"channel": "@nordhafen"}, "token": KEY}
    return list(SOURCE.pages(youtube.errand(**(given | fields))))


def edges(youtube: Platform) -> list[str]:
    return [question.path.rsplit("/", 1)[-1] for question in youtube.asked]


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(SOURCE.read(landed, ReadingRules()))


def landed(pages: list[Page]) -> bytes:
    lines = (page_line(NAME, page.body, dict(page.about), None, page.completes) for page in pages)
    return "".join(f"{line}\n" for line in lines).encode()


def comments_in(records: list[Record]) -> list[Comment]:
    return [record for record in records if isinstance(record, Comment)]


def test_a_channel_becomes_its_videos_and_all_their_comments() -> None:
    behave = YouTube(
        {"v1": 4},
        {"v1": [[thread("UgA", told=2)], [], [thread("UgB")]]},
        {"UgA": [[comment("UgA.1")], [comment("UgA.2", authorChannelId={"value": CHANNEL})]]},
    )
    with platform(behave) as youtube:
        pages = ask(youtube)
    post, *rest = records_of(landed(pages))
    assert isinstance(post, Post)
    assert post.reported_comment_count == 4
    found = comments_in(rest)
    assert [one.native_id for one in found] == ["UgA", "UgA.1", "UgA.2", "UgB"]
    assert [one.parent_native_id for one in found] == [None, "UgA", "UgA", None]
    assert [one.is_owner for one in found] == [False, False, True, False]
    assert {one.post_native_id for one in found} == {"v1"}
    assert {one.text_format for one in found} == {"plain"}
    assert rest[-1] == Swept(platform="youtube", site="", post_native_id="v1", position=6)


def test_the_key_travels_in_a_header_and_never_in_an_address() -> None:
    with platform(YouTube({"v1": 0})) as youtube:
        ask(youtube)
    assert {question.headers["x-goog-api-key"] for question in youtube.asked} == {KEY}
    assert not any(KEY in str(question.query) for question in youtube.asked)


@pytest.mark.parametrize("channel", ["@nordhafen", "nordhafen", CHANNEL])
def test_a_channel_is_known_by_handle_and_by_id(channel: str) -> None:
    with platform(YouTube({"v1": 0})) as youtube:
        assert len(ask(youtube, options={"channel": channel})) == 2


def test_named_videos_need_no_channel_and_come_once() -> None:
    with platform(YouTube({"v1": 0, "v2": 0})) as youtube:
        pages = ask(youtube, options={"videos": "v2, v1, v2", "channel": ""})
        assert edges(youtube) == ["videos", "commentThreads", "commentThreads"]
        assert sorted(page.completes or "" for page in pages) == ["", "v1", "v2"]
    with platform(YouTube({"v1": 0, "v2": 0})) as youtube:
        ask(youtube, options={"videos": "v2", "channel": "@nordhafen"})
        assert edges(youtube).count("commentThreads") == 2


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=v1",
        "https://music.youtube.com/watch?list=RD&v=v1&t=3s",
        "youtu.be/v1?si=abc",
        "https://www.youtube.com/shorts/v1/",
        "https://www.youtube.com/live/v1?feature=share",
    ],
)
def test_a_video_is_known_by_its_address(address: str) -> None:
    with platform(YouTube({"v1": 0})) as youtube:
        assert len(ask(youtube, options={"videos": address})) == 2
        assert youtube.asked[0].query["id"] == "v1"


@pytest.mark.parametrize("address", ["https://www.youtube.com/@nordhafen", "v1 v2"])
def test_what_names_no_video_is_told_before_anything_is_asked(address: str) -> None:
    with platform(YouTube({"v1": 0})) as youtube:
        with pytest.raises(GiveUp, match=r"option `videos` is .* expected ids"):
            ask(youtube, options={"videos": address})
        assert youtube.asked == []


def test_named_videos_that_youtube_does_not_show_are_told_after_all_others() -> None:
    found: list[Page] = []
    with platform(YouTube({"v1": 0})) as youtube:
        options = {"videos": "gone, v1, V1"}
        errand = youtube.errand(KEY, options=options, is_full_sweep=True)
        with pytest.raises(NotThere, match="no video `gone`, `V1`"):
            found.extend(SOURCE.pages(errand))  # what came before the error stays in `found`
    assert [page.completes for page in found] == [None, "v1", None]


@pytest.mark.parametrize("options", [{}, {"channel": " ", "videos": ""}, {"channel": "@nobody"}])
def test_without_a_channel_that_exists_there_is_nothing_to_do(options: dict[str, str]) -> None:
    with platform(YouTube({"v1": 0})) as youtube, pytest.raises(GiveUp, match="channel"):
        ask(youtube, options=options)


def test_a_second_run_asks_first_for_the_comments_of_videos_whose_number_has_changed() -> None:
    behave = YouTube({"v1": 1, "v2": 1}, {"v1": [[thread("UgA")]], "v2": [[thread("UgB")]]})
    with platform(behave) as youtube:
        memory = ask(youtube)[-1].memory
        assert [page.body for page in ask(youtube, memory=memory)] == [None, None]
        behave.videos["v2"] = 2
        youtube.asked.clear()
        again = ask(youtube, memory=memory)
    assert [question.query.get("videoId") for question in youtube.asked][3:] == ["v2", "v1"]
    assert marks(again) == {"v1": "1", "v2": "2"}
    assert [page.completes for page in again if page.body] == [None, "v2"]


def marks(pages: list[Page]) -> object:
    """What is remembered at the end of the comments of each video."""
    return (pages[-1].memory or {})["marks"]


def test_an_edit_that_moves_no_number_is_seen_in_the_next_run() -> None:
    behave = YouTube({"v1": 1}, {"v1": [[thread("UgA")]]})
    with platform(behave) as youtube:
        memory = ask(youtube)[-1].memory
        behave.threads["v1"][0][0]["snippet"]["topLevelComment"]["snippet"]["textDisplay"] = "so"
        again = [page for page in ask(youtube, memory=memory) if page.body]
    assert [one.text for one in comments_in(records_of(landed(again)))] == ["so"]


def test_a_sweep_that_the_quota_ends_day_after_day_comes_to_its_end() -> None:
    names = [f"v{number}" for number in range(10)]
    behave = YouTube(dict.fromkeys(names, 1), {name: [[thread(f"Ug{name}")]] for name in names})
    memory: Any = {}
    completed: list[str] = []
    with platform(behave) as youtube:
        for day in range(4):
            fine = [Reply({"items": [thread("Ug")]})] * 3
            behave.replies["commentThreads"] = [*fine, error(403, "quotaExceeded")]
            errand = youtube.errand(
                options={"channel": "@nordhafen"},
                token=KEY,
                memory=memory,
                is_full_sweep=True,
                now=NOW + timedelta(days=day),
            )
            try:
                for page in SOURCE.pages(errand):
                    memory = page.memory or memory
                    completed += [page.completes] if page.completes else []
            except QuotaEnded:
                continue
            break
    assert completed == names
    assert "sweep" not in memory


def test_videos_from_before_the_look_back_are_for_full_sweeps() -> None:
    behave = YouTube({"v1": 1}, {"v1": [[thread("UgA")]]}, published="2020-01-01T00:00:00Z")
    behave.replies["playlistItems"] = [
        Reply({"items": [], "nextPageToken": "old"}),
        Reply({"items": [old_item("v1")], "nextPageToken": "older"}),
    ]
    with platform(behave) as youtube:
        ask(youtube)
        assert edges(youtube).count("playlistItems") == 2
        youtube.asked.clear()
        behave.replies["playlistItems"] = [Reply({"items": [old_item("v1")], "nextPageToken": "1"})]
        pages = ask(youtube, is_full_sweep=True, memory={"counts": {"v1": 1}})
        assert edges(youtube).count("playlistItems") == 2
    assert pages[-2].completes == "v1"


def old_item(name: str) -> dict[str, Any]:
    return {"contentDetails": {"videoId": name, "videoPublishedAt": "2020-01-01T00:00:00Z"}}


def test_a_stop_in_the_middle_leaves_the_video_to_the_next_run() -> None:
    behave = YouTube({"v1": 1, "v2": 2}, {"v1": [[thread("UgA")]], "v2": [[thread("UgB")], []]})
    with platform(behave) as youtube:
        pages = ask(youtube)
    memories = [page.memory and page.memory["marks"] for page in pages]
    assert memories == [None, {"v1": "1"}, None, {"v1": "1", "v2": "2"}]


@pytest.mark.parametrize("reason", ["commentsDisabled", "forbidden"])
def test_closed_comments_stop_nothing_and_complete_nothing(reason: str) -> None:
    behave = YouTube({"v1": None, "v2": 1}, {"v2": [[thread("UgB")]]})
    behave.replies["commentThreads"] = [error(403, reason)]
    with platform(behave) as youtube:
        pages = ask(youtube, is_full_sweep=True)
        assert [page.completes for page in pages] == [None, "v2", None]
        assert marks(pages) == {"v2": "1"}
        behave.replies["commentThreads"] = [error(403, reason)]
        behave.threads["v1"] = [[thread("UgA")]]
        again = ask(youtube, memory=pages[-1].memory)
        assert "UgA" not in {one.native_id for one in comments_in(records_of(landed(again)))}
        opened = [page for page in ask(youtube, memory=pages[-1].memory) if page.body]
    assert [one.native_id for one in comments_in(records_of(landed(opened)))] == ["UgA"]


IN_CIRCLES = [Reply({"items": [comment("UgA.2")], "nextPageToken": "same"})] * 2


@pytest.mark.parametrize(
    ("replies", "answers"),
    [
        pytest.param([error(404, "commentNotFound")], ["UgA.1"], id="gone meanwhile"),
        pytest.param([error(403, "forbidden")], ["UgA.1"], id="not for us"),
        pytest.param(IN_CIRCLES, ["UgA.1", "UgA.2", "UgA.2"], id="in circles"),
    ],
)
def test_a_thread_whose_answers_do_not_come_costs_only_them_and_leaves_the_video_incomplete(
    replies: list[Reply], answers: list[str]
) -> None:
    threads = [[thread("UgA", comment("UgA.1"), told=9)], [thread("UgB")]]
    behave = YouTube({"v1": 9, "v2": 1}, {"v1": threads, "v2": [[thread("UgC")]]})
    behave.replies["comments"] = list(replies)
    with platform(behave) as youtube:
        pages = ask(youtube, is_full_sweep=True)
    found = [one.native_id for one in comments_in(records_of(landed(pages)))]
    assert found == ["UgA", *answers, "UgB", "UgC"]
    assert [page.completes for page in pages if page.completes] == ["v2"]


def test_a_video_that_was_not_given_in_full_is_asked_for_last_the_next_day() -> None:
    threads = {"v1": [[thread("UgA", told=9)]], "v2": [[thread("UgC")]]}
    behave = YouTube({"v1": 9, "v2": 1}, threads)
    behave.replies["comments"] = [error(403, "forbidden")] * 2
    with platform(behave) as youtube:
        memory = ask(youtube)[-1].memory or {}
        behave.videos["v2"] = 2
        youtube.asked.clear()
        ask(youtube, memory=memory)
        asked = [q.query["videoId"] for q in youtube.asked if q.path.endswith("commentThreads")]
    assert asked == ["v2", "v1"]


def test_a_token_that_leads_in_circles_ends_the_video_without_completing_it() -> None:
    behave = YouTube({"v1": 1, "v2": 1}, {"v2": [[thread("UgB")]]})
    round_and_round = Reply({"items": [thread("UgA")], "nextPageToken": "same"})
    behave.replies["commentThreads"] = [round_and_round] * 2
    with platform(behave) as youtube:
        pages = ask(youtube, is_full_sweep=True)
    assert [page.completes for page in pages] == [None, None, None, "v2", None]
    assert marks(pages) == {"v2": "1"}


def test_the_questions_of_the_day_end_at_midnight_in_california() -> None:
    behave = YouTube({"v1": 1})
    behave.replies["commentThreads"] = [error(403, "quotaExceeded")] * 5
    with platform(behave) as youtube, pytest.raises(QuotaEnded) as raised:
        ask(youtube)
    # Midnight there is 7 or 8 o'clock UTC; the seconds of the clock may have gone on.
    at = raised.value.until
    assert (at.hour, at.minute) in [(7, 0), (8, 0), (6, 59), (7, 59)]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(error(403, "rateLimitExceeded"), id="too fast"),
        pytest.param(Reply({}, 429, {"retry-after": "3"}), id="429"),
        pytest.param(Reply("<html>", 503), id="away"),
        pytest.param(error(400, "processingFailure"), id="stale cursor"),
    ],
)
def test_what_passes_is_waited_for(first: Reply) -> None:
    behave = YouTube({"v1": 1}, {"v1": [[thread("UgA")]]})
    behave.replies["commentThreads"] = [first]
    with platform(behave) as youtube:
        assert ask(youtube)[-1].completes == "v1"
        assert len(youtube.slept) == 1


def test_a_page_of_html_is_no_data() -> None:
    behave = YouTube({"v1": 1})
    behave.replies["commentThreads"] = [Reply("<html>Sorry</html>")] * 5
    with platform(behave) as youtube, pytest.raises(TryAgain, match="no JSON"):
        ask(youtube)


@pytest.mark.parametrize(
    "reply",
    [
        error(400, "keyInvalid"),
        error(400, "badRequest", details=[{"reason": "API_KEY_INVALID"}]),
        error(403, "SERVICE_UNAVAILABLE", status="PERMISSION_DENIED"),
        error(403, "forbidden"),
        Reply({"error": "error message"}, 403),
        Reply("<html>", 401),
    ],
)
def test_a_bad_key_is_told_at_the_first_question_without_the_key(reply: Reply) -> None:
    behave = YouTube({"v1": 1}, replies={"channels": [reply]})
    with platform(behave) as youtube, pytest.raises(GiveUp, match="check the key") as raised:
        ask(youtube)
    assert len(youtube.asked) == 1
    assert KEY not in str(raised.value)


def test_the_sample_is_recognised_as_this_and_read_in_full() -> None:
    assert SOURCE.recognise(SAMPLE.read_bytes()[:SAMPLE_SIZE])
    records = records_of(SAMPLE.read_bytes())
    assert [type(record).__name__ for record in records] == ["Post"] + ["Comment"] * 4 + ["Swept"]
    opening, own, _, edited = comments_in(records)
    assert (own.parent_native_id, own.is_owner) == (opening.native_id, True)
    assert edited.edited_at == datetime(2025, 11, 5, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "other",
    [
        b'{"kind": "youtube#commentThreadListResponse", "items": []}',
        b'{"resonanz_page":1,"source":"hackernews_api","about":{}}',
        b"Comment ID,Channel ID\n",
        b"",
    ],
)
def test_nothing_else_is_recognised(other: bytes) -> None:
    assert not SOURCE.recognise(other)


def test_a_broken_item_costs_itself_only() -> None:
    body = {"items": [{"kind": "youtube#comment"}, "?", comment("UgB")]}
    found = records_of(landed([Page(body, {"video": "v1"}), Page({"items": "?"}), Page([])]))
    kinds = [type(record).__name__ for record in found]
    assert kinds == ["Rejected", "Rejected", "Comment", "Rejected", "Rejected"]
    assert [record.position for record in found] == [1, 2, 3, 4, 5]


@given(where=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_yields_what_was_whole_and_one_clear_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    whole = [replace(record, position=0) for record in records_of(content)]
    cut = records_of(content[: int(where * len(content))])
    kept = [replace(record, position=0) for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    assert len(cut) - len(kept) <= 1
