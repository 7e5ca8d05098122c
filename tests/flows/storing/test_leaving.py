"""What models said goes with the comment, or with the wording, that they said it of."""

from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest

from flows.settings import Warehouse
from flows.storing.known import mend, note_labels
from flows.storing.leaving import forget_answers
from flows.storing.quarantine import take_out
from flows.storing.store import store
from flows.warehouse import merge, prepare, read, writing
from models.canonical import Comment
from models.tables.comment import COMMENT
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from models.tables.labelled_comment import LABELLED_COMMENT
from models.tables.layout import LAYOUT
from models.tables.left_comment import LEFT_COMMENT
from tests.builders import comment, label_row
from transforms.canonical import Origin

Connection = duckdb.DuckDBPyConnection
MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
SENTENCE = "Wer soll das denn alles bezahlen, frage ich mich?"


def said(name: str, text: str, **fields: object) -> Comment:
    return comment(site="", native_id=name, text=text, post_native_id="p", **fields)


def arrive(connection: Connection, day: int, *records: Comment) -> None:
    """Store the file of one day."""
    at = MONDAY + timedelta(days=day)
    store(connection, records, Origin(f"file/{day}", at, None, frozenset(), b"k" * 32), 1000)


def label_all(connection: Connection, day: int = 1) -> None:
    """Let a model label what is stored, decided by the first sentence of each comment."""
    inputs = connection.execute(
        "SELECT comment_id, input_hash, text FROM classified.input "
        "ANTI JOIN classified.label USING (comment_id, input_hash) ORDER BY ALL"
    ).fetchall()
    at = (MONDAY + timedelta(days=day)).replace(tzinfo=None)
    rows = [
        label_row(name, "sentiment", "negative", input_hash=hashed, labelled_at_utc=at)
        | {"decided_by": text.split(" | ")[0]}
        for name, hashed, text in inputs
    ]
    labels = pl.DataFrame(rows, schema=LABEL.schema())
    merge(connection, LABEL, labels)
    note_labels(connection, labels)
    vectors = [
        {"input_hash": hashed, "model_version": "m@1", "vector": [1]}
        for hashed in {hashed for _, hashed, _ in inputs}
    ]
    merge(connection, EMBEDDING, pl.DataFrame(vectors, schema=EMBEDDING.schema()))


def labelled(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT comment_id, decided_by FROM classified.label ORDER BY ALL"
    ).fetchall()


def test_labels_go_with_a_comment_that_its_file_no_longer_tells(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE), said("2", "Endlich!"))
    label_all(con)
    arrive(con, 0, said("2", "Endlich!"))
    forget_answers(con)
    assert labelled(con) == [("blog:2", "Endlich!")]
    assert read(con, EMBEDDING)["input_hash"].to_list() == read(con, LABEL)["input_hash"].to_list()
    assert read(con, LEFT_COMMENT).is_empty()
    mend(con)
    assert read(con, LABELLED_COMMENT)["comment_id"].to_list() == ["blog:2"]


def test_labels_of_all_wordings_go_with_a_comment_that_fails_a_check(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE), said("2", "Endlich!"))
    label_all(con)
    arrive(con, 1, said("1", "Nun doch anders gesagt"))
    label_all(con, day=2)
    failed = read(con, COMMENT).filter(pl.col("comment_id") == "blog:1")
    take_out(con, failed.with_columns(column=pl.lit("text"), expectation=pl.lit("readable")))
    forget_answers(con)
    assert labelled(con) == [("blog:2", "Endlich!")]


def test_what_was_said_before_the_comment_came_is_not_looked_at(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE))
    label_all(con)
    con.execute("UPDATE classified.label SET labelled_at_utc = '2025-11-01'")
    arrive(con, 0)
    forget_answers(con)
    assert labelled(con) == [("blog:1", SENTENCE)]


def test_labels_without_a_time_go_too(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE))
    label_all(con)
    con.execute("UPDATE classified.label SET labelled_at_utc = NULL")
    arrive(con, 0)
    forget_answers(con)
    assert labelled(con) == []


def test_labels_stay_of_a_comment_that_is_back_in_the_meantime(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE))
    label_all(con)
    arrive(con, 0)
    arrive(con, 1, said("1", SENTENCE))
    forget_answers(con)
    assert labelled(con) == [("blog:1", SENTENCE)]


def test_embeddings_stay_of_words_that_another_comment_has_too(con: Connection) -> None:
    arrive(con, 0, said("1", SENTENCE))
    arrive(con, 1, said("2", SENTENCE))
    label_all(con)
    arrive(con, 0)
    forget_answers(con)
    assert labelled(con) == [("blog:2", SENTENCE)]
    assert read(con, EMBEDDING).height == 1


def test_a_sentence_goes_with_the_wording_that_a_better_reading_replaces(con: Connection) -> None:
    arrive(con, 0, said("1", f"{SENTENCE} | Und wann?"))
    label_all(con)
    arrive(con, 0, said("1", "Wer soll das denn alles bezahlen, fragt [Name] sich? | Und wann?"))
    forget_answers(con)
    assert labelled(con) == [("blog:1", None)]


def test_a_sentence_that_the_better_reading_leaves_as_it_was_stays(con: Connection) -> None:
    arrive(con, 0, said("1", f"{SENTENCE} | Und wann?"))
    label_all(con)
    arrive(con, 0, said("1", f"{SENTENCE} | Und wann, [Name]?"))
    forget_answers(con)
    assert labelled(con) == [("blog:1", SENTENCE)]


def test_a_sentence_of_an_earlier_wording_stays_as_long_as_that(con: Connection) -> None:
    arrive(con, 0, said("1", f"{SENTENCE} | Und wann?"))
    label_all(con)
    arrive(con, 1, said("1", "Ach, schon gut."))
    forget_answers(con)
    assert labelled(con) == [("blog:1", SENTENCE)]


@pytest.mark.parametrize("engine", ["duckdb", "ducklake"])
def test_what_earlier_versions_left_of_a_comment_goes(engine: str, tmp_path: object) -> None:
    path, limits = tmp_path / "warehouse.duckdb", Warehouse(engine=engine)  # type: ignore[operator]
    with writing(path, limits) as connection:
        arrive(connection, 0, said("1", SENTENCE), said("2", "Endlich!"), said("3", SENTENCE))
        label_all(connection)
        connection.execute("DELETE FROM clean.comment_version")
        connection.execute("DELETE FROM clean.comment WHERE native_id = '1'")
        connection.execute(
            "UPDATE clean.comment SET text_hash = 'x', text = '' WHERE native_id = '3'"
        )
        connection.execute(f"DELETE FROM {LAYOUT.full_name}")
    with writing(path, limits) as connection:
        forget_answers(connection)
        assert labelled(connection) == [("blog:2", "Endlich!"), ("blog:3", None)]
        prepare(connection)
        assert read(connection, LEFT_COMMENT).is_empty()
