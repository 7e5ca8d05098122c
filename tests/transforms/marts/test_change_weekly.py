from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest

from models.contract import Table
from tests.builders import NOON, comment_row
from tests.share_marts import (
    CHANNEL_SENTIMENT_WEEKLY,
    POST_SENTIMENT_DAILY,
    SENTIMENT_WEEKLY,
    facts_of,
    marts_of,
    share_table,
)
from transforms.changes import NOT_DELIVERED
from transforms.derived import MartRules
from transforms.marts import all_marts
from transforms.marts.change_weekly import MART, TABLE
from transforms.small_cells import hide_small_cells

MONDAY = date(2025, 9, 1)
Row = dict[str, object]


def week(number: int) -> str:
    return f"{MONDAY + timedelta(weeks=number):%G-W%V}"


def share(number: int, negative: float | None, n: int = 100, channel: str = "blog") -> list[Row]:
    """A channel's week: its negative share, and that of all else."""
    return [
        {
            "channel": channel,
            "week": week(number),
            "head": "sentiment",
            "label": label,
            "share_raw": value,
            "share": value,
            "ci_low": None if value is None else max(value - 9.8 / n, 0.0),
            "ci_high": None if value is None else min(value + 9.8 / n, 1.0),
            "comment_count": None if value is None else n,
            "author_count": None if value is None else n,
            "audit_count": None,
            "uncertain_share": None,
            "method": "plain",
            "hidden_reason": "fewer than 5 authors" if value is None else None,
        }
        for label, value in (
            ("negative", negative),
            ("other", None if negative is None else 1 - negative),
        )
    ]


def changes(*rows: list[Row], **rules: float) -> pl.DataFrame:
    table = CHANNEL_SENTIMENT_WEEKLY
    flat = [row for week_rows in rows for row in week_rows]
    frame = pl.DataFrame(flat, schema=table.schema(), orient="row")
    return MART.build({table: frame}, MartRules(**rules))  # type: ignore[arg-type]


def one(found: pl.DataFrame, number: int, label: str = "negative", item: str = "blog") -> Row:
    (row,) = found.filter(week=week(number), label=label, item=item).to_dicts()
    return row


def test_a_large_move_on_many_comments_is_an_alert_with_both_numbers_and_their_intervals() -> None:
    found = changes(*(share(n, 0.3, 400) for n in range(4)), share(4, 0.6, 400))
    row = one(found, 4)
    assert (row["is_alert"], row["direction"], row["reason"]) == (True, "up", None)
    assert (row["share"], row["share_before"]) == (0.6, pytest.approx(0.3))
    assert row["ci_low"] < row["share"] < row["ci_high"]  # type: ignore[operator]
    assert row["ci_low_before"] < row["share_before"] < row["ci_high_before"]  # type: ignore[operator]
    assert (row["comment_count"], row["comment_count_before"]) == (400, 1600)
    assert (row["week_count_before"], row["author_count_before"]) == (4, 400)
    assert row["difference_low"] > 0  # type: ignore[operator]
    assert row["q_value"] < 0.05  # type: ignore[operator]
    assert one(found, 4, "other")["direction"] == "down"


def test_the_same_move_on_few_comments_is_none_and_says_so() -> None:
    found = changes(*(share(n, 0.3, 19) for n in range(4)), share(4, 0.9, 19))
    assert one(found, 4)["reason"] == "too few comments or people in this week"
    assert not found["is_alert"].any()
    assert found.filter(head="sentiment")["q_value"].null_count() == 10


def test_few_comments_before_are_no_ground_for_an_alert() -> None:
    found = changes(share(0, 0.1, 10), share(1, 0.9, 400))
    assert one(found, 1)["reason"] == "too few comments or people in the weeks before"


def test_a_small_move_is_not_significant() -> None:
    found = changes(*(share(n, 0.3, 50) for n in range(4)), share(4, 0.36, 50))
    assert one(found, 4)["reason"] == "not significant"


def test_the_first_week_and_a_week_after_a_long_gap_have_nothing_to_be_compared_with() -> None:
    found = changes(share(0, 0.3), share(6, 0.9))
    assert [one(found, n)["reason"] for n in (0, 6)] == [
        "no weeks before it that could be compared"
    ] * 2
    assert one(found, 6)["p_value"] is None


def test_only_so_many_weeks_before_count_as_are_set() -> None:
    rows = [share(0, 0.9), share(1, 0.1), share(2, 0.3)]
    assert one(changes(*rows, trailing_weeks=1), 2)["share_before"] == pytest.approx(0.1)
    assert one(changes(*rows, trailing_weeks=2), 2)["share_before"] == pytest.approx(0.5)


def test_a_hidden_week_stays_hidden_and_is_left_out_of_the_weeks_before() -> None:
    found = changes(share(0, 0.3), share(1, None), share(2, 0.3))
    hidden = one(found, 1)
    assert (hidden["reason"], hidden["hidden_reason"]) == ("hidden", "fewer than 5 authors")
    told = {
        "share",
        "ci_low",
        "comment_count",
        "author_count",
        "difference",
        "p_value",
        "direction",
    }
    assert [hidden[name] for name in told] == [None] * len(told)
    assert one(found, 2)["week_count_before"] == 1


def test_many_cells_without_a_change_need_a_stronger_one() -> None:
    moved = [*(share(n, 0.3, 60) for n in range(4)), share(4, 0.6, 60)]
    others = [share(n, 0.3, 60, f"c{c}") for n in range(5) for c in range(40)]
    alone, among = (one(changes(*rows), 4)["q_value"] for rows in (moved, [*moved, *others]))
    assert alone < among  # type: ignore[operator]


def test_weeks_that_jump_about_make_a_jump_no_news() -> None:
    jumps = [share(n, (0.2, 0.5)[n % 2], 400) for n in range(9)]
    assert not changes(*jumps, share(9, 0.55, 400)).filter(week=week(9))["is_alert"].any()
    calm = [share(n, 0.35, 400) for n in range(9)]
    assert changes(*calm, share(9, 0.55, 400)).filter(week=week(9))["is_alert"].any()


def test_a_surge_of_comments_is_an_alert_once_its_week_is_over() -> None:
    calm = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    surge = share(4, 0.3, 200)
    row = one(changes(*calm, surge), 4, "comments")
    assert (row["reason"], row["is_alert"]) == ("the week may not be over", False)
    row = one(changes(*calm, surge, share(5, 0.3, 40)), 4, "comments")
    assert (row["is_alert"], row["direction"], row["head"]) == (True, "up", "volume")
    assert row["difference"] == pytest.approx(200 / 40.5 - 1)


def test_a_channel_that_falls_silent_is_an_alert_of_no_comments() -> None:
    calm = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    others = [share(n, 0.3, 40 + n % 3, "x") for n in range(6)]
    row = one(changes(*calm, *others), 4, "comments")
    assert (row["comment_count"], row["is_alert"], row["direction"]) == (0, True, "down")


COVERAGE = all_marts()["source_coverage"].table


def coverage(**received: date | None) -> dict[Table, pl.DataFrame]:
    """When comments of each channel were received last; none: posts alone were."""
    told = {"source": "table_file", "last_seen_day": MONDAY + timedelta(weeks=50)}
    rows = [
        dict.fromkeys(COVERAGE.column_names)
        | told
        | {"channel": channel, "last_comment_seen_day": day}
        for channel, day in received.items()
    ]
    return {COVERAGE: pl.DataFrame(rows, schema=COVERAGE.schema())}


def with_coverage(rows: list[list[Row]], **received: date | None) -> pl.DataFrame:
    table = CHANNEL_SENTIMENT_WEEKLY
    flat = pl.DataFrame([row for part in rows for row in part], schema=table.schema())
    return MART.build({table: flat} | coverage(**received), MartRules())


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        pytest.param(3 * 7 + 6, "the comments of this week may not be here yet", id="before it"),
        pytest.param(
            4 * 7 + 6, "the comments of this week may not be here yet", id="on its Sunday"
        ),
        pytest.param(5 * 7, None, id="on the Monday after"),
    ],
)
def test_silence_counts_once_comments_of_the_channel_were_received_after_the_week(
    received: int, reason: str | None
) -> None:
    calm = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    others = [share(n, 0.3, 40 + n % 3, "x") for n in range(6)]
    found = with_coverage([*calm, *others], blog=MONDAY + timedelta(days=received), x=None)
    row = one(found, 4, "comments")
    assert (row["reason"], row["is_alert"]) == (reason, reason is None)
    assert row["comment_count"] == (None if reason else 0)
    assert one(found, 4, "comments", "x")["reason"] == "not significant"


def test_a_week_of_which_a_part_was_delivered_is_no_fall() -> None:
    calm = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    others = [share(n, 0.3, 40 + n % 3, "x") for n in range(6)]
    wednesday = MONDAY + timedelta(days=4 * 7 + 2)
    row = one(with_coverage([*calm, share(4, 0.3, 5), *others], blog=wednesday), 4, "comments")
    assert (row["comment_count"], row["is_alert"]) == (5, False)
    assert row["reason"] == NOT_DELIVERED


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_an_export_that_has_not_come_is_no_silence(
    given: Callable[..., None], mart: Callable[[str], list[Row]], late: bool
) -> None:
    """The intranet's comments of four weeks, and six weeks of the blog, which goes on."""
    comments = [
        comment_row(
            f"{channel}{number}-{place}",
            channel=channel,
            created_at_utc=NOON + timedelta(weeks=number),
            last_seen_at_utc=NOON + timedelta(weeks=3 if late and channel == "intranet" else 6),
        )
        for channel, weeks in (("intranet", 4), ("blog", 6))
        for number in range(weeks)
        for place in range(40 + number % 2)
    ]
    given(
        comments=comments, labels=[(row["comment_id"], "sentiment", "negative") for row in comments]
    )
    names = ("channel_sentiment_weekly", "sentiment_weekly", "source_coverage")
    tables = [all_marts()[name].table for name in names]
    found = MART.build(
        {table: pl.DataFrame(mart(table.name), schema=table.schema()) for table in tables},
        MartRules(),
    ).filter(head="volume", week_start=(NOON + timedelta(weeks=4)).date())
    alerts = set(found.filter("is_alert").select("scope", "item").rows())
    assert alerts == (set() if late else {("channel", "intranet"), ("overall", "(all)")})
    if late:
        untold = found.filter(reason=NOT_DELIVERED)
        assert set(untold["item"]) == {"intranet", "(all)"}


def test_the_interval_of_a_volume_holds_no_change_where_the_test_sees_none() -> None:
    weeks = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    many, usual = (one(changes(*weeks, share(4, 0.3, n), share(5, 0.3)), 4, "comments")
                   for n in (200, 41))  # fmt: skip
    assert 0 < many["difference_low"] < many["difference"] < many["difference_high"]  # type: ignore[operator]
    assert usual["difference_low"] < 0 < usual["difference_high"]  # type: ignore[operator]
    silent = one(changes(*weeks, *(share(n, 0.3, 40, "x") for n in range(6))), 4, "comments")
    assert silent["difference_low"] == silent["difference"] == -1
    assert -1 < silent["difference_high"] < 0  # type: ignore[operator]


def test_a_volume_that_falls_to_next_to_nothing_is_an_alert() -> None:
    weeks = [share(n, 0.3, 40 + n % 2) for n in range(4)]
    row = one(changes(*weeks, share(4, 0.3, 5), share(5, 0.3, 40)), 4, "comments")
    assert (row["is_alert"], row["direction"]) == (True, "down")


def test_a_hidden_week_is_not_taken_for_silence() -> None:
    rows = [*(share(n, 0.3, 40) for n in range(4)), share(4, None), share(5, 0.3, 40)]
    row = one(changes(*rows), 4, "comments")
    assert (row["comment_count"], row["reason"]) == (None, "hidden")


def test_a_new_level_is_marked_where_it_begins() -> None:
    rows = [share(n, 0.3 if n < 6 else 0.6, 200) for n in range(12)]
    points = changes(*rows).filter("is_change_point")
    assert set(points["week"]) == {week(6)}


def test_posts_are_compared_by_their_days() -> None:
    facts = facts_of(
        (f"a{n}", "p1", "blog", MONDAY + timedelta(days=n % 14), []) for n in range(140)
    )
    marts = marts_of(facts)
    found = MART.build({POST_SENTIMENT_DAILY: marts[POST_SENTIMENT_DAILY]}, MartRules())
    second = found.filter(scope="post", week=week(1), label="negative").row(0, named=True)
    assert (second["item"], second["comment_count"], second["author_count"]) == ("p1", 70, 10)
    assert second["comment_count_before"] == 70
    assert found.filter(head="volume").is_empty()


def test_overall_channels_and_topics_take_part_by_themselves() -> None:
    facts = facts_of(
        (f"a{n}", f"p{n % 2}", "blog", MONDAY + timedelta(days=n % 21), ["cloud"])
        for n in range(200)
    )
    marts = marts_of(facts)
    found = MART.build(hide_small_cells(marts, facts, 5), MartRules())
    assert set(found["scope"]) == {"overall", "channel", "topic", "post"}
    assert set(found.filter(scope="channel")["head"]) == {"sentiment", "stance", "volume"}
    assert found.filter(scope="overall")["item"].unique().to_list() == ["(all)"]


def test_tables_by_month_or_by_two_things_take_no_part() -> None:
    pairs = share_table("pairs", "channel", "topic", "week")
    months = share_table("months", "month")
    assert MART.build({pairs: pairs.empty(), months: months.empty()}, MartRules()).is_empty()


def test_nothing_published_gives_nothing() -> None:
    assert MART.build({}, MartRules()).equals(TABLE.empty())
    assert MART.build({SENTIMENT_WEEKLY: SENTIMENT_WEEKLY.empty()}, MartRules()).is_empty()
    assert MART.build({POST_SENTIMENT_DAILY: POST_SENTIMENT_DAILY.empty()}, MartRules()).is_empty()
