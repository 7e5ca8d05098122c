"""JSON of any length: what is read value by value, and what becomes of damage."""

import codecs
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import json_window
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start

SIZES = (1, 2, 7, 1000)


def window_on(text: str) -> JsonWindow:
    return JsonWindow(io.StringIO(text))


def parts_of(text: str) -> tuple[list[Any], BrokenJson | None]:
    """The elements of an array, or the keys and values of an object, up to damage; and that."""
    window = window_on(text)
    found: list[Any] = []
    try:
        if window.peek() == "[":
            found.extend(window.value() for _ in window.elements())
        else:
            found.extend((key, window.value()) for key in window.members())
    except BrokenJson as error:
        return found, error
    return found, None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[]", [], id="empty array"),
        pytest.param(" { } ", [], id="empty object"),
        pytest.param('[1, -2.5e-3,"a", null ,true, [[]], {"b": {}}]', None, id="every kind"),
        pytest.param('\n{"a": [1, 2],\r\n"b" : "c"}\n', [("a", [1, 2]), ("b", "c")], id="object"),
    ],
)
def test_arrays_and_objects_are_read_part_by_part(text: str, expected: list[Any] | None) -> None:
    assert parts_of(text) == (json.loads(text) if expected is None else expected, None)


def test_documents_that_follow_one_another_are_read_in_turn() -> None:
    window = window_on('{"a": 1}\n\n[2]\n"b" ')
    found = []
    while window.peek():
        found.append(window.found())
    assert found == [Found({"a": 1}, 1), Found([2], 3), Found("b", 4)]


def test_a_value_comes_with_the_line_that_it_starts_in() -> None:
    window = window_on('[\n1,\r\n\n{"a":\n2},\n"b"\n]')
    assert [window.found().line for _ in window.elements()] == [2, 4, 6]


def test_a_line_is_that_of_what_comes_next_and_not_of_the_blanks_before_it() -> None:
    window = window_on("[1,\n2]")
    lines = [(window.line(), window.value()) for _ in window.elements()]
    assert lines == [(1, 1), (2, 2)]


def test_only_what_is_wanted_is_taken() -> None:
    window = window_on(" :,")
    assert not window.takes(",")
    assert window.takes(":")
    window.take(",")
    assert window.peek() == ""
    assert not window.takes(",")


@pytest.mark.parametrize(
    ("text", "detail", "line"),
    [
        pytest.param("[1\n2]", "not JSON: `]` is missing", 2, id="no comma"),
        pytest.param("[1,\n]\n\n", "not JSON: Expecting value", 2, id="comma too much"),
        pytest.param("[oops, and so on, and so on]", "not JSON: Expecting value", 1, id="no value"),
        pytest.param('{"a" 1}', "not JSON: `:` is missing", 1, id="no colon"),
        pytest.param('{"a": 1,\n5: 2}', "not JSON: a key is missing", 2, id="number as a key"),
        pytest.param("5", "not JSON: `{` is missing", 1, id="something else"),
        pytest.param('["a', "ends too early: Unterminated string", 1, id="cut text"),
        pytest.param('{"a": "b"\n', "ends too early: `}` is missing", 2, id="cut object"),
        pytest.param("[1,\n25", "ends too early: a number without an end", 2, id="cut number"),
        pytest.param("[" * 100_000, "a number too long or nesting too deep", 1, id="deep"),
        pytest.param(f"[{'1' * 5000}]", "a number too long or nesting too deep", 1, id="long"),
    ],
)
def test_damage_is_told_with_its_line(text: str, detail: str, line: int) -> None:
    _, error = parts_of(text)
    assert error is not None
    assert detail in error.detail
    assert error.line == line


def test_reading_goes_on_with_the_next_line_that_starts_like_a_document() -> None:
    window = window_on('{"a": oops}\n"{"\n\n{"b": 1}')
    with pytest.raises(BrokenJson):
        window.value()
    window.skip_document()
    assert window.found() == Found({"b": 1}, 4)
    window.skip_document()
    assert window.peek() == ""


@pytest.mark.parametrize(
    "cut",
    ['{"a": 1,', '{"a": 1', '{"a"', '{"a": [1,', '{"a": [1', '{"a": "b', "{"],
)
def test_a_line_that_is_cut_costs_no_other_line(cut: str) -> None:
    window = JsonWindow(io.StringIO(f'{cut}\n{{"b": 2}}\n{{"c": 3}}'))
    found, errors = [], 0
    while window.peek():
        try:
            found.append({key: window.value() for key in window.members()})
        except BrokenJson:
            errors += 1
            window.skip_document()
    assert (found, errors) == ([{"b": 2}, {"c": 3}], 1)


@pytest.mark.parametrize("size", SIZES)
def test_the_size_of_the_pieces_that_are_read_changes_nothing(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [1.5e-7, -12, "Grüße \U0001f600\n", {"a": [True, None, "x" * 50]}, 1e300, []]
    monkeypatch.setattr(json_window, "CHUNK", size)
    assert parts_of(json.dumps(values)) == (values, None)
    window = window_on('{oops\n\n{"a":\n1}')
    with pytest.raises(BrokenJson, match="not JSON"):
        window.value()
    window.skip_document()
    assert window.found() == Found({"a": 1}, 3)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(
    document=st.lists(ANYTHING, max_size=5) | st.dictionaries(st.text(max_size=3), ANYTHING),
    is_escaped=st.booleans(),
    indent=st.sampled_from([None, 1]),
    size=st.sampled_from(SIZES),
    where=st.floats(0, 1),
)
def test_a_document_cut_anywhere_yields_only_whole_values_that_were_in_it_in_order(
    document: Any, is_escaped: bool, indent: int | None, size: int, where: float
) -> None:
    text = json.dumps(document, ensure_ascii=is_escaped, indent=indent)
    cut = text[: int(where * len(text))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_window, "CHUNK", size)
        found, error = parts_of(cut)
    whole = list(document.items()) if isinstance(document, dict) else document
    # By what it looks like, since 1, 1.0 and True are equal.
    assert repr(found) == repr(whole[: len(found)])
    assert (error is None) == (cut == text)
    assert error or len(found) == len(whole)


def read_from(tmp_path: Path, content: bytes) -> Found:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with open_text(path) as file:
        return JsonWindow(file).found()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_as_windows_saves_them_are_opened(encoding: str, tmp_path: Path) -> None:
    content = '"Grüße 😀"'.encode(encoding)
    assert read_from(tmp_path, content) == Found("Grüße 😀", 1)
    assert utf_8_start(content) == '"Grüße 😀"'.encode()


def test_bytes_that_are_not_utf_8_are_told(tmp_path: Path) -> None:
    found = read_from(tmp_path, '{"a": "Grüße"}'.encode("cp1252"))
    assert found.has_stray_bytes
    assert not read_from(tmp_path, rb'"\udcfc"').has_stray_bytes


def test_the_start_of_a_file_is_that_of_its_text() -> None:
    assert utf_8_start(codecs.BOM_UTF8 + b" \r\n[1]") == b"[1]"
    assert utf_8_start(b"") == b""
