"""Saved answers of an Isso server: told, and never taken for comments of some table."""

import json

import pytest

from flows.sources.base import recognise_sample
from flows.sources.isso_answers import SOURCE, recognise
from models.canonical import Rejected
from tests.cut_files import SAMPLES, reader, specific_sources

SAMPLE = SAMPLES / "isso_answers.json"
LATEST = {
    "mode": 1,
    "id": 4,
    "author": None,
    "likes": 0,
    "text": "<p>Datenschutz nicht vergessen</p>",
    "uri": "/it-strategie.html",
    "parent": None,
    "website": None,
    "modified": None,
    "created": 1762157400.5,
    "dislikes": 0,
}


@pytest.mark.parametrize(
    "content", [SAMPLE.read_bytes(), json.dumps([LATEST, LATEST | {"id": 2}]).encode()]
)
def test_a_saved_answer_is_told_with_what_to_do_and_gives_no_comment(content: bytes) -> None:
    assert specific_sources(content) == ["isso_answers"]
    assert recognise_sample(content) is SOURCE
    (rejected,) = reader(SOURCE, "latest.json")(content)
    assert isinstance(rejected, Rejected)
    assert rejected.position == 0
    assert "`isso_api`" in rejected.detail


def test_exports_and_landed_pages_of_isso_are_left_to_their_sources() -> None:
    for name in ("isso_export.json", "isso_api.jsonl"):
        assert not recognise((SAMPLES / name).read_bytes())
