"""Saved answers: what reads landed ones reads these, object by object."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.reading.api_pages import LandedPage
from flows.reading.landed import ReadingRules
from flows.reading.saved_answers import saved_records
from models.canonical import Comment, Record, Rejected


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    for number in page.body["numbers"]:
        if not number:
            yield Rejected(position=0, reason="no text", detail="nothing")
        else:
            yield Comment(platform="p", site="", position=0, text=f"{10 // (number + 1)}")


def page_of(item: Any, line: int) -> LandedPage | str:
    return "a refusal" if "error" in item else LandedPage(item, line=line)


def records_of(folder: Path, content: str, page_key: str = "") -> list[Record]:
    path = folder / "answers.json"
    path.write_text(content, encoding="utf-8")
    return list(saved_records(path, read_page, page_of, ReadingRules(), page_key))


def test_objects_are_read_in_order_and_what_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    lines = ['{"numbers": [4, 0]}', '{"error": 1}', "7", '{"numbers": [-1]}', '{"numbers": [1]}']
    found = records_of(tmp_path, "\n".join(lines))
    assert [one.position for one in found] == [1, 2, 3, 4, 5, 6]
    assert [one.text for one in found if isinstance(one, Comment)] == ["2", "5"]
    rejected = [one for one in found if isinstance(one, Rejected)]
    assert [one.line for one in rejected] == [1, 2, 3, 4]
    assert "ZeroDivisionError" in rejected[-1].detail


def test_objects_may_stand_under_a_key_and_a_cut_file_gives_those_before_the_cut(
    tmp_path: Path,
) -> None:
    whole = json.dumps({"items": [{"numbers": [1]}, {"numbers": [4]}]})
    assert len(records_of(tmp_path, whole, "items")) == 2
    first, last = records_of(tmp_path, whole[:-6], "items")
    assert isinstance(first, Comment)
    assert isinstance(last, Rejected)
