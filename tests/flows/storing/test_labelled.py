"""Which files may still hold comments that a model has not labelled."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from flows.classify import count_pending, make_current, settle
from flows.erasing.person import Person
from flows.erasing.stored import erase_stored
from flows.erasing.traces import Traces
from flows.ingest import ingest
from flows.refine import refine
from flows.running.direct import without_prefect
from flows.settings import Settings, load_settings
from flows.storing.labelled import (
    MOST_NAMED,
    forget_labelled,
    is_of,
    mark_labelled,
    waiting_files,
)
from flows.warehouse import writing
from models.tables.label import LABEL
from tests.builders import comment_row

VERSION = "reader@1"
Query = Callable[[str], list[tuple[object, ...]]]


def write(folder: Path, name: str, *rows: tuple[str, str, str]) -> Path:
    """A table file with comments (id, headline of the post `9100000000001`, text)."""
    path = folder / name
    lines = ["Kommentar-ID;Beitrags-ID;Beitragstitel;Kanal;Erstellt am;Kommentartext"]
    lines += [
        f"{number};9100000000001;{title};facebook;03.11.2025 10:00;{text}"
        for number, title, text in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def taken_in(tmp_path: Path, workplace: Path) -> Callable[..., Settings]:
    """Land and read a file, as the stages do."""

    def take(name: str, *rows: tuple[str, str, str]) -> Settings:
        with without_prefect():
            ingest(files=[write(tmp_path, name, *rows)])
            refine(as_of=datetime(2025, 11, 4, tzinfo=UTC))
        return load_settings()

    return take


def label_all(settings: Settings) -> None:
    """A label under one head for every comment in its present wording."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute(
            f"INSERT INTO {LABEL.full_name} BY NAME SELECT comment_id, input_hash, 'sentiment' AS "
            "head, 'neutral' AS label, 1.0 AS probability, true AS is_chosen, "
            f"'{VERSION}' AS model_version FROM classified.input ANTI JOIN classified.label "
            "USING (comment_id, input_hash)"
        )


def waiting(settings: Settings) -> list[str]:
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return [
            Path(name).name.split("-")[-1] for name in waiting_files(connection, [VERSION])[VERSION]
        ]


FIRST = ("7100000000001", "Neue Server", "Das dauert aber lange")
SECOND = ("7100000000002", "Neue Server", "Endlich geht es weiter")


def test_a_file_waits_until_all_its_comments_are_labelled(
    taken_in: Callable[..., Settings],
) -> None:
    settings = taken_in("eins.csv", FIRST)
    settle([VERSION], settings)
    assert waiting(settings) == ["eins.csv"]
    label_all(settings)
    settle([VERSION], settings)
    assert waiting(settings) == []
    assert count_pending(VERSION, settings) == 0


def test_only_what_a_later_file_brings_is_pending(taken_in: Callable[..., Settings]) -> None:
    settings = taken_in("eins.csv", FIRST)
    label_all(settings)
    settle([VERSION], settings)
    settings = taken_in("zwei.csv", SECOND)
    assert waiting(settings) == ["zwei.csv"]
    assert count_pending(VERSION, settings) == 1


def test_a_new_headline_lets_the_comments_below_it_wait_again(
    taken_in: Callable[..., Settings],
) -> None:
    settings = taken_in("eins.csv", FIRST)
    label_all(settings)
    settle([VERSION], settings)
    settings = taken_in("zwei.csv", ("7100000000002", "Doch keine neuen Server", "Ach so"))
    assert waiting(settings) == ["eins.csv", "zwei.csv"]
    assert count_pending(VERSION, settings) == 2


def test_another_model_has_everything_before_it(taken_in: Callable[..., Settings]) -> None:
    settings = taken_in("eins.csv", FIRST)
    label_all(settings)
    settle([VERSION], settings)
    assert count_pending("reader@2", settings) == 1


def test_a_file_that_is_read_again_waits_again(taken_in: Callable[..., Settings]) -> None:
    settings = taken_in("eins.csv", FIRST)
    label_all(settings)
    settle([VERSION], settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute("UPDATE ops.refined_file SET reading = 'again'")
    with without_prefect():
        refine(as_of=datetime(2025, 11, 5, tzinfo=UTC))
    assert waiting(settings) == ["eins.csv"]
    assert count_pending(VERSION, settings) == 0


def test_a_file_that_was_never_read_keeps_waiting(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row("c1")])
    (files,) = waiting_files(con, [VERSION]).values()
    assert list(files.values()) == [None]
    mark_labelled(con, VERSION)
    assert con.execute("FROM ops.labelled_file").fetchall() == []
    assert "last_seen_at_utc" not in is_of(files)


def test_only_files_of_comments_below_posts_that_changed_are_looked_at_again(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(
        comments=[comment_row(name, post_id=name.upper(), landed_file=name) for name in ("a", "b")]
    )
    con.execute("INSERT INTO ops.labelled_file VALUES ('a', 'reader@1'), ('b', 'reader@1')")
    forget_labelled(con, [], 0)
    forget_labelled(con, ["A", "B"], None)  # no comment stands below them
    assert con.execute("SELECT count(*) FROM ops.labelled_file").fetchone() == (2,)
    forget_labelled(con, ["B", "C"], 0)
    assert con.execute("SELECT landed_file FROM ops.labelled_file").fetchall() == [("a",)]


def test_each_version_has_the_files_that_wait_for_it(
    con: duckdb.DuckDBPyConnection, given: Callable[..., None]
) -> None:
    given(comments=[comment_row(name, landed_file=name) for name in ("a", "b")])
    con.execute("INSERT INTO ops.labelled_file VALUES ('a', 'reader@1'), ('b', 'reader@2')")
    assert waiting_files(con, ["reader@1", "reader@2", "reader@3"]) == {
        "reader@1": {"b": None},
        "reader@2": {"a": None},
        "reader@3": {"a": None, "b": None},
    }


def test_names_of_files_are_texts_in_a_condition() -> None:
    assert is_of({"a'b.csv": None}) == "landed_file IN ('a''b.csv')"
    assert is_of({}) == "false"
    assert is_of({f"{number}.csv": None for number in range(MOST_NAMED + 1)}) == "true"


def test_rows_from_before_the_first_of_the_files_are_not_looked_at() -> None:
    received = datetime(2025, 11, 4, 8, 30, 0, 250_000), datetime(2025, 11, 5)
    assert is_of({"b": received[1], "a": received[0]}) == (
        "landed_file IN ('b', 'a') AND last_seen_at_utc >= TIMESTAMP '2025-11-04 08:30:00.250000'"
    )
    assert is_of({"b": received[1], "a": None}) == "landed_file IN ('b', 'a')"


def test_an_older_file_that_comes_later_is_looked_at(taken_in: Callable[..., Settings]) -> None:
    settings = taken_in("eins.csv", FIRST)
    label_all(settings)
    settle([VERSION], settings)
    with without_prefect():
        old = write(settings.paths.data, "alt.csv", SECOND)
        ingest(files=[old], as_of=datetime(2025, 11, 4, tzinfo=UTC))
        refine(as_of=datetime(2025, 11, 5, tzinfo=UTC))
    assert count_pending(VERSION, settings) == 1


def test_answers_that_count_already_are_left_as_they_are(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO ops.current_model VALUES ('sentiment', 'reader@1')")
    make_current([VERSION], con)
    assert con.execute("FROM ops.current_model").fetchall() == [("sentiment", "reader@1")]
    make_current(["reader@2"], con)
    assert con.execute("FROM ops.current_model").fetchall() == []


def test_an_erasure_has_every_file_looked_at_again(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO ops.labelled_file VALUES ('a', 'reader@1')")
    nothing = frozenset[str]()
    erase_stored(
        con, Person("facebook"), Traces(nothing, nothing, nothing, nothing, nothing), b"key"
    )
    assert con.execute("FROM ops.labelled_file").fetchall() == []
