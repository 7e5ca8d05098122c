import gzip
import io
import random
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from flows.erasing.scrub import Traces
from flows.erasing.search import PIECE, Search
from flows.settings import Ingest

HIS = "Wer soll das denn alles bezahlen, frage ich mich?"
TRACES = Traces(
    telling=frozenset({"uwe_b77"}),
    names=frozenset({"uwe_b77"}),
    texts=frozenset({HIS}),
    comment_ids=frozenset(),
    permalinks=frozenset(),
)


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def nested(content: bytes, depth: int) -> bytes:
    return zipped("a.zip", nested(content, depth - 1)) if depth else content


def workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["anna", HIS])
    book.save(target)
    return target.getvalue()


def parquet(compression: str = "zstd") -> bytes:
    target = io.BytesIO()
    rows = pl.DataFrame({"text": [*(f"{HIS[:30]} {n}?" for n in range(300)), HIS]})
    rows.write_parquet(target, compression=compression)  # type: ignore[arg-type]
    return target.getvalue()


def database(folder: Path) -> bytes:
    path = folder / "made.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE a AS SELECT ? AS text FROM range(9999)", [HIS])
    content = path.read_bytes()
    path.unlink()
    return content


def found(folder: Path, content: bytes, name: str = "file", limits: Ingest | None = None) -> set:
    (folder / name).write_bytes(content)
    return set(Search(TRACES, limits or Ingest(), folder).findings(folder / name))


@pytest.mark.parametrize("way", ["workbook", "gzip", "zip three deep", "parquet", "name in a zip"])
def test_a_person_is_found_however_the_file_is_packed(way: str, tmp_path: Path) -> None:
    content = {
        "workbook": workbook,
        "gzip": lambda: gzip.compress(HIS.encode("utf-16")),
        "zip three deep": lambda: nested(HIS.encode(), 4),
        "parquet": parquet,
        "name in a zip": lambda: zipped("a.zip", zipped("uwe_b77/likes.txt", b"nothing")),
    }[way]()
    assert found(tmp_path, content) == {"found"}
    assert found(tmp_path, database(tmp_path)) == {"found"}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_archive_that_lies_too_deep_or_is_a_bomb_is_not_opened(tmp_path: Path) -> None:
    assert found(tmp_path, nested(b"nothing", 5)) == {"unopened"}
    bomb = gzip.compress(bytes(10_100_000))
    assert found(tmp_path, bomb) == {"unopened"}
    assert found(tmp_path, bomb, limits=Ingest(most_ratio=2000)) == set()
    assert found(tmp_path, zipped("bomb.gz", bomb)) == {"unopened"}


def test_what_lies_before_the_damage_is_still_searched(tmp_path: Path) -> None:
    whole = zipped("a.txt", HIS.encode())
    cut = whole[: whole.index(b"PK\x01\x02")]
    assert found(tmp_path, cut) == {"found", "unopened"}


def test_a_trace_on_the_border_of_two_pieces_is_found_and_a_cut_word_is_not(tmp_path: Path) -> None:
    before = b"a " * (PIECE // 2)
    assert found(tmp_path, before[: PIECE - 20] + HIS.encode()) == {"found"}
    assert found(tmp_path, before[: PIECE - 3] + b"xyzuwe_b77 " + before[:99]) == set()


def test_no_damage_ends_in_an_error(tmp_path: Path) -> None:
    chance = random.Random(7)
    for name, content in (
        ("a.zip", zipped("a.txt", HIS.encode() * 9)),
        ("a.gz", gzip.compress(HIS.encode() * 9)),
        ("a.xlsx", workbook()),
        ("a.parquet", parquet()),
        ("b.parquet", parquet("snappy")),
        ("a.duckdb", database(tmp_path)),
    ):
        for _ in range(25):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 40)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            assert found(tmp_path, bytes(damaged), name) <= {"found", "unopened"}
