"""A platform on this machine: a real HTTP server that answers what a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flows.fetching.session import Session
from flows.fetching.verdicts import Judge, by_status
from flows.sources.base import Errand

NOW = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
POLL = 0.005
"""Seconds in which a server notices that it should stop; the default 0.5 is most of a test."""


@dataclass(frozen=True)
class Question:
    """What the platform was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What it answers; a `body` that is not text goes out as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Behaviour = Callable[[Question], Reply]


@dataclass(frozen=True)
class World:
    """A platform with posts and comments over several answers, and the account that asks it.

    The test of each interface has one (`a_world`), which `test_every_interface` lets go wrong.
    """

    behave: Behaviour
    options: Mapping[str, str]
    token: str | None = None


class Platform:
    """A running server: `base` is its address, `asked` every question so far."""

    def __init__(self, behave: Behaviour) -> None:
        self.asked: list[Question] = []
        self.slept: list[float] = []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                address = urlsplit(self.path)
                size = int(self.headers.get("content-length") or 0)
                question = Question(
                    self.command,
                    address.path,
                    dict(parse_qsl(address.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(size),
                )
                platform.asked.append(question)
                reply = behave(question)
                raw = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(raw.encode())))
                self.end_headers()
                self.wfile.write(raw.encode())

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def connect(
        self, base: str, *, headers: Mapping[str, str] | None = None, judge: Judge = by_status
    ) -> Session:
        """A session with this server, whatever platform `base` names; it never really sleeps."""
        # The path of the real base stays, so that routes look as they do in the world.
        own = self.base.rstrip("/") + urlsplit(base).path
        return Session(own, headers=headers, judge=judge, sleep=self.slept.append)

    def errand(self, token: str | None = None, **fields: Any) -> Errand:
        """An errand to this platform; options are strings, `look_back` is 30 days before `NOW`."""
        given: dict[str, Any] = {
            "options": {},
            "memory": {},
            "look_back": NOW - timedelta(days=30),
            "now": NOW,
        }
        return Errand(token=token, connect=self.connect, **(given | fields))


@contextmanager
def platform(behave: Behaviour) -> Iterator[Platform]:
    """Run a platform that behaves as `behave` says, for as long as the block lasts."""
    running = Platform(behave)
    thread = threading.Thread(target=running.server.serve_forever, args=(POLL,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        running.server.server_close()
        thread.join()
