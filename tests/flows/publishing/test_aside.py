import ctypes
import tempfile
from datetime import date
from errno import ENOSPC
from pathlib import Path

import polars as pl
import pytest

from flows.publishing import aside as module
from flows.publishing.aside import aside, give_back
from models.contract import Column, Table

EVERY_KIND = Table(
    layer="mart",
    name="every_kind",
    about="a column of each kind",
    grain=("id",),
    columns=(
        Column("id", "text", "names the row"),
        Column("day", "day", "a day", optional=True),
        Column("topics", "texts", "texts", optional=True),
        Column("count", "count", "a number", optional=True),
        Column("share", "share", "a share", optional=True),
        Column("is_toxic", "flag", "yes or no", optional=True),
        Column("text", "text", "what somebody wrote", optional=True),
    ),
)
ROWS = pl.DataFrame(
    {
        "id": ["a", "b", "c"],
        "day": [date(2025, 11, 3), None, date(2025, 11, 4)],
        "topics": [["cost", "cloud"], [], None],
        "count": [3, None, 0],
        "share": [0.25, None, 1.0],
        "is_toxic": [True, None, False],
        "text": ["a text that is longer than what fits beside its length", None, ""],
    },
    schema=EVERY_KIND.schema(),
)


def test_a_large_table_says_the_same_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    found = aside(ROWS, tmp_path)
    assert EVERY_KIND.require(found).equals(ROWS)
    assert found.schema == ROWS.schema


def test_what_is_put_aside_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    found = aside(ROWS, tmp_path)
    assert found is not ROWS
    assert list(tmp_path.iterdir()) == []
    assert found.filter(id="a")["text"].to_list() == ROWS["text"].head(1).to_list()


def test_what_is_put_aside_is_read_where_it_lies(tmp_path: Path) -> None:
    texts = pl.Series("text", [f"a text longer than a dozen letters, {n}" for n in range(10_000)])
    lists = pl.Series("topics", [["cost", "sovereignty of all data"]] * 10_000)
    rows = pl.concat([pl.DataFrame([texts, lists])] * 150, rechunk=False)
    assert rows.n_chunks() == 150
    found = aside(rows, tmp_path)
    places = places_of_files(tmp_path)
    for column in found.to_arrow(compat_level=pl.CompatLevel.newest()):
        (chunk,) = column.chunks
        held = [buffer.address for buffer in chunk.buffers() if buffer is not None]
        assert all(any(address in place for place in places) for address in held)


def places_of_files(folder: Path) -> list[range]:
    """Where files of `folder` lie in the memory of this process, as Linux tells it."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    ends = [line.split()[0].split("-") for line in lines if f"{folder}/" in line]
    return [range(int(start, 16), int(end, 16)) for start, end in ends]


def test_what_was_freed_in_pieces_goes_back_to_the_system() -> None:
    pieces = [bytearray(100_000) for _ in range(2_000)]
    behind = bytearray(100_000)  # what is freed below it stays with the C library
    del pieces
    held = own_memory()
    give_back()
    assert own_memory() < held - 100_000_000
    assert not any(behind)


def own_memory() -> int:
    """Bytes of this process that no file holds, as Linux tells it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def test_without_such_a_function_nothing_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    give_back()


def test_where_the_disk_is_full_a_table_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "LARGE", 1)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert aside(ROWS, tmp_path) is ROWS


def test_a_small_table_stays_as_it_is(tmp_path: Path) -> None:
    assert aside(ROWS, tmp_path) is ROWS
