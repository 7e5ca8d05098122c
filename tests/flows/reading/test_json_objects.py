from pathlib import Path

import pytest

from flows.reading.json_objects import json_objects, object_of
from flows.reading.json_window import BrokenJson, Found
from models.canonical import Rejected


@pytest.fixture
def found(tmp_path: Path):
    def values(content: bytes | str, page_key: str = "") -> list[object]:
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [
            one.value if isinstance(one, Found) else (one.line, one.detail)
            for one in json_objects(path, page_key)
        ]

    return values


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('[{"a": 1}, {"a": 2}]', id="list"),
        pytest.param('{"a": 1}\n{"a": 2}\n', id="lines"),
        pytest.param('[{"a": 1}]\n[{"a": 2}]', id="several lists"),
        pytest.param('{"next": "x", "value": [{"a": 1}, {"a": 2}], "more": {}}', id="page"),
        pytest.param('[{"value": [{"a": 1}]}, {"value": [{"a": 2}]}]', id="list of pages"),
        pytest.param('{"value": [{"a": 1}]}\n{"a": 2}', id="page and object"),
    ],
)
def test_objects_come_out_however_they_are_packed(found, content: str) -> None:
    assert found(content, "value") == [{"a": 1}, {"a": 2}]


def test_without_a_key_a_page_is_an_object(found) -> None:
    assert found('{"value": [{"a": 1}]}') == [{"value": [{"a": 1}]}]


def test_a_cut_list_gives_its_whole_objects_and_one_damage(found) -> None:
    first, damage = found('[{"a": 1},\n{"a": ')
    assert first == {"a": 1}
    assert damage[0] == 2
    assert "ends too early" in damage[1]


def test_damage_in_a_list_with_an_object_a_line_costs_one_object(found) -> None:
    first, damage, last = found('[{"a": 1},\n{"a" 2},\n{"a": 3}]')
    assert (first, last) == ({"a": 1}, {"a": 3})
    assert damage[0] == 2


def test_an_empty_file_is_damaged(found) -> None:
    assert found(" \n") == [(1, "the file is empty")]


@pytest.mark.parametrize(
    ("one", "detail"),
    [
        (BrokenJson("not JSON", 7), "not JSON"),
        (Found(["a"], 7), "found a JSON list, expected an object"),
        (Found({}, 7, has_stray_bytes=True), "bytes that are not UTF-8 in an object"),
    ],
    ids=["damage", "list", "bytes"],
)
def test_what_is_no_object_is_turned_away_with_its_line(one: object, detail: str) -> None:
    rejected = object_of(one, 3)  # type: ignore[arg-type]
    assert rejected == Rejected(position=3, line=7, reason="broken record", detail=detail)


def test_an_object_comes_through() -> None:
    assert object_of(Found({"a": 1}, 1), 1) == {"a": 1}
