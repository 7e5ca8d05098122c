import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.reading.table_types import BrokenTable

COMMENT = {"text": "a", "created_at": "2025-10-01"}


def test_nested_objects_become_dotted_columns(table):
    line = {"author": {"name": "Ben", "tags": ["a"]}, "text": "hallo", "count": float("nan")}
    row = next(table(json.dumps(line) + "\n").rows)
    assert row.cells == {
        "author.name": "Ben",
        "author.tags": '["a"]',
        "text": "hallo",
        "count": None,
    }


def test_a_broken_json_line_costs_itself(outcomes):
    content = '{"text": "a"}\n{"text": "b"\n\n[1]\n{"text": "c"}\n'
    assert outcomes(content) == ["a", (2, "broken record"), (4, "broken record"), "c"]


def test_half_a_surrogate_pair_and_a_nul_do_no_harm(table):
    content = '{"text": "a\\ud83d", "ok": "\\ud83d\\ude00"}\n{"text": "b\\u0000"}\n'
    first, second = table(content).rows
    assert first.cells == {"text": "a\ufffd", "ok": "😀"}
    assert second.reason == "forbidden character"


def test_a_key_that_comes_late_is_still_a_column(table):
    lines = ['{"text": "a"}'] * 1_000 + ['{"text": "b", "parent_id": "x"}'] * 3
    assert table("\n".join(lines)).header == ["text", "parent_id"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps([COMMENT] * 3), id="one line"),
        pytest.param(json.dumps([COMMENT] * 3, indent=2), id="pretty"),
        pytest.param("[" + ",\n".join([json.dumps(COMMENT)] * 3) + "]", id="a line each"),
    ],
)
def test_a_json_list_is_a_table(outcomes, content):
    assert outcomes(content) == ["a"] * 3


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('[{"text": "a", "x": 1}, {"text": b}, {"text": "c"}]', id="one line"),
        pytest.param(
            '[\n  {\n    "text": "a"\n  },\n  {\n    "text": "b,\n    "y": [{"z": 1}]\n  },\n'
            '  {\n    "text": "c"\n  }\n]',
            id="pretty",
        ),
    ],
)
def test_a_broken_element_of_a_json_list_costs_itself(outcomes, content):
    first, broken, last = outcomes(content)
    assert (first, broken[1], last) == ("a", "broken record", "c")


def test_a_json_list_that_is_cut_says_so(table):
    rows = list(table('[{"text": "a"}, {"text": "b"},').rows)
    assert (rows[-1].position, rows[-1].reason) == (0, "broken file")


lasting = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

plain = st.characters(codec="cp1252", exclude_categories=["Cc"])

words = st.text(st.one_of(plain, st.sampled_from('";,\t|\n')), min_size=1, max_size=30)

texts = words.map(lambda text: f"a{text}z")


@lasting
@given(st.lists(texts, min_size=1, max_size=12), st.booleans(), st.data())
def test_a_corrupted_byte_never_spoils_the_intact_lines_of_a_json_file(
    cells, values, escaped, data
):
    lines = [json.dumps({"text": text, "at": 1}, ensure_ascii=escaped).encode() for text in values]
    content = b"\n".join(lines) + b"\n"
    index = data.draw(st.integers(0, len(content) - 1))
    broken = bytearray(content)
    broken[index] = data.draw(st.integers(0, 255))
    number = content.count(b"\n", 0, index)
    spoilt = {number, number + 1} if content[index : index + 1] == b"\n" else {number}
    intact = [text for place, text in enumerate(values) if place not in spoilt]
    try:
        found = [row[0] for row in cells(bytes(broken))]
    except BrokenTable:
        found = []
    for text in intact:
        assert text in found
        found.remove(text)
