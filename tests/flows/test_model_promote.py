import json
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from flows.classify import classify
from flows.cli import cli
from flows.model_list import known_models
from flows.model_promote import promote
from flows.model_shadow import shadow
from flows.publish import publish
from flows.running.turns import turn
from flows.settings import load_settings
from models.encoder import checkpoint_version
from models.errors import GiveUp, TryAgain
from models.held_out import FILE_NAME
from tests.candidate_checkpoint import SHIPPED, pushed_checkpoint
from tests.model_bench import MONDAY, Bench

WEEK = ("good", "good", "bad", "meh", "meh", "meh")
CURRENT = "SELECT DISTINCT model_version FROM classified.current_label WHERE head = 'sentiment'"
SENTIMENTS = "SELECT sentiment, count(*) FROM classified.audience GROUP BY 1 ORDER BY 1"


def sentiment(bench: Bench) -> dict[object, object]:
    return dict(bench.query(SENTIMENTS))  # type: ignore[arg-type]


def test_promoting_switches_and_going_back_labels_nothing_again(bench: Bench) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    calm, grumpy = bench.version(bench.calm), bench.version(bench.grumpy)
    report = promote(str(bench.grumpy), as_of=MONDAY)
    assert report.note == f"{grumpy} answers instead of {calm}; 6 comments were labelled for it"
    assert bench.query(CURRENT) == [(grumpy,)]
    assert sentiment(bench) == {"negative": 4, "positive": 2}
    count = bench.query("SELECT count(*) FROM classified.label")
    back = promote(calm, as_of=MONDAY + timedelta(days=1))
    assert back.rows_out == 0
    assert sentiment(bench) == {"negative": 1, "neutral": 3, "positive": 2}
    assert bench.query("SELECT count(*) FROM classified.label") == count


def test_what_comes_in_afterwards_is_read_by_the_promoted_one_even_if_its_folder_is_gone(
    bench: Bench,
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    promote(str(bench.grumpy), as_of=MONDAY)
    shutil.rmtree(bench.grumpy)
    bench.given("meh", prefix="late")
    assert classify(as_of=MONDAY).rows_out == 1
    assert sentiment(bench) == {"negative": 5, "positive": 2}
    # The one before can come back, too, whatever became of its folder.
    calm = bench.version(bench.calm)
    (bench.calm / "config.json").write_text("{}")
    promote(calm, as_of=MONDAY)
    assert sentiment(bench) == {"negative": 1, "neutral": 4, "positive": 2}


def test_a_second_promotion_of_the_same_does_nothing(bench: Bench) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    promote(str(bench.grumpy), as_of=MONDAY)
    assert "answers already" in promote(str(bench.grumpy), as_of=MONDAY).note
    assert known_models().count("instead of") == 1


@pytest.mark.slow
def test_the_correction_log_names_both_versions(bench: Bench, quick_publish: None) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    publish(as_of=MONDAY)
    shadow(str(bench.grumpy), as_of=MONDAY)
    promote(bench.version(bench.grumpy), as_of=MONDAY)
    publish(as_of=MONDAY + timedelta(days=1))
    reason = f"model: `{bench.version(bench.calm)}` -> `{bench.version(bench.grumpy)}`"
    moved = bench_log(bench)
    assert moved["sentiment_weekly", "2025-W45"] == reason
    assert set(moved.values()) == {reason}


def bench_log(bench: Bench) -> dict[tuple[str, str], str]:
    """Table and period -> reason, of the published log."""
    log = pl.read_csv(bench.data / "published" / "latest" / "correction_log.csv")
    return {(row["table_name"], row["period"]): row["reason"] for row in log.to_dicts()}


def test_settings_that_are_edited_afterwards_decide_anew(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    promote(str(bench.grumpy), as_of=MONDAY)
    assert "stands over" in known_models()
    third = bench.checkpoint(tmp_path / "third", {"meh": 0})
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(third))
    assert "settings were edited after the last promotion" in known_models()
    classify(as_of=MONDAY)
    assert bench.query(CURRENT) == [(bench.version(third),)]


def test_until_every_comment_is_labelled_the_one_before_answers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    with (
        turn("classify", load_settings().paths.runs, 0),
        pytest.raises(TryAgain, match="another run of `classify`"),
    ):
        promote(str(bench.grumpy), as_of=MONDAY)
    assert bench.query(CURRENT) == [(bench.version(bench.calm),)]
    assert load_settings().classify.checkpoint == str(bench.calm)
    # What was labelled is kept: the next try only switches.
    assert promote(str(bench.grumpy), as_of=MONDAY).rows_out == 0


def test_a_version_that_is_nowhere_is_refused(bench: Bench) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    with pytest.raises(GiveUp, match="No checkpoint `grumpy@0123456789ab` is kept"):
        promote("grumpy@0123456789ab", as_of=MONDAY)


def test_a_mapping_of_labels_goes_with_a_checkpoint_and_comes_back_with_its_version(
    bench: Bench, tmp_path: Path
) -> None:
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    stars = {"0": "5 stars", "1": "1 star", "2": "3 stars"}
    mapped = bench.checkpoint(tmp_path / "stars", {"meh": 1, "good": 0, "bad": 1}, id2label=stars)
    labels = {"5 stars": "positive", "1 star": "negative", "3 stars": "neutral"}
    report = promote(str(mapped), labels=labels, as_of=MONDAY)
    version = report.note.split()[0]
    assert version.startswith("stars@")
    assert "+" in version
    promote(bench.version(bench.calm), as_of=MONDAY)
    promote(version, as_of=MONDAY)
    assert sentiment(bench) == {"negative": 4, "positive": 2}


@pytest.fixture
def topics(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with the user's topics, for a model that knows them: the shipped one."""
    file = tmp_path / "topics.toml"
    file.write_text('[grid]\nof = []\nwords = ["netz*"]\n', encoding="utf-8")
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(file))
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(SHIPPED))
    return file


TOPICS = (
    "SELECT comment_id, label FROM classified.current_label "
    "WHERE head = 'topic' AND is_chosen ORDER BY ALL"
)


@pytest.mark.slow  # publishes more than once
def test_topics_are_tried_and_promoted_without_asking_the_model_again(
    bench: Bench, topics: Path, tmp_path: Path, quick_publish: None
) -> None:
    bench.given("Das Netz ist langsam", "Der Preis ist hoch")
    classify(as_of=MONDAY)
    publish(as_of=MONDAY)
    other = tmp_path / "other.toml"
    other.write_text('[price]\nof = []\nwords = ["preis*"]\n', encoding="utf-8")
    encoder = checkpoint_version(SHIPPED)
    read = f"SELECT count(*) FROM classified.label WHERE model_version = '{encoder}'"
    before = bench.query(read)
    report = shadow(taxonomy=str(other), as_of=MONDAY)
    assert "topic: 2 of 2 answers differ (100.0 %)" in report.details
    assert bench.query(TOPICS) == [("c0", "grid")]
    name = report.details[-1].split()[-1]
    promote(name, as_of=MONDAY)
    assert bench.query(TOPICS) == [("c1", "price")]
    assert topics.read_text(encoding="utf-8") == other.read_text(encoding="utf-8")
    assert bench.query(read) == before
    publish(as_of=MONDAY + timedelta(days=1))
    assert {reason.partition(" ")[0] for reason in bench_log(bench).values()} == {"topics:"}
    # The checkpoint of the settings still answers: only the topics were promoted.
    assert load_settings().classify.checkpoint == str(SHIPPED)
    back = json.loads((bench.data / "models" / "promotions.json").read_text())[0]["instead_of"]
    promote(back, as_of=MONDAY)
    assert bench.query(TOPICS) == [("c0", "grid")]
    assert "netz" in topics.read_text(encoding="utf-8")
    # Edited by hand, topics count at once, as ever.
    topics.write_text('[cost]\nof = ["cost"]\nwords = ["preis*"]\n', encoding="utf-8")
    classify(as_of=MONDAY)
    assert bench.query(TOPICS) == [("c1", "cost")]


@pytest.mark.slow
def test_the_kept_held_out_set_corrects_shares_while_the_settings_name_another(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_publish: None
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(SHIPPED))
    bench.given(*(f"Ticket {n}: die Umstellung läuft so mittel." for n in range(8)))
    classify(as_of=MONDAY)
    pushed = pushed_checkpoint(tmp_path / "pushed")
    promote(str(pushed), as_of=MONDAY)
    assert len(list((bench.data / "models").rglob(FILE_NAME))) == 2
    monkeypatch.setenv("RESONANZ_CLASSIFY__CHECKPOINT", str(bench.calm))
    publish(as_of=MONDAY)
    weeks = (bench.data / "published" / "latest" / "sentiment_weekly.csv").read_text()
    assert "emq" in weeks


PAGE = Path(__file__).parent.parent.parent / "docs" / "model-change.md"


@pytest.mark.slow
def test_the_page_on_model_changes_can_be_followed(bench: Bench, quick_publish: None) -> None:
    """The commands of the page, with the bench's checkpoint in the place of its example."""
    bench.given(*WEEK)
    classify(as_of=MONDAY)
    publish(as_of=MONDAY)
    block = PAGE.read_text(encoding="utf-8").partition("```sh\n")[2].partition("```")[0]
    version = bench.version(bench.grumpy)
    answers = []
    for line in block.splitlines():
        told = line.replace("~/new-checkpoint", str(bench.grumpy))
        words = told.replace("resonanz-new@0123456789ab", version).split()[1:]
        moment = [] if words[1:] == ["list"] else ["--as-of", "2025-11-10"]
        answers.append(CliRunner().invoke(cli, ["--without-prefect", *words, *moment]))
    assert [answer.exit_code for answer in answers] == [0] * 4, answers
    shadowed, listed, promoted, published = (answer.output for answer in answers)
    assert f"to let it answer: resonanz model promote {version}" in shadowed
    assert version in listed
    assert promoted.startswith(f"model promote: {version} answers instead of")
    assert published.startswith("publish: ")
    assert bench.query(CURRENT) == [(version,)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shadow"], "Name a CHECKPOINT, or topics"),
        (["promote"], "Name a VERSION_OR_FOLDER, or topics"),
        (["shadow", "x", "--label", "negative"], "`negative` is no mapping, expected THEIRS=OURS"),
    ],
)
def test_a_wrong_call_is_told(words: list[str], said: str) -> None:
    answer = CliRunner().invoke(cli, ["model", *words])
    assert answer.exit_code == 2
    assert said in answer.output


@pytest.mark.parametrize("name", ["shadow", "promote", "list"])
def test_every_command_of_models_has_help(name: str) -> None:
    answer = CliRunner().invoke(cli, ["model", name, "--help"])
    assert answer.exit_code == 0
    assert answer.output.split("\n\n")[1].strip()[0].isupper()
