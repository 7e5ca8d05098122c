import gzip
import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.ingest import ingest, set_aside
from flows.landing.files import LandingFolder, landed_files
from flows.refine import refine
from models.errors import GiveUp

pytestmark = pytest.mark.usefixtures("prefect_server")

MONDAY = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)


def landed(workplace: Path) -> list[str]:
    return sorted(
        path.relative_to(workplace / "landing").as_posix()
        for path in (workplace / "landing").rglob("*")
        if path.is_file()
    )


def test_a_named_file_lands_and_its_mapping_is_shown(
    workplace: Path, write_csv: Callable[..., Path]
) -> None:
    file = write_csv("a.csv", "1;03.11.2025;Anna;Gut gemacht;Cloud")
    report = ingest(files=[file], as_of=MONDAY)
    (line,) = report.details
    assert "table_file" in line
    assert "text = `Kommentar`" in line
    assert file.exists()
    assert landed(workplace)[0].startswith("table_file/20251103T080000Z-")


def test_files_of_the_inbox_are_taken_in_with_their_folders_channel(
    workplace: Path, write_csv: Callable[..., Path]
) -> None:
    folder = workplace / "inbox" / "linkedin"
    folder.mkdir(parents=True)
    file = write_csv("a.csv", "1;03.11.2025;Anna;Gut;Cloud").rename(folder / "a.csv")
    ingest(as_of=MONDAY)
    assert not file.exists()
    assert landed(workplace)[0].startswith("table_file/linkedin/")


def test_a_second_run_lands_nothing(workplace: Path, write_csv: Callable[..., Path]) -> None:
    file = write_csv("a.csv", "1;03.11.2025;Anna;Gut;Cloud")
    ingest(files=[file], as_of=MONDAY)
    report = ingest(files=[file])
    assert (report.rows_in, report.rows_out) == (1, 0)
    assert "1 received before" in str(report)
    assert len(landed(workplace)) == 1


def test_the_token_in_the_links_of_a_saved_answer_does_not_land(
    workplace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "page.json"
    said = '{"id":"1_2","message":"Gut","created_time":"2025-11-03T09:00:00+0000"}'
    link = "https://graph.facebook.com/v26.0/1/comments?access_token=EAABs3cret&after=QVF"
    file.write_text(f'{{"data":[{said}],"paging":{{"next":"{link}"}}}}', encoding="utf-8")
    ingest(files=[file], as_of=MONDAY)
    report = ingest(files=[file])
    assert "1 received before" in str(report)
    (name,) = landed(workplace)
    assert name.startswith("facebook_graph/")
    content = (workplace / "landing" / name).read_bytes()
    assert b"access_token=***&after=QVF" in content
    assert b"s3cret" not in content


def test_a_file_of_no_known_format_is_kept_and_reported(workplace: Path, tmp_path: Path) -> None:
    file = tmp_path / "comments.csv"
    file.write_bytes(b"%PDF-1.7 this is no table\x00\x01")
    report = ingest(files=[file], as_of=MONDAY)
    assert report.details == ("`comments.csv`: unknown format, kept in landing",)
    assert landed(workplace)[0].startswith("unrecognised/")


def test_a_file_that_is_still_being_written_stays_in_the_inbox(
    workplace: Path, write_csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = workplace / "inbox"
    inbox.mkdir(parents=True)
    file = write_csv("a.csv", "1;03.11.2025;Anna;Gut;Cloud").rename(inbox / "a.csv")

    land = LandingFolder.land

    def land_while_it_grows(*arguments: object) -> object:
        landing = land(*arguments)  # type: ignore[arg-type]
        with file.open("a") as growing:
            growing.write("2;03.11.2025;Bert;Auch gut;Cloud\n")
        return landing

    monkeypatch.setattr(LandingFolder, "land", land_while_it_grows)
    ingest(as_of=MONDAY)
    assert file.exists()
    monkeypatch.setattr(LandingFolder, "land", land)
    ingest(as_of=MONDAY)
    assert not file.exists()
    assert len(landed(workplace)) == 2


def test_an_empty_inbox_is_made_and_is_no_error(workplace: Path) -> None:
    assert ingest(as_of=MONDAY).rows_in == 0
    assert (workplace / "inbox").is_dir()


def test_one_missing_file_takes_none_in(workplace: Path, write_csv: Callable[..., Path]) -> None:
    file = write_csv("a.csv", "1;03.11.2025;Anna;Gut;Cloud")
    with pytest.raises(GiveUp, match=r"missing\.csv` does not exist"):
        ingest(files=[file, file.with_name("missing.csv")], as_of=MONDAY)
    assert not (workplace / "landing").exists()


SAMPLES = Path(__file__).parent.parent.parent / "data" / "samples"

TABLE = "ID;Datum;Autor;Kommentar;Beitrag\n{id};03.11.2025;Anna;Kommentar {id};Cloud\n"

CONTACTS = "First Name,Last Name,Company\nAnna,Adler,A\nBert,Bach,B\nCarla,Curie,C\n"
"""A table as personal exports hold them: of people, not of comments."""


LETTERS = "FROM,TO,DATE,CONTENT\nAnna,Bert,2025-11-03 10:00:00 UTC,Nur für dich\n"
"""Private messages, which look like comments but for whom they are to."""


def table(number: int) -> bytes:
    return TABLE.format(id=number).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            # Without the time of now, so that the same files give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@pytest.fixture
def deliver(workplace: Path) -> Callable[..., Path]:
    """Put a zip of `files`, or the bytes they are, into the inbox."""

    def put(files: dict[str, bytes] | bytes, name: str = "export.zip") -> Path:
        path = workplace / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files if isinstance(files, bytes) else zipped(files))
        return path

    return put


def names(workplace: Path) -> list[str]:
    return [file.name for file in landed_files(workplace / "landing")]


def test_each_known_file_of_an_archive_lands_with_the_path_inside(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    inner = "Takeout/YouTube und YouTube Music/Kommentare/Kommentare.csv"
    wordpress = (SAMPLES / "wordpress.xml").read_bytes()
    file = deliver(
        {"blog.xml": wordpress, "t.zip": zipped({inner: table(1)})}, "linkedin/Mai 25.zip"
    )
    report = ingest(as_of=MONDAY)
    assert sorted(names(workplace)) == ["Mai_25.zip/blog.xml", f"Mai_25.zip/t.zip/{inner}"]
    assert {file.channel for file in landed_files(workplace / "landing")} == {"linkedin"}
    assert {path.split("/")[0] for path in landed(workplace)} == {"table_file", "wordpress_wxr"}
    assert (report.rows_in, report.rows_out, report.rejected_count) == (2, 2, 0)
    assert [line.split("`: ")[0] for line in report.details] == [
        "`Mai 25.zip/blog.xml",
        f"`Mai 25.zip/t.zip/{inner}",
    ]
    assert not file.exists()
    assert not list((workplace / "inbox").rglob("*.zip"))


def test_what_no_source_knows_stays_outside_and_its_archive_is_set_aside(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    private = {
        "messages/anna_adler/letter.html": b"<html>Liebe Anna</html>",
        "messages/bert.html": b"<html>Lieber Bert</html>",
        "photo of Anna.jpg": b"\xff\xd8\xff\xe0 Anna",
        "Dr. Anna Adler": b"<p>Anna</p>",
        "Connections.csv": CONTACTS.encode(),
        "messages.csv": LETTERS.encode(),
    }
    file = deliver({"comments.csv": table(1), **private}, "facebook/export.zip")
    report = ingest(as_of=MONDAY)
    assert names(workplace) == ["export.zip/comments.csv"]
    line = report.details[-1]
    assert "1 file of it taken in (1 table_file); 6 that no source knows stayed outside" in line
    assert "2 .html, 2 .csv, 1 .jpg, 1 without an ending" in line
    assert "1 of them with a table in which no text or time was recognised" in line
    assert "1 of them with a table of messages to somebody" in line
    assert "anna" not in str(report.details).lower()
    assert not file.exists()
    assert (workplace / "inbox" / ".taken" / "facebook" / "export.zip").exists()
    assert str(report).endswith("1 archive kept in `inbox/.taken/`")
    assert ingest(as_of=MONDAY).rows_in == 0
    assert not list((workplace / "landing").glob(".unpacking*"))


def test_archives_set_aside_do_not_overwrite_each_other(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    for number in (1, 2, 2):
        deliver({"a.csv": table(number), "b.html": f"<p>{number}".encode()})
        ingest(as_of=MONDAY)
    assert len(list((workplace / "inbox" / ".taken").iterdir())) == 2


def test_an_archive_set_aside_has_the_time_at_which_it_was_received(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    file = deliver({"a.csv": table(1), "b.html": b"<p>"})
    os.utime(file, (0, 0))
    ingest(as_of=MONDAY)
    assert (workplace / "inbox" / ".taken" / "export.zip").stat().st_mtime == MONDAY.timestamp()


def test_an_archive_of_another_account_is_set_aside_as_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, target = tmp_path / "export.zip", tmp_path / ".taken"
    file.write_bytes(b"content")
    set_time = os.utime

    def refused_to_others(path: Path, times: tuple[float, float]) -> None:
        if path == file:
            raise PermissionError
        set_time(path, times)

    monkeypatch.setattr(os, "utime", refused_to_others)  # tests may run as root, who owns all
    set_aside(file, target, MONDAY)
    assert (target.read_bytes(), target.stat().st_mtime) == (b"content", MONDAY.timestamp())
    assert list(tmp_path.iterdir()) == [target]


def test_an_archive_of_which_no_source_knows_anything_is_kept_as_it_is(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    file = deliver({"a.html": b"<p>", "b.html": b"<p>"})
    content = file.read_bytes()
    report = ingest(as_of=MONDAY)
    assert report.details == (
        "`export.zip`: unknown format, kept in landing: 2 that no source knows stayed outside "
        "(2 .html)",
    )
    assert report.rejected_count == 1
    (path,) = (workplace / "landing" / "unrecognised").iterdir()
    assert path.read_bytes() == content
    assert not file.exists()


def test_the_same_archive_twice_lands_nothing_new(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    file = deliver({"a.csv": table(1), "b.csv": table(2), "c.csv": table(2), "d.html": b"<p>"})
    ingest(files=[file], as_of=MONDAY)
    before = landed(workplace)
    report = ingest(files=[file], as_of=MONDAY)
    assert (report.rows_in, report.rows_out, report.details) == (3, 0, ())
    assert landed(workplace) == before
    assert len(before) == 2
    assert file.exists()


def test_many_files_of_an_archive_get_one_line(deliver: Callable[..., Path]) -> None:
    deliver({f"{number}.csv": table(number) for number in range(11)})
    report = ingest(as_of=MONDAY)
    assert report.details == ("`export.zip`: 11 files of it taken in (11 table_file)",)
    assert report.rows_out == 11


def test_a_damaged_archive_gives_what_stands_before_the_damage_and_is_reported(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    whole = zipped({"a.csv": table(1), "b.csv": table(2)})
    deliver(whole[: whole.index(b"b.csv") + 20])
    report = ingest(as_of=MONDAY)
    assert names(workplace) == ["export.zip/a.csv"]
    assert report.details[-1].endswith("damaged or cut off; get it anew")
    assert report.rejected_count == 1
    assert (workplace / "inbox" / ".taken" / "export.zip").exists()


def test_a_limit_of_the_settings_is_kept(
    workplace: Path, deliver: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_INGEST__MOST_MEMBERS", "1")
    deliver({"a.csv": table(1), "b.csv": table(2)})
    assert "raise `most_members`" in ingest(as_of=MONDAY).details[-1]
    assert names(workplace) == ["export.zip/a.csv"]


def test_a_workbook_is_read_and_not_unpacked_even_within_an_archive(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    workbook = (SAMPLES / "intranet-umfrage.xlsx").read_bytes()
    deliver(workbook, "umfrage.xlsx")
    ingest(as_of=MONDAY)
    assert names(workplace) == ["umfrage.xlsx"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("umfrage.xlsx", workbook + b"\0")
    deliver(target.getvalue())
    ingest(as_of=MONDAY)
    assert sorted(names(workplace)) == ["export.zip/umfrage.xlsx", "umfrage.xlsx"]


def test_a_named_archive_belongs_to_the_channel_that_is_named(
    workplace: Path, deliver: Callable[..., Path]
) -> None:
    file = deliver(gzip.compress(table(1)), "comments.csv.gz")
    ingest(files=[file], channel="intranet", as_of=MONDAY)
    (found,) = landed_files(workplace / "landing")
    assert (found.name, found.channel) == ("comments.csv.gz/comments.csv", "intranet")


def test_what_an_archive_held_is_refined_like_any_file(deliver: Callable[..., Path]) -> None:
    deliver({"März/a & b.csv": table(1), "x.csv": table(2)})
    ingest(as_of=MONDAY)
    report = refine(as_of=MONDAY)
    assert "2 files read: 2 comments" in str(report)
