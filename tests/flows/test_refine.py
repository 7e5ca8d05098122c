import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import flows.storing.store
from flows.ingest import ingest
from flows.refine import erased_late, refine
from flows.sources.base import all_sources
from flows.storing.tally import Tally
from models.errors import GiveUp
from tests.flows.conftest import Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
COUNTS = (
    "SELECT (SELECT count(*) FROM clean.comment), (SELECT count(*) FROM clean.rejected_comment)"
)

Csv = Callable[..., Path]


def take_in(*files: Path, days_later: int = 0) -> None:
    ingest(files=list(files), as_of=MONDAY + timedelta(days=days_later))


def test_comments_and_posts_are_stored_without_names(write_csv: Csv, query: Query) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025 09:00;Anna Berg;Gut gemacht;Cloud"))
    refine()
    assert query("SELECT text, created_at_utc FROM clean.comment") == [
        ("Gut gemacht", datetime(2025, 11, 3, 8, 0))
    ]
    assert query("SELECT title FROM clean.post") == [("Cloud",)]
    assert query("SELECT count(*) FROM clean.comment c WHERE c::VARCHAR LIKE '%Anna%'") == [(0,)]


def test_a_second_run_changes_nothing(write_csv: Csv, query: Query) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud", "c-2;kaputt;Bert;Schlecht;Cloud"))
    first = refine()
    before = query("FROM clean.comment"), query("FROM clean.rejected_comment")
    second = refine()
    assert (first.rows_in, second.rows_in, str(second)) == (3, 0, "refine: nothing new")
    assert (query("FROM clean.comment"), query("FROM clean.rejected_comment")) == before


def test_every_row_is_kept_or_rejected_with_file_line_and_reason(
    write_csv: Csv, query: Query
) -> None:
    take_in(
        write_csv(
            "a.csv",
            "c-1;03.11.2025;Anna;Gut;Cloud",
            "c-2;kaputt;Bert;Text;Cloud",
            "c-3;03.11.2025;Carla;;Cloud",
            "c-4;03.11.2025;zu;viele;Felder;hier",
            "c-1;03.11.2025;Anna;Doch nicht gut;Cloud",
        )
    )
    report = refine()
    rejected = query("SELECT line, reason FROM clean.rejected_comment ORDER BY line")
    assert rejected == [
        (2, "duplicate"),
        (3, "no time"),
        (4, "no text"),
        (5, "broken record"),
    ]
    assert query("SELECT text FROM clean.comment") == [("Doch nicht gut",)]
    assert report.rejected_count == 4
    told = "line 3: the time can't be read; its form is `xxxxxx`"
    assert any(told in line for line in report.details)


def test_a_comment_in_two_files_is_one_comment(write_csv: Csv, query: Query) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    take_in(
        write_csv("b.csv", "c-1;03.11.2025;Anna;Gut;Cloud", "c-2;04.11.2025;Bert;Neu;Cloud"),
        days_later=1,
    )
    refine()
    assert query("SELECT comment_id FROM clean.comment ORDER BY 1") == [
        ("table:c-1",),
        ("table:c-2",),
    ]


def test_an_edit_is_a_version_and_the_latest_wording_counts(write_csv: Csv, query: Query) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    take_in(write_csv("b.csv", "c-1;03.11.2025;Anna;Doch schlecht;Cloud"), days_later=1)
    refine()
    assert query("SELECT text, is_edited, edit_basis FROM clean.comment") == [
        ("Doch schlecht", True, "hash_changed")
    ]
    assert query("SELECT text FROM clean.comment_version ORDER BY first_seen_at_utc") == [
        ("Gut",),
        ("Doch schlecht",),
    ]


def test_other_settings_of_reading_read_every_file_again(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", "c-1;03/04/2025 09:00;Anna;Gut;Cloud"))
    refine()
    april = query("SELECT month(created_at_utc) FROM clean.comment")
    monkeypatch.setenv("RESONANZ_SOURCES__DATE_ORDER", "mdy")
    refine()
    assert (april, query("SELECT month(created_at_utc) FROM clean.comment")) == ([(4,)], [(3,)])
    assert query(COUNTS) == [(1, 0)]


def test_naming_an_owner_reads_every_file_again(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Die IT;Danke!;Cloud"))
    refine()
    before = query("SELECT is_owner FROM clean.comment")
    monkeypatch.setenv("RESONANZ_SOURCES__OWNERS", '["die it"]')
    refine()
    assert (before, query("SELECT is_owner FROM clean.comment")) == ([(False,)], [(True,)])


def test_another_author_key_leaves_no_author_under_two_pseudonyms(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    monkeypatch.setenv("RESONANZ_AUTHOR_KEY", "another key that is long enough to be one")
    take_in(write_csv("b.csv", "c-2;03.11.2025;Anna;Auch gut;Cloud"), days_later=1)
    refine()
    assert query("SELECT count(DISTINCT author_key) FROM clean.comment") == [(1,)]


def test_a_new_source_tries_what_only_the_generic_one_knew(
    write_csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    table = all_sources()["table_file"]
    newer = replace(table, name="better_table", is_generic=False)
    monkeypatch.setattr(
        "flows.refine.all_sources", lambda: {"better_table": newer, "table_file": table}
    )
    monkeypatch.setattr("flows.refine.recognise", lambda path: newer)
    assert refine().rows_in == 2
    assert str(refine()) == "refine: nothing new"


def test_what_a_new_reading_no_longer_gives_is_gone(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without an id the time is part of who the comment is: another reading is another comment.
    take_in(write_csv("a.csv", ";03/04/2025 09:00;Anna;Gut;Cloud"))
    refine()
    monkeypatch.setenv("RESONANZ_REFINE__LONGEST_TEXT", "2")
    monkeypatch.setenv("RESONANZ_SOURCES__DATE_ORDER", "mdy")
    refine()
    assert query(COUNTS) == [(0, 1)]


def test_a_crash_half_way_leaves_whole_files_and_the_next_run_goes_on(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    take_in(write_csv("b.csv", "c-2;03.11.2025;Bert;Auch gut;Cloud"), days_later=1)
    place_threads = flows.storing.store.place_threads

    files = iter(("a.csv", "b.csv"))

    def crash_in_second_file(connection: object, first: object) -> None:
        if next(files) == "b.csv":
            raise RuntimeError("power cut")
        place_threads(connection, first)  # type: ignore[arg-type]

    monkeypatch.setattr("flows.storing.store.place_threads", crash_in_second_file)
    with pytest.raises(RuntimeError, match="power cut"):
        refine()
    assert query("SELECT comment_id FROM clean.comment") == [("table:c-1",)]
    monkeypatch.setattr("flows.storing.store.place_threads", place_threads)
    report = refine()
    assert query(COUNTS) == [(2, 0)]
    assert "1 file read" in str(report)


def test_a_file_of_no_known_format_is_one_rejection(tmp_path: Path, query: Query) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    take_in(tmp_path / "x.bin")
    report = refine()
    assert query("SELECT position, reason FROM clean.rejected_comment") == [(0, "unknown format")]
    assert "no reader knows this format" in report.details[0]
    assert str(refine()) == "refine: nothing new"


def test_a_missing_column_is_named(tmp_path: Path, query: Query) -> None:
    (tmp_path / "a.csv").write_text("Farbe;Zahl\nrot;1\nblau;2\n")
    take_in(tmp_path / "a.csv")
    refine()
    ((reason, detail),) = query("SELECT reason, detail FROM clean.rejected_comment")
    assert reason == "missing column"
    assert "`Farbe`, `Zahl`" in str(detail)


def test_threads_are_kept_across_files(tmp_path: Path, query: Query) -> None:
    for number, line in enumerate(["r1;;Frage", "r2;r1;Antwort", "r3;r2;Danke"]):
        file = tmp_path / f"{number}.csv"
        name, parent, text = line.split(";")
        file.write_text(
            f"id;parent_id;date;text;post\n{name};{parent};2025-11-03T10:00:00Z;{text};Cloud\n"
        )
        take_in(file, days_later=2 - number)
    refine()
    places = query("SELECT comment_id, root_id, depth FROM clean.comment ORDER BY 1")
    assert places == [
        ("table:r1", "table:r1", 0),
        ("table:r2", "table:r1", 1),
        ("table:r3", "table:r1", 2),
    ]


def remark42_file(path: Path, text: str, **more: object) -> Path:
    place = {"site": "blog", "url": "https://blog.example.org/it"}
    user = {"id": "u1", "name": "Anna"}
    comment = {"id": "c-1", "pid": "", "text": text, "user": user, "locator": place, "votes": {}}
    path.write_text(json.dumps(comment | {"time": "2025-11-03T10:00:00Z"} | more))
    return path


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the newer file first"])
def test_a_record_that_a_text_is_gone_changes_the_status_of_the_comment(
    tmp_path: Path, query: Query, order: tuple[int, ...]
) -> None:
    files = [
        remark42_file(tmp_path / "old.json", "<p>Zu teuer!</p>"),
        remark42_file(tmp_path / "new.json", "", delete=True),
    ]
    for number in order:
        take_in(files[number], days_later=number)
    refine()
    assert query("SELECT text, status FROM clean.comment") == [("Zu teuer!", "deleted")]
    ((reason, detail),) = query("SELECT reason, detail FROM clean.rejected_comment")
    assert (reason, detail) == ("no text", "its text is gone, its status is `deleted`")


def test_a_comment_that_is_seen_again_is_no_longer_deleted(tmp_path: Path, query: Query) -> None:
    take_in(remark42_file(tmp_path / "gone.json", "", delete=True))
    take_in(remark42_file(tmp_path / "back.json", "<p>Zu teuer!</p>"), days_later=1)
    refine()
    assert query("SELECT text, status FROM clean.comment") == [("Zu teuer!", "published")]


def test_repeats_across_batches_are_found(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.storing.told.BATCH", 2)
    lines = [f"c-{number % 3};03.11.2025;Anna;Text {number};Cloud" for number in range(7)]
    take_in(write_csv("a.csv", *lines))
    report = refine()
    assert query("SELECT text FROM clean.comment ORDER BY comment_id") == [
        ("Text 6",),
        ("Text 4",),
        ("Text 5",),
    ]
    assert (query(COUNTS), report.rejected_count) == ([(3, 4)], 4)


def files_with(words: str, folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]


def test_personal_data_in_texts_is_replaced_before_it_is_stored(
    write_csv: Csv, query: Query, workplace: Path
) -> None:
    text = "Ruft an: 0176 0406 9045, Kollegin Anna Müller, @cio_b. Danke"
    take_in(write_csv("a.csv", f"c-1;03.11.2025;Anna;{text};Cloud, a@b.example"))
    report = refine()
    stored = "Ruft an: [Telefon], Kollegin [Name], @…. Danke"
    assert query("SELECT text, redacted, mentions FROM clean.comment") == [
        (stored, '{"mention": 1, "name": 1, "phone": 1}', '[{"offset": 37, "length": 2}]')
    ]
    assert query("SELECT text_hash = left(sha256(text), 32) FROM clean.comment") == [(True,)]
    assert query("SELECT title FROM clean.post") == [("Cloud, [E-Mail]",)]
    assert "replaced in texts: 1 mention, 1 name, 1 phone" in report.details
    assert "9045" not in str(report.details)
    (workplace / "landing").rename(workplace / "aside")
    assert files_with("9045", workplace) == [
        path.name for path in (workplace / "aside").rglob("*.csv")
    ]


def test_fields_that_stay_at_the_door_are_counted(tmp_path: Path, query: Query) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "Kommentar-ID;Datum;Autor;Kommentar;Beitrag;E-Mail;IP\n"
        "c-1;03.11.2025;Anna;Gut;Cloud;a@b.example;192.0.2.7\n",
        encoding="utf-8",
    )
    take_in(file)
    report = refine()
    assert query("SELECT kind, field_count FROM ops.left_out_field ORDER BY kind") == [
        ("email", 1),
        ("ip", 1),
    ]
    assert "fields left at the door: 1 email, 1 ip" in report.details


@pytest.mark.parametrize("way", ["encrypt", "delete"])
def test_landing_files_lie_as_the_settings_want_them(
    write_csv: Csv, query: Query, workplace: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", "keep")
    take_in(write_csv("early.csv", "c-1;03.11.2025;Anna Berg;Gut;Cloud"))
    refine()
    before = query("FROM clean.comment")
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", way)
    later = write_csv("late.csv", "c-2;03.11.2025;Bert Carstens;Na ja;Cloud")
    unknown = write_csv("noise.bin")
    unknown.write_bytes(b"\x00\x01 Dora Elster")
    take_in(later, unknown, days_later=1)
    assert files_with("Carstens", workplace / "landing") == []
    refine()
    assert files_with("Anna Berg", workplace) == []
    assert files_with("Dora Elster", workplace) == []
    assert query("FROM clean.comment WHERE comment_id = 'table:c-1'") == before
    assert query("SELECT count(*) FROM clean.comment") == [(2,)]
    assert str(refine()) == "refine: nothing new"
    again = ingest(files=[later], as_of=MONDAY + timedelta(days=5))
    assert again.note == "0 new files, 1 received before"
    # What is sealed can be read again, what was deleted can't.
    monkeypatch.setenv("RESONANZ_SOURCES__OWNERS", '["anna berg"]')
    refine()
    owners = query("SELECT count(*) FROM clean.comment WHERE is_owner")
    assert owners == [(1 if way == "encrypt" else 0,)]
    assert not list((workplace / "landing").glob(".work-*"))


def test_a_lost_landing_key_is_told_and_nothing_changes(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", "encrypt")
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    before = query("FROM clean.comment")
    monkeypatch.setenv("RESONANZ_LANDING_KEY", "z" * 64)
    monkeypatch.setenv("RESONANZ_SOURCES__OWNERS", '["anna"]')
    with pytest.raises(GiveUp, match="can't be opened"):
        refine()
    assert query("FROM clean.comment") == before


def test_the_run_says_what_it_took_out_that_was_erased_under_another_id() -> None:
    assert erased_late([Tally(), Tally()]) == ()
    (told,) = erased_late([Tally(late=1), Tally(late=1)])
    assert told.startswith("erased under another id before, now out of the tables, too: 2 comments")
