"""The REST interface of a WordPress blog: where it is, who may ask, what its answers mean.

Format: https://developer.wordpress.org/rest-api/, WordPress 4.7 and later. Tried with 6.1.
A wrong application password is no error to WordPress: it answers what it answers everybody.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from flows.fetching.session import Absent, Parameters, Session
from flows.fetching.verdicts import Verdict, by_status
from models.errors import GiveUp
from models.hosts import THIS_MACHINE

ROUTE = "wp/v2"
"""Everything that is asked for, except the index, stands under it."""

DOORS: tuple[tuple[str, dict[str, str]], ...] = (
    ("wp-json/", {}),
    ("", {"rest_route": "/"}),
)
"""Where the index may be: the second is that of blogs with plain links (`/?p=123`)."""

NOT_FOR_US = frozenset({"rest_cannot_read_post", "rest_post_invalid_page_number"})
"""Codes of what is data: a post that is private or has a password, a page behind the last one."""


@dataclass(frozen=True)
class Listed:
    """One answer of a collection; `total` is how many objects it says to hold in all."""

    items: list[Any]
    total: int | None
    is_last: bool


@dataclass(frozen=True)
class Interface:
    """A blog's interface; `home` is the address it gives itself."""

    session: Session
    is_plain: bool

    def listed(self, route: str, parameters: Parameters) -> Iterator[Listed]:
        """Every answer of a collection; none of them is the last if it leads in a circle.

        Empty answers are no end: what a visitor may not read is left out, but counted.
        """
        number, before = 1, None
        while True:
            try:
                response = self.ask(route, {**parameters, "page": number})
            except Absent:
                if number == 1:
                    raise
                return
            items = _objects(response, route)
            ids = [item.get("id") for item in items if isinstance(item, dict)]
            if ids and ids == before:
                return
            total, last = (_told(response, name) for name in ("x-wp-total", "x-wp-totalpages"))
            is_last = number >= last if last is not None else not items
            yield Listed(items, total, is_last)
            if is_last:
                return
            number, before = number + 1, ids

    def ask(self, route: str, parameters: Parameters) -> httpx.Response:
        """The answer of a route, for example `comments`; raises as `Session.get` does."""
        if self.is_plain:
            plain = {"rest_route": f"/{ROUTE}/{route}", **parameters}
            return self.session.response("GET", "", plain)
        return self.session.response("GET", f"wp-json/{ROUTE}/{route}", parameters)

    def check_moderator(self) -> None:
        """Raise `GiveUp` if the token is bad, or of somebody who may not moderate comments."""
        answer = self.ask("users/me", {"context": "edit", "_fields": "id,capabilities"})
        rights = answer.json().get("capabilities") or {}
        if not rights.get("moderate_comments"):
            raise GiveUp(
                "the application password is of a user who may not moderate comments: it needs "
                "the role Editor or Administrator. Without a token the published ones are read."
            )


def authorisation(token: str | None, address: str) -> dict[str, str]:
    """The header that holds the token, `user:application password`.

    Raises `GiveUp` if it is no such pair, or would go over the net where others can read it.
    """
    if not token:
        return {}
    if ":" not in token:
        raise GiveUp("the token has no colon, expected `user:application password`.")
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
        raise GiveUp(f"`{parts.hostname}` is asked by http, and a token needs https.")
    return {"authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}


def with_scheme(address: str) -> str:
    """The address as it can be asked: https where it does not say."""
    return address if "://" in address else f"https://{address}"


def find_door(session: Session, host: str) -> tuple[bool, dict[str, Any]]:
    """Whether the interface is asked by plain links, and the index of the blog.

    `session` judges by `by_door`. Raises `GiveUp` if there is no interface, or it is closed.
    """
    for path, parameters in DOORS:
        try:
            index = session.get(path, {**parameters, "_fields": "name,home,namespaces"})
        except Absent:
            continue
        if isinstance(index, dict) and ROUTE in (index.get("namespaces") or []):
            return bool(parameters), index
    raise GiveUp(
        f"`{host}` shows no interface of WordPress: is it the address of the blog's front page, "
        "and is the REST API switched on?"
    )


def by_door(response: httpx.Response) -> Verdict:
    """What the answer of an address means where the index may or may not be."""
    is_page = response.status_code < 300 and not _is_json(response)
    if is_page or response.status_code == 404:
        return Verdict("absent", "no interface of WordPress")
    return by_wordpress(response)


def by_wordpress(response: httpx.Response) -> Verdict:
    """What an answer means; the message of an error is never told."""
    verdict = by_status(response)
    if verdict.kind == "fine":
        return verdict if _is_json(response) else Verdict("wait", "a web page instead of JSON")
    code = _error_code(response)
    if code in NOT_FOR_US:
        return Verdict("absent", f"not there, or not for us (`{code}`)")
    if code == "rest_no_route":
        return Verdict("refuse", "the blog does not offer this: a plugin may have switched it off")
    if code == "rest_not_logged_in":
        return Verdict("refuse", "the application password is not accepted: make a new one")
    if verdict.kind == "refuse" and response.status_code in (401, 403):
        by = f"the blog itself (`{code}`)" if code else "a firewall before the blog"
        return Verdict("refuse", f"closed by {by}: a token or a person of the blog has to open it")
    return verdict


def _objects(response: httpx.Response, route: str) -> list[Any]:
    body = response.json()
    if not isinstance(body, list):
        raise GiveUp(f"`{route}` answers a {type(body).__name__}, expected a list.")
    return body


def _told(response: httpx.Response, name: str) -> int | None:
    """The number in a header; None where a cache took the header away."""
    value = response.headers.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else None


def _is_json(response: httpx.Response) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def _error_code(response: httpx.Response) -> str | None:
    """The code of an error of WordPress; None if it is none."""
    try:
        body = response.json()
    except ValueError:
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"\w{1,60}", code) else None
