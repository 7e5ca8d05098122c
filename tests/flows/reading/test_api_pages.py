from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flows.reading.api_pages import LandedPage, page_line, read_pages, recognise_pages
from flows.reading.landed import LandedFile, ReadingRules
from models.canonical import Comment, Record, Rejected, Swept


def read_page(page: LandedPage, _rules: ReadingRules) -> Iterator[Record]:
    for item in page.body["items"]:
        yield Comment(platform="p", site="", position=0, native_id=item["id"], text=item["text"])


def records(tmp_path: Path, content: str) -> list[Record]:
    path = tmp_path / "pages.jsonl"
    path.write_text(content, encoding="utf-8", newline="")
    landed = LandedFile(path, "pages.jsonl", datetime(2025, 11, 3, tzinfo=UTC))
    return list(read_pages("p", read_page)(landed, ReadingRules()))


def page(*ids: str, completes: str | None = None) -> str:
    body = {"items": [{"id": i, "text": f"text {i}"} for i in ids]}
    return page_line("s", body, {}, "2025-11-03" if completes else None, completes) + "\n"


def test_pages_are_recognised_as_those_of_their_source_only() -> None:
    sample = page("1").encode()
    assert recognise_pages("s")(sample)
    assert not recognise_pages("other")(sample)


def test_records_of_all_pages_are_counted_on(tmp_path: Path) -> None:
    found = records(tmp_path, page("1", "2") + page("3"))
    assert [(r.position, r.native_id) for r in found] == [(1, "1"), (2, "2"), (3, "3")]  # type: ignore[union-attr]


def test_a_page_that_completes_a_sweep_says_so_after_its_comments(tmp_path: Path) -> None:
    found = records(tmp_path, page("1", completes="post"))
    assert found[1] == Swept(platform="p", site="", post_native_id="post", position=2)


def test_a_page_of_another_shape_is_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    odd = page_line("s", {"items": [{"id": "1"}]}, {}, None, None) + "\n"
    first, second = records(tmp_path, odd + page("2"))
    assert isinstance(first, Rejected)
    assert first.line == 1
    assert isinstance(second, Comment)


@given(st.integers(min_value=0, max_value=400))
def test_a_file_cut_anywhere_gives_its_whole_pages_and_at_most_one_rejection(
    tmp_path_factory: object, cut: int
) -> None:
    whole = page("1", "2") + page("3") + page("4", completes="post")
    folder: Path = tmp_path_factory.mktemp("cut")  # type: ignore[attr-defined]
    found = records(folder, whole[:cut])
    kept = [r.native_id for r in found if isinstance(r, Comment)]
    assert kept == ["1", "2", "3", "4"][: len(kept)]
    assert sum(isinstance(r, Rejected) for r in found) <= 1
