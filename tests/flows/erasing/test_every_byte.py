"""After an erasure every byte below the data folder is read, packed, sealed or in tables."""

import gzip
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.classify import classify
from flows.digest import digest
from flows.erase import erase
from flows.ingest import ingest
from flows.keys.author import read_author_key
from flows.keys.landing import read_landing_key
from flows.landing.sealing import is_sealed, unsealed
from flows.publish import publish
from flows.refine import refine
from flows.settings import load_settings
from flows.storing.erased import comment_hash
from tests.flows.conftest import Query
from tests.review_desk import Desk
from transforms.listing import quote_id
from transforms.pseudonymise import author_key

pytestmark = pytest.mark.usefixtures("directly", "workplace", "keyword_model", "quick_publish")

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
HIS = "Wer soll das denn alles bezahlen, fragt uwe@privat.example?"
STORED = "Wer soll das denn alles bezahlen, fragt [E-Mail]?"
HERS = "Das ist wirklich eine gute Entscheidung gewesen?"
HANDLE = "uwe_b77"
NATIVE = "urn-7001"
TABLE = f"""Kommentar-ID;Datum;Autor;Kommentar;Beitrag;Antwort auf
{NATIVE};03.11.2025 09:00;{HANDLE};{HIS};Cloud;
urn-7002;03.11.2025 10:00;Anna;{HERS};Cloud;{NATIVE}
urn-7003;03.11.2025 11:00;Berta;Das sieht {HANDLE} ganz richtig, warten wir ab?;Cloud;urn-7002
urn-7004;03.11.2025 11:00;Berta;Danke!;Cloud;
"""
REPLIES = "SELECT comment_id, parent_id FROM clean.comment WHERE parent_id IS NOT NULL ORDER BY 1"


def taken_in(file: Path, moment: datetime) -> None:
    ingest(files=[file], as_of=moment)
    refine(as_of=moment)
    classify(as_of=moment)
    publish(as_of=moment)


def given_traces_everywhere(folder: Path, data: Path, desk: Desk) -> None:
    """Two published states, a letter, a review sheet, a tried model, embeddings, an old report."""
    (folder / "a.csv").write_text(TABLE, encoding="utf-8")
    taken_in(folder / "a.csv", MONDAY)
    later = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\nurn-8001;04.11.2025;Carla;Gut?;Cloud\n"
    (folder / "b.csv").write_text(later, encoding="utf-8")
    taken_in(folder / "b.csv", MONDAY + timedelta(days=1))
    digest(as_of=MONDAY + timedelta(days=1))
    desk.sheet(as_of=MONDAY)
    with duckdb.connect(data / "warehouse.duckdb") as connection:
        connection.execute(
            "INSERT INTO classified.label SELECT * REPLACE ('tried@1' AS model_version) "
            "FROM classified.label WHERE head = 'sentiment'"
        )
        connection.execute(
            "INSERT INTO classified.embedding "
            "SELECT DISTINCT input_hash, model_version, [1, 2]::TINYINT[] FROM classified.label"
        )
        connection.execute(
            "INSERT INTO classified.review_note "
            f"SELECT comment_id, input_hash, 'es geht um {HANDLE}', 's', 'r' FROM classified.label "
            f"WHERE comment_id = 'table:{NATIVE}' AND model_version <> 'tried@1' AND is_chosen "
            "AND head = 'sentiment'"
        )
    quality = data / "published" / "quality" / "old" / "index.html"
    quality.parent.mkdir(parents=True, exist_ok=True)
    quality.write_text(f"<td>table:{NATIVE}</td>", encoding="utf-8")
    with gzip.open(data / "reviews" / "kept.json.gz", "wt", encoding="utf-8") as packed:
        packed.write(f'{{"comment_id": "table:{NATIVE}"}}')


def pieces(data: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of all that lies in a folder: files, what is in them, cells of tables."""
    key = read_landing_key(load_settings().privacy)
    for path in sorted(data.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name, raw = path.relative_to(data).as_posix(), path.read_bytes()
        yield name, raw
        if is_sealed(path):
            yield f"{name}, opened", b"".join(unsealed(path, key))
        if raw[:2] == b"\x1f\x8b":
            yield f"{name}, unpacked", gzip.decompress(raw)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield f"{name}, {member}", archive.read(member)
        if path.suffix == ".duckdb":
            yield from cells(path, name)
        if path.suffix == ".parquet":
            yield f"{name}, cells", repr(pl.read_parquet(path).rows()).encode()


def cells(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"FROM {table}").fetchall()
            yield f"{name}, {table}", repr(rows).encode()


def places_of(data: Path) -> dict[str, set[str]]:
    """What of the person is found -> where."""
    key = read_author_key(load_settings().privacy.author_key_file)
    searched = {
        "handle": HANDLE,
        "text": HIS,
        "text without the address": STORED,
        "beginning of the text": HIS[:24],
        "address": "uwe@privat",
        "author key": author_key("table", HANDLE, key),
        "comment id": NATIVE,
        "quote id": quote_id(f"table:{NATIVE}"),
        "keyed hash of the id": comment_hash(f"table:{NATIVE}", key),
    }
    found: dict[str, set[str]] = {}
    for place, content in pieces(data):
        for what, value in searched.items():
            if value.encode() in content or value.encode("utf-16-le") in content:
                found.setdefault(what, set()).add(place)
    return found


@pytest.mark.parametrize("way", ["encrypt", "keep"])
def test_only_keyed_hashes_are_left_of_a_person(
    tmp_path: Path,
    workplace: Path,
    desk: Desk,
    query: Query,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", way)
    given_traces_everywhere(tmp_path, workplace, desk)
    before = places_of(workplace)
    assert set(before) >= {"handle", "text", "author key", "comment id", "quote id"}
    embedded = query("SELECT count(DISTINCT input_hash) FROM classified.embedding")
    report = erase(author=HANDLE, platform="table", as_of=MONDAY + timedelta(days=2))
    assert "nothing of them left" in str(report)
    ledger = {"warehouse.duckdb", "warehouse.duckdb, ops.erasure"}
    left = places_of(workplace)
    assert left.pop("author key") == ledger
    answered = left.pop("keyed hash of the id")
    landed = {place for place in answered if place.startswith("landing/")}
    assert answered - landed == {*ledger, "warehouse.duckdb, clean.comment"}
    assert len(landed) == 1
    assert left == {}
    assert query("SELECT count(DISTINCT input_hash) FROM classified.embedding") == [
        (int(str(embedded[0][0])) - 1,)
    ]


def test_answers_to_what_was_erased_keep_their_place_however_often_they_are_read(
    tmp_path: Path, workplace: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    taken_in(tmp_path / "a.csv", MONDAY)
    erase(author=HANDLE, platform="table", as_of=MONDAY)
    key = read_author_key(load_settings().privacy.author_key_file)
    nameless = f"table:k-{comment_hash(f'table:{NATIVE}', key)}"
    answers = [("table:urn-7002", nameless), ("table:urn-7003", "table:urn-7002")]
    assert query(REPLIES) == answers
    monkeypatch.setenv("RESONANZ_SOURCES__DATE_ORDER", "mdy")  # reads all that was edited again
    refine()
    assert query(REPLIES) == answers
    # The file as it came, once more: it is refused as landed, so another one with the same rows.
    (tmp_path / "c.csv").write_text(f"{TABLE}urn-9;03.11.2025;Dora;Neu;Cloud;\n", encoding="utf-8")
    ingest(files=[tmp_path / "c.csv"], as_of=MONDAY + timedelta(days=1))
    refine()
    assert query(REPLIES) == answers


def test_a_namesake_on_another_platform_keeps_name_and_words(
    tmp_path: Path, workplace: Path, query: Query
) -> None:
    sample = Path("tests/flows/sources/samples/hackernews_file.json").read_text(encoding="utf-8")
    namesakes = sample.replace('"author":"deichkind"', f'"author":"{HANDLE}"')
    assert namesakes != sample
    (tmp_path / "item.json").write_text(namesakes, encoding="utf-8")
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    taken_in(tmp_path / "a.csv", MONDAY)
    taken_in(tmp_path / "item.json", MONDAY + timedelta(days=1))
    counted = "SELECT count(DISTINCT author_key) FROM clean.comment WHERE platform = 'hackernews'"
    before = query(counted)
    report = erase(author=HANDLE, platform="table", as_of=MONDAY + timedelta(days=2))
    assert "nothing of them left" in str(report)
    (landed,) = (path for path in (workplace / "landing").rglob("*item.json*") if path.is_file())
    assert landed.read_text(encoding="utf-8") == namesakes
    assert query(counted) == before
    (edited,) = (path for path in (workplace / "landing").rglob("*a.csv") if path.is_file())
    assert HANDLE not in edited.read_text(encoding="utf-8")
