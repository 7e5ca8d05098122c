"""A polite session with one platform: asks, waits as long as it is told to, and keeps secrets.

Addresses are told without their queries, which can hold tokens.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from types import TracebackType
from typing import Any, Protocol

import httpx
import tenacity

from flows.fetching.unlogged import keep_addresses_out_of_logs
from flows.fetching.verdicts import Judge, by_status
from models.errors import GiveUp, ResonanzError, TryAgain

TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds; told to wait longer, a run stops, and the next one goes on from there."""
UNTOLD_PAUSE = 15 * 60.0
"""Seconds to leave a platform alone that throttles on and on without saying for how long."""
TIMEOUT = 30.0
MOST_REDIRECTS = 5

Parameters = Mapping[str, str | int]


class Absent(ResonanzError):
    """What was asked for is not there (any more), or is not for us: data, not a fault."""


class QuotaEnded(TryAgain):
    """The platform wants to be left alone until `until`, longer than a run should wait."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(f"{reason}; asked to wait until {until:%Y-%m-%d %H:%M} UTC.")
        self.until, self.reason = until, reason


class Busy(TryAgain):
    """Try again after `seconds`, or, where the platform does not say, a little longer each time."""

    def __init__(self, reason: str, seconds: float | None = None, is_limit: bool = False) -> None:
        super().__init__(f"{reason}. Run the same again later.")
        self.reason, self.seconds, self.is_limit = reason, seconds, is_limit


Expects = Callable[[Any], bool]
"""JSON -> is it of the shape in which the platform answers this question?"""


def holding(*names: str) -> Expects:
    """What is asked for is an object with one of the keys `names`.

    An answer without its list is not an empty list: whoever took it for one would take all
    comments for deleted.
    """
    return lambda body: isinstance(body, dict) and any(name in body for name in names)


def anything(_body: Any) -> bool:
    """Whatever is JSON: the source looks at it more closely."""
    return True


class Session:
    """Questions to one platform, each answered, refused or tried again as its `judge` says."""

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        judge: Judge = by_status,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        keep_addresses_out_of_logs()
        # RFC 9110, 10.1.5: the program and its version. Some platforms ask for a name of their own.
        sent = {"user-agent": f"resonanz/{version('resonanz')}"} | dict(headers or {})
        try:
            self._client = httpx.Client(
                base_url=base,
                headers=sent,
                timeout=TIMEOUT,
                transport=transport,
                verify=_trusted(),
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            # A header that is no ASCII holds the token.
            raise _unfit("token" if isinstance(error, UnicodeEncodeError) else "address") from None
        self._judge, self._sleep, self._longest_wait = judge, sleep, longest_wait

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(
        self, path: str, parameters: Parameters | None = None, expects: Expects = anything
    ) -> Any:
        """The JSON at `path`.

        Raises `Absent` if there is nothing for us, `QuotaEnded` if the platform wants a longer
        pause, `TryAgain` if it did not answer after several tries, or never as it `expects`,
        `GiveUp` if it refuses.
        """
        return _json(self._retried("GET", path, parameters, {}, _checking(expects)), path)

    def post(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        as_json: bool = True,
        expects: Expects = anything,
    ) -> Any:
        """The JSON that `path` answers to `data`; raises as `get` does."""
        body = {"json": data} if as_json else {"data": data}
        return _json(self._retried("POST", path, None, body, _checking(expects)), path)

    def response(
        self, method: str, path: str, parameters: Parameters | None = None, **body: Any
    ) -> httpx.Response:
        """The whole response, where it need not be JSON; raises as `get` does."""
        return self._retried(method, path, parameters, body)

    def json_response(
        self, method: str, path: str, parameters: Parameters | None = None, **body: Any
    ) -> httpx.Response:
        """A whole response that is JSON, for its headers; raises as `get` does."""
        return self._retried(method, path, parameters, body, _json)

    def _retried(
        self,
        method: str,
        path: str,
        parameters: Parameters | None,
        body: Mapping[str, Any],
        check: Callable[[httpx.Response, str], Any] | None = None,
    ) -> httpx.Response:
        """A response that `check`, if there is one, does not find `Busy`."""

        def ask() -> httpx.Response:
            response = self._ask(method, path, parameters, body)
            if check:
                check(response, path)
            return response

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Busy),
            stop=tenacity.stop_after_attempt(TRIES),
            wait=_seconds_before_next,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(ask)
        except Busy as busy:
            if not busy.is_limit:
                raise
            until = datetime.now(UTC) + timedelta(seconds=busy.seconds or UNTOLD_PAUSE)
            raise QuotaEnded(until, busy.reason) from None

    def _ask(
        self, method: str, path: str, parameters: Parameters | None, body: Mapping[str, Any]
    ) -> httpx.Response:
        try:
            if elsewhere := httpx.URL(path).host:
                raise _another_host(elsewhere, self._client.base_url.host)
            response = self._client.request(method, path, params=parameters, **body)
            return self._judged(self._at_its_new_place(response))
        except httpx.LocalProtocolError:
            # A header that can't be sent: of all of them, the token is the one that people copy.
            raise _unfit("token") from None
        except httpx.UnsupportedProtocol:
            raise GiveUp(
                "the address of the account begins with neither `https://` nor `http://`: write it "
                "whole."
            ) from None
        except httpx.InvalidURL:
            # No `RequestError`: a crash, which would keep other accounts from being asked.
            host = self._client.base_url.host
            raise GiveUp(f"`{host}` names something by signs that no address can hold.") from None
        except httpx.RequestError as error:
            # Its message can hold the address; its type says enough.
            where = f"`{_shown(path)}` of `{self._client.base_url.host}`"
            raise Busy(f"{where} can't be reached ({type(error).__name__})") from None

    def _at_its_new_place(self, response: httpx.Response) -> httpx.Response:
        """Follow redirects on one host and port: others must not see what we send."""
        for _ in range(MOST_REDIRECTS):
            following = response.next_request
            if following is None:
                return response
            _require_same_place(response.url, following.url)
            self._sign_again(following)
            response = self._client.send(following)
        raise GiveUp(f"`{response.url.host}` sends us round in a circle.")

    def _sign_again(self, following: httpx.Request) -> None:
        """Put our token back, which httpx takes off where a host is called with `www.` or without.

        Without it a platform answers as it answers strangers, which is no error: what it keeps from
        them would be taken for deleted.
        """
        ours = self._client.headers.get("authorization")
        if ours is not None:
            following.headers["authorization"] = ours

    def _judged(self, response: httpx.Response) -> httpx.Response:
        verdict = self._judge(response)
        where = f"`{response.url.host}{response.url.path}`: {verdict.reason}"
        if verdict.kind == "fine":
            if verdict.seconds:
                self._sleep(min(verdict.seconds, self._longest_wait))
            return response
        if verdict.kind in ("wait", "limit"):
            if verdict.seconds and verdict.seconds > self._longest_wait:
                until = datetime.now(UTC) + timedelta(seconds=verdict.seconds)
                raise QuotaEnded(until, where)
            raise Busy(where, verdict.seconds, verdict.kind == "limit")
        if verdict.kind == "absent":
            raise Absent(where)
        raise GiveUp(f"{where}.")


def _require_same_place(before: httpx.URL, after: httpx.URL) -> None:
    """Raise `GiveUp` if what we send, keys and passwords among it, would be seen by others."""
    if after.host.removeprefix("www.") != before.host.removeprefix("www."):
        raise GiveUp(
            f"`{before.host}` sends us on to `{after.host}`: name that address in the account's "
            "options if you trust it."
        )
    if after.scheme not in ("https", before.scheme):
        raise GiveUp(
            f"`{before.host}` sends us on from {before.scheme} to {after.scheme}, where others "
            "could read the token."
        )
    # The port that a scheme has by itself is none here: from http to https it stays the same.
    if after.port != before.port:
        raise GiveUp(
            f"`{before.host}` sends us on to `{after.netloc.decode()}`, where another program may "
            "listen: name that address in the account's options if you trust it."
        )


class Connect(Protocol):
    """Opens a `Session`; tests give one that stays on this machine."""

    def __call__(
        self, base: str, *, headers: Mapping[str, str] | None = None, judge: Judge = ...
    ) -> Session: ...


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that every session trusts; reading them takes longer than most questions."""
    return httpx.create_ssl_context()


def _seconds_before_next(state: tenacity.RetryCallState) -> float:
    """What the platform asked for, else 1, 2, 4, ... seconds and up to one more."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Busy) and error.seconds is not None:
        return error.seconds
    return tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)(state)


def _checking(expects: Expects) -> Callable[[httpx.Response, str], None]:
    def check(response: httpx.Response, path: str) -> None:
        if not expects(_json(response, path)):
            raise Busy(f"`{_shown(path)}` answers JSON of another shape than is expected")

    return check


def _json(response: httpx.Response, path: str) -> Any:
    try:
        return response.json()
    except RecursionError:
        raise GiveUp(f"`{_shown(path)}` answers JSON that is nested too deep to be read.") from None
    except ValueError:
        raise Busy(f"`{_shown(path)}` answers no JSON, as a maintenance page does") from None


def _unfit(what: str) -> GiveUp:
    """The error of a setting that nothing can be asked with; it may hold the token: not shown."""
    return GiveUp(f"the {what} of the account holds signs that none can hold: copy it again.")


def _another_host(elsewhere: str, host: str) -> GiveUp:
    """The error of a path that is a whole address: httpx would ask there, with our headers."""
    return GiveUp(
        f"`{elsewhere}` is not asked, for the account is one of `{host}`: where its options want "
        "a name or an id, write that instead of an address."
    )


def _shown(path: str) -> str:
    return path.partition("?")[0]
