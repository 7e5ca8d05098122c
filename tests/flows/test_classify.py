from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.classify import Answerer, Answers, classify, taxonomy_answerer
from flows.ingest import ingest
from flows.refine import refine
from flows.settings import Settings, load_settings
from flows.storing.leaving import note_left
from flows.warehouse import writing
from models.errors import GiveUp
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from tests.flows.conftest import KeywordModel, Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

Csv = Callable[..., Path]


def clean(file: Path) -> None:
    ingest(files=[file])
    refine()


def test_every_comment_of_the_audience_is_labelled(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;schlecht;Cloud", "b;03.11.2025;Bert;gut;Cloud"))
    report = classify()
    assert report.rows_out == 2
    assert query(
        "SELECT comment_id, label, model_version FROM classified.label "
        "WHERE head = 'sentiment' ORDER BY comment_id"
    ) == [("table:a", "negative", "keywords@1"), ("table:b", "positive", "keywords@1")]


def test_a_second_run_reads_nothing(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    classify()
    keyword_model.asked.clear()
    assert str(classify()) == "classify: nothing new"
    assert keyword_model.asked == []


def test_equal_texts_under_one_post_are_read_once(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", *(f"c{n};03.11.2025;A{n};Danke;Cloud" for n in range(5))))
    classify()
    assert keyword_model.asked == ["Danke"]
    assert query("SELECT count(*) FROM classified.label WHERE head = 'sentiment'") == [(5,)]


def test_a_text_known_from_an_earlier_run_is_not_read_again(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;Danke;Cloud"))
    classify()
    clean(write_csv("b.csv", "b;04.11.2025;Bert;Danke;Cloud"))
    classify()
    assert keyword_model.asked == ["Danke"]
    assert query("SELECT count(*) FROM classified.label WHERE head = 'sentiment'") == [(2,)]


def test_an_edited_comment_is_read_again_and_the_old_answer_stays(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    classify()
    clean(write_csv("b.csv", "a;03.11.2025;Anna;schlecht;Cloud"))
    classify()
    assert query("SELECT sentiment FROM classified.audience") == [("negative",)]
    assert query("SELECT count(*) FROM classified.label WHERE head = 'sentiment'") == [(2,)]


def test_a_new_model_adds_answers_and_only_its_own_count(
    write_csv: Csv, query: Query, keyword_model: KeywordModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    classify()
    newer = KeywordModel("keywords@2")
    monkeypatch.setattr("flows.classify.encoder_answerer", lambda settings: newer.answerer())
    classify()
    assert query("SELECT count(*) FROM classified.label WHERE head = 'sentiment'") == [(2,)]
    assert query("SELECT model_version FROM classified.current_label WHERE head = 'sentiment'") == [
        ("keywords@2",)
    ]


def test_a_crash_costs_one_batch_at_most(
    write_csv: Csv, query: Query, keyword_model: KeywordModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_CLASSIFY__BATCH", "2")
    clean(write_csv("a.csv", *(f"c{n};03.11.2025;A;Text {n};Cloud" for n in range(5))))
    answer = keyword_model.answer

    def crash_at_the_third_text(inputs: pl.DataFrame) -> pl.DataFrame:
        if len(keyword_model.asked) >= 2:
            raise RuntimeError("power cut")
        return answer(inputs)

    monkeypatch.setattr(keyword_model, "answer", crash_at_the_third_text)
    with pytest.raises(RuntimeError, match="power cut"):
        classify()
    assert query("SELECT count(*) FROM classified.label") == [(2,)]
    # Until everything is labelled, the new answers do not count.
    assert query("FROM ops.current_model") == []
    monkeypatch.setattr(keyword_model, "answer", answer)
    classify()
    assert sorted(keyword_model.asked) == [f"Text {n}" for n in range(5)]
    assert query("SELECT count(*) FROM classified.audience WHERE sentiment IS NOT NULL") == [(5,)]


def test_a_model_that_answers_nothing_is_told_and_does_not_go_on_for_ever(
    write_csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(inputs: pl.DataFrame) -> Answers:
        asked.extend(inputs["text"])
        assert len(asked) < 9, "it would go on for ever"
        return Answers(LABEL.empty())

    mute = Answerer("mute@1", lambda: answer)
    monkeypatch.setattr("flows.classify.encoder_answerer", lambda settings: mute)
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud", "b;03.11.2025;Bert;Na ja;Cloud"))
    with pytest.raises(GiveUp, match="`mute@1` leaves 2 comments without an answer"):
        classify()


def test_own_answers_are_not_read(
    write_csv: Csv, query: Query, keyword_model: KeywordModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_SOURCES__OWNERS", '["Die IT"]')
    clean(write_csv("a.csv", "a;03.11.2025;die it;Danke!;Cloud", "b;03.11.2025;Bert;gut;Cloud"))
    classify()
    assert keyword_model.asked == ["gut"]


TOPICS = "SELECT comment_id, label, is_chosen FROM classified.current_label WHERE head = 'topic'"


@pytest.fixture
def taxonomy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings look for topics of one's own."""
    path = tmp_path / "taxonomy.toml"
    monkeypatch.setenv("RESONANZ_CLASSIFY__TAXONOMY", str(path))
    return path


@pytest.mark.usefixtures("keyword_model")
def test_a_taxonomy_of_ones_own_decides_the_topics_without_asking_the_model_again(
    write_csv: Csv,
    query: Query,
    keyword_model: KeywordModel,
    taxonomy: Path,
) -> None:
    taxonomy.write_text('[grid]\nof = []\nwords = ["netz*"]\n', encoding="utf-8")
    keyword_model.topic = "cloud"
    clean(write_csv("a.csv", "a;03.11.2025;Anna;Netzausbau gut;X", "b;03.11.2025;Bert;Na ja;X"))
    classify()
    assert sorted(query(TOPICS)) == [("table:a", "grid", True), ("table:b", "grid", False)]
    keyword_model.asked.clear()
    taxonomy.write_text('[doubt]\nof = []\nwords = ["na ja"]\n', encoding="utf-8")
    classify()
    assert sorted(query(TOPICS)) == [("table:a", "doubt", False), ("table:b", "doubt", True)]
    assert keyword_model.asked == []


def test_comments_that_arrive_meanwhile_get_own_topics_from_what_the_model_says_of_them(
    write_csv: Csv,
    query: Query,
    keyword_model: KeywordModel,
    taxonomy: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taxonomy.write_text('[mine]\nof = ["cloud"]\n', encoding="utf-8")
    keyword_model.topic = "cloud"
    clean(write_csv("a.csv", *(f"a{n};03.11.2025;A;Text {n};X" for n in range(3))))
    late = write_csv("b.csv", *(f"b{n};03.11.2025;B;Late {n};X" for n in range(6)))
    # More than are fetched at a time: so the topics look for more when the late ones are there.
    monkeypatch.setattr("flows.classify.FETCHED", 2)
    monkeypatch.setattr("flows.classify.taxonomy_answerer", once_before(lambda: clean(late)))
    report = classify()
    assert sorted(query(TOPICS)) == sorted(
        [(f"table:a{n}", "mine", True) for n in range(3)]
        + [(f"table:b{n}", "mine", True) for n in range(6)]
    )
    assert (report.rows_out, len(keyword_model.asked)) == (9, 9)


def test_a_taxonomy_without_topics_is_told(taxonomy: Path) -> None:
    taxonomy.write_text("# none yet\n", encoding="utf-8")
    with pytest.raises(GiveUp, match="has no topics"):
        classify()


def once_before(happen: Callable[[], None]) -> Callable[[str, Settings], Answerer]:
    """The user's topics; before they answer for the first time, something happens."""
    left = [happen]

    def answerer(model_version: str, settings: Settings) -> Answerer:
        real = taxonomy_answerer(model_version, settings)
        assert real
        answer = real.load()

        def later(inputs: pl.DataFrame) -> Answers:
            if left:
                left.pop()()
            return answer(inputs)

        return Answerer(real.version, lambda: later)

    return answerer


def test_a_taxonomy_that_does_not_fit_the_model_is_told(taxonomy: Path) -> None:
    taxonomy.write_text("[grid]\n", encoding="utf-8")
    with pytest.raises(GiveUp, match="`grid`, which the model does not know"):
        classify()


@pytest.mark.parametrize("engine", ["duckdb", "ducklake"])
def test_what_was_erased_while_a_model_read_it_is_not_written(
    write_csv: Csv,
    query: Query,
    keyword_model: KeywordModel,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
) -> None:
    monkeypatch.setenv("RESONANZ_WAREHOUSE__ENGINE", engine)
    clean(write_csv("a.csv", "a;03.11.2025;Anna;Nachtschicht;X", "b;03.11.2025;Bert;gut;X"))
    answer = keyword_model.answer

    def answer_while_somebody_else_erases(inputs: pl.DataFrame) -> Answers:
        answers = answer(inputs)
        settings = load_settings()
        # As another machine may that works on the same lake: no lock is of both.
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            connection.execute("DELETE FROM clean.comment WHERE comment_id = 'table:a'")
        quoted = answers.labels.with_columns(decided_by=inputs["text"])
        vectors = [
            {"input_hash": name, "model_version": "keywords@1", "vector": [1, 2]}
            for name in inputs["input_hash"]
        ]
        return Answers(quoted, pl.DataFrame(vectors, schema=EMBEDDING.schema()))

    monkeypatch.setattr(keyword_model, "answer", answer_while_somebody_else_erases)
    classify()
    assert query("SELECT comment_id, decided_by FROM classified.label WHERE head='sentiment'") == [
        ("table:b", "gut")
    ]
    assert query("SELECT count(*) FROM classified.embedding") == [(1,)]
    assert query("SELECT count(DISTINCT comment_id) FROM ops.labelled_comment") == [(1,)]
    assert str(classify()) == "classify: nothing new"


def test_words_that_come_under_another_id_are_not_read_again_and_the_old_labels_go(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    classify()
    settings, labels = load_settings(), "SELECT DISTINCT comment_id FROM classified.label"
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("UPDATE clean.comment SET comment_id = 'table:other', id_number = NULL")
        left = connection.execute("SELECT first_seen_at_utc FROM clean.comment").pl()
        note_left(connection, left.with_columns(comment_id=pl.lit("table:a")))
        connection.execute("DELETE FROM ops.labelled_file")
    keyword_model.asked.clear()
    classify()
    assert query(labels) == [("table:other",)]
    assert keyword_model.asked == []
    assert str(classify()) == "classify: nothing new"


def test_comments_without_a_number_are_labelled(
    write_csv: Csv, query: Query, keyword_model: KeywordModel
) -> None:
    clean(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("UPDATE clean.comment SET id_number = NULL")
    assert classify().rows_out == 1
    assert query("SELECT count(*) FROM classified.label WHERE head = 'sentiment'") == [(1,)]
