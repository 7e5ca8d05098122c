import logging
import re
from pathlib import Path

import httpx
import pytest

from flows.fetching.unlogged import LOGGERS, keep_addresses_out_of_logs
from tests.loopback import Reply, platform

FLOWS = Path(__file__).parents[3] / "flows"
ASKS = re.compile(r"httpx\.(Async)?(Client|get|post|put|patch|delete|head|request|stream)\(")


def test_neither_an_address_nor_a_header_of_an_answer_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in LOGGERS:  # as nobody has set them
        caplog.set_level(logging.NOTSET, logger=name)
    with platform(lambda question: Reply({}, headers={"set-cookie": "token=s3cret"})) as running:
        httpx.get(f"{running.base}?token=s3cret")
        assert caplog.text.count("s3cret") >= 2
        caplog.clear()
        keep_addresses_out_of_logs()
        httpx.get(f"{running.base}?token=s3cret")
    assert "s3cret" not in caplog.text


def test_whoever_asks_by_httpx_keeps_addresses_out_of_logs() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py")}
    asking = {name: text for name, text in texts.items() if ASKS.search(text)}
    assert {"session.py", "sending.py"} <= asking.keys()
    assert [
        name for name, text in asking.items() if "keep_addresses_out_of_logs()" not in text
    ] == []
