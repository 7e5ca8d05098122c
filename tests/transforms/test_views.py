from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from flows.warehouse import frame, merge, use_time_zone
from models.tables.label import LABEL
from models.tables.review_sheet import REVIEW_SHEET
from tests.builders import NOON, Row, comment_row, label_row, post_row, sheet_row
from transforms.views import all_views


@pytest.mark.parametrize("view", all_views(), ids=lambda view: view.table.name)
def test_a_view_returns_what_its_header_declares(
    view: object, con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        posts=[post_row()],
        comments=[comment_row()],
        labels=[("c1", "sentiment", "positive"), ("c1", "needs_reply", "yes")],
        reviews=[("c1", "sentiment", "positive")],
    )
    table = view.table  # type: ignore[attr-defined]
    rows = con.execute(f"FROM {table.full_name}").pl()
    assert table.require(rows.cast(dict(table.schema()))).height >= 1


@pytest.mark.parametrize(
    ("utc", "day", "week"),
    [
        pytest.param("2025-06-30 21:59:59", "2025-06-30", "2025-W27", id="summer, before midnight"),
        pytest.param("2025-06-30 22:00:00", "2025-07-01", "2025-W27", id="summer, after midnight"),
        pytest.param("2025-12-31 22:59:59", "2025-12-31", "2026-W01", id="winter, before midnight"),
        pytest.param("2025-12-31 23:00:00", "2026-01-01", "2026-W01", id="winter, after midnight"),
        pytest.param("2025-10-26 00:30:00", "2025-10-26", "2025-W43", id="the hour that is twice"),
        pytest.param(
            "2025-10-26 01:30:00", "2025-10-26", "2025-W43", id="the hour that is twice 2"
        ),
        pytest.param("2025-03-30 01:00:00", "2025-03-30", "2025-W13", id="the hour that is not"),
        pytest.param("2027-01-03 12:00:00", "2027-01-03", "2026-W53", id="a year with 53 weeks"),
        pytest.param("2025-10-26 22:59:59", "2025-10-26", "2025-W43", id="end of a 25-hour day"),
        pytest.param("2025-10-26 23:00:00", "2025-10-27", "2025-W44", id="after a 25-hour day"),
    ],
)
def test_days_and_iso_weeks_are_those_of_the_reporting_time_zone(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], utc: str, day: str, week: str
) -> None:
    given(comments=[comment_row(created_at_utc=datetime.fromisoformat(utc))])
    answer = con.execute("SELECT day, week, week_start FROM classified.dated").fetchall()
    year, number = week.split("-W")
    assert answer == [
        (date.fromisoformat(day), week, date.fromisocalendar(int(year), int(number), 1))
    ]


def test_a_post_is_met_where_the_audience_answers_it_not_where_its_owner_does(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[
            comment_row("c1", post_id="p1", channel="blog", is_owner=True),
            comment_row("c2", post_id="p1", channel="x"),
            comment_row("c3", post_id="p1", channel="linkedin"),
            comment_row("c4", post_id="p2", channel="blog", is_owner=True),
        ]
    )
    met = con.execute("SELECT post_id, channel FROM classified.commented_post").fetchall()
    assert met == [("p1", "linkedin")]


def test_another_reporting_zone_gives_another_day(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row(created_at_utc=datetime(2025, 11, 3, 23, 30))])
    use_time_zone(con, "America/Toronto")
    assert con.execute("SELECT day FROM classified.dated").fetchone() == (date(2025, 11, 3),)


@pytest.mark.parametrize(
    "reporting", ["UTC", "America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland"]
)
@pytest.mark.parametrize("assumed", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_a_day_without_a_clock_is_that_day_in_every_reporting_zone(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], assumed: str, reporting: str
) -> None:
    days = [datetime(2025, 3, 30), datetime(2025, 11, 1), datetime(2025, 11, 3)]
    midnights = [day.replace(tzinfo=ZoneInfo(assumed)).astimezone(UTC) for day in days]
    known = {"time_precision": "day", "created_tz_assumed": assumed}
    given(
        comments=[
            comment_row(f"c{n}", created_at_utc=midnight.replace(tzinfo=None), **known)
            for n, midnight in enumerate(midnights)
        ]
    )
    use_time_zone(con, reporting)
    found = con.execute("SELECT day, week, month FROM classified.dated ORDER BY day").fetchall()
    assert found == [(day.date(), f"{day:%G-W%V}", f"{day:%Y-%m}") for day in days]


def test_a_midnight_that_was_told_exactly_is_a_moment_of_the_reporting_zone(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    midnight = datetime(2025, 11, 2, 23)
    given(
        comments=[
            comment_row("c1", created_at_utc=midnight, created_tz_assumed="Europe/Berlin"),
            comment_row("c2", created_at_utc=midnight, time_precision="day"),
        ]
    )
    use_time_zone(con, "America/Toronto")
    days = con.execute("SELECT day FROM classified.dated").fetchall()
    assert days == [(date(2025, 11, 2),)] * 2


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        pytest.param({}, True, id="published"),
        pytest.param({"status": "unknown"}, True, id="status unknown"),
        pytest.param({"is_owner": True}, False, id="own answer"),
        pytest.param({"status": "spam"}, False, id="spam"),
        pytest.param({"status": "pending"}, False, id="not yet public"),
        pytest.param({"status": "deleted"}, False, id="deleted"),
        pytest.param({"kind": "pingback"}, False, id="pingback"),
        pytest.param({"kind": "survey_answer"}, True, id="answer to a survey"),
    ],
)
def test_only_public_opinions_of_others_are_audience(
    con: duckdb.DuckDBPyConnection,
    given: Callable[..., None],
    fields: dict[str, object],
    counts: bool,
) -> None:
    given(comments=[comment_row(**fields)])
    assert con.execute("SELECT is_audience FROM classified.dated").fetchall() == [(counts,)]


def test_answers_to_an_old_wording_do_not_count(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row(text_hash="old")], labels=[("c1", "sentiment", "positive")])
    con.execute("UPDATE clean.comment SET text_hash = 'new'")
    assert con.execute("SELECT sentiment FROM classified.audience").fetchall() == [(None,)]


def test_answers_count_on_when_the_words_of_the_post_are_beyond_their_period(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        posts=[post_row(text="Mehr davon.")],
        comments=[comment_row()],
        labels=[("c1", "sentiment", "positive")],
    )
    sentiments = "SELECT sentiment FROM classified.audience"
    con.execute(
        "UPDATE clean.post SET title = NULL, text = NULL, "
        "forgotten_wording = (SELECT post_hash FROM classified.post_wording)"
    )
    assert con.execute(sentiments).fetchall() == [("positive",)]
    con.execute("UPDATE clean.post SET title = 'Another headline'")
    assert con.execute(sentiments).fetchall() == [(None,)]


def test_answers_on_a_text_that_is_gone_count_whatever_becomes_of_its_post(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(posts=[post_row()], comments=[comment_row()], labels=[("c1", "sentiment", "positive")])
    con.execute(
        "UPDATE clean.comment SET text = '', "
        "forgotten_input = (SELECT input_hash FROM classified.input)"
    )
    con.execute("UPDATE clean.post SET title = 'Another headline'")
    assert con.execute("SELECT sentiment FROM classified.audience").fetchall() == [("positive",)]


def test_answers_of_another_model_do_not_count(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row()], labels=[("c1", "sentiment", "positive")])
    (input_hash,) = con.execute("SELECT input_hash FROM classified.input").fetchone() or ("",)
    old = label_row("c1", "sentiment", "negative", input_hash=input_hash, model_version="m@0")
    merge(con, LABEL, pl.DataFrame([old], schema=LABEL.schema()))
    assert con.execute("SELECT sentiment FROM classified.audience").fetchall() == [("positive",)]


def test_what_was_picked_for_training_is_no_audit(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    picked = {"purpose": "training", "drawn_share": None}
    given(comments=[comment_row()], reviews=[("c1", "sentiment", "negative", True, picked)])
    assert con.execute("FROM classified.audit").fetchall() == []


def test_an_audit_of_an_earlier_wording_does_not_count(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row()], reviews=[("c1", "sentiment", "negative")])
    given(comments=[comment_row(text="reworded", text_hash="another")])
    assert con.execute("FROM classified.audit").fetchall() == []


def test_of_two_readers_who_answered_first_counts(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    later = {"reviewer": "berta", "reviewed_at_utc": datetime(2025, 11, 4)}
    given(
        comments=[comment_row()],
        reviews=[
            ("c1", "sentiment", "negative", False),
            ("c1", "sentiment", "negative", True, later),
        ],
    )
    assert con.execute("SELECT is_chosen FROM classified.audit").fetchall() == [(False,)]


@pytest.fixture
def drawn(con: duckdb.DuckDBPyConnection, given: Callable[..., None]) -> Callable[..., list[Row]]:
    """Audits of ten comments of one day: `drawn(sheet=(places answered, drawn from), ...)`."""

    def put(**sheets: tuple[range, int]) -> list[Row]:
        day = NOON.date()
        rows = [sheet_row(name, day, day, count) for name, (_, count) in sheets.items()]
        merge(con, REVIEW_SHEET, pl.DataFrame(rows, schema=REVIEW_SHEET.schema()))
        given(
            comments=[comment_row(f"c{place}") for place in range(10)],
            reviews=[
                (f"c{place}", "sentiment", "negative", True, {"sheet": name})
                for name, (places, _) in sheets.items()
                for place in places
            ],
        )
        return frame(con, "FROM classified.audit ORDER BY comment_id").to_dicts()

    return put


def test_a_half_answered_sheet_has_drawn_what_was_answered(
    drawn: Callable[..., list[Row]],
) -> None:
    assert {row["drawn_share"] for row in drawn(s1=(range(2), 10))} == {0.2}


def test_what_two_sheets_could_draw_is_the_likelier_there(drawn: Callable[..., list[Row]]) -> None:
    found = drawn(s1=(range(5), 10), s2=(range(5, 6), 5))
    assert {row["drawn_share"] for row in found} == {1 - 0.5 * 0.8}


def test_of_all_that_was_read_no_comment_counts_more_than_another(
    drawn: Callable[..., list[Row]],
) -> None:
    assert {row["drawn_share"] for row in drawn(s1=(range(6), 10), s2=(range(6, 10), 4))} == {1.0}


def test_a_sheet_of_other_days_makes_no_comment_likelier(
    con: duckdb.DuckDBPyConnection, drawn: Callable[..., list[Row]], given: Callable[..., None]
) -> None:
    later = NOON + timedelta(days=7)
    row = sheet_row("s2", later.date(), later.date(), 2)
    merge(con, REVIEW_SHEET, pl.DataFrame([row], schema=REVIEW_SHEET.schema()))
    given(
        comments=[comment_row("late", created_at_utc=later)],
        reviews=[("late", "sentiment", "negative", True, {"sheet": "s2"})],
    )
    chances = {str(row["comment_id"]): row["drawn_share"] for row in drawn(s1=(range(3), 10))}
    assert chances == {"c0": 0.3, "c1": 0.3, "c2": 0.3, "late": 0.5}


def test_what_models_said_of_a_comment_is_one_row(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row("a"), comment_row("b"), comment_row("unread")],
        labels=[
            ("a", "language", "de"),
            ("a", "sentiment", "negative", 0.8),
            ("a", "sentiment", "positive", 0.2),
            ("a", "topic", "cloud", 0.6),
            ("a", "topic", "devices", 0.7),
            ("a", "topic", "people", 0.1),
            ("a", "intent", "question", 0.9),
            ("a", "needs_reply", "yes", 0.3),
            ("a", "needs_reply", "no", 0.7),
            ("b", "language", "en"),
        ],
    )
    rows = con.execute("FROM classified.said ORDER BY comment_id").fetchall()
    assert rows == [
        ("a", "negative", 0.8, "de", ["devices", "cloud"], True, False, False, False, 0.3),
        ("b", None, None, "en", [], False, False, False, None, None),
    ]
