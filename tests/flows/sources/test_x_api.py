"""X's interface: what is asked, that nothing is paid for twice, and what answers become."""

import base64
import json
import re
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.x_objects import EPOCH
from flows.sources.base import Errand, Page
from flows.sources.x_api import NAME, SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp
from tests.loopback import NOW, Platform, Question, Reply, World, platform

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "x-twitter-api"
SAMPLE = Path(__file__).parent / "samples" / "x_api.jsonl"
OWNER = "1961000000000000001"
TOKEN = "AAAA-s3cret"
AT_ONCE = 2
"""Posts that the false X gives at once; the real one gives 100."""


def made(days_ago: float, number: int = 0) -> str:
    """The id of a post of `days_ago`."""
    moment = NOW - timedelta(days=days_ago)
    return str((int(moment.timestamp() * 1000) - EPOCH << 22) + number)


def post(native_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": native_id,
        "text": f"Text {native_id}",
        "author_id": OWNER,
        "created_at": "2025-11-09T08:00:00.000Z",
        "edit_history_tweet_ids": [native_id],
        "public_metrics": {"reply_count": 1, "like_count": 0, "retweet_count": 0},
    } | fields


def answer(native_id: str, root: str, **fields: Any) -> dict[str, Any]:
    reference = [{"type": "replied_to", "id": root}]
    return post(native_id, author_id="77", referenced_tweets=reference, **fields)


class X:
    """An account and its conversations; it notes every post that it gave, and when it refused."""

    def __init__(self, own: list[Any], answers: dict[str, list[Any]] | None = None) -> None:
        self.own, self.answers = own, answers or {}
        self.paid: list[str] = []

    def __call__(self, question: Question) -> Reply:
        if question.path.startswith("/2/users/by/username/"):
            return Reply({"data": {"id": OWNER, "name": "CIO", "username": "cio"}})
        if question.path == f"/2/users/{OWNER}/tweets":
            return self.given(self.own, question.query)
        root = question.query["query"].removeprefix("conversation_id:")
        for bound in ("since_id", "until_id"):
            if 30_000_000_000 < int(question.query.get(bound, 2**62)) < int(made(7)):
                return Reply({"title": "Invalid Request"}, 400)
        own = [
            one
            for one in self.own
            if one["id"] == root and not 30_000_000_000 < int(root) < int(made(7))
        ]
        return self.given(own + self.answers.get(root, []), question.query)

    def given(self, posts: list[Any], query: dict[str, str]) -> Reply:
        since, until = int(query.get("since_id", 0)), int(query.get("until_id", 2**63))
        found = [one for one in posts if since < int(one["id"]) < until]
        found.sort(key=lambda one: -int(one["id"]))
        start = int(query.get("pagination_token", "t0")[1:])
        some, rest = found[start : start + AT_ONCE], found[start + AT_ONCE :]
        self.paid += [one["id"] for one in some]
        meta: dict[str, Any] = {"result_count": len(some)}
        meta |= {"next_token": f"t{start + AT_ONCE}"} if rest else {}
        # Without results there is no `data` at all.
        return Reply({"data": some, "meta": meta} if some else {"meta": meta})


def errand(running: Platform, **fields: Any) -> Errand:
    options = {"username": "@cio"} | fields.pop("options", {})
    return running.errand(TOKEN, options=options, **fields)


def run(running: Platform, **fields: Any) -> list[Page]:
    return list(SOURCE.pages(errand(running, **fields)))


def memory_of(pages: list[Page], before: Any = None) -> Any:
    """What is remembered, after it went through JSON as it does in the warehouse."""
    remembered = [page.memory for page in pages if page.memory is not None]
    return json.loads(json.dumps(remembered[-1] if remembered else before))


def records(pages: list[Page], folder: Path) -> list[Record]:
    path = folder / "x.pages.jsonl"
    lines = [page_line(NAME, page.body, dict(page.about), None, None) for page in pages]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
    return list(SOURCE.read(landed, ReadingRules()))


ROOT = made(2)
ANSWERS = [made(1, number) for number in range(5)]


def account() -> X:
    return X([post(ROOT)], {ROOT: [answer(one, ROOT) for one in ANSWERS]})


def a_world() -> World:
    behave = account()
    behave.own.append(post(made(3)))
    behave.answers[made(3)] = [answer(made(1.5), made(3))]
    return World(behave, {"username": "@cio"}, TOKEN)


def test_own_posts_and_the_answers_below_them_are_landed(tmp_path: Path) -> None:
    with platform(account()) as running:
        first, *others = records(run(running), tmp_path)
    assert isinstance(first, Post)
    assert first.native_id == ROOT
    assert {o.native_id for o in others if isinstance(o, Comment)} == set(ANSWERS)
    assert len(others) == len(ANSWERS)
    assert {q.headers["authorization"] for q in running.asked} == {f"Bearer {TOKEN}"}
    assert all("expansions" not in question.query for question in running.asked)
    assert running.asked[-1].query["query"] == f"conversation_id:{ROOT}"


@pytest.mark.parametrize(("dialect", "field"), [("", "tweet.fields"), ("post", "post.fields")])
def test_the_question_is_put_in_the_dialect_of_the_options(dialect: str, field: str) -> None:
    with platform(account()) as running:
        run(running, options={"dialect": dialect})
    assert all(field in question.query for question in running.asked[1:])


def test_a_dialect_that_there_is_not_is_refused() -> None:
    with platform(account()) as running, pytest.raises(GiveUp, match="dialect"):
        run(running, options={"dialect": "toot"})


def test_a_second_run_pays_for_nothing_but_what_is_new() -> None:
    x = account()
    with platform(x) as running:
        memory = memory_of(run(running))
        assert sorted(x.paid) == sorted([ROOT, *ANSWERS])
        x.paid.clear()
        assert run(running, memory=memory) == []
        new = made(0.5)
        x.answers[ROOT].append(answer(new, ROOT))
        pages = run(running, memory=memory)
        assert x.paid == [new]
        x.paid.clear()
        assert run(running, memory=memory_of(pages)) == []
        assert x.paid == []


@pytest.mark.parametrize("stop_after", range(1, 6))
def test_a_run_that_stops_anywhere_goes_on_without_paying_twice(stop_after: int) -> None:
    x = account()
    with platform(x) as running:
        pages = SOURCE.pages(errand(running))
        some = [next(pages) for _ in range(stop_after)]
        pages.close()  # type: ignore[attr-defined]
        x.answers[ROOT].append(answer(made(0.1), ROOT))
        rest = run(running, memory=memory_of(some))
    lists = [page.body.get("data", []) for page in [*some, *rest] if page.about["asked"] != "user"]
    landed = [one["id"] for given in lists for one in given]
    assert sorted(landed) == sorted([ROOT, *ANSWERS, made(0.1)])
    assert Counter(x.paid).most_common(1)[0][1] == 1


def test_ids_from_before_the_reach_of_the_search_are_not_sent() -> None:
    root, old, new = made(20), made(9), made(1)
    x = X([post(root)], {root: [answer(new, root)]})
    memory = {
        "handle": "cio",
        "id": OWNER,
        "own": {"since": root},
        "conversations": {root: {"since": made(12), "newest": old, "until": made(10)}},
    }
    with platform(x) as running:
        (page,) = run(running, memory=memory)
    assert [one["id"] for one in page.body["data"]] == [new]
    assert page.memory is not None
    assert page.memory["conversations"][root]["since"] == new


def test_posts_from_before_the_look_back_are_forgotten() -> None:
    old = made(31)
    memory = {"handle": "cio", "id": OWNER, "conversations": {old: {"since": old}}}
    with platform(X([post(ROOT)])) as running:
        pages = run(running, memory=memory)
    assert memory_of(pages)["conversations"].keys() == {ROOT}
    assert not any(old in str(question.query) for question in running.asked)


def test_another_handle_starts_anew() -> None:
    memory = {"handle": "someone", "id": "5", "own": {"since": made(1)}, "conversations": {}}
    with platform(account()) as running:
        pages = run(running, memory=memory)
    assert memory_of(pages)["id"] == OWNER
    assert memory_of(pages)["handle"] == "cio"


def test_the_first_sweep_completes_what_the_search_reaches_even_without_answers() -> None:
    quiet, old = made(1), made(15)
    x = X([post(ROOT), post(quiet), post(old)], {ROOT: [answer(ANSWERS[0], ROOT)]})
    with platform(x) as running:
        pages = run(running, is_full_sweep=True)
    assert [page.completes for page in pages if page.completes] == [quiet, ROOT]


def test_the_post_of_a_conversation_is_paid_for_once_and_is_no_answer(tmp_path: Path) -> None:
    x = account()
    with platform(x) as running:
        run(running)
    assert Counter(x.paid)[ROOT] == 1
    about = {"asked": "answers", "owner": OWNER, "root": ROOT}
    given = {"data": [post(ROOT), answer(ANSWERS[0], ROOT)]}
    (only,) = records([Page(given, about=about)], tmp_path)
    assert isinstance(only, Comment)


def test_ids_that_hold_no_time_are_asked_for_again_and_paid_once() -> None:
    x = X([post("1001")], {"1001": [answer("1002", "1001")]})
    with platform(x) as running:
        memory = memory_of(run(running))
        x.answers["1001"].append(answer("1003", "1001"))
        again = run(running, memory=memory, now=NOW + timedelta(days=1))
    assert [one["id"] for page in again for one in page.body["data"]] == ["1003"]
    assert Counter(x.paid) == {"1001": 1, "1002": 1, "1003": 1}


def test_a_sweep_reads_again_only_what_was_paid_for_today() -> None:
    x = account()
    with platform(x) as running:
        memory = memory_of(run(running))
        again = run(running, memory=memory, is_full_sweep=True)
        assert [page.completes for page in again if page.completes] == [ROOT]
        assert memory_of(again) == memory
        tomorrow = NOW + timedelta(days=1)
        x.paid.clear()
        later = run(running, memory=memory, is_full_sweep=True, now=tomorrow)
        assert (later, x.paid) == ([], [])


def test_what_was_read_on_two_days_is_never_read_again() -> None:
    x = account()
    with platform(x) as running:
        memory = memory_of(run(running))
        x.answers[ROOT].append(answer(made(-0.5), ROOT))
        tomorrow = NOW + timedelta(days=1)
        memory = memory_of(run(running, memory=memory, now=tomorrow))
        x.paid.clear()
        run(running, memory=memory, now=tomorrow, is_full_sweep=True)
        assert x.paid == []


def test_an_empty_page_with_a_next_one_is_not_the_end_and_a_circle_is() -> None:
    x = account()
    calls = []

    def behave(question: Question) -> Reply:
        if "query" not in question.query:
            return x(question)
        calls.append(question.query.get("pagination_token"))
        given = {} if len(calls) == 1 else {"data": [answer(ANSWERS[0], ROOT)]}
        return Reply(given | {"meta": {"result_count": 0, "next_token": "same"}})

    with platform(behave) as running:
        pages = run(running, is_full_sweep=True)
    assert calls == [None, "same"]
    assert [page.completes for page in pages if page.completes] == []
    assert [one["id"] for one in pages[-1].body["data"]] == [ANSWERS[0]]


def test_partial_errors_are_told_unless_they_say_that_a_post_is_gone(tmp_path: Path) -> None:
    base = "https://api.x.com/2/problems/"
    errors = [
        {"type": f"{base}resource-not-found", "detail": "Could not find post [5]."},
        {"type": f"{base}field-unauthorized", "detail": "secret words"},
        {"type": 5},
    ]
    about = {"asked": "answers", "owner": OWNER, "root": ROOT}
    body = {"data": [answer("5", ROOT), {"text": "ohne Nummer"}], "errors": errors, "meta": {}}
    found = records([Page(body, about=about)], tmp_path)
    assert [type(record).__name__ for record in found] == ["Comment", *["Rejected"] * 3]
    details = [record.detail for record in found if isinstance(record, Rejected)]
    assert "field-unauthorized" in details[1]
    assert "secret" not in "".join(details)
    assert "unknown" in details[2]


def test_the_end_of_a_window_is_waited_for_or_left_to_the_next_run() -> None:
    x = account()
    resets = [60.0, 600.0]

    def behave(question: Question) -> Reply:
        if "query" not in question.query or not resets:
            return x(question)
        reset = datetime.now(UTC) + timedelta(seconds=resets.pop(0))
        return Reply({"title": "Too Many Requests"}, 429, _reset(reset))

    with platform(behave) as running:
        pages = SOURCE.pages(errand(running))
        assert [next(pages).about["asked"] for _ in range(2)] == ["user", "own"]
        with pytest.raises(QuotaEnded):
            next(pages)
    assert running.slept == pytest.approx([60], abs=10)


def _reset(moment: datetime) -> dict[str, str]:
    return {"x-rate-limit-remaining": "0", "x-rate-limit-reset": f"{moment.timestamp():.0f}"}


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (401, {"title": "Unauthorized"}, GiveUp, "token"),
        (402, {"title": "CreditsDepleted"}, GiveUp, "credits"),
        (403, {"title": "Forbidden", "detail": TOKEN}, GiveUp, "rights"),
        (429, {"title": "UsageCapExceeded", "period": "Monthly"}, QuotaEnded, "this month"),
        (429, {"title": "Too Many Requests"}, QuotaEnded, "fewer questions"),
    ],
)
def test_a_refusal_says_what_to_do_and_not_the_token(
    status: int, body: dict[str, str], error: type[Exception], words: str
) -> None:
    with (
        platform(lambda question: Reply(body, status)) as running,
        pytest.raises(error, match=words) as raised,
    ):
        run(running)
    assert TOKEN not in str(raised.value)
    assert len(running.asked) == 1


def test_an_account_that_x_does_not_know_is_told() -> None:
    unknown = Reply({"errors": [{"type": "…/resource-not-found"}]})
    with platform(lambda question: unknown) as running, pytest.raises(GiveUp, match="username"):
        run(running)


@pytest.mark.parametrize(
    "address", ["https://x.com/cio", "https://www.twitter.com/@cio/?lang=de", "x.com/cio#", "cio"]
)
def test_an_account_is_known_by_its_address(address: str) -> None:
    with platform(account()) as running:
        assert len(run(running, options={"username": address})) == 5
        assert running.asked[0].path == "/2/users/by/username/cio"


@pytest.mark.parametrize("address", ["https://x.com/cio/status/1", "https://bsky.app/cio", "c io"])
def test_what_is_no_account_of_x_is_told(address: str) -> None:
    with platform(account()) as running:
        with pytest.raises(GiveUp, match=r"option `username` is .* expected a handle"):
            run(running, options={"username": address})
        assert running.asked == []


def test_a_fault_in_the_middle_is_asked_again() -> None:
    x = account()
    faults = [Reply("oops", 503), Reply("oops", 500)]

    def behave(question: Question) -> Reply:
        return faults.pop() if "query" in question.query and faults else x(question)

    with platform(behave) as running:
        assert len(run(running)) == 5
    assert Counter(x.paid).most_common(1)[0][1] == 1


def test_the_sample_is_read_in_full() -> None:
    landed = LandedFile(SAMPLE, SAMPLE.name, datetime(2025, 11, 10, tzinfo=UTC))
    assert SOURCE.recognise(SAMPLE.read_bytes())
    found = list(SOURCE.read(landed, ReadingRules()))
    kinds = Counter(type(record).__name__ for record in found)
    assert kinds == {"Post": 1, "Comment": 3, "Swept": 1}
    comments = [record for record in found if isinstance(record, Comment)]
    assert [comment.is_owner for comment in comments] == [True, False, False]
    assert comments[0].parent_native_id == comments[1].native_id
    assert isinstance(found[-1], Swept)


def test_a_sample_cut_anywhere_gives_whole_pages_and_one_rejection(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    path = tmp_path / "cut.jsonl"
    landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
    path.write_bytes(content)
    whole = list(SOURCE.read(landed, ReadingRules()))
    for length in range(0, len(content), 11):
        path.write_bytes(content[:length])
        cut = list(SOURCE.read(landed, ReadingRules()))
        kept = [record for record in cut if not isinstance(record, Rejected)]
        assert kept == whole[: len(kept)]
        assert len(cut) - len(kept) <= 1


def bodies(cassette: Path) -> list[Any]:
    """The answers in one of tweepy's recordings: JSON, gzip, base64 in YAML."""
    packed = re.findall(r"string: !!binary \|\n((?: {8}.*\n)+)", cassette.read_text())
    raw = (base64.b64decode("".join(text.split())) for text in packed)
    return [json.loads(zlib.decompressobj(31).decompress(one)) for one in raw]


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "counts", "first"),
    [
        ("search_recent_tweets", [10], "1578516068309794817"),
        ("search_all_tweets", [10], "1578520094778740736"),
        ("get_tweets", [2], "1293593516040269825"),
    ],
)
def test_real_answers_give_what_was_counted_in_them(
    name: str, counts: list[int], first: str, tmp_path: Path
) -> None:
    answers = bodies(FIXTURES / f"test_client_{name}.yaml")
    assert [len(answer["data"]) for answer in answers] == counts
    about = {"asked": "answers", "owner": OWNER, "root": ROOT}
    found = records([Page(answer, about=about) for answer in answers], tmp_path)
    comments = [record for record in found if isinstance(record, Comment)]
    assert len(comments) == len(found) == sum(counts)
    assert comments[0].native_id == first
    assert comments[0].is_edited is False
    assert comments[0].text is not None
    assert "&amp;" not in comments[0].text
