"""LinkedIn's content analytics: posts with their numbers, from an old workbook of Excel."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.workbook_cells import COMPOUND_FILE
from flows.sources.linkedin_analytics import SOURCE, read, recognise, records_of_rows
from models.canonical import Post, Record, Rejected

SAMPLE = Path(__file__).parent / "samples" / "linkedin_analytics.xls"
LINK = "https://www.linkedin.com/feed/update/urn:li:share:7391739456123904001"
"""Its number says 2025-11-05 07:33:38."""

HEADER = ["Post title", "Post link", "Created date", "Impressions", "Likes", "Comments", "CTR"]


def records_of(path: Path) -> list[Record]:
    landed = LandedFile(path, path.name, datetime(2025, 12, 1, tzinfo=UTC))
    return list(read(landed, ReadingRules()))


def rows(*cells: list[object], header: list[str] | None = None) -> list[Record]:
    table: list[list[object]] = [["Engagement metrics", ""], list(header or HEADER), *cells]
    return list(records_of_rows(list(enumerate(table, start=1)), ReadingRules()))


def only(title: object = "Weg", link: object = LINK, day: object = "11/05/2025") -> Post:
    (found,) = rows([title, link, day, 10.0, "", 0.0, 0.5])
    assert isinstance(found, Post)
    return found


def test_a_row_becomes_a_post_with_its_numbers_and_without_who_posted_it() -> None:
    first, *_ = records_of(SAMPLE)
    assert first == Post(
        platform="linkedin",
        site="",
        native_id="urn:li:activity:7391739456123904001",
        position=1,
        channel="linkedin",
        text="Unser Weg in die Cloud: was wir verlagern und was bleibt (Teil 1) #Stadtwerke",
        url="https://www.linkedin.com/feed/update/urn:li:activity:7391739456123904001",
        created_at=datetime(2025, 11, 5, 7, 33, 38, 218_000, tzinfo=UTC),
        created_at_raw="11/05/2025",
        time_precision="derived_from_id",
        status="published",
        reported_comment_count=4,
        reported_counts='{"click": 183, "follow": 1, "like": 31, "share": 2, "view": 4210}',
    )
    assert "Olufs" not in repr(first)


def test_the_sample_is_read_in_full() -> None:
    assert recognise(SAMPLE.read_bytes()[:SAMPLE_SIZE])
    found = [record for record in records_of(SAMPLE) if isinstance(record, Post)]
    assert [post.position for post in found] == [1, 2, 3]
    assert [post.reported_comment_count for post in found] == [4, 0, None]
    assert found[1].text == "Störungsannahme auf freier Software 👏\nDrei Gründe."
    assert (found[2].text, found[2].reported_counts) == (None, None)
    assert SOURCE.recognise is recognise


@pytest.mark.parametrize(
    ("day", "at", "precision"),
    [
        ("11/05/2025", "2025-11-05T07:33:38.218000+00:00", "derived_from_id"),
        (date(2025, 11, 5), "2025-11-05T07:33:38.218000+00:00", "derived_from_id"),
        ("", "2025-11-05T07:33:38.218000+00:00", "derived_from_id"),
        ("05.11.2025", "2025-11-05T07:33:38.218000+00:00", "derived_from_id"),
        ("03/04/2025", "2025-03-04T00:00:00+01:00", "day"),
        (datetime(2025, 3, 4), "2025-03-04T00:00:00+01:00", "day"),
    ],
)
def test_the_urn_tells_the_moment_and_the_cell_the_day_if_they_differ(
    day: object, at: str, precision: str
) -> None:
    found = only(day=day)
    assert found.created_at is not None
    assert (found.created_at.isoformat(), found.time_precision) == (at, precision)


@pytest.mark.parametrize("day", ["13/45/2025", "gestern", "", 45_000.0])
def test_a_day_that_is_none_is_never_guessed(day: object) -> None:
    found = only(link="https://www.linkedin.com/feed/update/urn:li:share:4711", day=day)
    assert (found.created_at, found.created_at_raw) == (None, str(day) or None)


def test_a_day_is_one_of_the_zone_of_the_settings() -> None:
    found = only(link="https://www.linkedin.com/feed/update/urn:li:share:4711", day="07/09/2025")
    assert found.created_at == datetime(2025, 7, 9, tzinfo=ZoneInfo("Europe/Berlin"))


def test_no_number_is_unknown_zero_is_zero_and_shares_are_no_counts() -> None:
    (found,) = rows([None, LINK, "", "1,234", "n/a", "0", 0.5])
    assert isinstance(found, Post)
    assert (found.reported_comment_count, found.reported_counts) == (0, '{"view": 1234}')
    (found,) = rows([None, LINK, "", 0.5, True, 1e300, "9" * 5_000])
    assert isinstance(found, Post)
    assert (found.reported_comment_count, found.reported_counts) == (None, None)
    (found,) = rows([None, LINK, "", 0.5, True, -1.0, ""])
    assert isinstance(found, Post)
    assert (found.reported_comment_count, found.reported_counts) == (None, None)


def test_a_row_without_a_post_is_rejected_with_its_number_in_excel() -> None:
    first, second = rows(["Ein Titel", "kein Link", ""], ["", ""], ["Weg", LINK])
    assert first == Rejected(
        position=1,
        line=3,
        reason="broken record",
        detail="a row without the URN of a post in `Post link`",
    )
    assert isinstance(second, Post)
    assert second.position == 2


def test_headers_in_another_language_are_told() -> None:
    (found,) = rows(["Weg", LINK], header=["Titel", "Link zum Beitrag"])
    assert isinstance(found, Rejected)
    assert (found.position, found.reason) == (0, "missing column")
    assert "English" in found.detail


def test_an_export_without_posts_is_empty() -> None:
    assert rows() == []


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(COMPOUND_FILE + b"\x00" * 500 + b"Sheet1 Comments", id="other workbook"),
        pytest.param(b"All posts,Post title,Post link", id="csv"),
        pytest.param(b"PK\x03\x04 All posts Post title Post link", id="newer workbook"),
    ],
)
def test_anything_else_is_not_recognised(sample: bytes) -> None:
    assert not recognise(sample)


def test_texts_of_two_bytes_a_sign_are_recognised_too() -> None:
    wide = "All posts Post title Post link".encode("utf-16-le")
    assert recognise(COMPOUND_FILE + wide)


def test_a_file_that_was_saved_as_a_newer_workbook_is_read_alike(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Metrics"
    sheet = book.create_sheet("All posts")
    for cells in (["Engagement metrics"], HEADER, ["Weg", LINK, date(2025, 11, 5), 10, "", 0, 0.5]):
        sheet.append(cells)
    path = tmp_path / "page_content.xlsx"
    book.save(path)
    assert recognise(path.read_bytes()[:SAMPLE_SIZE])
    (found,) = records_of(path)
    assert isinstance(found, Post)
    assert (found.text, found.reported_comment_count) == ("Weg", 0)


def test_a_damaged_workbook_is_one_rejection(tmp_path: Path) -> None:
    path = tmp_path / "cut.xls"
    path.write_bytes(SAMPLE.read_bytes()[:5_000])
    (found,) = records_of(path)
    assert isinstance(found, Rejected)
    assert (found.position, found.reason) == (0, "broken file")
