from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.landing import land
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

    def land_while_it_grows(*arguments: object) -> object:
        landing = land(*arguments)  # type: ignore[arg-type]
        with file.open("a") as growing:
            growing.write("2;03.11.2025;Bert;Auch gut;Cloud\n")
        return landing

    monkeypatch.setattr("flows.ingest.land", land_while_it_grows)
    ingest(as_of=MONDAY)
    assert file.exists()
    monkeypatch.setattr("flows.ingest.land", land)
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
