"""Pages of posts and comments asked of the Graph API, and what becomes of them."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.left import PostsLeft
from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Page, recognise
from flows.sources.facebook_api import SOURCE
from flows.sources.facebook_graph import SOURCE as SAVED
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "facebook-graph"
SAMPLE = Path(__file__).parent / "samples" / "facebook_api.jsonl"
PAGE = "104500000000001"
TOKEN = "EAAs3cret"
THROTTLED = Reply(
    {"error": {"message": TOKEN, "type": "OAuthException", "code": 32}},
    400,
    {"X-Business-Use-Case-Usage": '{"7":[{"estimated_time_to_regain_access":20}]}'},
)


def records_of(content: bytes, source: Any = SOURCE) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jsonl"
        path.write_bytes(content)
        landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
        return list(source.read(landed, ReadingRules()))


def read_pages_of(*landed: Page) -> list[Record]:
    lines = [page_line(SOURCE.name, p.body, dict(p.about), "now", p.completes) for p in landed]
    return records_of("\n".join(lines).encode())


def post(number: int, total: int = 1, updated: str = "2025-11-03T10:00:00+0000") -> dict[str, Any]:
    return {
        "id": f"7_{number}",
        "message": "Wir ziehen um.",
        "created_time": "2025-11-03T08:00:00+0000",
        "updated_time": updated,
        "comments": {"data": [], "summary": {"total_count": total}},
    }


def comment(post_number: int, number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{post_number}_{number}",
        "message": "Gut so!",
        "created_time": "2025-11-03T09:00:00+0000",
    } | fields


class Facebook:
    """A page `7` with posts and comments; answers hold `size` objects, and a token in links."""

    def __init__(self, *posts: dict[str, Any], size: int = 100) -> None:
        self.posts, self.size = list(posts), size
        self.comments: dict[str, list[Any]] = {str(one["id"]): [] for one in posts}
        self.instead: Callable[[Question], Reply | None] = lambda question: None

    def __call__(self, question: Question) -> Reply:
        if instead := self.instead(question):
            return instead
        if question.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"error": {"message": "expired", "code": 190}}, 400)
        path = question.path.removeprefix("/v26.0/")
        if path in ("7", "nordhafen"):
            return Reply({"id": "7", "name": "Stadtwerke"})
        if path == "7/posts":
            return self.part(self.posts, question)
        return self.part(self.comments[path.removesuffix("/comments")], question)

    def part(self, objects: list[Any], question: Question) -> Reply:
        start = int(question.query.get("after", 0))
        body: dict[str, Any] = {"data": objects[start : start + self.size]}
        if start + self.size < len(objects):
            query = f"access_token={TOKEN}&limit=100&after={start + self.size}"
            body["paging"] = {"next": f"https://graph.facebook.com/v26.0/x?{query}"}
        return Reply(body)


def pages_of(running: Platform, token: str | None = TOKEN, **fields: Any) -> list[Page]:
    options = {"page": fields.pop("page", "7")}
    return list(SOURCE.pages(running.errand(token, options=options, **fields)))


def a_world() -> World:
    facebook = Facebook(*(post(number) for number in (1, 2, 3)), size=2)
    facebook.comments |= {
        "7_1": [comment(1, 10), comment(1, 11, parent={"id": "1_10"}), comment(1, 12)],
        "7_3": [comment(3, 30)],
    }
    return World(facebook, {"page": "7"}, TOKEN)


def last_memory(landed: list[Page]) -> Mapping[str, Any]:
    told = [page.memory for page in landed if page.memory is not None]
    return json.loads(json.dumps(told[-1])) if told else {}  # type: ignore[no-any-return]


REFUSED = [
    pytest.param({"code": 100}, id="refused"),
    pytest.param({"code": 10}, id="no permission"),
    pytest.param({"code": 1, "message": "Please reduce the amount of data"}, id="too much"),
]


@pytest.mark.parametrize("error", REFUSED)
def test_a_post_that_facebook_refuses_does_not_keep_the_others_back(error: Any) -> None:
    facebook = Facebook(*(post(number) for number in (1, 2, 3)))
    facebook.comments |= {"7_1": [comment(1, 10)], "7_2": [comment(2, 20)]}
    is_broken = True
    refusal = Reply({"error": error}, 400)
    facebook.instead = lambda question: (
        refusal if is_broken and question.path.endswith("7_1/comments") else None
    )
    landed: list[Page] = []
    with platform(facebook) as running:
        with pytest.raises(PostsLeft, match=f"`7_1`.*Graph error {error['code']}"):
            landed.extend(SOURCE.pages(running.errand(TOKEN, options={"page": "7"})))
        assert [page.completes for page in landed if page.completes] == ["2", "3"]
        memory = last_memory(landed)
        is_broken = False
        landed = pages_of(running, memory=memory)
        assert edges_asked(running)[-1] == "7_1/comments", "it is asked for last"
    assert [page.completes for page in landed if page.body and page.completes] == ["1"]
    assert "left" not in last_memory(landed)


def edges_asked(running: Platform) -> list[str]:
    return [question.path.removeprefix("/v26.0/") for question in running.asked]


def ids(records: list[Record]) -> list[str | None]:
    return [one.native_id for one in records if isinstance(one, Post | Comment)]


def test_the_post_of_the_sample_is_what_graph_says() -> None:
    found = records_of(SAMPLE.read_bytes())[0]
    assert found == Post(
        platform="facebook",
        site="",
        native_id="801",
        position=1,
        channel="facebook",
        text="Ab Januar arbeiten wir im neuen Kundenportal. Was brauchen Sie dort zuerst?",
        url=f"https://www.facebook.com/{PAGE}/posts/801/",
        author=PAGE,
        created_at=datetime(2025, 11, 3, 7, 30, tzinfo=UTC),
        created_at_raw="2025-11-03T07:30:00+0000",
        status="published",
        reported_comment_count=4,
        reported_counts='{"reaction": 12, "share": 3}',
        aliases=(f"{PAGE}_801",),
    )


def test_a_comment_of_the_sample_is_what_graph_says() -> None:
    found = records_of(SAMPLE.read_bytes())[2]
    assert found == Comment(
        platform="facebook",
        site="",
        position=3,
        line=2,
        native_id="801_901",
        channel="facebook",
        post_native_id="801",
        reply_semantics="two_level",
        author="5001",
        author_name="Silke Brandt",
        text="Endlich! Hauptsache, der Zählerstand geht ohne Anruf. 👍",
        created_at=datetime(2025, 11, 3, 8, 2, 11, tzinfo=UTC),
        created_at_raw="2025-11-03T08:02:11+0000",
        status="published",
        like_count=5,
        reply_count=1,
        permalink=f"https://www.facebook.com/{PAGE}/posts/801/?comment_id=901",
        aliases=("901",),
    )


def test_answers_owners_hidden_comments_and_unknown_authors_of_the_sample_are_told() -> None:
    comments = [one for one in records_of(SAMPLE.read_bytes()) if isinstance(one, Comment)]
    told = [(one.parent_native_id, one.is_owner, one.status, one.author) for one in comments]
    assert told == [
        (None, False, "published", "5001"),
        ("801_901", True, "published", PAGE),
        (None, False, "published", None),
        (None, False, "hidden", "5002"),
    ]


def test_a_comment_of_a_photo_stands_under_the_post_that_was_asked_for() -> None:
    about = {"edge": "comments", "page": "7", "post": "7_1"}
    (found,) = read_pages_of(Page({"data": [comment(999, 5)]}, about))
    assert isinstance(found, Comment)
    assert (found.native_id, found.post_native_id) == ("999_5", "1")


def test_an_object_without_an_id_is_rejected_with_its_line() -> None:
    about = {"edge": "comments", "page": "7", "post": "7_1"}
    strange = {"data": [{"message": "geheim"}, 5, comment(1, 2)]}
    first, second, kept = read_pages_of(Page(strange, about))
    assert isinstance(kept, Comment)
    for rejected in (first, second):
        assert isinstance(rejected, Rejected)
        assert (rejected.reason, rejected.line) == ("broken record", 1)
        assert "geheim" not in rejected.detail


def test_a_time_that_is_none_is_left_to_be_rejected_later() -> None:
    about = {"edge": "comments", "page": "7", "post": "7_1"}
    (found,) = read_pages_of(Page({"data": [comment(1, 2, created_time="gestern")]}, about))
    assert isinstance(found, Comment)
    assert (found.created_at, found.created_at_raw) == (None, "gestern")


@pytest.mark.parametrize("body", [{}, {"data": None}, [], None, "x"])
def test_an_answer_of_another_shape_is_one_rejection(body: Any) -> None:
    found = read_pages_of(Page(body, {"edge": "posts", "page": "7"}))
    assert [type(record) for record in found] == [Rejected]


def test_a_run_asks_for_the_page_its_posts_and_the_comments_of_all_levels() -> None:
    facebook = Facebook(post(1), post(2))
    facebook.comments["7_1"] = [comment(1, 10), comment(1, 11, parent={"id": "1_10"})]
    with platform(facebook) as running:
        landed = pages_of(running, page="nordhafen")
        assert edges_asked(running) == ["nordhafen", "7/posts", "7_1/comments", "7_2/comments"]
        _, posts, comments, _ = running.asked
    assert posts.query["since"] == str(int(datetime(2025, 10, 11, 8, tzinfo=UTC).timestamp()))
    assert (comments.query["filter"], comments.query["order"]) == ("stream", "chronological")
    assert ids(read_pages_of(*landed)) == ["1", "2", "1_10", "1_11"]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.facebook.com/nordhafen",
        "http://facebook.com/nordhafen/?locale=de_DE",
        "de-de.facebook.com/nordhafen/",
        "https://www.facebook.com/profile.php?ref=ts&id=7#",
        "@nordhafen",
    ],
)
def test_a_page_is_known_by_its_address_and_only_facebook_is_asked(address: str) -> None:
    with platform(Facebook(post(1))) as running:
        assert ids(read_pages_of(*pages_of(running, page=address))) == ["1"]
        assert edges_asked(running)[0] in ("nordhafen", "7")


@pytest.mark.parametrize(
    "address",
    [
        "https://www.instagram.com/nordhafen",
        "https://www.facebook.com/nordhafen/posts/1",
        "https://www.facebook.com/profile.php?ref=ts",
        "//facebook.com/nordhafen",
        "https://",
    ],
)
def test_an_address_that_is_of_no_page_is_told_and_gets_no_token(address: str) -> None:
    with platform(Facebook(post(1))) as running:
        with pytest.raises(GiveUp, match=r"option `page` is .* expected the id of a page"):
            pages_of(running, page=address)
        assert running.asked == []


def test_many_pages_of_posts_and_comments_are_asked_for_to_their_ends() -> None:
    facebook = Facebook(*(post(number) for number in range(1, 6)), size=2)
    facebook.comments["7_3"] = [comment(3, number) for number in range(5)]
    with platform(facebook) as running:
        found = ids(read_pages_of(*pages_of(running)))
        assert edges_asked(running).count("7_3/comments") == 3
    assert sorted(found, key=str) == sorted(  # type: ignore[type-var]
        [*"12345", *(f"3_{number}" for number in range(5))]
    )


def test_a_post_that_moves_to_the_next_page_is_asked_for_once() -> None:
    facebook = Facebook(post(1), post(2), post(2), post(3), size=2)
    with platform(facebook) as running:
        pages_of(running)
        assert edges_asked(running).count("7_2/comments") == 1


def test_no_link_and_no_token_ever_lands() -> None:
    facebook = Facebook(post(1), post(2), size=1)
    facebook.comments["7_1"] = [comment(1, 1), comment(1, 2)]
    with platform(facebook) as running:
        landed = pages_of(running, is_full_sweep=True)
        assert all(TOKEN not in str(question.query) for question in running.asked)
    assert TOKEN not in repr(landed)
    assert "paging" not in repr(landed)


def test_a_second_run_asks_first_for_the_comments_of_a_post_that_changed() -> None:
    facebook = Facebook(post(1), post(2), post(3))
    with platform(facebook) as running:
        memory = last_memory(pages_of(running))
        running.asked.clear()
        facebook.posts = [post(1), post(2, total=2), post(3, updated="2025-11-04T10:00:00+0000")]
        landed = [page for page in pages_of(running, memory=memory) if page.body is not None]
        changed = ["7_2/comments", "7_3/comments"]
        assert edges_asked(running) == ["7", "7/posts", *changed, "7_1/comments"]
    assert [page.about.get("post") for page in landed] == [None, "7_2", "7_3"]


def test_an_edit_that_moves_no_number_is_seen_in_the_next_run() -> None:
    facebook = Facebook(post(1))
    facebook.comments["7_1"] = [comment(1, 1)]
    with platform(facebook) as running:
        memory = last_memory(pages_of(running))
        facebook.comments["7_1"] = [comment(1, 1, message="Doch nicht so gut.")]
        landed = [page for page in pages_of(running, memory=memory) if page.body is not None]
    texts = [one.text for one in read_pages_of(*landed) if isinstance(one, Comment)]
    assert texts == ["Doch nicht so gut."]


def test_a_comment_that_lacks_its_id_is_known_by_its_address() -> None:
    address = "https://www.facebook.com/7/posts/1?comment_id=5&reply_comment_id=6"
    bare = {"message": "Gut so!", "created_time": "2025-11-03T09:00:00+0000"}
    about = {"edge": "comments", "page": "7", "post": "7_1"}
    body = {"data": [bare | {"permalink_url": address}, bare]}
    found, rejected = read_pages_of(Page(body, about))
    assert isinstance(found, Comment)
    assert (found.native_id, found.parent_native_id) == ("1_6", "1_5")
    assert isinstance(rejected, Rejected)


def test_of_posts_without_any_number_new_comments_are_seen() -> None:
    bare = {"id": "7_1", "message": "Wir ziehen um.", "created_time": "2025-11-03T08:00:00+0000"}
    facebook = Facebook(bare)
    with platform(facebook) as running:
        memory = last_memory(pages_of(running))
        facebook.comments["7_1"] = [comment(1, 1)]
        landed = [page for page in pages_of(running, memory=memory) if page.body is not None]
    assert "1_1" in ids(read_pages_of(*landed))


def test_a_full_sweep_asks_for_every_post_and_completes_each() -> None:
    facebook = Facebook(post(1), post(2), size=1)
    facebook.comments["7_1"] = [comment(1, 1), comment(1, 2)]
    with platform(facebook) as running:
        memory = last_memory(pages_of(running))
        running.asked.clear()
        landed = pages_of(running, memory=memory, is_full_sweep=True)
        assert "since" not in running.asked[1].query
    completed = [(page.about["edge"], page.completes) for page in landed]
    assert completed == [
        ("posts", None),
        ("comments", None),
        ("comments", "1"),
        ("posts", None),
        ("comments", "2"),
        ("page", None),
    ]
    swept = [one.post_native_id for one in read_pages_of(*landed) if isinstance(one, Swept)]
    assert swept == ["1", "2"]


def test_a_sweep_that_the_platform_ends_goes_on_with_the_posts_that_are_left() -> None:
    facebook = Facebook(post(1), post(2))
    facebook.instead = lambda question: THROTTLED if "7_2" in question.path else None
    with platform(facebook) as running:
        landed: list[Page] = []
        errand = running.errand(TOKEN, options={"page": "7"}, is_full_sweep=True)
        with pytest.raises(QuotaEnded) as ended:
            landed.extend(SOURCE.pages(errand))  # what came before the error stays in `landed`
        assert TOKEN not in str(ended.value)
        facebook.instead = lambda question: None
        running.asked.clear()
        rest = pages_of(running, memory=last_memory(landed), is_full_sweep=True)
        assert edges_asked(running) == ["7", "7/posts", "7_2/comments"]
        again = pages_of(running, memory=last_memory(rest), is_full_sweep=True)
    assert [page.completes for page in again if page.completes] == ["1", "2"]


def test_a_run_that_stops_in_the_middle_of_a_post_asks_for_that_post_again() -> None:
    facebook = Facebook(post(1), size=1)
    facebook.comments["7_1"] = [comment(1, 1), comment(1, 2)]
    with platform(facebook) as running:
        landed = []
        for page in SOURCE.pages(running.errand(TOKEN, options={"page": "7"})):
            landed.append(page)
            if len(landed) == 2:
                break
        running.asked.clear()
        pages_of(running, memory=last_memory(landed))
        assert edges_asked(running).count("7_1/comments") == 2


def test_a_loop_of_comments_ends_and_does_not_complete_the_post() -> None:
    loop = {"data": [comment(1, 1)], "paging": {"next": "https://x/y?after=1"}}
    facebook = Facebook(post(1))
    facebook.instead = lambda question: Reply(loop) if "7_1" in question.path else None
    with platform(facebook) as running:
        landed = pages_of(running, is_full_sweep=True)
        assert edges_asked(running).count("7_1/comments") == 2
    assert [page.completes for page in landed if page.completes] == []


def test_a_post_that_is_gone_meanwhile_stops_nothing_and_completes_nothing() -> None:
    gone = Reply({"error": {"code": 100, "error_subcode": 33}}, 400)
    facebook = Facebook(post(1), post(2))
    facebook.instead = lambda question: gone if "7_1" in question.path else None
    with platform(facebook) as running:
        landed = pages_of(running, is_full_sweep=True)
    assert [page.completes for page in landed if page.completes] == ["2"]


def test_a_post_without_an_id_lands_and_stops_nothing() -> None:
    facebook = Facebook(post(1))
    facebook.posts.insert(0, {"message": "?"})
    with platform(facebook) as running:
        found = read_pages_of(*pages_of(running))
    assert [type(record) for record in found] == [Rejected, Post, Swept]


def test_a_fault_in_the_middle_is_asked_again() -> None:
    faults = iter([Reply("", 500), Reply({"error": {"code": 2}}, 500)])
    facebook = Facebook(post(1))
    facebook.comments["7_1"] = [comment(1, 1)]
    facebook.instead = lambda question: next(faults, None) if "7_1" in question.path else None
    with platform(facebook) as running:
        assert ids(read_pages_of(*pages_of(running))) == ["1", "1_1"]
        assert len(running.slept) == 2


def test_a_page_of_html_ends_the_run_for_now() -> None:
    with platform(lambda question: Reply("<html>")) as running, pytest.raises(TryAgain):
        pages_of(running)


@pytest.mark.parametrize("token", ["EAAexpired", None])
def test_a_bad_token_is_given_up_at_the_first_question(token: str | None) -> None:
    with platform(Facebook(post(1))) as running:
        with pytest.raises(GiveUp, match="make a new one") as given_up:
            pages_of(running, token=token)
        assert len(running.asked) == 1
    assert "EAAexpired" not in str(given_up.value)


def test_a_page_that_is_not_there_is_given_up_by_name() -> None:
    gone = Reply({"error": {"code": 803}}, 404)
    with platform(lambda question: gone) as running, pytest.raises(GiveUp, match="`nordhafn`"):
        pages_of(running, page="nordhafn")


def test_ids_are_those_of_saved_answers() -> None:
    posts = {"data": [post(1)]}
    comments = {"data": [comment(1, 10, like_count=0), comment(1, 11, parent={"id": "1_10"})]}
    asked = read_pages_of(
        Page(posts, {"edge": "posts", "page": "7"}),
        Page(comments, {"edge": "comments", "page": "7", "post": "7_1"}),
    )
    saved = records_of(f"{json.dumps(posts)}\n{json.dumps(comments)}".encode(), SAVED)
    assert [replace(one, line=None) if isinstance(one, Comment) else one for one in asked] == [
        replace(one, line=None) if isinstance(one, Comment) else one for one in saved
    ]


def test_the_sample_is_recognised_and_saved_answers_are_not() -> None:
    assert recognise(SAMPLE) is SOURCE
    assert not SOURCE.recognise(json.dumps({"data": [post(1)]}).encode())


@given(st.floats(0, 1))
def test_a_cut_sample_yields_only_what_was_whole_and_at_most_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content[: int(where * len(content))])
    whole = records_of(content)
    kept = [record for record in found if not isinstance(record, Rejected)]
    assert kept == whole[: len(kept)]
    assert len(found) - len(kept) <= 1


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_answers_give_their_posts_and_comments() -> None:
    body = json.loads((FIXTURES / "posts_feeds_default_fields_p1.json").read_text("utf-8"))
    posts = read_pages_of(Page(body, {"edge": "posts", "page": "19292868552"}))
    assert isinstance(posts[0], Post)
    assert posts[0].reported_comment_count == 13
    assert ids(posts)[0] == "10158349356748553"
    assert len(posts) == 5
    by_id = json.loads((FIXTURES / "comments_info.json").read_text("utf-8"))
    about = {"edge": "comments", "page": "19292868552", "post": "19292868552_10158371815748553"}
    first, second = read_pages_of(Page({"data": list(by_id.values())}, about))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.native_id, first.text) == (
        "10158371815748553_10158371930463553",
        "This is really nice",
    )
    assert (second.created_at, second.reply_count) == (
        datetime(2021, 7, 22, 0, 6, 22, tzinfo=UTC),
        1,
    )
