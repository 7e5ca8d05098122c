"""Real files of several formats, a real warehouse, real published states: is somebody gone?"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.access import access
from flows.classify import classify
from flows.erase import erase
from flows.erasing.person import Person, is_meant
from flows.erasing.proof import Proof, look_through_lake
from flows.erasing.stored import erase_stored, stored_comments
from flows.erasing.traces import Traces
from flows.ingest import ingest
from flows.publish import publish
from flows.refine import refine
from flows.running.turns import turn
from flows.settings import load_settings
from flows.warehouse import writing
from models.errors import GiveUp, TryAgain
from tests.builders import comment, post_row
from tests.flows.conftest import Query
from transforms.listing import quote_id
from transforms.shortcuts import all_shortcuts

pytestmark = pytest.mark.usefixtures("directly", "workplace", "keyword_model", "quick_publish")

Csv = Callable[..., Path]
MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
HIS = "Wer soll das denn alles bezahlen, frage ich mich?"
HERS = "Das ist wirklich eine gute Entscheidung gewesen?"


def table(write_csv: Csv, name: str = "a.csv") -> Path:
    return write_csv(
        name,
        f"c-1;03.11.2025 09:00;uwe_b77;{HIS};Cloud",
        f"c-2;03.11.2025 10:00;Anna;{HERS};Cloud",
        "c-3;03.11.2025 11:00;uwe_b77;Danke!;Cloud",
        "c-4;03.11.2025 12:00;Anna;Danke!;Cloud",
        "c-5;03.11.2025 12:30;Berta;Ich sehe das wie uwe_b77 und warte?;Cloud",
    )


def to_published(*files: Path, days_later: int = 0) -> None:
    moment = MONDAY + timedelta(days=days_later)
    ingest(files=list(files), as_of=moment)
    refine(as_of=moment)
    classify(as_of=moment)
    publish(as_of=moment)


def bytes_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def files_with(words: str, folder: Path) -> list[str]:
    return [name for name, content in bytes_below(folder) if words.encode() in content]


def test_a_person_is_in_no_file_any_more_and_others_are(
    write_csv: Csv, workplace: Path, query: Query
) -> None:
    to_published(table(write_csv))
    # Something else is written, so that the first published state is one of two.
    to_published(write_csv("b.csv", "c-9;04.11.2025;Carla;Was kostet das?;Cloud"), days_later=1)
    (workplace / "reviews").mkdir()
    sheet = workplace / "reviews" / "sheet.csv"
    sheet.write_text(f"comment_id,text\ntable:c-1,{HIS}\ntable:c-2,{HERS}\n", encoding="utf-8")
    assert len(files_with(HIS, workplace)) >= 5
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY + timedelta(days=2))
    assert files_with(HIS, workplace) == []
    assert files_with("uwe_b77", workplace) == []
    assert len(files_with(HERS, workplace)) >= 5
    assert sheet.read_text(encoding="utf-8") == f"comment_id,text\ntable:c-2,{HERS}\n"
    assert query("SELECT comment_id, text FROM clean.comment ORDER BY 1") == [
        ("table:c-2", HERS),
        ("table:c-4", "Danke!"),
        ("table:c-5", "Ich sehe das wie [erased] und warte?"),
        ("table:c-9", "Was kostet das?"),
    ]
    assert query("SELECT DISTINCT comment_id FROM classified.label ORDER BY 1")[0] == ("table:c-2",)
    assert str(report) == "erase: 2 comments of one person erased, nothing of them left"
    assert any(line.startswith("published numbers moved: ") for line in report.details)


@pytest.mark.parametrize("names", [("4711_333", "333"), ("333", "4711_333")])
def test_a_record_is_of_the_comment_that_any_of_its_names_is(names: tuple[str, str]) -> None:
    native_id, alias = names
    record = comment(platform="facebook", site="", native_id=native_id, aliases=(alias,))
    other = comment(platform="facebook", site="", native_id="4711_444", aliases=("444",))
    person = Person("facebook", comment_ids={"facebook:333"})
    assert is_meant(record, person, b"k" * 32)
    assert not is_meant(other, person, b"k" * 32)


def test_comments_are_erased_under_every_name_though_nothing_is_stored_under_the_one_that_is_kept(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("INSERT INTO ops.alias VALUES ('comment', 'x:2', 'x:1'), ('comment', 'x:3', 'x:1')")
    person = Person("x", comment_ids={"x:2"})
    stored_comments(con, person)
    assert person.comment_ids == {"x:1", "x:2", "x:3"}


def test_a_person_whose_erasure_was_killed_is_in_no_byte_after_the_next_call(
    write_csv: Csv, workplace: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(files=[table(write_csv)], as_of=MONDAY)
    refine(as_of=MONDAY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flows.engines.duckdb_file.rewrite", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(link="table:c-1", as_of=MONDAY)
    assert query("SELECT count(*) FROM clean.comment WHERE text LIKE 'Wer soll%'") == [(0,)]
    assert files_with(HIS, workplace) == ["warehouse.duckdb"]
    # Nothing stored tells any more who was meant, but what was deleted goes.
    with pytest.raises(GiveUp, match="No stored comment has this link"):
        erase(link="table:c-1", as_of=MONDAY)
    assert files_with(HIS, workplace) == []


@pytest.mark.slow
def test_a_person_is_in_no_file_of_a_lake_any_more(
    write_csv: Csv, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__ENGINE", "ducklake")
    # Of a few rows a lake makes no file: they stay in its catalogue.
    others = [f"d-{n};03.11.2025 09:00;Leserin {n};Frage Nummer {n}?;Cloud" for n in range(40)]
    to_published(table(write_csv), write_csv("d.csv", *others))
    lake = workplace / "lake"
    assert HIS in told_in_parquet(lake)
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY + timedelta(days=2))
    assert str(report) == "erase: 2 comments of one person erased, nothing of them left"
    assert HIS not in told_in_parquet(lake)
    assert "uwe_b77" not in told_in_parquet(lake)
    assert files_with(HIS, workplace) == files_with("uwe_b77", workplace) == []
    assert HERS in told_in_parquet(lake)
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute(
            "UPDATE clean.comment SET text = ? WHERE comment_id = 'table:c-2'", [HIS]
        )
    nobody = frozenset[str]()
    traces = Traces(
        telling=nobody, names=nobody, texts=frozenset({HIS}), comment_ids=nobody, permalinks=nobody
    )
    nothing = Proof(0, 0, (), ())
    assert look_through_lake(nothing, settings, traces).found == ("lake: clean.comment.text",)


def told_in_parquet(folder: Path) -> str:
    """Every value in the Parquet files below `folder`, of whatever state of the lake."""
    files = list(folder.rglob("*.parquet"))
    assert files
    return "\n".join(str(pl.read_parquet(file, glob=False).to_dicts()) for file in files)


def test_a_folder_whose_name_looks_like_a_pattern_is_searched_as_any_other(
    write_csv: Csv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Daten [1]'ä*" / "data"
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(folder))
    rows = pl.DataFrame(
        [("c-1", "2025-11-03 09:00", "uwe_b77", HIS), ("c-2", "2025-11-03 10:00", "Anna", HERS)],
        schema=["comment_id", "created_at", "author", "text"],
        orient="row",
    )
    rows.write_parquet(tmp_path / "a.parquet")
    to_published(tmp_path / "a.parquet")
    assert "nothing of them left" in str(erase(author="uwe_b77", platform="table", as_of=MONDAY))
    (landed,) = (folder / "landing").rglob("*.parquet")
    assert pl.read_parquet(landed, glob=False)["author"].to_list() == ["Anna"]


@pytest.mark.slow
def test_published_files_of_earlier_states_lose_the_rows_and_keep_the_others(
    write_csv: Csv, workplace: Path
) -> None:
    to_published(table(write_csv))
    (first,) = (workplace / "published" / "snapshots").iterdir()
    erase(author="uwe_b77", platform="table", as_of=MONDAY + timedelta(days=2))
    with duckdb.connect(first / "answering" / "resonanz.duckdb", read_only=True) as connection:
        ids = connection.execute("SELECT comment_id FROM mart.comments_to_answer").fetchall()
        low = connection.execute("SELECT wilson_low(1, 2)").fetchone()
        views = connection.execute(
            "SELECT count(*), count(comment) FROM duckdb_views() WHERE NOT internal"
        ).fetchone()
        connection.execute("FROM to_answer")
    assert ("table:c-1",) not in ids
    assert ("table:c-2",) in ids
    assert low is not None
    assert views == (len(all_shortcuts()),) * 2
    manifest = json.loads((first / "manifest.json").read_text(encoding="utf-8"))
    from flows.landing.files import sha256_of

    with duckdb.connect(first / "resonanz.duckdb", read_only=True) as connection:
        told = connection.execute("SELECT quote_id FROM mart.evidence").fetchall()
    assert (quote_id("table:c-1"),) not in told
    assert (quote_id("table:c-2"),) in told
    for file in ("resonanz.duckdb", "answering/resonanz.duckdb"):
        assert manifest["files"][file] == sha256_of(first / file)


@pytest.mark.slow
def test_a_later_file_does_not_bring_somebody_back(
    write_csv: Csv, workplace: Path, query: Query
) -> None:
    to_published(table(write_csv))
    erase(author="@Uwe_B77", platform="table", as_of=MONDAY)
    later = write_csv(
        "later.csv",
        f"c-1;03.11.2025 09:00;uwe_b77;{HIS};Cloud",
        f"c-3;03.11.2025 11:00;geloescht;{HIS};Cloud",
        "c-7;05.11.2025 11:00;uwe_b77;Und noch etwas ganz Neues;Cloud",
        "c-8;05.11.2025 11:00;Dora;Auch neu;Cloud",
    )
    ingest(files=[later], as_of=MONDAY + timedelta(days=3))
    report = refine(as_of=MONDAY + timedelta(days=3))
    assert query("SELECT count(*) FROM clean.comment WHERE text LIKE 'Wer soll%'") == [(0,)]
    assert query("SELECT text FROM clean.comment WHERE comment_id = 'table:c-8'") == [("Auch neu",)]
    assert query("SELECT reason, count(*) FROM clean.rejected_comment GROUP BY 1") == [
        ("erased", 3)
    ]
    assert report.rejected_count == 3


def test_no_hash_of_a_persons_post_stays_behind(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    emptied = {"title": None, "forgotten_wording": "hash of his words"}
    given(posts=[post_row("his", **emptied), post_row("hers", **emptied)])
    nothing = frozenset[str]()
    person = Person("blog")
    person.post_ids.add("his")
    erase_stored(con, person, Traces(nothing, nothing, nothing, nothing, nothing), b"key")
    assert con.execute(
        "SELECT post_id FROM clean.post WHERE forgotten_wording IS NOT NULL"
    ).fetchall() == [("hers",)]


@pytest.mark.slow
def test_the_ledger_names_nobody(write_csv: Csv, query: Query) -> None:
    to_published(table(write_csv))
    erase(author="uwe_b77", platform="table", as_of=MONDAY)
    rows = query("SELECT kind, keyed_hash, effect FROM ops.erasure")
    assert {kind for kind, _, _ in rows} == {"author", "comment"}
    assert all(len(str(keyed_hash)) == 32 for _, keyed_hash, _ in rows)
    assert json.loads(str(rows[0][2]))["rows"]["clean.comment"] == 2
    assert "uwe" not in repr(rows)


@pytest.mark.slow  # publishes twice
def test_a_second_erasure_finds_nothing_and_harms_nobody(write_csv: Csv, query: Query) -> None:
    to_published(table(write_csv))
    erase(author="uwe_b77", platform="table", as_of=MONDAY)
    before = query("FROM clean.comment ORDER BY comment_id")
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY)
    assert str(report) == "erase: 0 comments of one person erased, nothing of them left"
    assert query("FROM clean.comment ORDER BY comment_id") == before


@pytest.mark.slow  # publishes twice
def test_a_person_is_found_by_the_link_of_a_comment(write_csv: Csv, query: Query) -> None:
    to_published(table(write_csv))
    erase(link="table:c-3", as_of=MONDAY)
    assert query("SELECT comment_id FROM clean.comment ORDER BY 1") == [
        ("table:c-2",),
        ("table:c-4",),
        ("table:c-5",),
    ]


@pytest.mark.parametrize("stage", ["publish", "classify"])
def test_nothing_is_touched_while_a_stage_is_under_way(
    write_csv: Csv, workplace: Path, query: Query, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__WAIT_SECONDS", "0")
    ingest(files=[table(write_csv)], as_of=MONDAY)
    refine(as_of=MONDAY)
    before = dict(bytes_below(workplace / "landing"))
    with (
        turn(stage, workplace / "runs", 0),
        pytest.raises(TryAgain, match=f"`erase` can't run beside other stages, and `{stage}`"),
    ):
        erase(author="uwe_b77", platform="table", as_of=MONDAY)
    assert dict(bytes_below(workplace / "landing")) == before
    assert query("SELECT count(*) FROM clean.comment") == [(5,)]
    assert query("FROM ops.erasure") == []
    # What the stage wrote at last is found, as the texts are still known.
    (workplace / "published").mkdir()
    (workplace / "published" / "late.txt").write_text(HIS, encoding="utf-8")
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY)
    assert str(report) == "erase: 2 comments of one person erased, nothing of them left"
    assert files_with(HIS, workplace) == []


def test_what_keeps_the_rest_from_being_published_is_told_with_the_proof(
    write_csv: Csv, workplace: Path, tmp_path: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_published(table(write_csv))
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(tmp_path / "taxonomy.toml"))
    (tmp_path / "taxonomy.toml").write_text("no topics", encoding="utf-8")
    with pytest.raises(GiveUp) as refused:
        erase(author="uwe_b77", platform="table", as_of=MONDAY + timedelta(days=2))
    told = str(refused.value)
    assert "2 comments of one person erased, nothing of them left. What is left could not" in told
    assert "for 1 name and 1 text; found in 0 of them" in told
    assert files_with(HIS, workplace) == []
    assert query("SELECT count(*) FROM ops.erasure WHERE effect IS NOT NULL") == [(3,)]


def test_who_is_meant_must_be_said(workplace: Path) -> None:
    with pytest.raises(GiveUp, match="--author HANDLE with --platform"):
        erase(author="uwe")
    with pytest.raises(GiveUp, match="No stored comment has this link"):
        erase(link="https://nowhere.example/1")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["encrypt", "delete"])
def test_somebody_is_erased_however_landing_files_lie(
    write_csv: Csv, workplace: Path, query: Query, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", way)
    to_published(table(write_csv))
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY)
    assert files_with(HIS, workplace) == []
    assert "nothing of them left" in str(report)
    assert query("SELECT count(*) FROM clean.comment") == [(3,)]
    monkeypatch.setenv("RESONANZ_SOURCES__DATE_ORDER", "mdy")  # reads all that can be read again
    refine()
    assert query("SELECT count(*) FROM clean.comment WHERE text LIKE 'Wer soll%'") == [(0,)]


PAGES = (
    '{"resonanz_page":1,"source":"hackernews_api","about":{},"body":'
    '{"id":1,"type":"story","title":"Cloud","author":"cio","created_at_i":1762160000,"children":['
    '{"id":2,"type":"comment","author":"uwe_b77","text":"%s","created_at_i":1762160100,"parent_id":1,'
    '"story_id":1,"children":[{"id":3,"type":"comment","author":"anna","text":"%s",'
    '"created_at_i":1762160200,"parent_id":2,"story_id":1,"children":[]}]}]}}\n'
)


@pytest.mark.slow  # publishes more than once
def test_an_answer_of_an_interface_is_edited_record_by_record(
    workplace: Path, tmp_path: Path, query: Query
) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text(PAGES % (HIS, HERS), encoding="utf-8")
    to_published(file)
    assert query("SELECT count(*) FROM clean.comment") == [(2,)]
    report = erase(author="uwe_b77", platform="hackernews", as_of=MONDAY)
    assert files_with(HIS, workplace) == []
    assert files_with("uwe_b77", workplace) == []
    (landed,) = (workplace / "landing").rglob("*.jsonl")
    assert HERS in landed.read_text(encoding="utf-8")
    assert report.details[0] == "landing: 1 file held 1 record; 1 edited, 0 deleted"
    monkey = query("SELECT text, author_key IS NOT NULL FROM clean.comment")
    assert monkey == [(HERS, True)]


@pytest.mark.slow
def test_access_tells_all_that_is_stored_and_nothing_of_others(write_csv: Csv) -> None:
    to_published(table(write_csv))
    told = json.loads(access("uwe_b77", "table", None))
    assert told["names_in_received_files"] == ["uwe_b77"]
    assert {row["text"] for row in told["tables"]["clean.comment"]} == {HIS, "Danke!"}
    assert "classified.label" in told["tables"]
    assert HERS not in json.dumps(told, ensure_ascii=False)
    assert not told["is_erased"]
    erase(author="uwe_b77", platform="table", as_of=MONDAY)
    after = json.loads(access("uwe_b77", "table", None))
    assert (after["tables"], after["is_erased"]) == ({}, True)


@pytest.mark.slow  # publishes more than once
def test_labels_and_examples_of_a_model_that_is_tried_go_with_the_person(
    write_csv: Csv, workplace: Path, query: Query
) -> None:
    to_published(table(write_csv))
    with duckdb.connect(workplace / "warehouse.duckdb") as connection:
        connection.execute(
            "INSERT INTO classified.label SELECT * REPLACE ('tried@1' AS model_version) "
            "FROM classified.label WHERE head = 'sentiment'"
        )
    examples = workplace / "models" / "shadow" / "20251110T080000Z-tried@1" / "examples.csv"
    vocabulary = workplace / "models" / "checkpoints" / "0123" / "tried" / "tokenizer.json"
    for file in (examples, vocabulary):
        file.parent.mkdir(parents=True)
    head = "head,label_before,label_after,comment_id,channel,week,text\n"
    kept = f"sentiment,neutral,negative,table:c-2,table,2025-W45,{HERS}\n"
    his = f'sentiment,neutral,negative,table:c-1,table,2025-W45,"{HIS}"\n'
    examples.write_text(head + his + kept, encoding="utf-8")
    vocabulary.write_text('{"uwe_b77": 1}', encoding="utf-8")
    erase(author="uwe_b77", platform="table", as_of=MONDAY)
    assert query("SELECT count(*) FROM classified.label WHERE comment_id = 'table:c-1'") == [(0,)]
    assert query("SELECT count(*) FROM classified.label WHERE model_version = 'tried@1'") == [(3,)]
    assert examples.read_text(encoding="utf-8") == head + kept
    # A word of a checkpoint's vocabulary is nobody's name, and without it the model is broken.
    assert vocabulary.read_text(encoding="utf-8") == '{"uwe_b77": 1}'


def damaged(folder: Path) -> dict[str, Path]:
    """Files that nobody can open as what they say they are."""
    taken = folder / "inbox" / ".taken"
    taken.mkdir(parents=True, exist_ok=True)
    plain = json.dumps({"text": "x" * 5000, "n": list(range(2000))}).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", plain)
    whole = bytearray(packed.getvalue())
    files = {
        "inbox/.taken/cut.zip": bytes(whole[: len(whole) // 2]),
        "inbox/.taken/cut.gz": gzip.compress(plain)[:-9],
        "inbox/.taken/bits.gz": gzip.compress(plain)[:20] + b"\xff" * 40,
        "inbox/.taken/other.7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
        "reviews/cut.parquet": b"PAR1" + bytes(100) + b"PAR1",
        "published/cut.duckdb": b"no database",
    }
    whole[60] ^= 0xFF
    files["reviews/bits.xlsx"] = bytes(whole)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


def test_files_that_cannot_be_opened_are_told_and_keep_nothing_from_being_written(
    write_csv: Csv, workplace: Path, query: Query
) -> None:
    to_published(table(write_csv))
    names = damaged(workplace)
    report = erase(author="uwe_b77", platform="table", as_of=MONDAY + timedelta(days=2))
    told = {line for line in report.details if "could not be opened" in line}
    assert {line.split("`")[1] for line in told} == set(names)
    assert all(path.exists() for path in names.values())
    assert (
        str(report) == "erase: 2 comments of one person erased, nothing of them left in what could "
        f"be opened; {len(names)} files could not be opened"
    )
    assert report.rejected_count == len(names)
    assert query("SELECT count(*) FROM ops.run WHERE stage = 'erase'") == [(1,)]
    assert query("SELECT count(*) FROM ops.erasure WHERE effect IS NOT NULL") == [(3,)]


MENTIONS = (
    '{"resonanz_page":1,"source":"hackernews_api","about":{},"body":'
    '{"id":1,"type":"story","title":"Danke @bergmann","author":"cio","created_at_i":1762160000,'
    '"children":['
    '{"id":2,"type":"comment","author":"bergmann","text":"%s","created_at_i":1762160100,'
    '"parent_id":1,"story_id":1,"children":[]},'
    '{"id":3,"type":"comment","author":"anna","text":"Danke @Bergmann, genau so","parent_id":1,'
    '"in_reply_to_screen_name":"bergmann","created_at_i":1762160200,"story_id":1,"children":[]},'
    '{"id":4,"type":"comment","author":"anna","text":"Der Bergmann war mein Opa","parent_id":1,'
    '"created_at_i":1762160300,"story_id":1,"children":[]}]}}\n'
)


def test_a_handle_that_is_a_word_is_gone_from_what_others_wrote_on_its_platform(
    workplace: Path, tmp_path: Path, query: Query
) -> None:
    (tmp_path / "pages.jsonl").write_text(MENTIONS % HIS, encoding="utf-8")
    other = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\nc-1;03.11.2025;Dora;Nein @bergmann;Cloud\n"
    (tmp_path / "other.csv").write_text(other, encoding="utf-8")
    ingest(files=[tmp_path / "pages.jsonl", tmp_path / "other.csv"], as_of=MONDAY)
    refine(as_of=MONDAY)
    assert "nothing of them left" in str(
        erase(author="bergmann", platform="hackernews", as_of=MONDAY)
    )
    (landed,) = (workplace / "landing").rglob("*.jsonl")
    told = json.loads(landed.read_text(encoding="utf-8"))["body"]
    assert told["title"] == "Danke [erased]"
    assert [child["text"] for child in told["children"]] == [
        "[erased]",
        "Danke [erased], genau so",
        "Der Bergmann war mein Opa",
    ]
    assert told["children"][1]["in_reply_to_screen_name"] == "[erased]"
    assert "@bergmann" in next((workplace / "landing").rglob("*.csv")).read_text(encoding="utf-8")
    assert query("SELECT title FROM clean.post WHERE platform = 'hackernews'") == [
        ("Danke [erased]",)
    ]
