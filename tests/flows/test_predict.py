import io
import json
from typing import Any

import pytest

from flows.predict import predict_lines


def predicted(text: str | bytes, plain: bool = False) -> list[dict[str, Any]]:
    out = io.StringIO()
    lines = text.encode() if isinstance(text, str) else text
    predict_lines(io.BytesIO(lines), out, plain)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_answer_has_every_head_and_the_language() -> None:
    (answer,) = predicted('{"id": 7, "text": "Was kostet die neue Cloud eigentlich?"}\n')
    assert answer["id"] == 7
    assert sum(answer["sentiment"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert answer["sentiment"]["label"] in answer["sentiment"]["probabilities"]
    assert all(set(topic) == {"label", "probability"} for topic in answer["topics"])
    assert all(set(intent) == {"label", "probability"} for intent in answer["intents"])
    for head in ("stance", "needs_reply", "toxic"):
        assert set(answer[head]) == {"label", "probability", "uncertain"}
    assert answer["language"] == "de"


def test_order_is_kept_and_bad_lines_do_not_stop_the_rest() -> None:
    answers = predicted(
        '{"id": "a", "text": "Gut."}\n{broken\n[1]\n{"id": "b"}\n{"id": "c", "text": 5}\n'
        '{"id": "d", "text": "x", "post": 1}\n{"id": "e", "text": ""}\n'
    )
    assert [answer["id"] for answer in answers] == ["a", None, None, "b", "c", "d", "e"]
    assert [answer.get("error") for answer in answers] == [
        None,
        "line 2 is not JSON",
        "line 3 is a JSON list, expected an object",
        "line 4: `text` is nothing, expected a string",
        "line 5: `text` is int, expected a string",
        "line 6: `post` is int, expected a string",
        None,
    ]


def test_a_line_that_json_allows_and_nobody_can_write_does_not_stop_the_rest() -> None:
    half = '{"id": "\\ud800", "text": "gut \\ud83d sehr", "post": "\\udc00"}'
    deep = "[" * 200_000
    answers = predicted(f'{half}\n{deep}\n{{"id": NaN, "text": "Gut."}}\n')
    assert [answer["id"] for answer in answers] == ["\ufffd", None, None]
    assert [answer.get("error") for answer in answers] == [
        None,
        "line 2 is nested too deep",
        None,
    ]
    assert predicted(b'{"id": 1, "text": "\xff"}')[0]["error"].startswith("line 1 is not UTF-8")


def test_plain_lines_are_numbered_and_a_line_that_is_no_text_is_an_error() -> None:
    answers = predicted("Endlich weniger Passwörter!\n".encode() + b"\xff\xfe\n" + b"ok\n", True)
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert "line 2 is not UTF-8" in answers[1]["error"]


def test_no_lines_no_answers() -> None:
    assert predicted("") == []
