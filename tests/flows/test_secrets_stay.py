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
from click.testing import CliRunner
from prefect.logging.handlers import APILogHandler
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

from flows.catalogue import catalogue
from flows.cli import cli
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


COMMANDS = (
    *("ingest a.csv", "daily", "publish", "digest", "backfill --from 2025-11-01", "retention"),
    *("sources", "sources check discourse_api", "status", "status --json", "automations"),
    *("tables channel_weekly", "sql FROM+mart.post_sentiment", "diff", "model list", "predict"),
    *("review sample", "review agreement", "access --author uwe_b77 --platform table"),
    *("evaluate --from-reviews", "privacy redact", "erase --author uwe_b77 --platform table"),
    *("refine", "classify", "privacy rotate-key", "fetch"),
)


@pytest.mark.usefixtures("prefect_server", "keyword_model", "quick_publish")
def test_no_secret_is_in_anything_that_a_command_writes(
    workplace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    heard: Heard,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each command with every secret that settings can name, at a platform that repeats them."""
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "sleep", lambda seconds: None)
    monkeypatch.setattr("flows.digest.RETRY_DELAYS", ())
    monkeypatch.chdir(tmp_path)
    table = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\nc-1;03.11.2025;uwe_b77;Wann denn?;Cloud\n"
    Path("a.csv").write_text(table, encoding="utf-8")
    monkeypatch.setenv("PLATFORM_TOKEN", PAIR)
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    monkeypatch.setenv("RESONANZ_DIGEST__SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("RESONANZ_DIGEST__SMTP_PASSWORD", "env:MAIL_PASSWORD")
    told = ""
    with platform(an_error) as running:
        for name in ("DIGEST", "NOTIFY"):
            monkeypatch.setenv(f"{name}_HOOK", f"{running.base}/{quote(SECRET, safe='')}")
            monkeypatch.setenv(f"RESONANZ_{name}__WEBHOOK", f"env:{name}_HOOK")
        monkeypatch.setenv("RESONANZ_FETCH__ACCOUNTS", json.dumps(accounts(running.base)[:2]))
        for line in COMMANDS:
            words = [word.replace("+", " ") for word in line.split()]
            answer = CliRunner().invoke(cli, words, input="Ruf mich an\n")
            error = answer.exception
            told += answer.output + ("".join(traceback.format_exception(error)) if error else "")
    assert "No such command" not in told
    assert (workplace / "published" / "digest").is_dir()
    APILogHandler().flush()
    everything = told + heard.text + "".join(capfd.readouterr())
    keys = (os.environ["RESONANZ_AUTHOR_KEY"], os.environ["RESONANZ_LANDING_KEY"])
    for spelling in (SECRET, quote(SECRET, safe=""), quote(SECRET), base64_of(PAIR), *keys):
        assert spelling not in everything
        found = chain(written_below(workplace), written_below(database_folder()))
        assert [path for path, content in found if spelling.encode() in content] == []


def database_folder() -> Path:
    """The folder of the database in which Prefect keeps runs, logs and artifacts."""
    return Path(PREFECT_API_DATABASE_CONNECTION_URL.value().partition("///")[2]).parent


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
