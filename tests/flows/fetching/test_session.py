import email.utils
import logging
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import httpx
import pytest

from flows.fetching.session import Absent, QuotaEnded, Session, holding
from flows.fetching.verdicts import Verdict
from models.errors import GiveUp, TryAgain
from tests.loopback import Behaviour, Platform, Question, Reply, platform


def one_by_one(replies: Iterable[Reply]) -> Behaviour:
    given = iter(replies)
    return lambda question: next(given)


def ask(platform: Platform, path: str = "things") -> object:
    with platform.connect("https://example.org/") as session:
        return session.get(path, {"access_token": "s3cret"})


def test_a_platform_is_told_which_program_asks_and_its_version() -> None:
    with platform(lambda question: Reply({})) as running:
        ask(running)
        assert [q.headers["user-agent"] for q in running.asked] == [
            f"resonanz/{version('resonanz')}"
        ]


def test_a_fault_in_the_middle_is_tried_again_a_little_later_each_time() -> None:
    with platform(one_by_one([Reply("", 500), Reply("", 502), Reply({"a": 1})])) as running:
        assert ask(running) == {"a": 1}
        first, second = running.slept
        assert 1 <= first <= 2 <= second <= 3


def test_an_answer_of_html_instead_of_json_is_tried_again_and_then_given_up() -> None:
    maintenance = Reply("<html>Back soon</html>")
    with (
        platform(lambda question: maintenance) as running,
        pytest.raises(TryAgain, match="no JSON"),
    ):
        ask(running)


def in_a_minute() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("retry-after", lambda: "60"),
        ("retry-after", lambda: email.utils.format_datetime(in_a_minute(), usegmt=True)),
        ("x-ratelimit-reset", lambda: "60.0"),
        ("x-rate-limit-reset", lambda: f"{in_a_minute().timestamp():.0f}"),
    ],
    ids=["seconds", "date", "seconds left", "moment"],
)
def test_a_platform_that_says_how_long_to_wait_is_waited_for(
    header: str, value: Callable[[], str]
) -> None:
    with platform(one_by_one([Reply({}, 429, {header: value()}), Reply({"a": 1})])) as running:
        assert ask(running) == {"a": 1}
        assert running.slept == pytest.approx([60], abs=10)


def test_a_longer_wait_than_a_run_should_take_ends_the_run() -> None:
    with platform(lambda question: Reply({}, 429, {"retry-after": "3600"})) as running:
        with pytest.raises(QuotaEnded) as ended:
            ask(running)
        assert ended.value.until - datetime.now(UTC) > timedelta(minutes=59)
        assert running.slept == []


def test_a_platform_that_never_answers_is_asked_five_times() -> None:
    with platform(lambda question: Reply("", 503)) as running:
        with pytest.raises(TryAgain):
            ask(running)
        assert len(running.asked) == 5


@pytest.mark.parametrize(
    ("status", "error"), [(404, Absent), (410, Absent), (401, GiveUp), (403, GiveUp), (400, GiveUp)]
)
def test_what_no_second_try_can_change_is_asked_once(status: int, error: type[Exception]) -> None:
    with platform(lambda question: Reply({}, status)) as running:
        with pytest.raises(error):
            ask(running)
        assert len(running.asked) == 1


def test_a_token_in_an_address_is_in_no_error_and_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with platform(lambda question: Reply({}, 403)) as running, pytest.raises(GiveUp) as refused:
        ask(running, "things?appsecret=s3cret")
    assert "s3cret" not in str(refused.value) + caplog.text


def test_a_server_that_is_not_there_may_be_tried_again_and_shows_no_token() -> None:
    with platform(lambda question: Reply({})) as running:
        pass
    with pytest.raises(TryAgain) as error:
        ask(running)
    assert "s3cret" not in str(error.value)


def test_what_is_posted_arrives_as_json_or_as_a_form() -> None:
    def echo(question: Question) -> Reply:
        return Reply({"type": question.headers["content-type"], "body": question.body.decode()})

    with platform(echo) as running, running.connect("https://example.org/") as session:
        assert session.post("token", {"a": "1"})["body"] == '{"a":"1"}'
        assert session.post("token", {"a": "1"}, as_json=False)["body"] == "a=1"


def test_a_redirect_on_the_same_host_is_followed() -> None:
    def behave(question: Question) -> Reply:
        moved = question.path == "/things"
        return Reply({}, 301, {"location": "/moved"}) if moved else Reply({"path": question.path})

    with platform(behave) as running:
        assert ask(running) == {"path": "/moved"}


def test_another_host_does_not_get_our_headers() -> None:
    with platform(lambda question: Reply({})) as other:
        elsewhere = other.base.replace("127.0.0.1", "localhost")
        with (
            platform(lambda question: Reply({}, 302, {"location": elsewhere})) as running,
            pytest.raises(GiveUp, match="sends us on to `localhost`"),
        ):
            ask(running)
        assert other.asked == []


class Named(httpx.HTTPTransport):
    """Finds every name on this machine, as a name server could tell it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = request.url.copy_with(host="127.0.0.1")
        sent = {"headers": request.headers, "stream": request.stream}
        return super().handle_request(
            httpx.Request(request.method, here, extensions=request.extensions, **sent)
        )


def ask_with_token(address: str, header: str = "authorization") -> object:
    headers = {header: "Bearer s3cret"}
    with Session(address, headers=headers, transport=Named()) as session:
        return session.get("things")


@pytest.mark.parametrize(("asked", "moved"), [("", "www."), ("www.", "")])
def test_a_token_goes_along_where_the_same_host_is_called_with_or_without_www(
    asked: str, moved: str
) -> None:
    def behave(question: Question) -> Reply:
        host = question.headers["host"]
        if host.startswith(f"{moved}example.org"):
            return Reply({"token": question.headers.get("authorization")})
        new = host.removeprefix(asked)
        return Reply({}, 301, {"location": f"http://{moved}{new}{question.path}"})

    with platform(behave) as running:
        address = running.base.replace("127.0.0.1", f"{asked}example.org")
        assert ask_with_token(address) == {"token": "Bearer s3cret"}


@pytest.mark.parametrize("host", ["example.org", "www.example.org"])
@pytest.mark.parametrize("header", ["authorization", "x-goog-api-key", "api-key"])
def test_no_key_goes_along_to_another_port_and_nothing_is_asked_without_it(
    header: str, host: str
) -> None:
    with platform(lambda question: Reply({})) as other:
        port = other.server.server_address[1]
        elsewhere = other.base.replace("127.0.0.1", host)
        with (
            platform(lambda question: Reply({}, 302, {"location": elsewhere})) as running,
            pytest.raises(GiveUp, match=f"sends us on to `{host}:{port}`"),
        ):
            ask_with_token(running.base.replace("127.0.0.1", "example.org"), header)
        assert other.asked == []


def test_what_is_posted_does_not_go_along_to_another_port() -> None:
    with platform(lambda question: Reply({})) as other:
        moved = Reply({}, 307, {"location": other.base})
        with (
            platform(lambda question: moved) as running,
            running.connect("https://example.org/") as session,
            pytest.raises(GiveUp, match="sends us on to"),
        ):
            session.post("token", {"password": "s3cret"})
        assert other.asked == []


@pytest.mark.parametrize(
    ("asked", "moved"),
    [
        ("http://example.org/", "https://example.org/moved"),
        ("http://example.org:80/", "https://www.example.org:443/moved"),
        ("https://example.org/", "https://example.org:443/moved"),
        ("https://www.example.org:8443/", "https://example.org:8443/moved"),
    ],
)
def test_ports_that_a_scheme_has_by_itself_are_no_other_ports(asked: str, moved: str) -> None:
    def behave(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/moved":
            return httpx.Response(200, json=request.headers["api-key"])
        return httpx.Response(302, headers={"location": moved})

    with Session(
        asked, headers={"api-key": "s3cret"}, transport=httpx.MockTransport(behave)
    ) as session:
        assert session.get("things") == "s3cret"


def test_a_pause_between_questions_never_costs_the_answer() -> None:
    verdict = Verdict("fine", seconds=900)
    with platform(lambda question: Reply({"a": 1})) as running:
        with running.connect("https://example.org/", judge=lambda response: verdict) as session:
            assert session.get("things") == {"a": 1}
        assert running.slept == [120]


def test_a_page_of_html_in_the_middle_costs_one_more_question() -> None:
    with platform(one_by_one([Reply("<html>Back soon</html>"), Reply({"a": 1})])) as running:
        assert ask(running) == {"a": 1}
        assert len(running.asked) == 2


@pytest.mark.parametrize("headers", [{}, {"retry-after": "5"}, {"retry-after": "0"}])
def test_a_limit_that_does_not_end_stops_the_run_well(headers: dict[str, str]) -> None:
    with platform(lambda question: Reply({}, 429, headers)) as running:
        with pytest.raises(QuotaEnded) as ended:
            ask(running)
        assert len(running.asked) == 5
    assert ended.value.until > datetime.now(UTC)


@pytest.mark.parametrize("told", ["inf", "nan", "1e300", "soon", "-5", "99999999999999"])
def test_a_wait_that_makes_no_sense_breaks_nothing(told: str) -> None:
    with (
        platform(lambda question: Reply({}, 429, {"retry-after": told})) as running,
        pytest.raises(QuotaEnded),
    ):
        ask(running)


def test_a_moment_to_wait_for_that_is_told_in_milliseconds_is_no_error() -> None:
    with (
        platform(lambda question: Reply({}, 429, {"x-rate-limit-reset": "1764000000000"})) as at,
        pytest.raises(QuotaEnded),
    ):
        ask(at)


@pytest.mark.parametrize("status", [408, 425])
def test_a_question_that_came_too_slowly_or_too_early_is_asked_again(status: int) -> None:
    with platform(one_by_one([Reply({}, status), Reply({"a": 1})])) as running:
        assert ask(running) == {"a": 1}


def test_an_answer_whose_packing_is_broken_is_asked_for_again() -> None:
    packed = Reply("not packed at all", 200, {"content-encoding": "gzip"})
    with platform(one_by_one([packed, Reply({"a": 1})])) as running:
        assert ask(running) == {"a": 1}


def test_an_answer_that_is_nested_without_end_is_told() -> None:
    with (
        platform(lambda question: Reply("[" * 50_000 + "]" * 50_000)) as running,
        pytest.raises(GiveUp, match="too deep"),
    ):
        ask(running)


def test_a_redirect_that_leads_nowhere_shows_no_token() -> None:
    def behave(request: httpx.Request) -> httpx.Response:
        if request.url.query:
            raise httpx.ConnectError(f"no way to {request.url}")
        return httpx.Response(302, headers={"location": "/things?access_token=s3cret"})

    transport = httpx.MockTransport(behave)
    with (
        Session("https://example.org/", transport=transport, sleep=lambda _: None) as session,
        pytest.raises(TryAgain) as error,
    ):
        session.get("things")
    assert "s3cret" not in "".join(traceback.format_exception(error.value))


def test_nothing_is_sent_from_https_to_http() -> None:
    def behave(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        return httpx.Response(302, headers={"location": "http://example.org/things"})

    with (
        Session("https://example.org/", transport=httpx.MockTransport(behave)) as session,
        pytest.raises(GiveUp, match="from https to http"),
    ):
        session.get("things")


@pytest.mark.parametrize(
    ("base", "token"), [("http://example.org:port/", "abc"), ("https://example.org/", "tökèn")]
)
def test_an_address_or_a_token_that_can_be_none_is_told_and_not_shown(
    base: str, token: str
) -> None:
    with pytest.raises(GiveUp, match="copy it again") as error:
        Session(base, headers={"authorization": f"Bearer {token}"})
    assert token not in str(error.value)


def test_a_token_that_no_header_can_hold_is_told_at_once_and_not_shown() -> None:
    with platform(lambda question: Reply({})) as running:
        headers = {"authorization": "Bearer s3cret\nX-More: 1"}
        with (
            Session(running.base, headers=headers, sleep=running.slept.append) as session,
            pytest.raises(GiveUp, match="the token of the account") as error,
        ):
            session.get("things")
        assert (running.asked, running.slept) == ([], [])
    assert "s3cret" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("base", ["example.org/", "ftp://example.org/", "//example.org/"])
def test_an_address_that_is_not_of_the_web_is_told_at_once(base: str) -> None:
    slept: list[float] = []
    with (
        Session(base, sleep=slept.append) as session,
        pytest.raises(GiveUp, match="neither `https://` nor"),
    ):
        session.get("things")
    assert slept == []


def test_an_id_that_no_address_can_hold_is_told_and_not_asked_for() -> None:
    with (
        platform(lambda question: Reply({})) as running,
        pytest.raises(GiveUp, match="names something by signs"),
    ):
        ask(running, "accounts/7\n8/statuses")
    assert running.asked == []


@pytest.mark.parametrize("scheme", ["http:", "https:", "HTTP:", "ftp:", ""])
def test_a_path_that_names_a_host_is_asked_nowhere(scheme: str) -> None:
    with platform(lambda _: Reply({})) as other, platform(lambda _: Reply({})) as running:
        elsewhere = other.base.removeprefix("http:")
        headers = {"authorization": "Bearer s3cret"}
        with (
            running.connect("https://example.org/", headers=headers) as session,
            pytest.raises(GiveUp, match=r"`127\.0\.0\.1` is not asked"),
        ):
            session.get(f"{scheme}{elsewhere}nordhafen")
        assert (other.asked, running.asked) == ([], [])


def test_a_redirect_that_leaves_the_web_is_not_followed() -> None:
    def behave(question: Question) -> Reply:
        return Reply({}, 302, {"location": "ftp://127.0.0.1/things"})

    with platform(behave) as running, pytest.raises(GiveUp, match="from http to ftp"):
        ask(running)


def test_an_answer_without_its_list_is_no_empty_list_but_asked_for_again() -> None:
    for odd in ({}, [], None, "text", {"error": "later"}):
        with platform(one_by_one([Reply(odd), Reply({"items": []})])) as running:
            with running.connect("https://example.org/") as session:
                assert session.get("things", expects=holding("items")) == {"items": []}
            assert len(running.asked) == 2


def test_an_answer_that_stays_of_another_shape_may_be_tried_later() -> None:
    with (
        platform(lambda question: Reply({})) as running,
        running.connect("https://example.org/") as session,
        pytest.raises(TryAgain, match="`things` answers JSON of another shape"),
    ):
        session.post("things", {"a": 1}, expects=holding("items"))
