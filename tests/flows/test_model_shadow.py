from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.access import access
from flows.classify import Answer, Answerer, classify, encoder_answerer
from flows.model_shadow import shadow
from flows.publish import publish
from flows.settings import Settings
from models.errors import GiveUp
from tests.candidate_checkpoint import NAME, pushed_checkpoint
from tests.model_bench import MONDAY, Bench

WEEK = ("good", "good", "bad", "meh", "meh", "meh")


def rows(bench: Bench, name: str) -> list[dict[str, object]]:
    """A table of the latest report."""
    return pl.read_csv(bench.report(f"{name}.csv").encode(), infer_schema=False).to_dicts()


def test_labels_of_a_trial_are_stored_and_nothing_that_counts_changes(
    bench: Bench, quick_publish: None
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    publish(as_of=MONDAY)
    counting = bench.query("FROM classified.current_label ORDER BY ALL")
    report = shadow(str(bench.grumpy), as_of=MONDAY)
    assert report.rows_out == 6
    stored = "SELECT count(DISTINCT comment_id) FROM classified.label WHERE model_version = '{}'"
    assert bench.query(stored.format(bench.version(bench.grumpy))) == [(6,)]
    assert bench.query("FROM classified.current_label ORDER BY ALL") == counting
    assert str(publish(as_of=MONDAY)) == "publish: nothing new since the last publish"


def test_the_report_tells_which_answers_differ_and_quotes_nobody(bench: Bench) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    report = shadow(str(bench.grumpy), as_of=MONDAY)
    assert "sentiment: 3 of 6 answers differ (50.0 %)" in report.details
    assert rows(bench, "flips") == [
        {
            "head": "sentiment",
            "label_before": "neutral",
            "label_after": "negative",
            "is_told": "true",
            "comment_count": "3",
        }
    ]
    whole = {
        (row["label"]): (row["share_before"], row["share_after"])
        for row in rows(bench, "shares")
        if row["channel"] == "(all)"
    }
    assert {label: tuple(map(float, pair)) for label, pair in whole.items()} == {  # type: ignore[arg-type]
        "negative": pytest.approx((1 / 6, 4 / 6)),
        "neutral": pytest.approx((3 / 6, 0)),
        "positive": pytest.approx((2 / 6, 2 / 6)),
    }
    assert {row["text"] for row in rows(bench, "examples")} == {"meh"}
    assert "meh" not in bench.report()
    assert f"`resonanz model promote {bench.version(bench.grumpy)}`" in bench.report()


def test_changes_to_few_people_are_counted_but_not_told_apart_or_quoted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "4")
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    shadow(str(bench.grumpy), as_of=MONDAY)
    (flip,) = rows(bench, "flips")
    assert (flip["label_before"], flip["label_after"], flip["comment_count"]) == (None, None, "3")
    assert rows(bench, "examples") == []


def test_only_the_weeks_asked_for_and_judged_comments_are_read(bench: Bench) -> None:
    bench.given(*WEEK)
    old = bench.given("meh", "good", weeks_ago=30, prefix="old")
    classify(as_of=MONDAY)
    bench.reviewed({old[0]: "negative"})
    shadow(str(bench.grumpy), weeks=4, as_of=MONDAY)
    read = bench.query(
        "SELECT DISTINCT comment_id FROM classified.label "
        f"WHERE model_version = '{bench.version(bench.grumpy)}' AND comment_id LIKE 'old%'"
    )
    assert read == [("old0",)]


def test_both_are_measured_on_the_same_judged_comments_with_a_test(bench: Bench) -> None:
    ids = bench.given(*["meh"] * 12, *["good"] * 6)
    classify(as_of=MONDAY)
    bench.reviewed({c: "negative" if place < 12 else "positive" for place, c in enumerate(ids)})
    shadow(str(bench.grumpy), as_of=MONDAY)
    (found,) = rows(bench, "quality")
    assert (found["comment_count"], found["only_before_count"], found["only_after_count"]) == (
        "18",
        "0",
        "12",
    )
    assert float(str(found["accuracy_before"])) == pytest.approx(6 / 18)
    assert float(str(found["accuracy_after"])) == 1.0
    assert float(str(found["difference_low"])) > 0.4
    assert float(str(found["p_value"])) == pytest.approx(2 / 2**12)


def test_a_candidate_that_is_worse_is_told_first(bench: Bench) -> None:
    ids = bench.given(*["meh"] * 12)
    classify(as_of=MONDAY)
    bench.reviewed(dict.fromkeys(ids, "neutral"))
    report = shadow(str(bench.grumpy), as_of=MONDAY)
    assert "The candidate is worse on `sentiment`, beyond chance." in report.details


def test_a_trial_that_was_broken_off_goes_on_where_it_ended(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__BATCH", "2")
    bench.given(*(f"good {n}" for n in range(6)))
    classify(as_of=MONDAY)
    asked: list[str] = []
    monkeypatch.setattr("flows.classify.encoder_answerer", failing_at(4, asked))
    with pytest.raises(RuntimeError, match="power cut"):
        shadow(str(bench.grumpy), as_of=MONDAY)
    monkeypatch.setattr("flows.classify.encoder_answerer", failing_at(99, asked))
    shadow(str(bench.grumpy), as_of=MONDAY)
    assert sorted(asked) == [f"good {n}" for n in range(6)]


def failing_at(count: int, asked: list[str]) -> object:
    """`encoder_answerer`, noting in `asked` what it read; it breaks once `count` texts were."""

    def answerer(settings: Settings) -> Answerer:
        real = encoder_answerer(settings)

        def load() -> Answer:
            answer = real.load()

            def noting(inputs: pl.DataFrame) -> object:
                if len(asked) >= count:
                    raise RuntimeError("power cut")
                asked.extend(inputs["text"].to_list())
                return answer(inputs)

            return noting  # type: ignore[return-value]

        return Answerer(real.version, load)

    return answerer


def test_a_candidate_without_a_held_out_set_is_told_only_where_shares_lose_by_it(
    bench: Bench,
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    report = shadow(str(bench.grumpy), as_of=MONDAY)
    assert not any("held-out" in line for line in report.details)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id2label": {"0": "positive", "1": "negative"}}, "labels"),
        ({"id2label": {"0": "positive", "1": "negative", "2": "negative"}}, "expected `negative`"),
        ({"id2label": {}}, "has no `id2label`"),
        ({"id2label": {"0": "good", "1": "bad", "2": "meh"}}, "labels without a place"),
    ],
    ids=["fewer than it gives", "a label is missing", "none", "of its own"],
)
def test_a_candidate_that_breaks_the_contract_is_refused_before_it_labels_anything(
    bench: Bench, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    broken = bench.checkpoint(tmp_path / "broken", **changes)
    with pytest.raises(GiveUp, match=said):
        shadow(str(broken), as_of=MONDAY)
    versions = bench.query(
        "SELECT DISTINCT model_version FROM classified.label WHERE head <> 'language'"
    )
    assert versions == [(bench.version(bench.calm),)]


def test_a_candidate_that_leaves_a_question_open_is_refused(bench: Bench) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    with duckdb.connect(bench.data / "warehouse.duckdb") as connection:
        connection.execute("INSERT INTO ops.current_model VALUES ('stance', 'calm@1')")
    with pytest.raises(GiveUp, match="does not answer `stance`, which is asked now"):
        shadow(str(bench.grumpy), as_of=MONDAY)


def test_what_answers_already_and_what_has_nothing_to_read_is_told(bench: Bench) -> None:
    with pytest.raises(GiveUp, match="run `resonanz classify` first"):
        shadow(str(bench.grumpy), as_of=MONDAY)
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    with pytest.raises(GiveUp, match="answers already"):
        shadow(str(bench.calm), as_of=MONDAY)
    with pytest.raises(GiveUp, match="the newest is of 2025-11-03"):
        shadow(str(bench.grumpy), as_of=datetime(2026, 11, 10, tzinfo=UTC))


def test_access_shows_the_labels_of_a_trial(bench: Bench) -> None:
    bench.put([])
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    shadow(str(bench.grumpy), as_of=MONDAY)
    assert bench.version(bench.grumpy) in access(author=None, platform=None, link="c0")


@pytest.mark.slow
def test_the_shipped_checkpoint_and_a_pushed_one_differ_by_the_push_alone(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", "models/checkpoint")
    bench.given(*(f"Ticket {n}: die Umstellung läuft so mittel." for n in range(8)))
    classify(as_of=MONDAY)
    report = shadow(str(pushed_checkpoint(tmp_path / "pushed", (9.0, 0.0, 0.0))), as_of=MONDAY)
    assert report.note.startswith(f"{NAME}@")
    flipped = {row["head"] for row in rows(bench, "flips")}
    assert flipped == {"sentiment"}
    shares = [row for row in rows(bench, "shares") if row["head"] == "sentiment"]
    # Its own held-out set knows of the push: the shares stay corrected.
    assert {str(row["method_after"])[:3] for row in shares} == {"emq"}
