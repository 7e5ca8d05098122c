"""Discourse's interface: what is asked, when it ends, and what becomes of the answers."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import LandedPage
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Page
from flows.sources.discourse_api import SOURCE, read_page
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Behaviour, Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parent / "samples" / "discourse_api.jsonl"
FORUM = "https://forum.example.org"
NEWS = {"forum": FORUM, "categories": "news/5"}
KEY = "s3cret"


def a_post(key: int, number: int, topic: int = 57, **fields: Any) -> dict[str, Any]:
    return {
        "id": key,
        "topic_id": topic,
        "post_number": number,
        "post_type": 1,
        "username": "it_nordhafen" if number == 1 else f"user{number}",
        "cooked": f"<p>{number}</p>",
        "created_at": "2025-11-03T08:00:00.000Z",
        "updated_at": "2025-11-03T08:00:00.000Z",
        "version": 1,
    } | fields


class Forum:
    """A small forum: topics and how many posts each has; post ids are 100 * topic + number."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = dict(enumerate(sizes, start=57))
        self.bumped = dict.fromkeys(self.sizes, NOW - timedelta(days=1))
        self.other: dict[str, Reply] = {}

    def __call__(self, question: Question) -> Reply:
        path = question.path.strip("/")
        return self.other.get(path) or Reply(self.answer(path, question.query))

    def answer(self, path: str, query: dict[str, str]) -> Any:
        parts = path.removesuffix(".json").split("/")
        if path == "latest.json" or parts[0] == "c":
            return {"topic_list": {"topics": [self.entry(topic) for topic in self.sizes]}}
        topic = int(parts[1])
        posts = [a_post(100 * topic + n, n, topic) for n in range(1, self.sizes[topic] + 1)]
        if parts[-1] != "posts":
            stream = {"posts": posts[:20], "stream": [post["id"] for post in posts]}
            return {"post_stream": stream, "title": f"Topic {topic}", **self.entry(topic)}
        # Of a name that is repeated, the server here knows the last value only.
        last = [post["id"] for post in posts].index(int(query["post_ids[]"])) + 1
        part = posts[max(last - 20, 0) : last]
        return {"post_stream": {"posts": part}, "id": topic}

    def entry(self, topic: int) -> dict[str, Any]:
        moment = self.bumped[topic].isoformat()
        count = self.sizes[topic]
        return {"id": topic, "posts_count": count, "last_posted_at": moment, "bumped_at": moment}


def a_world() -> World:
    return World(Forum(45, 3), NEWS)


def ask(forum: Behaviour, **fields: Any) -> tuple[list[Page], Platform, Exception | None]:
    """The pages that an errand gives, and what ended it, if anything did."""
    found: list[Page] = []
    with platform(forum) as running:
        try:
            for page in SOURCE.pages(running.errand(**({"options": NEWS} | fields))):
                found += [page] if page.body is not None else []
        except Exception as error:
            return found, running, error
    return found, running, None


def paths(running: Platform) -> list[str]:
    return [question.path.strip("/") for question in running.asked][1:]


def numbers(found: list[Page]) -> list[str | None]:
    """Ids of the comments in pages, in their order."""
    return [
        record.native_id
        for page in found
        for record in read_page(LandedPage(page.body, dict(page.about)), ReadingRules())
        if isinstance(record, Comment)
    ]


def records_of(content: bytes, tmp_path: Path) -> list[Record]:
    path = tmp_path / "pages.jsonl"
    path.write_bytes(content)
    return list(SOURCE.read(LandedFile(path, path.name, NOW), ReadingRules()))


def test_a_topic_comes_with_its_first_posts_and_the_rest_is_asked_for_by_id() -> None:
    found, running, error = ask(Forum(45))
    assert error is None
    assert paths(running) == [
        *("c/news/5/l/latest.json", "t/57.json", "t/57/posts.json", "t/57/posts.json"),
    ]
    assert [question.query.get("post_ids[]") for question in running.asked[3:]] == ["5740", "5745"]
    assert {f"57/{number}" for number in range(2, 46)} == set(numbers(found))
    assert [page.memory is None for page in found] == [True, True, False]


def test_a_key_is_sent_as_a_header_with_its_user_and_lands_nowhere() -> None:
    found, running, _ = ask(Forum(2), token=KEY, options=NEWS | {"user": "cio"})
    assert {q.headers["api-key"] for q in running.asked} == {KEY}
    assert {q.headers["api-username"] for q in running.asked} == {"cio"}
    assert KEY not in repr(found) + repr([(q.path, q.query) for q in running.asked])
    _, running, _ = ask(Forum(2))
    assert "api-key" not in running.asked[0].headers


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_forum_that_does_not_let_us_in_is_told_at_once(status: int) -> None:
    forum = Forum(2)
    body = {"errors": [f"key {KEY} is invalid"], "error_type": "invalid_access"}
    forum.other["latest.json"] = Reply(body, status)
    found, running, error = ask(forum, token=KEY)
    assert isinstance(error, GiveUp)
    assert "check" in str(error)
    assert KEY not in str(error)
    assert (found, len(running.asked)) == ([], 1)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_topic_that_is_closed_to_us_stops_nothing(status: int) -> None:
    forum = Forum(2, 3)
    forum.other["t/57.json"] = Reply({"errors": ["x"]}, status)
    found, _, error = ask(forum, is_full_sweep=True)
    assert error is None
    assert [page.completes for page in found] == ["58"]


def test_a_topic_that_goes_away_while_it_is_asked_for_is_not_complete() -> None:
    forum = Forum(30)
    forum.other["t/57/posts.json"] = Reply({"errors": ["x"]}, 404)
    found, _, error = ask(forum, is_full_sweep=True)
    assert error is None
    assert [(page.completes, page.memory) for page in found] == [(None, None)]


def test_a_category_that_is_not_there_is_told() -> None:
    forum = Forum(2)
    forum.other["c/news/5/l/latest.json"] = Reply({"errors": ["x"]}, 404)
    _, _, error = ask(forum)
    assert isinstance(error, GiveUp)
    assert "`news/5`" in str(error)


def test_a_second_run_asks_first_for_the_new_posts_of_topics_that_changed() -> None:
    forum = Forum(45, 2)
    first, _, _ = ask(forum)
    memory = first[-1].memory
    again, running, _ = ask(forum, memory=memory)
    young = ["t/57.json", "t/57/posts.json", "t/57/posts.json", "t/58.json"]
    assert (again, paths(running)) == ([], ["c/news/5/l/latest.json", *young])
    forum.sizes[57], forum.bumped[57] = 46, NOW
    again, running, _ = ask(forum, memory=memory)
    assert paths(running)[1:] == ["t/57.json", "t/57/posts.json", "t/58.json"]
    assert running.asked[-2].query["post_ids[]"] == "5746"
    assert "57/46" in numbers(again)
    assert again[-1].memory
    assert again[-1].memory["topics"]["57"]["top"] == 5746
    assert again[-1].memory["topics"]["58"] == (memory or {})["topics"]["58"]


def test_a_run_that_stops_anywhere_goes_on_well() -> None:
    forum = Forum(30, 25)
    found, _, _ = ask(forum)
    everything = set(numbers(found))
    for stop in range(len(found)):
        memories = [page.memory for page in found[: stop + 1] if page.memory is not None]
        rest, _, _ = ask(forum, memory=memories[-1] if memories else {})
        assert set(numbers(found[: stop + 1]) + numbers(rest)) == everything


def test_an_edit_in_a_topic_without_a_new_post_is_seen_in_the_next_run() -> None:
    forum = Forum(50)
    found, _, _ = ask(forum)
    at = (NOW + timedelta(hours=1)).isoformat()
    edited = a_post(5745, 45, updated_at=at, cooked="edited", version=2)
    answers = {"post_stream": {"posts": [edited]}, "id": 57}
    forum.other["t/57/posts.json"] = Reply(answers)
    again, _running, _ = ask(forum, memory=found[-1].memory)
    assert "57/45" in numbers(again)
    unedited, _, _ = ask(Forum(50), memory=found[-1].memory)
    assert unedited == []


def test_of_a_long_topic_only_the_young_end_is_asked_again() -> None:
    forum = Forum(200)
    found, _, _ = ask(forum)
    old = a_post(5790, 90, created_at="2024-01-01T08:00:00.000Z")
    forum.other["t/57/posts.json"] = Reply({"post_stream": {"posts": [old]}, "id": 57})
    _, running, _ = ask(forum, memory=found[-1].memory)
    assert paths(running)[1:] == ["t/57.json", "t/57/posts.json"]


def test_a_full_sweep_asks_for_every_post_of_every_topic() -> None:
    forum = Forum(45, 2)
    forum.bumped[58] = NOW - timedelta(days=400)
    first, _, _ = ask(forum, is_full_sweep=True)
    memory = {"topics": (first[-1].memory or {})["topics"]}
    found, running, _ = ask(forum, memory=memory, is_full_sweep=True)
    assert paths(running)[1:] == ["t/57.json", *["t/57/posts.json"] * 2, "t/58.json"]
    assert [page.completes for page in found] == [None, None, "57", "58"]


def test_topics_without_a_new_post_are_out_of_reach() -> None:
    forum = Forum(2, 2)
    forum.bumped[57] = NOW - timedelta(days=31)
    found, _, _ = ask(forum)
    assert numbers(found) == ["58/2"]


def test_a_list_is_asked_page_by_page_until_it_names_no_more_or_topics_are_old() -> None:
    old = (NOW - timedelta(days=90)).isoformat()
    pages: list[dict[str, Any]] = [
        {"topics": [], "more_topics_url": "/c/news/5?page=1"},
        {"topics": [Forum(1).entry(57)], "more_topics_url": "/c/news/5?page=2"},
        {"topics": [{"id": 9, "bumped_at": old}], "more_topics_url": "/c/news/5?page=3"},
        {"topics": [{"id": 8, "bumped_at": old}]},
    ]

    def behave(question: Question) -> Reply:
        if question.path.startswith("/c/"):
            return Reply({"topic_list": pages[int(question.query["page"])]})
        return forum(question)

    forum = Forum(1)
    forum.other = {f"t/{topic}.json": Reply({}, 404) for topic in (8, 9)}
    _, running, _ = ask(behave)
    assert paths(running).count("c/news/5/l/latest.json") == 3
    _, running, _ = ask(behave, is_full_sweep=True)
    assert paths(running).count("c/news/5/l/latest.json") == 4


def test_topics_by_name_are_asked_for_and_landed_when_they_changed() -> None:
    options = {"forum": FORUM, "topics": f"57, {FORUM}/t/plan/58/3"}
    forum = Forum(2, 3)
    found, running, error = ask(forum, options=options)
    assert error is None
    assert paths(running) == ["t/57.json", "t/58.json"]
    again, _, _ = ask(forum, options=options, memory=found[-1].memory)
    assert again == []


def test_a_topic_that_is_named_and_listed_is_asked_for_once() -> None:
    _, running, _ = ask(Forum(2), options=NEWS | {"topics": "57"})
    assert paths(running).count("t/57.json") == 1


@pytest.mark.parametrize(
    ("count", "completes"),
    [
        pytest.param(4, "57", id="all of them"),
        pytest.param(5, None, id="one slipped through between two pages"),
    ],
)
def test_a_giant_topic_comes_without_ids_and_is_asked_page_by_page(
    count: int, completes: str | None
) -> None:
    parts = {
        None: [a_post(1, 1), a_post(2, 2)],
        "2": [a_post(3, 3)],
        "3": [a_post(4, 4)],
        "4": [a_post(4, 4)],
    }

    def behave(question: Question) -> Reply:
        if question.path == "/t/57.json":
            body = {"post_stream": {"posts": parts[question.query.get("page")]}, "id": 57}
            return Reply(body | {"title": "Plan", "posts_count": count})
        return Forum(2)(question)

    found, _, error = ask(behave, is_full_sweep=True)
    assert error is None
    assert numbers(found) == ["57/2", "57/3", "57/4"]
    assert [page.completes for page in found] == [None, None, completes]


def test_a_topic_of_which_a_post_that_is_named_does_not_come_is_not_complete() -> None:
    forum = Forum(45, 3)

    def behave(question: Question) -> Reply:
        reply = forum(question)
        if question.path.endswith("posts.json"):
            reply.body["post_stream"]["posts"].pop()
        return reply

    for is_full_sweep in (True, False):
        found, _, error = ask(behave, is_full_sweep=is_full_sweep)
        assert error is None
        told = [page.memory for page in found if page.memory is not None]
        assert [list(memory["topics"]) for memory in told] == [["58"]]
        assert {page.completes for page in found} == ({None, "58"} if is_full_sweep else {None})


def test_a_topic_that_the_forum_cannot_give_does_not_keep_the_others_back() -> None:
    forum = Forum(3, 3, 3)
    forum.other["t/57.json"] = Reply({"error": "x"}, 500)
    memory: Any = {}
    for _ in range(2):
        found, running, error = ask(forum, memory=memory, is_full_sweep=True)
        assert isinstance(error, TryAgain)
        assert "`57`" in str(error)
        assert [page.completes for page in found] == ["58", "59"]
        memory = {"left": {"57": NOW.isoformat(timespec="minutes")}}
    assert paths(running)[-1] == "t/57.json"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"forum": FORUM}, "`categories` or `topics`"),
        ({"forum": FORUM, "categories": "news"}, "`news` in `categories`"),
        ({"forum": FORUM, "topics": "plan"}, "`plan` in `topics`"),
    ],
)
def test_wrong_options_are_told_without_asking(options: dict[str, str], told: str) -> None:
    _, running, error = ask(Forum(2), options=options)
    assert isinstance(error, GiveUp)
    assert told in str(error)
    assert running.asked == []


@pytest.mark.parametrize(
    "category", ["news/5", f"{FORUM}/c/news/5", f"{FORUM}/c/news/5/", " news/5 "]
)
def test_a_category_may_be_an_address(category: str) -> None:
    _, running, _ = ask(Forum(2), options={"forum": FORUM, "categories": category})
    assert paths(running)[0] == "c/news/5/l/latest.json"


@pytest.mark.parametrize(
    ("headers", "body", "waited"),
    [
        pytest.param({"Retry-After": "7"}, {}, 7.0, id="in the header"),
        pytest.param(
            {}, {"error_type": "rate_limit", "extras": {"wait_seconds": 12}}, 12.0, id="in the body"
        ),
    ],
)
def test_it_waits_as_long_as_the_forum_says(
    headers: dict[str, str], body: dict[str, Any], waited: float
) -> None:
    forum, tries = Forum(2), Counter[str]()

    def behave(question: Question) -> Reply:
        tries[question.path] += 1
        is_busy = question.path == "/t/57.json" and tries[question.path] == 1
        return Reply(body, 429, headers) if is_busy else forum(question)

    found, running, error = ask(behave)
    assert error is None
    assert running.slept == [waited]
    assert numbers(found) == ["57/2"]


def test_a_long_wait_ends_the_run_and_keeps_what_came() -> None:
    forum = Forum(2, 2)
    forum.other["t/58.json"] = Reply({"extras": {"wait_seconds": 3600}}, 429)
    found, _, error = ask(forum)
    assert isinstance(error, QuotaEnded)
    assert numbers(found) == ["57/2"]


def test_a_fault_in_the_middle_is_asked_again() -> None:
    forum, tries = Forum(25), Counter[str]()

    def behave(question: Question) -> Reply:
        tries[question.path] += 1
        is_down = question.path == "/t/57/posts.json" and tries[question.path] < 3
        return Reply("<h1>502</h1>", 502) if is_down else forum(question)

    found, _, error = ask(behave)
    assert error is None
    assert "57/25" in numbers(found)


def test_a_page_for_people_instead_of_an_answer_is_told() -> None:
    forum = Forum(2)
    forum.other["t/57.json"] = Reply("<html>maintenance</html>")
    _, _, error = ask(forum)
    assert isinstance(error, TryAgain)


def test_the_sample_is_read_in_full(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    assert SOURCE.recognise(content)
    post, *comments, swept = records_of(content, tmp_path)
    assert isinstance(post, Post)
    assert (post.site, post.native_id) == ("forum.stadtwerke-nordhafen.example", "57")
    assert post.title == "Unser Plan für die IT &amp; was er kostet"
    assert post.text == "<p>Wir ziehen 2026 um.</p>"
    assert post.reported_comment_count == 6
    found = {
        one.native_id: (one.parent_native_id, one.status, one.like_count, one.is_owner)
        for one in comments
        if isinstance(one, Comment)
    }
    assert found == {
        "57/2": (None, "published", 3, False),
        "57/3": ("57/2", "published", 0, True),
        "57/5": (None, "published", 0, False),
        "57/6": ("57/5", "deleted", 0, False),
        "57/7": ("57/6", "hidden", 0, False),
    }
    assert [one.text for one in comments if isinstance(one, Comment)][3:] == [None, None]
    edited = comments[2]
    assert isinstance(edited, Comment)
    assert edited.edited_at == datetime(2025, 11, 3, 10, 30, tzinfo=UTC)
    assert isinstance(swept, Swept)
    assert (swept.site, swept.post_native_id) == ("forum.stadtwerke-nordhafen.example", "57")


@given(length=st.integers(0, len(SAMPLE.read_bytes())))
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder, content = tmp_path_factory.mktemp("cut"), SAMPLE.read_bytes()
    whole, cut = records_of(content, folder), records_of(content[:length], folder)
    kept = [record for record in cut if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    tail = content[:length].rpartition(b"\n")[2]
    is_cut = bool(tail) and tail + b"\n" not in content.splitlines(keepends=True)
    assert len(cut) - len(kept) == is_cut


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_a_real_answer_gives_what_stands_in_it() -> None:
    path = FIXTURES / "discourse" / "topic_posts.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    about = {"forum": FORUM, "topic": 57, "owner": None}
    (found,) = read_page(LandedPage(body, about), ReadingRules())
    assert isinstance(found, Comment)
    assert (found.native_id, found.aliases, found.post_native_id) == ("57/2", ("123456",), "57")
    assert (found.author, found.author_name, found.like_count) == (
        *("Some-username", "Someones Name", 3),
    )
    assert found.text == "<p>Some text.</p>"
    assert found.created_at == datetime(2020, 1, 27, 11, 32, 3, 646000, tzinfo=UTC)
