"""Every interface, asked with each logger at its most talkative: no token is ever written."""

import base64
import json
import logging
import os
import traceback
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from prefect.logging.handlers import APILogHandler
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

from flows.catalogue import catalogue
from flows.fetch import fetch
from flows.fetching.session import Session
from flows.sources.base import api_sources
from models.errors import ResonanzError
from tests.loopback import Behaviour, Question, Reply, platform

SECRET = "s3cr3t|t0ken/9f8e7d6c"
PAIR = f"ada:{SECRET}"
OPTIONS = {"address": "http://127.0.0.1", "server": "127.0.0.1", "forum": "http://127.0.0.1"}
TOPICS = {
    "reddit_api": {"posts": "p1"},
    "discourse_api": {"topics": "1"},
    "youtube_api": {"videos": "v1"},
}


def accounts(gateway: str) -> list[dict[str, Any]]:
    """One account of each interface that takes a token, all asked at `gateway`."""
    found = []
    for name, source in api_sources().items():
        if not source.token:
            continue
        needed = {option: OPTIONS.get(option, "1") for option in source.needs}
        token = {"token": "env:PLATFORM_TOKEN"}
        options = needed | TOPICS.get(name, {})
        found.append({"source": name, "name": name, "gateway": gateway, "options": options} | token)
    return found


def told(question: Question) -> dict[str, Any]:
    """All that a careless platform could repeat."""
    address = f"https://example.org/next?access_token={quote(SECRET, safe='')}"
    header = question.headers.get("authorization", "")
    return {"paging": {"next": address}, "echo": [SECRET, header, address], "access_token": SECRET}


def an_error(question: Question) -> Reply:
    error = {"message": SECRET, "code": 190, "reason": SECRET, "errors": [{"reason": SECRET}]}
    return Reply({"error": error, **told(question)}, 400)


def a_page(question: Question) -> Reply:
    return Reply(f"<html>{SECRET}</html>", 403)


def another_shape(question: Question) -> Reply:
    return Reply([told(question), SECRET])


def an_answer(question: Question) -> Reply:
    """What most of the interfaces take for an answer, at least to their first questions."""
    first = {"id": "1", "name": SECRET, "username": "ada", "text": SECRET, "message": SECRET}
    item = first | {"author": SECRET, "created_time": "2025-11-03T08:00:00+0000", "children": []}
    body = {"data": [item], "elements": [], "items": [], "did": "did:1", "feed": [], **item}
    return Reply(body | told(question), 200, {"set-cookie": f"token={SECRET}"})


def written_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


class Heard(logging.Handler):
    """Everything that is logged, with tracebacks, as a terminal would show it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += logging.Formatter().format(record) + "\n"


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A handler that hears each logger at its most talkative."""
    handler = Heard()
    loggers = [logging.getLogger(name) for name in (None, "prefect", "prefect.task_runs", "httpx")]
    levels = [logger.level for logger in loggers]
    for logger in loggers[:-1]:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("behave", [an_error, a_page, another_shape, an_answer])
def test_no_token_is_in_any_file_log_or_error(
    behave: Behaviour,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
    heard: Heard,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLATFORM_TOKEN", PAIR)
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    with platform(behave) as running:
        monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", json.dumps(accounts(running.base)))
        told = ""
        for _ in range(2):
            try:
                report = fetch()
            except ResonanzError as error:
                told += "".join(traceback.format_exception(error))
            else:
                told += f"{report} {report.details}"
        told += catalogue()
    assert len(running.asked) >= len(accounts(""))
    assert "fetch" in heard.text
    everything = told + heard.text + "".join(capfd.readouterr())
    APILogHandler().flush()
    database = database_folder()
    assert b"fetch" in b"".join(content for _, content in written_below(database))
    keys = (os.environ["RESONANZ_AUTHOR_KEY"], os.environ["RESONANZ_LANDING_KEY"])
    spellings = (SECRET, quote(SECRET, safe=""), quote(SECRET), base64_of(PAIR))
    for spelling in (*spellings, *keys):
        assert spelling not in everything
        found = chain(written_below(workplace), written_below(database))
        assert [path for path, content in found if spelling.encode() in content] == []


def database_folder() -> Path:
    """The folder of the database in which Prefect keeps runs, logs and artifacts."""
    return Path(PREFECT_API_DATABASE_CONNECTION_URL.value().partition("///")[2]).parent


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
