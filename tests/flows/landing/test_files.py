import stat
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from flows.landing.files import (
    LandingFolder,
    land,
    land_news,
    landed_files,
    opened,
    put_edited,
    slug,
)
from models.errors import GiveUp

MONDAY = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2025, 11, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Kommentare (März).csv"
    path.write_bytes(b"a;b\r\n\xff\x00")
    return path


def test_a_landed_file_has_the_bytes_that_were_sent(file: Path, tmp_path: Path) -> None:
    landing = land(file, "table_file", None, MONDAY, tmp_path / "landing")
    assert landing.is_new
    assert landing.path.read_bytes() == file.read_bytes()
    assert landing.path.parent == tmp_path / "landing" / "table_file"


def test_what_is_known_of_a_file_is_in_its_path(file: Path, tmp_path: Path) -> None:
    land(file, "table_file", "linkedin", MONDAY, tmp_path / "landing")
    (landed,) = landed_files(tmp_path / "landing")
    assert (landed.received_at, landed.channel) == (MONDAY, "linkedin")
    assert landed.name == "Kommentare_(März).csv"


def test_the_same_bytes_land_once_whatever_their_name(file: Path, tmp_path: Path) -> None:
    first = land(file, "table_file", None, MONDAY, tmp_path / "landing")
    renamed = file.rename(tmp_path / "copy.csv")
    again = land(renamed, "table_file", "x", TUESDAY, tmp_path / "landing")
    assert (again.path, again.is_new) == (first.path, False)
    assert len(list(landed_files(tmp_path / "landing"))) == 1


def test_a_landed_file_cannot_be_changed_by_accident(file: Path, tmp_path: Path) -> None:
    landing = land(file, "table_file", None, MONDAY, tmp_path / "landing")
    assert not landing.path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_files_come_in_the_order_in_which_they_were_received(tmp_path: Path) -> None:
    for name, moment in (("late.csv", TUESDAY), ("early.csv", MONDAY)):
        (tmp_path / name).write_text(name)
        land(tmp_path / name, "table_file", None, moment, tmp_path / "landing")
    assert [landed.name for landed in landed_files(tmp_path / "landing")] == [
        "early.csv",
        "late.csv",
    ]


def test_a_half_written_file_is_not_landed(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "table_file"
    folder.mkdir(parents=True)
    (folder / ".20251103T080000Z-0123456789ab-a.csv.partial").write_text("half")
    assert list(landed_files(tmp_path / "landing")) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "etc_passwd"), ("a/b:c*.csv", "a_b_c_.csv"), ("???", "file")],
)
def test_no_name_leads_out_of_the_landing_folder(name: str, safe: str) -> None:
    assert slug(name) == safe


@pytest.mark.parametrize(
    "path",
    [
        "general/2025-11-03.json",
        "Takeout/YouTube und YouTube Music/Kommentare/Kommentare.csv",
        "50 % & mehr?/a:b*.csv",
        "x/..a/%41.csv",
    ],
)
def test_the_path_inside_an_archive_can_be_read_off_a_landed_file(
    path: str, file: Path, tmp_path: Path
) -> None:
    folder = LandingFolder(tmp_path / "landing")
    landing = folder.land(file, "slack", None, MONDAY, f"Mein Export.zip/{path}")
    (landed,) = landed_files(tmp_path / "landing")
    assert landing.path.parent == tmp_path / "landing" / "slack"
    assert landed.name == f"Mein_Export.zip/{path}"
    assert landed.path_inside == PurePosixPath(path)


def test_a_file_that_came_by_itself_was_in_no_archive(file: Path, tmp_path: Path) -> None:
    land(file, "table_file", None, MONDAY, tmp_path / "landing")
    assert next(landed_files(tmp_path / "landing")).path_inside is None


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("a.zip/" + "folder/" * 50 + "general/2025-11-03.json", "/general/2025-11-03.json"),
        ("a.zip/" + "ä" * 300 + ".json", "ä.json"),
        ("ä" * 250 + ".zip/general/x.json", "/general/x.json"),
        ("ä" * 250 + ".csv", "ä"),
    ],
)
def test_a_name_too_long_for_a_file_system_keeps_its_end(
    name: str, end: str, file: Path, tmp_path: Path
) -> None:
    LandingFolder(tmp_path / "landing").land(file, "slack", None, MONDAY, name)
    (landed,) = landed_files(tmp_path / "landing")
    assert landed.name.endswith(end)


def test_what_was_there_before_and_came_back_lands_again(tmp_path: Path) -> None:
    landing, file = tmp_path / "landing", tmp_path / "hn.pages.jsonl"
    landed = []
    for hour, text in enumerate(["first", "first", "edited", "first"]):
        file.write_text(text)
        moment = MONDAY.replace(hour=hour)
        landed.append(land_news(file, "board_api", "x", moment, landing).is_new)
    assert landed == [True, False, True, True]
    found = [one.path.read_text() for one in landed_files(landing)]
    assert found == ["first", "edited", "first"]


def test_accounts_whose_answers_are_the_same_land_each(tmp_path: Path) -> None:
    for name in ("a.pages.jsonl", "ba.pages.jsonl", "a.pages.jsonl"):
        (tmp_path / name).write_text("nothing new")
        land_news(tmp_path / name, "board_api", None, MONDAY, tmp_path / "landing")
    assert len(list(landed_files(tmp_path / "landing"))) == 2


def test_news_come_after_what_landed_last_even_if_the_clock_was_set_back(tmp_path: Path) -> None:
    landing, file = tmp_path / "landing", tmp_path / "a.jsonl"
    for text, moment in (("first", TUESDAY), ("second", MONDAY), ("third", MONDAY)):
        file.write_text(text)
        assert land_news(file, "board_api", None, moment, landing).is_new
    assert not land_news(file, "board_api", None, MONDAY, landing).is_new
    found = [landed.path.read_text() for landed in landed_files(landing)]
    assert found == ["first", "second", "third"]


@pytest.mark.parametrize("key", [None, b"k" * 32])
def test_a_damaged_landed_file_is_mended_by_the_same_bytes(
    file: Path, tmp_path: Path, key: bytes | None
) -> None:
    landing = tmp_path / "landing"
    path = land(file, "table_file", None, MONDAY, landing, key).path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-2])
    (landed,) = landed_files(landing)
    with pytest.raises(GiveUp, match="damaged"), opened(landed, landing, key):
        pass
    assert land(file, "table_file", None, TUESDAY, landing, key).is_new
    with opened(landed, landing, key) as readable:
        assert readable.path.read_bytes() == file.read_bytes()
    assert not land(file, "table_file", None, TUESDAY, landing, key).is_new


@pytest.mark.parametrize("key", [None, b"k" * 32])
def test_a_file_out_of_which_a_person_was_taken_is_not_damaged_and_stays_so(
    file: Path, tmp_path: Path, key: bytes | None
) -> None:
    landing, edited = tmp_path / "landing", tmp_path / "edited"
    path = land(file, "table_file", None, MONDAY, landing, key).path
    edited.write_text("a;b")
    put_edited(edited, path, key)
    assert not land(file, "table_file", None, TUESDAY, landing, key).is_new
    (landed,) = landed_files(landing)
    with opened(landed, landing, key) as readable:
        assert readable.path.read_text() == "a;b"
