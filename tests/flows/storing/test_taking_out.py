"""A comment that was erased under one of its ids is erased under all of them."""

from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest

from flows.storing.erased import ERASED, comment_hash, nameless
from flows.storing.known import mend, note_labels
from flows.storing.store import store
from flows.storing.tally import Tally
from flows.warehouse import merge, read
from models.canonical import Comment
from models.tables.alias import ALIAS
from models.tables.comment_version import COMMENT_VERSION
from models.tables.deletion import DELETION
from models.tables.erasure import ERASURE
from models.tables.label import LABEL
from models.tables.labelled_comment import LABELLED_COMMENT
from tests.builders import comment, label_row
from transforms.canonical import Origin

Connection = duckdb.DuckDBPyConnection
KEY = b"k" * 32
MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)


def said(name: str, *aliases: str, **fields: object) -> Comment:
    known = {"position": 1, "post_native_id": "p"} | fields
    return comment(platform="linkedin", site="", native_id=name, aliases=aliases, **known)  # type: ignore[arg-type]


def arrive(connection: Connection, day: int, *records: Comment) -> Tally:
    """Store the file of one day."""
    at = MONDAY + timedelta(days=day)
    return store(connection, records, Origin(f"file/{day}", at, None, frozenset(), KEY), 1000)


def ids(connection: Connection) -> list[str]:
    found = connection.execute("SELECT comment_id FROM clean.comment ORDER BY ALL").fetchall()
    return [name for (name,) in found]


def erased_ids(connection: Connection, *names: str) -> list[bool]:
    """Whether the ledger has each of the ids."""
    known = set(read(connection, ERASURE)["keyed_hash"])
    return [comment_hash(f"linkedin:{name}", KEY) in known for name in names]


@pytest.fixture
def erased(con: Connection) -> Connection:
    """A warehouse from which the comment `c1` was erased."""
    row = {"kind": "comment", "keyed_hash": comment_hash("linkedin:c1", KEY)}
    row |= {"erased_at_utc": MONDAY.replace(tzinfo=None)}
    merge(con, ERASURE, pl.DataFrame([row], schema=ERASURE.schema()))
    return con


def test_what_was_erased_goes_under_the_id_that_a_later_file_tells_and_stays_away(
    erased: Connection,
) -> None:
    arrive(erased, 1, said("c2"), said("other", position=2))
    inputs = erased.execute("SELECT comment_id, input_hash FROM classified.input").fetchall()
    rows = [label_row(name, "sentiment", "negative", input_hash=known) for name, known in inputs]
    labels = pl.DataFrame(rows, schema=LABEL.schema())
    merge(erased, LABEL, labels)
    note_labels(erased, labels)
    tally = arrive(erased, 2, said("c2", "c1"))
    assert (tally.records, len(tally.comments), tally.rejected, tally.late) == (1, 0, 1, 1)
    for table in (COMMENT_VERSION, LABEL):
        assert read(erased, table)["comment_id"].to_list() == ["linkedin:other"]
    mend(erased)
    assert read(erased, LABELLED_COMMENT)["comment_id"].to_list() == ["linkedin:other"]
    assert read(erased, DELETION)["stage"].to_list() == ["refine"], "the bytes have to go, too"
    assert erased_ids(erased, "c1", "c2") == [True, True]
    for day in (3, 1):
        arrive(erased, day, said("c2"), said("other", position=2))
        assert ids(erased) == ["linkedin:other"]


def test_every_record_of_the_file_that_tells_the_other_id_is_rejected(
    erased: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.storing.told.BATCH", 1)
    names = (("c2",), ("c2", "c1"), ("c2",), ("other",))
    records = [said(*some, position=place) for place, some in enumerate(names, 1)]
    tally = arrive(erased, 1, *records)
    assert ids(erased) == ["linkedin:other"]
    assert (tally.records, len(tally.comments), tally.rejected) == (4, 1, 3)
    reasons = "SELECT position, reason FROM clean.rejected_comment ORDER BY ALL"
    assert erased.execute(reasons).fetchall() == [(1, "duplicate"), (2, "erased"), (3, "erased")]
    arrive(erased, 1, *records)
    assert ids(erased) == ["linkedin:other"]
    assert erased.execute(reasons).fetchall() == [(1, "erased"), (2, "erased"), (3, "erased")]


def test_answers_to_it_answer_a_nameless_one(erased: Connection) -> None:
    arrive(erased, 1, said("c2"), said("a", parent_native_id="c2", position=2))
    arrive(erased, 2, said("c2", "c1"))
    found = erased.execute("SELECT comment_id, parent_id, root_id, depth FROM clean.comment")
    nobody = f"linkedin:{nameless('linkedin:c2', KEY)}"
    assert found.fetchall() == [("linkedin:a", nobody, "linkedin:a", 0)]


def test_it_goes_under_the_id_that_it_is_kept_under_by_then(erased: Connection) -> None:
    arrive(erased, 1, said("c2", "c3"))
    arrive(erased, 2, said("c3", "c1"))
    assert ids(erased) == []
    assert read(erased, ALIAS).is_empty()
    assert erased_ids(erased, "c2", "c3") == [True, True]


def test_names_are_learnt_though_nothing_is_stored_under_them_yet(erased: Connection) -> None:
    arrive(erased, 1, said("c2", "c1"))
    arrive(erased, 2, said("c2"), said("c3", "c2", position=2))
    arrive(erased, 3, said("c3"))
    assert ids(erased) == []
    assert read(erased, DELETION).is_empty()


def test_the_mark_of_an_edited_file_takes_nothing_else_out(erased: Connection) -> None:
    arrive(erased, 1, said("c2"))
    arrive(erased, 2, said("c2", author=f"Freundin von {ERASED}"))
    assert ids(erased) == ["linkedin:c2"]
    assert erased_ids(erased, "c2") == [False]
