"""LinkedIn's interface: what is asked, when it stops, and what its answers become."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import Errand, Page
from flows.sources.linkedin_api import COUNT, NAME, OVERLAP, SOURCE
from models.canonical import Comment, Post, Record, Rejected, Swept
from models.errors import GiveUp, TryAgain
from tests.loopback import NOW, Platform, Question, Reply, World, platform

SAMPLE = Path(__file__).parent / "samples" / "linkedin_api.jsonl"
OWNER = "urn:li:organization:2414183"
TOKEN = "AQX-s3cret"
DAY = 86_400_000


def urn(number: int) -> str:
    return f"urn:li:share:{number}"


def post(number: int, days_ago: float = 1) -> dict[str, Any]:
    changed = int(NOW.timestamp() * 1000 - days_ago * DAY)
    return {
        "id": urn(number),
        "author": OWNER,
        "commentary": f"Beitrag {number}",
        "publishedAt": changed,
        "lastModifiedAt": changed,
        "lifecycleState": "PUBLISHED",
    }


def comment(number: int, post_number: int = 1, answers: int | None = 0) -> dict[str, Any]:
    activity = f"urn:li:activity:{post_number}0"
    summary = {} if answers is None else {"commentsSummary": {"aggregatedTotalComments": answers}}
    return {
        "id": str(number),
        "commentUrn": f"urn:li:comment:({activity},{number})",
        "object": activity,
        "actor": "urn:li:person:AbC",
        "message": {"text": f"Kommentar {number}"},
        "created": {"time": 1_762_336_800_000},
        "lastModified": {"time": 1_762_336_800_000},
    } | summary


class LinkedIn:
    """A page with posts, and comments by the URN that they answer."""

    def __init__(self, posts: list[Any], comments: dict[str, list[Any]] | None = None) -> None:
        self.posts, self.comments = posts, comments or {}
        self.metadata: dict[str, Any] = {}

    def __call__(self, question: Question) -> Reply:
        start, count = (int(question.query.get(key, 0)) for key in ("start", "count"))
        if question.path == "/rest/posts":
            return self.listing(self.posts[start : start + count])
        if question.path == "/rest/socialMetadata":
            wanted = question.query["ids"].removeprefix("List(").removesuffix(")").split(",")
            return Reply({"results": {one: self.summary(one) for one in wanted}})
        target = unquote(question.path).split("/")[3]
        if target not in self.comments:
            return Reply({"status": 404, "message": "not found"}, 404)
        return self.listing(self.comments[target][start : start + count])

    def summary(self, target: str) -> dict[str, Any]:
        found = len(self.comments.get(target, []))
        summary: dict[str, Any] = {"commentSummary": {"count": found, "topLevelCount": found}}
        return {**summary, **self.metadata.get(target, {})}

    def listing(self, elements: list[Any]) -> Reply:
        # `total` is wrong, as it is in the world.
        return Reply({"elements": elements, "paging": {"start": 0, "total": 3, "links": []}})


def a_world() -> World:
    top = comment(5, answers=1)
    reply = comment(6) | {"parentComment": top["commentUrn"]}
    many = [comment(1000 + number, 2) for number in range(COUNT + 1)]
    comments = {urn(1): [top], top["commentUrn"]: [reply], urn(2): many, urn(3): []}
    linkedin = LinkedIn([post(1), post(2), post(3)], comments)
    return World(linkedin, {"organization": "2414183"}, TOKEN)


def errand(running: Platform, **fields: Any) -> Errand:
    options = {"organization": "2414183"} | fields.pop("options", {})
    return running.errand(TOKEN, options=options, **fields)


def asked(running: Platform) -> list[str]:
    return [unquote(question.path) for question in running.asked]


def records(pages: list[Page], folder: Path, is_sweep: bool = False) -> list[Record]:
    sweep = NOW.isoformat() if is_sweep else None
    path = folder / "linkedin.pages.jsonl"
    lines = [
        page_line(NAME, page.body, dict(page.about), sweep, page.completes if sweep else None)
        for page in pages
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    landed = LandedFile(path, path.name, datetime(2025, 11, 10, tzinfo=UTC))
    assert SOURCE.recognise(path.read_bytes())
    return list(SOURCE.read(landed, ReadingRules()))


def test_posts_their_comments_and_the_answers_below_them_are_asked_for(tmp_path: Path) -> None:
    top = comment(5, answers=1)
    reply = comment(6) | {"parentComment": top["commentUrn"]}
    linkedin = LinkedIn([post(1)], {urn(1): [top], top["commentUrn"]: [reply]})
    with platform(linkedin) as running:
        pages = list(SOURCE.pages(errand(running)))
        found = records(pages, tmp_path)
    listed, again, first, second = found
    assert isinstance(listed, Post)
    assert isinstance(again, Post)
    assert (listed.native_id, listed.reported_comment_count) == (urn(1), 1)
    assert again.aliases == ("urn:li:activity:10",)
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.post_native_id, first.parent_native_id) == (urn(1), None)
    assert (second.post_native_id, second.parent_native_id) == (urn(1), first.native_id)
    assert asked(running)[2:] == [
        f"/rest/socialActions/{urn(1)}/comments",
        f"/rest/socialActions/{top['commentUrn']}/comments",
    ]


def test_the_version_is_a_header_and_the_token_is_nowhere_else() -> None:
    with platform(LinkedIn([post(1)], {urn(1): [comment(5)]})) as running:
        pages = list(SOURCE.pages(errand(running, options={"version": "202701"})))
    for question in running.asked:
        assert question.headers["linkedin-version"] == "202701"
        assert question.headers["x-restli-protocol-version"] == "2.0.0"
        assert question.headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in question.path + json.dumps(question.query)
    assert TOKEN not in json.dumps([[page.body, dict(page.about)] for page in pages])


@pytest.mark.parametrize(
    "organization",
    ["2414183", OWNER, "https://www.linkedin.com/company/2414183/"],
)
def test_the_page_may_be_named_by_number_urn_or_address(organization: str) -> None:
    with platform(LinkedIn([])) as running:
        assert list(SOURCE.pages(errand(running, options={"organization": organization}))) == []
    assert running.asked[0].query["author"] == OWNER


def test_lists_are_paged_until_one_is_short_and_repeats_are_dropped(tmp_path: Path) -> None:
    many = [comment(number) for number in range(1, COUNT + 3)]
    # One came in at the top while the second page was asked for.
    shifted = [*many[:COUNT], many[COUNT - 1], *many[COUNT:]]
    with platform(LinkedIn([post(1)], {urn(1): shifted})) as running:
        found = records(list(SOURCE.pages(errand(running))), tmp_path)
    comments = [record for record in found if isinstance(record, Comment)]
    assert len(comments) == len(many)
    assert [question.query["start"] for question in running.asked[2:]] == ["0", "90"]


@pytest.mark.parametrize(("deleted", "is_whole"), [(0, True), (3, True), (OVERLAP, False)])
def test_what_is_deleted_between_two_answers_makes_nothing_else_look_deleted(
    deleted: int, is_whole: bool, tmp_path: Path
) -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(1000 + number) for number in range(150)]})

    def behave(question: Question) -> Reply:
        reply = linkedin(question)
        if "socialActions" in question.path and question.query["start"] == "0":
            del linkedin.comments[urn(1)][5 : 5 + deleted]
        return reply

    with platform(behave) as running:
        pages = landed(SOURCE.pages(errand(running, is_full_sweep=True)))
    found = records(pages, tmp_path, is_sweep=True)
    came = {str(one.native_id) for one in found if isinstance(one, Comment)}
    live = {one["commentUrn"] for one in linkedin.comments[urn(1)]}
    assert bool([one for one in found if isinstance(one, Swept)]) == is_whole
    assert came >= live or not is_whole


@pytest.mark.parametrize("is_endless", [False, True])
def test_answers_that_do_not_come_leave_the_post_incomplete_and_its_comments_there(
    is_endless: bool, tmp_path: Path
) -> None:
    top = comment(5, answers=3)
    linkedin = LinkedIn([post(1)], {urn(1): [top, *(comment(1000 + n) for n in range(120))]})

    def behave(question: Question) -> Reply:
        if top["commentUrn"] in unquote(question.path) and is_endless:
            return Reply({"elements": [], "paging": {"links": [{"rel": "next"}]}})
        return linkedin(question)

    with platform(behave) as running:
        pages = landed(SOURCE.pages(errand(running, is_full_sweep=True)))
    found = records(pages, tmp_path, is_sweep=True)
    assert len([one for one in found if isinstance(one, Comment)]) == 121
    assert not [one for one in found if isinstance(one, Swept)]


def test_an_empty_page_with_a_next_link_is_not_the_end() -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(5)]})

    def behave(question: Question) -> Reply:
        if question.path == "/rest/posts" and question.query["start"] == "0":
            return Reply({"elements": [], "paging": {"links": [{"rel": "next", "href": "/x"}]}})
        if question.path == "/rest/posts":
            return linkedin.listing(linkedin.posts)
        return linkedin(question)

    with platform(behave) as running:
        assert len(list(SOURCE.pages(errand(running)))) == 2


@pytest.mark.parametrize("elements", [[], [comment(5)]], ids=["nothing", "the same"])
def test_a_list_without_an_end_is_left_and_not_taken_as_complete(elements: list[Any]) -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(5)]})

    def behave(question: Question) -> Reply:
        if "socialActions" not in question.path:
            return linkedin(question)
        return Reply({"elements": elements, "paging": {"links": [{"rel": "next"}]}})

    with platform(behave) as running:
        pages = list(SOURCE.pages(errand(running, is_full_sweep=True)))
        assert [page.completes for page in pages if page.completes] == []
        assert len(running.asked) <= 6


def test_a_second_run_asks_first_for_what_changed_and_lands_nothing_else() -> None:
    linkedin = LinkedIn([post(2), post(1)], {urn(1): [comment(5)], urn(2): [comment(6, 2)]})
    with platform(linkedin) as running:
        memory = list(SOURCE.pages(errand(running)))[-1].memory or {}
        running.asked.clear()
        assert landed(SOURCE.pages(errand(running, memory=memory))) == []
        linkedin.comments[urn(1)].append(comment(7))
        running.asked.clear()
        pages = landed(SOURCE.pages(errand(running, memory=memory)))
        assert asked(running)[2:] == [f"/rest/socialActions/{urn(n)}/comments" for n in (1, 2)]
        assert len(pages) == 2


def landed(pages: Iterable[Page]) -> list[Page]:
    """Those that hold more than what to remember."""
    return [page for page in pages if page.body is not None]


def test_an_edit_that_moves_no_number_is_seen_in_the_next_run(tmp_path: Path) -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(5)]})
    with platform(linkedin) as running:
        memory = list(SOURCE.pages(errand(running)))[-1].memory or {}
        linkedin.comments[urn(1)][0]["message"] = {"text": "edited"}
        found = records(landed(SOURCE.pages(errand(running, memory=memory))), tmp_path)
    assert [one.text for one in found if isinstance(one, Comment)] == ["edited"]


def test_a_sweep_that_a_limit_ends_goes_on_in_the_next_run() -> None:
    linkedin = LinkedIn([post(3), post(2), post(1)], {urn(n): [comment(n, n)] for n in (1, 2, 3)})
    limit = [1]

    def behave(question: Question) -> Reply:
        if "socialActions" in question.path:
            limit[0] -= 1
            if limit[0] < 0:
                return Reply({"serviceErrorCode": 101}, 429, {"retry-after": "9999"})
        return linkedin(question)

    memory: Any = {}
    completed: list[str] = []
    with platform(behave) as running:
        for _ in range(3):
            limit[0] = 1
            with suppress(QuotaEnded):
                for page in SOURCE.pages(errand(running, memory=memory, is_full_sweep=True)):
                    memory = page.memory or memory
                    completed += [page.completes] if page.completes else []
    assert completed == [urn(3), urn(2), urn(1)]


def test_a_run_that_stops_after_a_page_goes_on_with_what_is_missing() -> None:
    linkedin = LinkedIn([post(2), post(1)], {urn(1): [comment(5)], urn(2): [comment(6, 2)]})
    with platform(linkedin) as running:
        pages = SOURCE.pages(errand(running))
        next(pages)
        memory = next(pages).memory or {}
        running.asked.clear()
        list(SOURCE.pages(errand(running, memory=memory)))
        assert asked(running)[2] == f"/rest/socialActions/{urn(1)}/comments"


def test_posts_from_before_the_look_back_are_asked_for_in_full_sweeps_only() -> None:
    posts = [post(3), post(2, days_ago=40), post(1, days_ago=50)]
    linkedin = LinkedIn(posts, {urn(n): [comment(n, n)] for n in (1, 2, 3)})
    with platform(linkedin) as running:
        pages = list(SOURCE.pages(errand(running)))
        assert [page.about.get("post") for page in pages] == [None, urn(3)]
        swept = list(SOURCE.pages(errand(running, is_full_sweep=True)))
        assert [p.completes for p in swept if p.completes] == [urn(3), urn(2), urn(1)]


def test_a_full_sweep_completes_even_posts_that_nobody_commented(tmp_path: Path) -> None:
    with platform(LinkedIn([post(1)], {urn(1): []})) as running:
        (listed,) = SOURCE.pages(errand(running))
        assert listed.memory
        assert listed.memory["marks"] == {urn(1): f"0 0 {post(1)['lastModifiedAt']}"}
        assert not any("socialActions" in path for path in asked(running))
        pages = landed(SOURCE.pages(errand(running, is_full_sweep=True)))
        found = records(pages, tmp_path, is_sweep=True)
    assert [type(record).__name__ for record in found] == ["Post", "Post", "Swept"]
    assert isinstance(found[-1], Swept)
    assert found[-1].post_native_id == urn(1)


def test_a_post_that_went_or_is_closed_stops_nothing() -> None:
    linkedin = LinkedIn([post(3), post(2), post(1)], {urn(1): [comment(5)]})
    linkedin.metadata = {
        urn(3): {"commentSummary": {"count": 1}},
        urn(2): {"commentsState": "CLOSED", "commentSummary": {"count": 1}},
    }

    def behave(question: Question) -> Reply:
        is_closed = urn(2) in unquote(question.path)
        return Reply({"status": 403}, 403) if is_closed else linkedin(question)

    with platform(behave) as running:
        pages = landed(SOURCE.pages(errand(running, is_full_sweep=True)))
        assert [page.about.get("post") for page in pages] == [None, urn(1)]


def test_comments_that_do_not_tell_their_answers_are_asked_for_them_if_there_are_any() -> None:
    top = comment(5, answers=None)
    linkedin = LinkedIn([post(1)], {urn(1): [top], top["commentUrn"]: [comment(6)]})
    with platform(linkedin) as running:
        assert len(list(SOURCE.pages(errand(running)))) == 2
        linkedin.metadata = {urn(1): {"commentSummary": {"count": 2, "topLevelCount": 1}}}
        assert len(list(SOURCE.pages(errand(running)))) == 3


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"code": "EXPIRED_ACCESS_TOKEN", "message": TOKEN}, "60 days"),
        (403, {"code": "ACCESS_DENIED"}, "r_organization_social"),
        (426, {"code": "NONEXISTENT_VERSION"}, "version"),
        (410, {"message": "Gone"}, "version"),
        (400, {"code": "VERSION_MISSING"}, "version"),
    ],
)
def test_a_refusal_says_what_to_do_and_not_the_token(
    status: int, body: dict[str, Any], words: str
) -> None:
    with (
        platform(lambda question: Reply(body, status)) as running,
        pytest.raises(GiveUp, match=words) as error,
    ):
        list(SOURCE.pages(errand(running)))
    assert TOKEN not in str(error.value)
    assert len(running.asked) == 1


def test_the_limit_of_the_day_ends_the_run_until_midnight() -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(5)]})

    def behave(question: Question) -> Reply:
        is_limited = "socialActions" in question.path
        return Reply({"serviceErrorCode": 101}, 429) if is_limited else linkedin(question)

    with platform(behave) as running:
        pages = SOURCE.pages(errand(running))
        assert next(pages).about["asked"] == "posts"
        now = datetime.now(UTC)
        if (now.hour, now.minute) < (23, 55):
            with pytest.raises(QuotaEnded) as ended:
                next(pages)
            assert (ended.value.until.hour, ended.value.until.minute) in {(0, 0), (23, 59)}


@pytest.mark.parametrize("fault", [Reply("oops", 500), Reply("<html>Back soon</html>")])
def test_a_fault_in_the_middle_costs_nothing_that_came_before(fault: Reply) -> None:
    linkedin = LinkedIn([post(1)], {urn(1): [comment(5)]})
    faults = [fault]

    def behave(question: Question) -> Reply:
        is_late = "socialActions" in question.path and faults
        return faults.pop() if is_late else linkedin(question)

    with platform(behave) as running:
        pages: list[Page] = []
        try:
            pages += SOURCE.pages(errand(running))
        except TryAgain:
            pages = list(SOURCE.pages(errand(running)))
    assert [page.about["asked"] for page in pages] == ["posts", "comments"]


def test_an_element_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    about = {"asked": "comments", "owner": OWNER, "post": urn(1)}
    page = Page({"elements": [{"actor": "urn:li:person:A"}, comment(5)]}, about=about)
    first, second = records([page], tmp_path)
    assert isinstance(first, Rejected)
    assert first.line == 1
    assert isinstance(second, Comment)


def test_the_sample_is_read_in_full() -> None:
    landed = LandedFile(SAMPLE, SAMPLE.name, datetime(2025, 11, 10, tzinfo=UTC))
    assert SOURCE.recognise(SAMPLE.read_bytes())
    found = list(SOURCE.read(landed, ReadingRules()))
    kinds = Counter(type(record).__name__ for record in found)
    assert kinds == {"Post": 2, "Comment": 4, "Swept": 1}
    comments = [record for record in found if isinstance(record, Comment)]
    assert [comment.is_owner for comment in comments] == [False, False, True, False]
    assert comments[2].parent_native_id == comments[0].native_id
    assert [comment.is_edited for comment in comments] == [False, True, False, False]


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
