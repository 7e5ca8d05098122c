from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from flows.publishing.shares import company, estimator, held_out_sets
from flows.settings import load_settings
from models.encoder import checkpoint_version
from models.held_out import FILE_NAME, HeldOut, read_held_out
from tests.builders import NOON, Row, comment_row, post_row
from tests.conftest import NOTHING_HELD_OUT
from transforms.estimates.shift import shift_of

Mart = Callable[..., list[Row]]
SHIPPED = Path(__file__).parents[3] / "models" / "checkpoint"


def commented(count: int, **fields: object) -> list[Row]:
    return [comment_row(f"c{place}", **fields) for place in range(count)]


def read_as(label: str, count: int) -> list[tuple[object, ...]]:
    """The model finds all comments to be `label`, and says how sure it is of the others."""
    other = "positive" if label == "negative" else "negative"
    return [
        row
        for place in range(count)
        for row in ((f"c{place}", "sentiment", label, 0.8), (f"c{place}", "sentiment", other, 0.2))
    ]


def found(label: str, places: range, **fields: object) -> list[tuple[object, ...]]:
    """People found these comments to be `label`."""
    return [
        (f"c{place}", "sentiment", name, name == label, fields)
        for place in places
        for name in ("negative", "positive")
    ]


def of(rows: list[Row], label: str) -> Row:
    (row,) = [row for row in rows if row["label"] == label]
    return row


def test_what_people_found_corrects_what_the_model_chose(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=commented(60),
        labels=read_as("negative", 60),
        reviews=[*found("positive", range(15)), *found("negative", range(15, 30))],
    )
    row = of(mart("sentiment_weekly"), "negative")
    assert (row["share_raw"], row["audit_count"], row["method"]) == (1.0, 30, "ppi (own)")
    assert row["share"] == pytest.approx(0.5, abs=0.01)
    assert float(str(row["ci_low"])) < 0.5 < float(str(row["ci_high"])) < 0.75


TRUTH = {"negative": 22, "neutral": 54, "positive": 24}
"""What 100 comments are; a model that knows no `neutral` finds half of these negative."""


def two_classes(first: int) -> list[tuple[object, ...]]:
    """What it says of 100 comments, the first of which is `c<first>`."""
    is_negative = [True] * 22 + [True, False] * 27 + [False] * 24
    return [
        (f"c{first + place}", "sentiment", label, 0.8 if label == said else 0.2)
        for place, negative in enumerate(is_negative)
        for said in (("negative" if negative else "positive"),)
        for label in ("negative", "positive")
    ]


def half_by_people() -> list[tuple[object, ...]]:
    """What people found of every other two of the 100 comments."""
    truth = [label for label, count in TRUTH.items() for _ in range(count)]
    return [
        (f"c{place}", "sentiment", label, label == truth[place])
        for place in range(100)
        if place % 4 < 2
        for label in ("negative", "neutral", "positive")
    ]


def two_class_set() -> HeldOut:
    """Held-out texts of such a model: nobody knows how it errs on neutral ones."""
    said = np.array([[0.8, 0.2], [0.2, 0.8]] * 50)
    return HeldOut(("negative", "positive"), said, (said > 0.5) * 1.0, np.array(["home"] * 100))


def test_people_may_find_what_the_model_can_not_say(given: Callable[..., None], mart: Mart) -> None:
    given(comments=commented(100), labels=two_classes(0), reviews=half_by_people())
    rows = {row["label"]: row for row in mart("sentiment_weekly")}
    assert {row["method"] for row in rows.values()} == {"ppi (own)"}
    assert {row["audit_count"] for row in rows.values()} == {50}
    assert {label: row["share_raw"] for label, row in rows.items()} == {
        "negative": 0.49, "neutral": 0, "positive": 0.51
    }  # fmt: skip
    for label, count in TRUTH.items():
        assert rows[label]["share"] == pytest.approx(count / 100, abs=0.02)
        assert float(str(rows[label]["ci_low"])) < count / 100 < float(str(rows[label]["ci_high"]))


def test_a_held_out_set_without_what_people_found_corrects_nothing(
    given: Callable[..., None], mart: Mart
) -> None:
    late = NOON + timedelta(weeks=2)
    comments = commented(200)
    comments[100:] = [row | {"created_at_utc": late} for row in comments[100:]]
    labels = [*two_classes(0), *two_classes(100)]
    given(comments=comments, labels=labels)
    known = replace(NOTHING_HELD_OUT, held={"sentiment": two_class_set()}, shift=0.1)
    assert {row["method"] for row in mart("sentiment_weekly", known)} == {"emq"}
    given(reviews=half_by_people())
    rows = mart("sentiment_weekly", known)
    assert {(row["week"], row["method"]) for row in rows} == {
        ("2025-W45", "ppi (own)"),
        ("2025-W47", "raw"),
    }
    assert of(rows[3:], "neutral")["share_raw"] == 0


def test_what_people_found_of_another_question_or_unread_comments_adds_no_label(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=commented(10),
        labels=read_as("negative", 9),
        reviews=[
            ("c0", "stance", "neutral", True),
            ("c1", "sentiment", "neutral", False),
            ("c2", "sentiment", "neutral", True, {"purpose": "training", "drawn_share": None}),
            ("c9", "sentiment", "neutral", True),
        ],
    )
    assert {row["label"] for row in mart("sentiment_weekly")} == {"negative", "positive"}


def test_rows_that_were_picked_for_training_never_feed_a_share(
    given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=commented(60),
        labels=read_as("negative", 60),
        reviews=found("positive", range(60), purpose="training", drawn_share=None),
    )
    row = of(mart("sentiment_weekly"), "negative")
    assert (row["share"], row["audit_count"], row["method"]) == (1.0, 0, "raw")


def test_an_author_has_one_voice_however_much_he_writes(
    given: Callable[..., None], mart: Mart
) -> None:
    loud = [comment_row(f"c{place}", author_key="loud") for place in range(9)]
    given(
        comments=[*loud, comment_row("c9")],
        labels=[
            *[(f"c{place}", "sentiment", "negative") for place in range(9)],
            ("c9", "sentiment", "positive"),
        ],
    )
    row = of(mart("sentiment_weekly"), "negative")
    assert (row["share_raw"], row["share"]) == (0.9, pytest.approx(0.5))
    assert (row["comment_count"], row["author_count"]) == (10, 2)


def test_audits_of_other_weeks_on_the_channel_are_borrowed_where_errors_are_known(
    given: Callable[..., None], mart: Mart
) -> None:
    late = NOON + timedelta(weeks=2)
    comments = commented(60)
    comments[40:] = [row | {"created_at_utc": late} for row in comments[40:]]
    given(
        comments=comments,
        labels=[(*row[:1], "sentiment", *row[2:]) for row in three_ways(60)],
        reviews=found("positive", range(30)),
    )
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    known = replace(NOTHING_HELD_OUT, held=sets, shift=0.3)
    rows = mart("channel_sentiment_weekly", known)
    assert {row["week"]: row["method"] for row in rows} == {
        "2025-W45": "ppi (own)",
        "2025-W47": "ppi (channel, 8 weeks)",
    }
    assert float(str(of(rows[3:], "positive")["share"])) > 0.6


def test_a_month_of_which_one_week_was_asked_about_is_not_taken_for_that_week(
    given: Callable[..., None], mart: Mart
) -> None:
    comments = commented(200)
    comments[60:] = [row | {"created_at_utc": NOON + timedelta(weeks=1)} for row in comments[60:]]
    # What was 60 % negative in the week that people read was never so again.
    given(
        comments=comments,
        labels=[*read_as("negative", 36), *read_as("positive", 200)[72:]],
        reviews=[*found("negative", range(18)), *found("positive", range(36, 48))],
    )
    (week, *_) = [row for row in mart("sentiment_weekly") if row["label"] == "negative"]
    assert (week["method"], week["audit_count"]) == ("ppi (own)", 30)
    row = of(mart("sentiment_monthly"), "negative")
    assert (row["method"], row["audit_count"]) == ("raw", 0)
    assert row["share"] == pytest.approx(0.18)


def read_like(sets: dict[str, HeldOut], domain: str, count: int) -> list[tuple[object, ...]]:
    """The model says of comments what it said of the first held-out texts of a domain."""
    return [
        (f"c{place}", head, label, float(chance))
        for head, held in sets.items()
        for place, row in enumerate(held.of(domain).probabilities[:count])
        for label, chance in zip(held.labels, row, strict=True)
    ]


@pytest.mark.parametrize(
    ("domain", "method"),
    [
        ("home", "emq (IT)"),
        ("alone", "emq (IT)"),
        ("tweets/annotated", "emq (tweets)"),
        ("mentions", "emq (mentions)"),
    ],
)
def test_comments_are_corrected_by_texts_of_the_kind_that_they_are_like(
    con: duckdb.DuckDBPyConnection,
    given: Callable[..., None],
    mart: Mart,
    domain: str,
    method: str,
) -> None:
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    given(comments=commented(200), labels=read_like(sets, domain, 200))
    known = replace(NOTHING_HELD_OUT, held=sets, company=company(con, sets))
    assert {row["method"] for row in mart("sentiment_weekly", known)} == {method}
    stances = {row["method"] for row in mart("stance_weekly", known)}
    # Nobody knows the stance of tweets and mentions: comments on IT are the next best.
    assert stances == ({"emq (IT)"} if domain in ("home", "alone") else {"emq (unlike)"})


def test_channels_are_compared_each_by_itself(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], mart: Mart
) -> None:
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    tweets = [(f"t{comment}", *rest) for comment, *rest in read_like(sets, "tweets/sb10k", 150)]
    given(
        comments=[
            *commented(150),
            *(comment_row(f"tc{place}", channel="x:we") for place in range(150)),
        ],
        labels=[*read_like(sets, "home", 150), *tweets],
    )
    known = replace(NOTHING_HELD_OUT, held=sets, company=company(con, sets))
    rows = mart("channel_sentiment_weekly", known)
    methods = {row["channel"]: row["method"] for row in rows}
    assert methods.pop("x:we") == "emq (tweets)"
    assert set(methods.values()) == {"emq (IT)"}
    assert {row["method"] for row in mart("sentiment_weekly", known)} == {"emq (mixed)"}


def test_few_comments_do_not_tell_what_they_are_like(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    given(comments=commented(49), labels=read_like(sets, "home", 49))
    assert company(con, sets) is None


def test_a_head_that_has_not_answered_leaves_no_sign_of_the_kind(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    assert company(con, sets) is None
    given(comments=commented(3), labels=read_as("negative", 3))
    assert company(con, sets) is None


def three_ways(count: int) -> list[tuple[object, ...]]:
    return [
        (f"c{place}", "", label, chance)
        for place in range(count)
        for label, chance in (("negative", 0.6), ("neutral", 0.3), ("positive", 0.1))
    ]


def test_a_thread_of_which_not_all_was_read_is_not_whole(
    given: Callable[..., None], mart: Mart
) -> None:
    labels = [(*row[:1], "sentiment", *row[2:]) for row in three_ways(3)]
    given(posts=[post_row(reported_comment_count=4)], comments=commented(4), labels=labels)
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    rows = mart("post_sentiment", replace(NOTHING_HELD_OUT, held=sets))
    assert {(row["comment_count"], row["method"]) for row in rows} == {(3, "emq")}


@pytest.mark.parametrize(
    ("reported", "is_whole"),
    [
        pytest.param(4, True, id="as many as the platform says"),
        pytest.param(5, False, id="one has not arrived"),
        pytest.param(None, False, id="the platform does not say"),
    ],
)
def test_a_thread_is_whole_if_all_that_the_platform_counts_has_arrived(
    given: Callable[..., None], mart: Mart, reported: int | None, is_whole: bool
) -> None:
    given(
        posts=[post_row(reported_comment_count=reported)],
        comments=commented(4),
        labels=[(*row[:1], "sentiment", *row[2:]) for row in three_ways(4)],
    )
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    rows = mart("post_sentiment", replace(NOTHING_HELD_OUT, held=sets))
    assert {row["method"] for row in rows} == {"emq, whole thread" if is_whole else "emq"}


@pytest.mark.parametrize(
    ("platform", "others"),
    [
        pytest.param("blog", {"status": "spam"}, id="spam beside five"),
        pytest.param("blog", {"status": "pending"}, id="pending beside five"),
        *(
            pytest.param(name, {"parent_id": "c0"}, id=f"answers to answers on {name}")
            for name in ("x", "mastodon", "bluesky")
        ),
    ],
)
@pytest.mark.parametrize("reported", [10, 6])
def test_what_a_platform_does_not_count_makes_no_thread_whole(
    given: Callable[..., None], mart: Mart, platform: str, others: Row, reported: int
) -> None:
    given(
        posts=[post_row(platform=platform, reported_comment_count=reported)],
        comments=[
            *(comment_row(f"c{place}", platform=platform) for place in range(5)),
            *(comment_row(f"n{place}", platform=platform, **others) for place in range(6)),
        ],
        labels=[(*row[:1], "sentiment", *row[2:]) for row in three_ways(5)],
    )
    (coverage,) = mart("post_coverage")
    assert (coverage["loaded_comment_count"], coverage["is_whole"]) == (5, False)
    assert methods_of(mart, "post_sentiment") == {"emq"}


@pytest.mark.parametrize("platform", ["x", "mastodon", "bluesky"])
def test_a_platform_that_counts_direct_answers_does_not_say_that_all_have_arrived(
    given: Callable[..., None], mart: Mart, platform: str
) -> None:
    given(
        posts=[post_row(platform=platform, reported_comment_count=4)],
        comments=commented(4, platform=platform),
        labels=[(*row[:1], "sentiment", *row[2:]) for row in three_ways(4)],
    )
    assert mart("post_coverage")[0]["is_whole"]
    assert methods_of(mart, "post_sentiment") == {"emq"}


def test_only_a_cell_of_one_post_is_a_whole_thread(given: Callable[..., None], mart: Mart) -> None:
    # Of the other post of the channel, no comment of that week has arrived.
    given(
        posts=[post_row(reported_comment_count=4), post_row("p2", reported_comment_count=9)],
        comments=commented(4),
        labels=[(*row[:1], "sentiment", *row[2:]) for row in three_ways(4)],
    )
    assert methods_of(mart, "post_sentiment") == {"emq, whole thread"}
    assert methods_of(mart, "channel_sentiment_weekly") == {"emq"}
    # With its days, `method` would say of a post whose row is hidden that it is whole, or is not.
    assert methods_of(mart, "post_sentiment_daily") == {"emq"}


def methods_of(mart: Mart, name: str) -> set[object]:
    """What a mart says of how its shares were made, by the shipped checkpoint's held-out set."""
    sets = read_held_out(SHIPPED / FILE_NAME, checkpoint_version(SHIPPED))
    return {row["method"] for row in mart(name, replace(NOTHING_HELD_OUT, held=sets))}


def test_a_label_that_may_apply_is_corrected_by_itself(
    given: Callable[..., None], mart: Mart
) -> None:
    topics = ("cloud", "cost")
    given(
        comments=commented(40),
        labels=[(f"c{place}", "topic", topic, 0.1) for place in range(40) for topic in topics],
        reviews=[
            (f"c{place}", "topic", topic, topic == "cost" and place < 15)
            for place in range(30)
            for topic in topics
        ],
    )
    rows = {row["label"]: row for row in mart("topic_share_monthly")}
    assert rows["cost"]["share_raw"] == 0
    assert rows["cost"]["share"] == pytest.approx(0.5, abs=0.02)
    assert rows["(none)"]["share"] == pytest.approx(0.5, abs=0.02)
    assert float(str(rows["cloud"]["ci_high"])) < 0.2


def test_an_audit_of_a_wording_that_has_changed_does_not_count(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None], mart: Mart
) -> None:
    given(
        comments=commented(60),
        labels=read_as("negative", 60),
        reviews=found("positive", range(30)),
    )
    con.execute("UPDATE classified.review SET input_hash = 'as it was'")
    assert of(mart("sentiment_weekly"), "negative")["method"] == "raw"


def test_the_held_out_set_of_the_model_that_answers_is_used(
    con: duckdb.DuckDBPyConnection, workplace: Path
) -> None:
    version = checkpoint_version(SHIPPED)
    con.execute(
        "INSERT INTO ops.current_model "
        "VALUES ('sentiment', ?), ('stance', 'other@1'), ('topic', ?)",
        [version, f"taxonomy@1/{version}"],
    )
    sets = held_out_sets(con, load_settings())
    assert set(sets) == {"sentiment", "topic"}
    assert "cloud" in sets["topic"].labels
    known = estimator(con, load_settings())
    assert known.shift == pytest.approx(shift_of(sets["sentiment"]))
    assert 0.2 < known.shift < 0.6


def test_a_checkpoint_that_is_gone_leaves_shares_uncorrected(
    con: duckdb.DuckDBPyConnection, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", "models/no_such_folder")
    con.execute("INSERT INTO ops.current_model VALUES ('sentiment', 'm@1')")
    assert held_out_sets(con, load_settings()) == {}
