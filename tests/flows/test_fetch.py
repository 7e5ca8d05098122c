from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.fetch import fetch
from flows.fetching.left import PostsBusy
from flows.fetching.named import NotThere
from flows.fetching.session import QuotaEnded
from flows.reading.api_pages import LandedPage, read_pages, recognise_pages
from flows.reading.landed import ReadingRules
from flows.refine import refine
from flows.sources.base import ApiSource, Errand, Page
from models.canonical import Comment, Record
from models.errors import GiveUp, ResonanzError, TryAgain
from tests.flows.conftest import Query
from tests.loopback import Question, Reply, platform

pytestmark = pytest.mark.usefixtures("prefect_server")

MONDAY = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)


class Board:
    """A platform of one post, as a source: `comments` are what it has now."""

    def __init__(self) -> None:
        self.comments: dict[str, str] = {"1": "first", "2": "second"}
        self.error: Exception | None = None
        self.is_away = False
        self.look: Callable[[], object] = lambda: None
        self.errands: list[Errand] = []

    def pages(self, errand: Errand) -> Iterator[Page]:
        self.errands.append(errand)
        if self.error and self.is_away:
            raise self.error
        for at, (native, text) in enumerate(self.comments.items(), start=1):
            is_last = at == len(self.comments)
            body = {"id": native, "text": text, "next": f"?access_token={errand.token}"}
            yield Page(body, memory={"seen": native}, completes="p" if is_last else None)
            self.look()
            if self.error:
                raise self.error

    def read_page(self, page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
        yield Comment(
            platform="board",
            site="",
            position=0,
            native_id=page.body["id"],
            post_native_id="p",
            text=page.body["text"],
            created_at=MONDAY,
            status="published",
        )


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, workplace: Path) -> Board:
    """A platform with one account in the settings, and its token in the environment."""
    made = Board()
    source = ApiSource(
        name="board_api",
        about="a board",
        how_to_get="ask",
        recognise=recognise_pages("board_api"),
        read=read_pages("board", made.read_page),
        pages=made.pages,
        options={"topic": "what it is about"},
        token="a token",
    )
    monkeypatch.setattr("flows.sources.base.all_sources", lambda: {"board_api": source})
    monkeypatch.setattr("flows.refine.all_sources", lambda: {"board_api": source})
    set_accounts(monkeypatch, {"source": "board_api", "name": "b", "token": "env:BOARD_TOKEN"})
    monkeypatch.setenv("BOARD_TOKEN", "s3cret")
    return made


def set_accounts(monkeypatch: pytest.MonkeyPatch, *accounts: dict[str, Any]) -> None:
    import json

    monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", json.dumps(accounts))


def landed(workplace: Path) -> str:
    files = sorted((workplace / "landing").rglob("*.jsonl"))
    return "".join(file.read_text(encoding="utf-8") for file in files)


def test_answers_land_and_refine_reads_them(board: Board, query: Query) -> None:
    assert fetch(as_of=MONDAY).rows_out == 2
    refine(as_of=MONDAY)
    assert query("SELECT native_id, text FROM clean.comment ORDER BY ALL") == [
        ("1", "first"),
        ("2", "second"),
    ]


def test_paid_answers_lie_in_landing_before_the_next_question(
    monkeypatch: pytest.MonkeyPatch, workplace: Path
) -> None:
    """Whoever kills a run then, loses nothing that he would have to pay for again."""
    landed_before: list[int] = []
    root = str((int(MONDAY.timestamp() * 1000) - 1_288_834_974_657) << 22)

    def behave(question: Question) -> Reply:
        landed_before.append(len(list((workplace / "landing").rglob("*.jsonl"))))
        if "username" in question.path:
            return Reply({"data": {"id": "7", "username": "cio"}})
        if "search" in question.path:
            return Reply({"data": [{"id": f"{root}1", "text": "a"}], "meta": {}})
        return Reply({"data": [{"id": root, "text": "p"}], "meta": {}})

    monkeypatch.setenv("X_TOKEN", "bearer-s3cret")
    with platform(behave) as running:
        account = {"source": "x_api", "name": "x", "token": "env:X_TOKEN"}
        options = {"options": {"username": "cio"}, "gateway": running.base}
        set_accounts(monkeypatch, account | options)
        fetch(as_of=MONDAY + timedelta(days=1))
    assert landed_before == [0, 1, 2]


def test_a_token_that_the_platform_repeats_does_not_land(board: Board, workplace: Path) -> None:
    fetch(as_of=MONDAY)
    assert "s3cret" not in landed(workplace)


def test_the_first_run_is_a_full_sweep_and_the_next_goes_on_from_its_memory(board: Board) -> None:
    fetch(as_of=MONDAY)
    fetch(as_of=MONDAY + timedelta(days=1))
    fetch(as_of=MONDAY + timedelta(days=8))
    assert [errand.is_full_sweep for errand in board.errands] == [True, False, True]
    assert board.errands[1].memory == {"seen": "2"}


def test_answers_that_are_as_before_land_once(board: Board, workplace: Path) -> None:
    fetch(as_of=MONDAY)
    for days in (1, 2):
        fetch(as_of=MONDAY + timedelta(days=days))
    assert len(list((workplace / "landing").rglob("*.jsonl"))) == 2


def test_a_comment_that_a_full_sweep_does_not_find_is_gone_until_it_is_seen_again(
    board: Board, query: Query
) -> None:
    fetch(as_of=MONDAY)
    refine(as_of=MONDAY)
    second = board.comments.pop("2")
    next_second()
    fetch(is_full_sweep=True, as_of=MONDAY + timedelta(days=1))
    refine()
    gone = "SELECT native_id FROM clean.comment WHERE gone_at_utc IS NOT NULL"
    assert query(gone) == [("2",)]
    board.comments["2"] = second
    next_second()
    fetch(as_of=MONDAY + timedelta(days=2))
    refine()
    assert query(gone) == []


def test_a_limit_ends_the_run_well_and_is_respected_by_the_next(board: Board) -> None:
    board.error = QuotaEnded(MONDAY + timedelta(hours=1), "enough for today")
    report = fetch(as_of=MONDAY)
    assert report.rows_out == 1
    assert "enough for today" in report.details[0]
    board.error = None
    assert fetch(as_of=MONDAY + timedelta(minutes=30)).rows_out == 0
    assert fetch(as_of=MONDAY + timedelta(hours=2)).rows_out == 2
    assert len(board.errands) == 2


def test_what_landed_before_an_error_stays_and_the_error_is_raised(
    board: Board, query: Query
) -> None:
    board.error = TryAgain("the platform is away")
    with pytest.raises(TryAgain, match="away"):
        fetch(as_of=MONDAY)
    refine(as_of=MONDAY)
    assert query("SELECT native_id FROM clean.comment") == [("1",)]


@pytest.mark.parametrize(
    "error", [QuotaEnded(MONDAY, "enough for today"), TryAgain("the platform is away")]
)
def test_a_full_sweep_that_was_asked_for_and_stopped_is_gone_on_with(
    board: Board, error: ResonanzError
) -> None:
    fetch(as_of=MONDAY)
    board.error = error
    with suppress(TryAgain):
        fetch(is_full_sweep=True, as_of=MONDAY + timedelta(days=1))
    board.error = None
    for days in (2, 3):
        fetch(as_of=MONDAY + timedelta(days=days))
    assert [errand.is_full_sweep for errand in board.errands] == [True, True, True, False]


def test_a_name_that_the_platform_does_not_know_makes_no_sweep_begin_anew(
    board: Board, query: Query
) -> None:
    errors = iter([None, NotThere("the board has no `x`")] * 3)

    def look() -> None:
        board.error = next(errors)

    board.look = look
    for days in range(2):
        with pytest.raises(GiveUp, match="no `x`"):
            fetch(as_of=MONDAY + timedelta(days=days))
    assert [errand.is_full_sweep for errand in board.errands] == [True, False]
    ((note,),) = query("SELECT note FROM ops.fetch_state")
    assert note == "complete but for posts (the board has no `x`): 2 answers"


def test_a_full_sweep_in_which_a_post_was_refused_is_over_and_the_refusal_is_told(
    board: Board, query: Query
) -> None:
    board.error = PostsBusy("1 post was refused")
    board.comments = {"1": "first"}
    with pytest.raises(TryAgain, match="1 post was refused"):
        fetch(as_of=MONDAY)
    ((note, swept_at),) = query("SELECT note, swept_at_utc FROM ops.fetch_state")
    assert note == "complete but for posts (1 post was refused): full sweep, 1 answer"
    assert swept_at == MONDAY.replace(tzinfo=None)
    with suppress(TryAgain):
        fetch(as_of=MONDAY + timedelta(days=1))
    assert [errand.is_full_sweep for errand in board.errands] == [True, False]


def test_where_an_account_stands_is_told_after_an_error_too(board: Board, query: Query) -> None:
    board.error = TryAgain("the platform is away")
    with pytest.raises(TryAgain):
        fetch(as_of=MONDAY)
    ((note,),) = query("SELECT note FROM ops.fetch_state")
    assert note == "ended by an error (the platform is away): full sweep, 1 answer"


def test_one_account_that_fails_does_not_keep_another_from_being_asked(
    board: Board, monkeypatch: pytest.MonkeyPatch, query: Query
) -> None:
    good = {"source": "board_api", "name": "good", "token": "env:BOARD_TOKEN"}
    set_accounts(monkeypatch, {"source": "board_api", "name": "bad"}, good)
    with pytest.raises(GiveUp, match="`bad` has no `token`: a token"):
        fetch(as_of=MONDAY)
    refine(as_of=MONDAY)
    assert query("SELECT count(*) FROM clean.comment") == [(2,)]


def test_an_answer_in_another_shape_is_told_without_a_traceback(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (KeyError("data"), ValueError("Jonna writes"), IndexError("Jonna writes")):
        board.error = error
        with pytest.raises(GiveUp, match="shape that is not expected") as raised:
            fetch(as_of=MONDAY)
        assert "Jonna" not in str(raised.value)


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ({"source": "nowhere", "name": "a"}, "expected one of `board_api`"),
        (
            {"source": "board_api", "name": "a", "token": "env:BOARD_TOKEN", "options": {"x": "1"}},
            "`board_api` knows `topic`",
        ),
    ],
)
def test_a_wrong_account_is_told_what_is_expected(
    board: Board, monkeypatch: pytest.MonkeyPatch, account: dict[str, Any], message: str
) -> None:
    set_accounts(monkeypatch, account)
    with pytest.raises(GiveUp, match=message):
        fetch(as_of=MONDAY)


def test_a_name_that_no_account_has_is_told(board: Board) -> None:
    with pytest.raises(GiveUp, match=r"`settings\.toml` has `b`"):
        fetch(names=["c"])


def next_second() -> None:
    """Landing files of one second have no order."""
    import time

    time.sleep(1.1)


def test_a_backfill_asks_as_if_an_account_had_never_been_asked(board: Board) -> None:
    fetch(as_of=MONDAY)
    since = MONDAY - timedelta(days=90)
    fetch(as_of=MONDAY + timedelta(hours=1), again_since=since)
    assert board.errands[-1].memory == {}
    assert board.errands[-1].look_back == since
    assert not board.errands[-1].is_full_sweep
    fetch(as_of=MONDAY + timedelta(hours=2))
    assert board.errands[-1].memory == {"seen": "2"}
    assert board.errands[-1].look_back == MONDAY + timedelta(hours=2) - timedelta(days=30)


LIMIT = QuotaEnded(MONDAY + timedelta(hours=2), "enough for today")


@pytest.mark.parametrize(
    ("error", "is_away", "remembered"),
    [
        pytest.param(TryAgain("away"), True, "2", id="an error at the first question"),
        pytest.param(TryAgain("away"), False, "2", id="an error after the first answer"),
        pytest.param(LIMIT, True, "2", id="a limit at the first question"),
        pytest.param(LIMIT, False, "1", id="a limit, from which the next run goes on"),
    ],
)
def test_a_backfill_that_does_not_reach_its_end_forgets_nothing(
    board: Board, query: Query, error: ResonanzError, is_away: bool, remembered: str
) -> None:
    fetch(as_of=MONDAY)
    board.error, board.is_away = error, is_away
    with suppress(TryAgain):
        fetch(as_of=MONDAY + timedelta(hours=1), again_since=MONDAY - timedelta(days=90))
    assert query("SELECT memory FROM ops.fetch_state") == [(f'{{"seen": "{remembered}"}}',)]


def test_what_a_backfill_learns_counts_only_once_it_has_ended(
    board: Board, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever kills one on its way has the account where it stood before."""
    fetch(as_of=MONDAY)
    on_the_way = []
    monkeypatch.setattr("flows.fetch.PAGES_A_FILE", 1)
    board.look = lambda: on_the_way.extend(query("SELECT memory FROM ops.fetch_state"))
    board.comments = {"3": "third", "4": "fourth", "5": "fifth"}
    fetch(as_of=MONDAY + timedelta(hours=1), again_since=MONDAY - timedelta(days=90))
    assert on_the_way == [('{"seen": "2"}',)] * 3
    assert query("SELECT memory FROM ops.fetch_state") == [('{"seen": "5"}',)]
