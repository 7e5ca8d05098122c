"""The way to Reddit's interface: signed in as an application, at the pace that Reddit asks for.

Signing in: https://github.com/reddit-archive/reddit/wiki/OAuth2; what a token may ask:
https://www.reddit.com/dev/api/.
"""

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from flows.fetching.session import Connect, Expects, Session
from flows.fetching.verdicts import Verdict, by_status
from models.errors import GiveUp

SIGN_IN = "https://www.reddit.com/"
BASE = "https://oauth.reddit.com/"

SPARE = 50
"""Questions left in Reddit's window of ten minutes below which they are spread over its rest."""

LONGEST_PACE = 60.0
"""Seconds between two questions at most: beyond, Reddit's own refusal says how long to wait."""

RENEW_BEFORE = 60.0
"""Seconds before its end at which an access token is no longer used."""

NOT_FOR_US = frozenset({"private", "quarantined", "gold_only", "banned", "gated"})
"""Reasons that Reddit gives with 403: what was asked for is closed, the token is not wrong."""


class AccessEnded(Exception):
    """Reddit does not take an access token any more."""


class Reddit:
    """Reddit as an application sees it: signs in, and again before its access ends."""

    def __init__(self, connect: Connect, token: str | None, contact: str) -> None:
        self._connect, self._token, self._own = connect, token or "", _agent(contact)
        self._session: Session | None = None
        self._renew_at = 0.0

    def __enter__(self) -> "Reddit":
        self._sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._session.__exit__(None, None, None)

    def get(self, path: str, parameters: Mapping[str, str | int], expects: Expects) -> Any:
        """The answer at `path`, its texts as they were typed."""
        asked = {**parameters, "raw_json": 1}
        return self._signed(lambda session: session.get(path, asked, expects))

    def post(self, path: str, data: Mapping[str, Any], expects: Expects) -> Any:
        """The answer to a form."""
        form = {**data, "raw_json": 1}
        return self._signed(
            lambda session: session.post(path, form, as_json=False, expects=expects)
        )

    def _signed(self, ask: Callable[[Session], Any]) -> Any:
        """The answer to a question; signs in anew, once, if access has ended before its time."""
        try:
            return ask(self._connected())
        except AccessEnded:
            self._sign_in()
            try:
                return ask(self._connected())
            except AccessEnded:
                raise GiveUp(
                    "Reddit takes away the access that it has just given: is the application "
                    "still there, and of the kind `script`?"
                ) from None

    def _connected(self) -> Session:
        if self._session is None or time.monotonic() >= self._renew_at:
            self._sign_in()
        assert self._session
        return self._session

    def _sign_in(self) -> None:
        client, is_pair, _ = self._token.partition(":")
        if not (client and is_pair):
            raise GiveUp("the token of Reddit has to be `client_id:client_secret`, with a colon.")
        key = base64.b64encode(self._token.encode()).decode()
        headers = {"authorization": f"Basic {key}"} | self._own
        with self._connect(SIGN_IN, headers=headers) as door:
            answer = door.post(
                "api/v1/access_token", {"grant_type": "client_credentials"}, as_json=False
            )
        access = answer.get("access_token")
        if not isinstance(access, str):
            raise GiveUp("Reddit gives no access: check the client id and the secret.")
        self._renew_at = time.monotonic() + float(answer.get("expires_in", 3600)) - RENEW_BEFORE
        self.__exit__()
        headers = {"authorization": f"Bearer {access}"} | self._own
        self._session = self._connect(BASE, headers=headers, judge=judge)


def _agent(contact: str) -> dict[str, str]:
    """Reddit wants to know whom to write to, in a form of its own."""
    name = contact.strip().removeprefix("/").removeprefix("u/")
    return {"user-agent": f"python:resonanz:1 (by /u/{name})"} if name else {}


def judge(response: httpx.Response) -> Verdict:
    """What HTTP says; closed subreddits are data, and scarce questions are spread."""
    if response.status_code == 401:
        raise AccessEnded
    if response.status_code == 403 and (reason := _reason(response)) in NOT_FOR_US:
        return Verdict("absent", f"Reddit says it is {reason}")
    verdict = by_status(response)
    return Verdict("fine", seconds=_pace(response)) if verdict.kind == "fine" else verdict


def _reason(response: httpx.Response) -> str | None:
    try:
        body = response.json()
    except ValueError:
        return None
    reason = body.get("reason") if isinstance(body, dict) else None
    return reason if isinstance(reason, str) else None


def _pace(response: httpx.Response) -> float | None:
    try:
        left = float(response.headers["x-ratelimit-remaining"])
        seconds = float(response.headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        return None
    return min(seconds / max(left, 1.0), LONGEST_PACE) if left < SPARE else None
