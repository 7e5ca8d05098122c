from collections.abc import Callable
from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest
from scipy.spatial.distance import jensenshannon

from flows.publishing.marts import store_mart
from models.tables.text_profile import TEXT_PROFILE
from tests.builders import Row, comment_row
from transforms.marts import all_marts

Mart = Callable[[str], list[Row]]
MONDAY = datetime(2025, 9, 1, 12, 0)


def week(
    number: int, count: int, *, english: int = 0, sure: float = 0.9, **fields: object
) -> dict[str, list[object]]:
    """`count` comments of a week, of which `english` are English, and their labels."""
    ids = [f"{fields.get('channel', 'blog')}-{number}-{place}" for place in range(count)]
    moment = MONDAY + timedelta(weeks=number)
    return {
        "comments": [comment_row(name, created_at_utc=moment, **fields) for name in ids],
        "labels": [
            (name, "language", "en" if place < english else "de", 0.99)
            for place, name in enumerate(ids)
        ]
        + [(name, "sentiment", "positive", sure) for name in ids],
    }


@pytest.fixture
def mart(con: duckdb.DuckDBPyConnection, mart: Mart) -> Mart:
    """Build a mart of those that drift is told with, as they are: nothing is hidden."""

    def build(name: str) -> list[Row]:
        for needed in ("channel_weekly", "sentiment_weekly"):
            table = all_marts()[needed].table
            store_mart(con, table, pl.DataFrame(mart(needed), schema=table.schema()))
        return mart(name)

    return build


@pytest.fixture
def weeks(given: Callable[..., None]) -> Callable[..., None]:
    """Put weeks into the warehouse: `weeks(week(0, 40), week(1, 40))`."""

    def put(*all_weeks: dict[str, list[object]]) -> None:
        given(
            comments=[row for one in all_weeks for row in one["comments"]],
            labels=[row for one in all_weeks for row in one["labels"]],
        )

    return put


def of(mart: Mart, metric: str, channel: str = "blog") -> dict[str, Row]:
    """The rows of a metric by week."""
    rows = mart("drift_weekly")
    return {str(r["week"]): r for r in rows if (r["metric"], r["channel"]) == (metric, channel)}


def test_a_week_in_another_language_is_flagged_and_not_comparable(
    weeks: Callable[..., None], mart: Mart
) -> None:
    weeks(*(week(number, 40, english=4) for number in range(4)), week(4, 40, english=30))
    language = of(mart, "language")
    assert [row["reason"] for row in language.values()] == [
        *["too few comments"] * 3,
        "as before",
        "changed",
    ]
    last = language["2025-W40"]
    assert (last["value"], last["trailing_value"]) == (pytest.approx(0.25), pytest.approx(0.9))
    assert last["distance"] == pytest.approx(jensenshannon([0.75, 0.25], [0.1, 0.9], base=2))
    assert last["is_comparable"] is False
    assert of(mart, "confidence")["2025-W40"]["is_flagged"] is False
    assert of(mart, "confidence")["2025-W40"]["is_comparable"] is False


def test_equal_weeks_are_comparable_and_have_no_distance(
    weeks: Callable[..., None], mart: Mart
) -> None:
    weeks(*(week(number, 40, english=10) for number in range(5)))
    last = of(mart, "language")["2025-W40"]
    assert last["distance"] == pytest.approx(0, abs=1e-6)
    assert (last["is_flagged"], last["is_comparable"]) == (False, True)


def test_few_comments_are_no_verdict(weeks: Callable[..., None], mart: Mart) -> None:
    weeks(*(week(number, 40) for number in range(4)), week(4, 29, english=29))
    last = of(mart, "language")["2025-W40"]
    assert (last["distance"], last["is_flagged"], last["value"]) == (None, None, None)
    assert (last["is_comparable"], last["reason"]) == (None, "too few comments")


def test_what_chance_may_do_is_not_flagged(weeks: Callable[..., None], mart: Mart) -> None:
    weeks(*(week(number, 40, english=0) for number in range(3)), week(3, 30, english=1))
    last = of(mart, "language")["2025-W39"]
    assert float(str(last["distance"])) > 0.1
    assert last["is_flagged"] is False


def test_less_confidence_is_flagged(weeks: Callable[..., None], mart: Mart) -> None:
    weeks(*(week(number, 40, sure=0.97) for number in range(4)), week(4, 40, sure=0.6))
    assert of(mart, "confidence")["2025-W40"]["is_flagged"] is True


def test_weeks_older_than_eight_do_not_count(weeks: Callable[..., None], mart: Mart) -> None:
    weeks(week(0, 200), week(9, 40))
    assert of(mart, "language")["2025-W45"]["trailing_value"] is None


def test_channels_are_judged_alone_and_together(weeks: Callable[..., None], mart: Mart) -> None:
    weeks(
        *(week(number, 40) for number in range(5)),
        *(week(number, 10, channel="x", english=5) for number in range(5)),
    )
    assert of(mart, "language", "x")["2025-W40"]["reason"] == "too few comments"
    together = of(mart, "language", "(all)")["2025-W40"]
    assert together["reason"] == "as before"


@pytest.mark.parametrize(
    ("column", "value", "metric"),
    [
        ("character_count", 2000, "length"),
        ("emoji_count", 5, "emoji"),
        ("unknown_count", 5, "unknown_tokens"),
    ],
)
def test_what_was_counted_of_texts_is_watched(
    con: duckdb.DuckDBPyConnection,
    weeks: Callable[..., None],
    mart: Mart,
    column: str,
    value: int,
    metric: str,
) -> None:
    weeks(*(week(number, 40) for number in range(5)))
    con.execute(
        "INSERT INTO classified.text_profile "
        "SELECT comment_id, text_hash, 50, 0, 10, 0, 'm@1' FROM clean.comment"
    )
    assert of(mart, metric)["2025-W40"]["is_flagged"] is False
    con.execute(
        f"UPDATE classified.text_profile SET {column} = {value} WHERE comment_id LIKE 'blog-4-%'"
    )
    assert of(mart, metric)["2025-W40"]["is_flagged"] is True
    assert TEXT_PROFILE.name in all_marts()["drift_weekly"].query


def test_what_a_model_with_the_same_tokenizer_counted_is_watched(
    con: duckdb.DuckDBPyConnection, weeks: Callable[..., None], mart: Mart
) -> None:
    weeks(*(week(number, 40) for number in range(5)))
    con.execute(
        "INSERT INTO classified.text_profile "
        "SELECT comment_id, text_hash, 50, 0, 10, 0, 'm@0' FROM clean.comment"
    )
    assert "2025-W40" not in of(mart, "length")
    con.execute("INSERT INTO ops.tokenizer VALUES ('m@0', 'same'), ('m@1', 'other'), ('m@2', 'o')")
    assert "2025-W40" not in of(mart, "length")
    con.execute("UPDATE ops.tokenizer SET tokenizer = 'same' WHERE model_version = 'm@1'")
    assert of(mart, "length")["2025-W40"]["value"] == 50


def test_numbers_are_the_same_to_the_last_digit_in_whatever_order_comments_lie(
    con: duckdb.DuckDBPyConnection, weeks: Callable[..., None], mart: Mart
) -> None:
    weeks(*(week(number, 40, english=number) for number in range(5)))
    profiles = (
        "SELECT comment_id, text_hash, 50, 0, 7, hash(comment_id) % 6, 'm@1' FROM clean.comment"
    )
    found = []
    for order in ("comment_id", "comment_id DESC", "hash(comment_id)"):
        con.execute("DELETE FROM classified.text_profile")
        con.execute(f"INSERT INTO classified.text_profile {profiles} ORDER BY {order}")
        found.append(mart("drift_weekly"))
    assert found[0] == found[1] == found[2]


def test_of_hidden_weeks_nothing_is_told_not_even_whether_they_are_large(
    weeks: Callable[..., None], mart: Mart, con: duckdb.DuckDBPyConnection
) -> None:
    weeks(*(week(number, 40, english=4) for number in range(6)))
    rows = {name: mart(name) for name in ("channel_weekly", "sentiment_weekly")}
    told = of(mart, "language")
    for name, found in rows.items():
        table = all_marts()[name].table
        hidden = pl.when(pl.col("week") == "2025-W37").then(pl.lit("would reveal another row"))
        kept = pl.DataFrame(found, schema=table.schema()).with_columns(hidden_reason=hidden)
        store_mart(con, table, kept)
    statement = all_marts()["drift_weekly"]
    left = con.execute(f"FROM ({statement.query}) WHERE metric = 'language'").pl()
    assert set(told) - {"2025-W37"} == set(left["week"])
    # Three weeks with 120 comments came before this one; without the hidden one, too few.
    blog = left.filter(channel="blog").sort("week")
    assert told["2025-W39"]["reason"] == "as before"
    assert dict(blog.select("week", "reason").iter_rows())["2025-W39"] == "too few comments"
    assert blog["reason"][-1] == "as before"
