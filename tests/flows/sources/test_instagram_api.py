"""Pages of posts, comments and answers asked of Instagram, and what becomes of them."""

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Page, recognise
from flows.sources.instagram_api import SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "instagram"
SAMPLE = Path(__file__).parent / "samples" / "instagram_api.jsonl"
ACCOUNT = "stadtwerke.nordhafen"
TOKEN = "IGAAs3cret"
COMMENTS_OF_1 = {"edge": "comments", "account": ACCOUNT, "post": "1"}


def records_of(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(SOURCE.read(landed, ReadingRules()))


def read_pages_of(*landed: Page) -> list[Record]:
    lines = [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in landed]
    return records_of("\n".join(lines).encode())


def post(number: int, count: int = 1, day: str = "2025-11-03") -> dict[str, Any]:
    return {
        "id": str(number),
        "comments_count": count,
        "timestamp": f"{day}T08:00:00+0000",
        "username": ACCOUNT,
    }


def comment(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "text": "Gut so!",
        "timestamp": "2025-11-03T09:00:00+0000",
        "username": "silke_b",
    } | fields


class Instagram:
    """An account `178` with posts, comments and answers; answers hold `size` objects."""

    def __init__(self, *posts: dict[str, Any], size: int = 100) -> None:
        self.size = size
        self.edges: dict[str, list[Any]] = {"178/media": list(posts)}
        self.instead: Callable[[Question], Reply | None] = lambda question: None

    def __call__(self, question: Question) -> Reply:
        if instead := self.instead(question):
            return instead
        if question.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"error": {"message": "expired", "code": 190}}, 400)
        path = question.path.removeprefix("/v26.0/")
        if path == "178":
            return Reply({"id": "178", "username": ACCOUNT})
        return Reply(self.part(path, int(question.query.get("after", 0))))

    def part(self, edge: str, start: int) -> dict[str, Any]:
        objects = [self.with_replies(one) for one in self.edges.get(edge, [])]
        body: dict[str, Any] = {"data": objects[start : start + self.size]}
        if start + self.size < len(objects):
            query = f"access_token={TOKEN}&after={start + self.size}"
            body["paging"] = {"next": f"https://graph.facebook.com/v26.0/{edge}?{query}"}
        return body

    def with_replies(self, one: Any) -> Any:
        edge = f"{one['id']}/replies" if "id" in one else ""
        return one | {"replies": self.part(edge, 0)} if edge in self.edges else one


def pages_of(running: Platform, token: str | None = TOKEN, **fields: Any) -> list[Page]:
    options = {"account": "178"} | fields.pop("options", {})
    return list(SOURCE.pages(running.errand(token, options=options, **fields)))


def a_world() -> World:
    instagram = Instagram(*(post(number) for number in (1, 2, 3)), size=2)
    instagram.edges |= {
        "1/comments": [comment(10), comment(11), comment(12)],
        "11/replies": [comment(number) for number in (21, 22, 23)],
        "3/comments": [comment(30)],
    }
    return World(instagram, {"account": "178"}, TOKEN)


def last_memory(landed: list[Page]) -> Mapping[str, Any]:
    told = [page.memory for page in landed if page.memory is not None]
    return json.loads(json.dumps(told[-1])) if told else {}  # type: ignore[no-any-return]


def edges_asked(running: Platform) -> list[str]:
    return [question.path.removeprefix("/v26.0/") for question in running.asked]


def ids(records: list[Record]) -> list[str | None]:
    return [one.native_id for one in records if isinstance(one, Post | Comment)]


def test_the_posts_of_the_sample_are_what_instagram_says() -> None:
    first, second, *_ = records_of(SAMPLE.read_bytes())
    assert first == Post(
        platform="instagram",
        site="",
        native_id="18000000000000801",
        position=1,
        channel="instagram",
        text="Blick in die neue Leitwarte 😀 #stadtwerke",
        url="https://www.instagram.com/p/NorDhaf_n-1/",
        author=ACCOUNT,
        created_at=datetime(2025, 11, 3, 7, 30, tzinfo=UTC),
        created_at_raw="2025-11-03T07:30:00+0000",
        status="published",
        reported_comment_count=4,
        reported_counts='{"like": 61}',
        aliases=("NorDhaf_n-1",),
    )
    assert isinstance(second, Post)
    assert (second.text, second.reported_counts, second.reported_comment_count) == (None, None, 0)
    assert second.aliases == ("NorDhaf_n-2",)


def test_a_comment_of_the_sample_is_what_instagram_says() -> None:
    found = records_of(SAMPLE.read_bytes())[2]
    assert found == Comment(
        platform="instagram",
        site="",
        position=3,
        line=2,
        native_id="17900000000000901",
        channel="instagram",
        post_native_id="18000000000000801",
        reply_semantics="two_level",
        author="Isil",
        author_name="silke_b",
        text="Sieht gut aus! Läuft dort schon das neue Leitsystem?",
        created_at=datetime(2025, 11, 3, 8, 2, 11, tzinfo=UTC),
        created_at_raw="2025-11-03T08:02:11+0000",
        status="published",
        like_count=5,
    )


def test_answers_owners_and_hidden_comments_of_the_sample_are_told() -> None:
    comments = [one for one in records_of(SAMPLE.read_bytes()) if isinstance(one, Comment)]
    told = [(one.parent_native_id, one.is_owner, one.status, one.like_count) for one in comments]
    assert told == [
        (None, False, "published", 5),
        ("17900000000000901", True, "published", 0),
        (None, False, "hidden", None),
        ("17900000000000901", False, "published", None),
    ]


@pytest.mark.parametrize("written", ["gestern", "2025-11-03T09:00:00", None, 5])
def test_a_time_that_is_none_is_left_to_be_rejected_later(written: Any) -> None:
    (found,) = read_pages_of(Page({"data": [comment(5, timestamp=written)]}, COMMENTS_OF_1))
    assert isinstance(found, Comment)
    assert found.created_at is None


def test_an_object_without_an_id_is_rejected_with_its_line() -> None:
    strange = {"data": [{"text": "geheim"}, 5, comment(2)]}
    first, second, kept = read_pages_of(Page(strange, COMMENTS_OF_1))
    assert isinstance(kept, Comment)
    for rejected in (first, second):
        assert isinstance(rejected, Rejected)
        assert (rejected.reason, rejected.line) == ("broken record", 1)
        assert "geheim" not in rejected.detail


@pytest.mark.parametrize("body", [{}, {"data": None}, [], None, "x"])
def test_an_answer_of_another_shape_is_one_rejection(body: Any) -> None:
    found = read_pages_of(Page(body, {"edge": "media", "account": ACCOUNT}))
    assert [type(record) for record in found] == [Rejected]


def test_a_run_asks_for_the_account_its_posts_and_their_comments_with_answers() -> None:
    instagram = Instagram(post(1), post(2))
    instagram.edges |= {"1/comments": [comment(10), comment(11)], "10/replies": [comment(12)]}
    with platform(instagram) as running:
        found = read_pages_of(*pages_of(running))
        assert edges_asked(running) == ["178", "178/media", "1/comments", "2/comments"]
        assert "replies.limit(50){id,text" in running.asked[2].query["fields"]
        assert all(question.query.get("limit") == "50" for question in running.asked[1:])
    assert ids(found) == ["1", "2", "10", "12", "11"]
    parents = {one.native_id: one.parent_native_id for one in found if isinstance(one, Comment)}
    assert parents == {"10": None, "12": "10", "11": None}


def test_answers_that_do_not_fit_into_their_comment_are_asked_for() -> None:
    instagram = Instagram(post(1), size=2)
    instagram.edges |= {
        "1/comments": [comment(10), comment(11), comment(12)],
        "11/replies": [comment(number) for number in (21, 22, 23)],
    }
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
        assert edges_asked(running).count("11/replies") == 2
    assert [page.completes for page in landed] == [None, None, None, None, "1", None]
    found = read_pages_of(*landed)
    assert set(ids(found)) == {"1", "10", "11", "12", "21", "22", "23"}
    answers = [one for one in found if isinstance(one, Comment) and one.native_id == "23"]
    assert [(one.parent_native_id, one.post_native_id) for one in answers] == [("11", "1")]


def test_answers_that_are_not_there_leave_the_post_incomplete_and_its_comments_there() -> None:
    instagram = Instagram(post(1), post(2), size=2)
    instagram.edges |= {
        "1/comments": [comment(10), comment(11), comment(12)],
        "10/replies": [comment(number) for number in (21, 22, 23)],
        "2/comments": [comment(30)],
    }
    gone = Reply({"error": {"code": 100, "error_subcode": 33}}, 400)
    instagram.instead = lambda question: gone if "10/replies" in question.path else None
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
    assert [page.completes for page in landed if page.completes] == ["2"]
    assert {"10", "11", "12", "21", "22", "30"} <= set(ids(read_pages_of(*landed)))


def test_no_link_and_no_token_ever_lands() -> None:
    instagram = Instagram(post(1), post(2), size=1)
    instagram.edges |= {"1/comments": [comment(10)], "10/replies": [comment(11), comment(12)]}
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
        assert all(TOKEN not in str(question.query) for question in running.asked)
    assert TOKEN not in repr(landed)
    assert "paging" not in repr(landed)


def test_a_second_run_asks_first_for_the_comments_of_a_post_with_another_count() -> None:
    instagram = Instagram(post(1), post(2))
    with platform(instagram) as running:
        memory = last_memory(pages_of(running))
        running.asked.clear()
        instagram.edges["178/media"] = [post(1), post(2, count=3)]
        landed = pages_of(running, memory=memory)
        assert edges_asked(running) == ["178", "178/media", "2/comments", "1/comments"]
    assert [page.body is None for page in landed] == [False, False, True]


def test_posts_before_the_look_back_are_left_to_the_full_sweep() -> None:
    old = [post(number, day="2024-05-01") for number in (2, 3, 4)]
    with platform(Instagram(post(1), *old, size=2)) as running:
        pages_of(running)
        assert edges_asked(running) == ["178", "178/media", "1/comments", "178/media"]
        running.asked.clear()
        landed = pages_of(running, is_full_sweep=True)
    assert [page.completes for page in landed if page.completes] == ["1", "2", "3", "4"]
    swept = [one.post_native_id for one in read_pages_of(*landed) if isinstance(one, Swept)]
    assert swept == ["1", "2", "3", "4"]


def test_an_empty_answer_with_a_next_link_is_gone_past() -> None:
    empty = {"data": [], "paging": {"next": "https://x/y?after=0&real=1"}}
    instagram = Instagram(post(1))
    instagram.edges["1/comments"] = [comment(10)]
    instagram.instead = lambda question: (
        Reply(empty) if "comments" in question.path and "real" not in question.query else None
    )
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
    assert ids(read_pages_of(*landed)) == ["1", "10"]
    assert [page.completes for page in landed if page.completes] == ["1"]


def test_a_loop_of_answers_ends_and_does_not_complete_the_post() -> None:
    loop = {"data": [comment(11)], "paging": {"next": "https://x/y?after=1"}}
    instagram = Instagram(post(1), size=1)
    instagram.edges |= {"1/comments": [comment(10)], "10/replies": [comment(11), comment(12)]}
    instagram.instead = lambda question: Reply(loop) if "replies" in question.path else None
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
        assert edges_asked(running).count("10/replies") == 2
    assert [page.completes for page in landed if page.completes] == []


def test_a_post_that_is_gone_meanwhile_stops_nothing_and_completes_nothing() -> None:
    gone = Reply({"error": {"code": 100, "error_subcode": 33}}, 400)
    instagram = Instagram(post(1), post(2))
    instagram.instead = lambda question: gone if question.path.endswith("/1/comments") else None
    with platform(instagram) as running:
        landed = pages_of(running, is_full_sweep=True)
    assert [page.completes for page in landed if page.completes] == ["2"]


def test_a_sweep_that_the_platform_ends_goes_on_with_the_posts_that_are_left() -> None:
    usage = '{"178":[{"type":"instagram","estimated_time_to_regain_access":20}]}'
    throttled = Reply({"error": {"code": 80002}}, 400, {"X-Business-Use-Case-Usage": usage})
    instagram = Instagram(post(1), post(2))
    instagram.instead = lambda question: throttled if "2/comments" in question.path else None
    with platform(instagram) as running:
        landed: list[Page] = []
        errand = running.errand(TOKEN, options={"account": "178"}, is_full_sweep=True)
        with pytest.raises(QuotaEnded):
            landed.extend(SOURCE.pages(errand))  # what came before the error stays in `landed`
        instagram.instead = lambda question: None
        running.asked.clear()
        pages_of(running, memory=last_memory(landed), is_full_sweep=True)
        assert edges_asked(running) == ["178", "178/media", "2/comments"]


def test_a_fault_in_the_middle_is_asked_again() -> None:
    faults = iter([Reply("", 500), Reply({"error": {"code": 2}}, 500)])
    instagram = Instagram(post(1))
    instagram.instead = lambda question: next(faults, None) if "media" in question.path else None
    with platform(instagram) as running:
        assert ids(read_pages_of(*pages_of(running))) == ["1"]
        assert len(running.slept) == 2


def test_a_page_of_html_ends_the_run_for_now() -> None:
    with platform(lambda question: Reply("<html>")) as running, pytest.raises(TryAgain):
        pages_of(running)


@pytest.mark.parametrize("token", ["IGAAexpired", None])
def test_a_bad_token_is_given_up_at_the_first_question(token: str | None) -> None:
    with platform(Instagram(post(1))) as running:
        with pytest.raises(GiveUp, match="make a new one") as given_up:
            pages_of(running, token=token)
        assert len(running.asked) == 1
    assert "IGAAexpired" not in str(given_up.value)


def test_an_account_that_is_not_there_is_given_up_by_name() -> None:
    gone = Reply({"error": {"code": 100, "error_subcode": 33}}, 400)
    with platform(lambda question: gone) as running, pytest.raises(GiveUp, match="`178`"):
        pages_of(running)


@pytest.mark.parametrize("account", ["https://www.instagram.com/nordhafen/", "@nordhafen", "17 8"])
def test_an_account_that_is_no_id_is_told_and_nobody_gets_the_token(account: str) -> None:
    with platform(Instagram(post(1))) as running:
        with pytest.raises(GiveUp, match=r"option `account` is .* expected the id of the account"):
            pages_of(running, options={"account": account})
        assert running.asked == []


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "graph.facebook.com"),
        ({"login": "facebook"}, "graph.facebook.com"),
        ({"login": "instagram"}, "graph.instagram.com"),
    ],
)
def test_the_login_decides_which_host_is_asked(options: dict[str, str], host: str) -> None:
    bases = []
    with platform(Instagram()) as running:

        def connect(base: str, **fields: Any) -> Any:
            bases.append(base)
            return running.connect(base, **fields)

        errand = running.errand(TOKEN, options={"account": "178"} | options)
        list(SOURCE.pages(type(errand)(**(errand.__dict__ | {"connect": connect}))))
    assert bases == [f"https://{host}/v26.0/"]


def test_an_unknown_login_is_given_up() -> None:
    with platform(Instagram()) as running, pytest.raises(GiveUp, match="`login` is `x`"):
        pages_of(running, options={"login": "x"})


def test_the_sample_is_recognised_and_saved_answers_are_not() -> None:
    assert recognise(SAMPLE) is SOURCE
    assert not SOURCE.recognise(json.dumps({"data": [post(1)]}).encode())


@given(st.floats(0, 1))
def test_a_cut_sample_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content[: int(where * len(content))])
    kept = [record for record in found if not isinstance(record, Rejected)]
    assert kept == records_of(content)[: len(kept)]
    assert len(found) - len(kept) <= 1


def body_of(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text("utf-8"))


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_posts_give_what_was_counted_in_them() -> None:
    media = {"edge": "media", "account": "ikroskun"}
    names = ("users_medias_p1.json", "users_medias_p2.json")
    found = read_pages_of(*(Page(body_of(name), media) for name in names))
    posts = [one for one in found if isinstance(one, Post)]
    assert len(posts) == len(found) == 4
    assert [one.reported_comment_count for one in posts] == [0, 6, 0, 0]
    assert (posts[1].native_id, posts[1].aliases) == ("17896622936197745", ("CSgdWACBeKr",))
    assert (posts[2].text, posts[2].reported_counts) == ("ALBUM", '{"like": 1}')
    assert posts[3].created_at == datetime(2021, 6, 9, 9, 47, 29, tzinfo=UTC)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_comments_give_what_was_counted_in_them() -> None:
    about = {"edge": "comments", "account": "ikroskun", "post": "17846368219941692"}
    pages = [
        Page(body_of("media_comments_p1.json"), about),
        Page(body_of("media_comments_p2.json"), about),
        Page({"data": list(body_of("comments_fields.json").values())}, about),
        Page(body_of("replies.json"), about | {"edge": "replies", "comment": "17892250648466172"}),
    ]
    found = read_pages_of(*pages)
    comments = [one for one in found if isinstance(one, Comment)]
    assert len(comments) == len(found) == 7
    assert (comments[0].native_id, comments[0].text) == ("17858154961981086", "Beautiful!")
    assert (comments[4].author, comments[4].is_owner, comments[4].like_count) == (
        "ikroskun",
        True,
        1,
    )
    assert (comments[6].native_id, comments[6].parent_native_id) == (
        "17847314687296283",
        "17892250648466172",
    )
