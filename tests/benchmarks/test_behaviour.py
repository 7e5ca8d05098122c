"""The scoring of behaviour cases, on a model that feels by one word and finds topics by two."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks import behaviour
from benchmarks.behaviour import Case, failures, judged, rate, read_cases, shown
from models.encoder import Head, Reading

HEADS = (
    Head("sentiment", ("negative", "positive"), False, (0.0, 0.0)),
    Head("topic", ("cloud", "cost"), True, (0.5, 0.5)),
)


def read(texts: Sequence[str], posts: Sequence[str | None]) -> Reading:
    """Positive is what has "good" in it, a little less with "hm"; topics are named."""
    positive = [("good" in text) * 0.8 + 0.1 - ("hm" in text) * 0.04 for text in texts]
    topics = [
        [0.52 - ("hm" in text) * 0.04 if "cloud" in text else 0.1, 0.9 if "cost" in text else 0.1]
        for text in texts
    ]
    return Reading(
        {
            "sentiment": np.array([[1 - p, p] for p in positive], dtype=np.float32),
            "topic": np.array(topics, dtype=np.float32),
        },
        None,
    )


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        pytest.param(
            Case("good", "en", expect={"sentiment": "positive", "not_topic": ["cloud"]}),
            (),
            id="as expected",
        ),
        pytest.param(
            Case("bad", "en", expect={"sentiment": "positive"}),
            ("sentiment positive expected, found negative",),
            id="another label",
        ),
        pytest.param(
            Case("cloud", "en", expect={"topic": ["cloud", "cost"]}),
            ("topic cloud+cost expected, found cloud",),
            id="one of two labels is missing",
        ),
        pytest.param(
            Case("cloud cost", "en", expect={"topic": ["cost"]}), (), id="one more label is allowed"
        ),
        pytest.param(
            Case("cloud", "en", expect={"not_topic": ["cloud"]}),
            ("not_topic cloud expected, found cloud",),
            id="a label too many",
        ),
        pytest.param(
            Case("cost", "en", same="good"),
            ("sentiment negative became positive", "topic cost became nothing"),
            id="another answer to the same",
        ),
        pytest.param(Case("cloud", "en", same="cloud hm"), (), id="a label at its cutoff"),
        pytest.param(Case("good", "en", worse="good hm"), (), id="blame lowers it"),
        pytest.param(Case("good hm", "en", worse="good"), (), id="less than can be noticed"),
        pytest.param(
            Case("so", "en", worse="so good"), ("positive rose from 0.10 to 0.90",), id="blame"
        ),
        pytest.param(
            Case("good", "en", better="so"), ("negative rose from 0.10 to 0.90",), id="praise"
        ),
    ],
)
def test_what_is_wrong_is_told(case: Case, wrong: tuple[str, ...]) -> None:
    (verdict,) = judged([case], HEADS, read)
    assert verdict.wrong == wrong


@pytest.mark.parametrize("expect", [{"topic": ["clowd"]}, {"not_topic": ["clowd"]}, {"mood": "x"}])
def test_a_case_that_expects_what_no_head_answers_is_refused(expect: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="correct the case"):
        judged([Case("good", "en", expect=expect)], HEADS, read)


def test_the_table_counts_each_kind_and_all() -> None:
    passing = Case("good", "en", expect={"sentiment": "positive"})
    failing = Case("good", "en", expect={"sentiment": "negative"})
    verdicts = {"a": judged([passing, failing], HEADS, read), "b": judged([passing], HEADS, read)}
    rows = [line.split() for line in shown(verdicts).splitlines()[2:]]
    assert rows == [["a", "2", "1", "0.50"], ["b", "1", "1", "1.00"], ["all", "3", "2", "0.67"]]
    assert failures(verdicts) == ["\na", "  'good': sentiment negative expected, found positive"]
    assert rate(verdicts["b"]) == 1


def test_a_kind_is_a_file_and_a_case_a_line(tmp_path: Path) -> None:
    (tmp_path / "irony.jsonl").write_text('{"text": "Ah", "lang": "en", "post": "P"}\n')
    assert read_cases(tmp_path) == {"irony": [Case("Ah", "en", post="P")]}
    (tmp_path / "irony.jsonl").write_text('{"text": "Ah", "lang": "en", "expects": {}}\n')
    with pytest.raises(TypeError, match="expects"):
        read_cases(tmp_path)


def test_help_tells_the_question(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        behaviour.main(["--help"])
    assert ended.value.code == 0
    assert "--failures" in capsys.readouterr().out
