"""What is stored under two ids when a file tells that these are one."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import permutations
from random import Random

import duckdb
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from flows.storing.known import mend, note_labels
from flows.storing.moving import FATES
from flows.storing.store import store
from flows.warehouse import merge, prepare, read
from models.canonical import Comment, Post, Rejected, Swept
from models.contract import Table
from models.tables import all_tables
from models.tables.alias import ALIAS
from models.tables.comment import COMMENT
from models.tables.comment_version import COMMENT_VERSION
from models.tables.label import LABEL
from models.tables.labelled_comment import LABELLED_COMMENT
from models.tables.labelled_file import LABELLED_FILE
from models.tables.post import POST
from models.tables.review import REVIEW
from models.tables.review_note import REVIEW_NOTE
from models.tables.text_profile import TEXT_PROFILE
from tests.builders import comment, label_row, review_row
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
TEXT = "Die Cloud ist gut, aber wer zahlt den Umzug?"
FIRST, SECOND = "linkedin:ugcPost:1", "linkedin:activity:2"

Record = Post | Comment | Rejected | Swept
Connection = duckdb.DuckDBPyConnection


def post(native_id: str, *aliases: str, **fields: object) -> Post:
    known = {"title": "Umzug"} | fields
    return Post(  # type: ignore[arg-type]
        platform="linkedin", site="", native_id=native_id, position=1, aliases=aliases, **known
    )


def said(native_id: str, on: str | None, *aliases: str, **fields: object) -> Comment:
    known = {"text": TEXT, "position": 1, "status": "published"} | fields
    return comment(
        platform="linkedin",
        site="",
        native_id=native_id,
        post_native_id=on,
        aliases=aliases,
        **known,
    )


def arrive(connection: Connection, day: int, *records: Record, source: str = "file") -> None:
    """Store the file of one day."""
    at = MONDAY + timedelta(days=day)
    origin = Origin(f"{source}/{day}", at, None, frozenset(), b"k" * 32)
    store(connection, records, origin, 1000)


def ids(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT comment_id, post_id FROM clean.comment ORDER BY ALL"
    ).fetchall()


EXPORT = (post("ugcPost:1"), said("c1", "ugcPost:1"))
INTERFACE = (post("activity:2"), said("c2", "activity:2"))
BOTH = (post("activity:2", "ugcPost:1"), said("c2", "activity:2", "c1"))


@pytest.mark.parametrize("order", list(permutations((EXPORT, INTERFACE, BOTH))))
def test_what_a_file_tells_to_be_one_is_one_in_any_order(
    order: tuple[tuple[Record, ...], ...], con: Connection
) -> None:
    for day, records in enumerate(order):
        arrive(con, day, *records)
    ((comment_id, post_id),) = ids(con)
    assert con.execute("SELECT post_id FROM clean.post").fetchall() == [(post_id,)]
    first_told = order[0][0].native_id, order[0][1].native_id  # type: ignore[union-attr]
    assert (post_id, comment_id) == tuple(f"linkedin:{name}" for name in first_told)
    assert con.execute("SELECT count(*) FROM clean.comment_version").fetchone() == (1,)
    before = tables(con)
    for day, records in enumerate(order):
        arrive(con, day, *records)
    assert tables(con) == before, "read again, nothing changes"


def tables(connection: Connection) -> list[list[tuple[object, ...]]]:
    """What is stored of posts and comments; of wordings, which they are."""
    worded = read(connection, COMMENT_VERSION).select("comment_id", "text_hash")
    stored = (*(read(connection, table) for table in (POST, COMMENT, ALIAS)), worded)
    return [rows.sort(pl.exclude(pl.List(pl.String))).rows() for rows in stored]


def test_comments_below_a_post_that_nobody_told_follow_its_name(con: Connection) -> None:
    arrive(con, 0, said("c1", "ugcPost:1"), said("a1", "ugcPost:1", parent_native_id="c1"))
    merge(con, LABELLED_FILE, pl.DataFrame({"landed_file": ["file/0"], "model_version": ["m"]}))
    arrive(con, 1, post("activity:2"), said("c2", "activity:2"))
    arrive(con, 2, post("activity:2", "ugcPost:1"))
    assert {post_id for _, post_id in ids(con)} == {SECOND}
    assert read(con, LABELLED_FILE).is_empty(), "models read the post with a comment"


def test_an_answer_follows_the_comment_that_came_under_another_name(con: Connection) -> None:
    arrive(con, 0, said("a1", "p", parent_native_id="c1"))
    arrive(con, 1, said("c2", "p"), said("a2", "p", parent_native_id="c2", position=2))
    arrive(con, 2, said("c2", "p", "c1"))
    found = con.execute(
        "SELECT comment_id, parent_id, root_id, depth FROM clean.comment ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("linkedin:a1", "linkedin:c2", "linkedin:c2", 1),
        ("linkedin:a2", "linkedin:c2", "linkedin:c2", 1),
        ("linkedin:c2", None, "linkedin:c2", 0),
    ]


def test_answers_to_a_comment_that_goes_answer_the_one_that_is_kept(con: Connection) -> None:
    arrive(con, 0, said("c1", "p"))
    arrive(con, 1, said("c2", "q"), said("a2", "r", parent_native_id="c2", position=2))
    arrive(con, 2, said("c9", "q", "c1", "c2"))
    found = con.execute("SELECT comment_id, parent_id, root_id FROM clean.comment ORDER BY ALL")
    assert found.fetchall() == [
        ("linkedin:a2", "linkedin:c1", "linkedin:c1"),
        ("linkedin:c1", None, "linkedin:c1"),
    ]


def test_older_names_lead_to_the_id_that_is_kept(con: Connection) -> None:
    arrive(con, 0, said("c1", "p"))
    arrive(con, 1, said("c2", "p", "x"))
    arrive(con, 2, said("c1", "p", "c2"))
    assert sorted(read(con, ALIAS).rows()) == [
        ("comment", "linkedin:c2", "linkedin:c1"),
        ("comment", "linkedin:x", "linkedin:c1"),
    ]
    arrive(con, 3, said("x", "p", like_count=7))
    assert con.execute("SELECT comment_id, like_count FROM clean.comment").fetchall() == [
        ("linkedin:c1", 7)
    ]


def test_a_record_that_can_not_be_stored_brings_its_names_together_all_the_same(
    con: Connection,
) -> None:
    arrive(con, 0, said("c1", "p"))
    arrive(con, 1, said("c2", "p"))
    arrive(con, 2, said("c2", "p", "c1", text=None))
    assert ids(con) == [("linkedin:c1", "linkedin:p")]
    assert con.execute("SELECT reason FROM clean.rejected_comment").fetchall() == [("no text",)]


def test_what_was_rejected_tells_no_names(con: Connection) -> None:
    arrive(con, 0, said("c1", "p"))
    arrive(con, 1, said("c2", "p"))
    arrive(con, 2, Rejected(position=1, reason="broken record", detail="c1 and c2"))
    arrive(con, 3, said("c2", "p", "c1", like_count="many"))
    assert len(ids(con)) == 2
    assert read(con, ALIAS).is_empty()


def test_an_error_half_way_leaves_both_as_they_were(con: Connection) -> None:
    arrive(con, 0, *EXPORT)
    arrive(con, 1, *INTERFACE)
    before = tables(con)
    con.begin()

    def breaking() -> object:
        yield from BOTH
        raise EOFError

    with pytest.raises(EOFError):
        arrive(con, 2, *breaking())  # type: ignore[misc]
    con.rollback()
    assert tables(con) == before


def test_records_of_one_file_that_turn_out_to_be_one_are_counted_once(
    con: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.storing.told.BATCH", 1)
    records = [
        said("c1", "p", position=1),
        said("c2", "p", position=2),
        said("c3", "p", "c1", "c2", position=3),
    ]
    origin = Origin("file/0", MONDAY, None, frozenset(), b"k" * 32)
    tally = store(con, records, origin, 1000)
    assert ids(con) == [("linkedin:c1", "linkedin:p")]
    assert (tally.records, len(tally.comments), tally.rejected) == (3, 1, 2)
    assert con.execute(
        "SELECT position, reason FROM clean.rejected_comment ORDER BY ALL"
    ).fetchall() == [(1, "duplicate"), (2, "duplicate")]


def test_a_comment_that_a_sweep_missed_under_its_other_name_is_not_gone(con: Connection) -> None:
    arrive(con, 0, said("c1", "p"))
    whole = (said("c2", "p"), Swept(platform="linkedin", site="", post_native_id="p", position=9))
    arrive(con, 1, *whole, source="linkedin_api")
    assert con.execute("SELECT count(gone_at_utc) FROM clean.comment").fetchone() == (1,)
    arrive(con, 2, said("c2", "p", "c1", text=None))
    assert con.execute("SELECT comment_id, gone_at_utc FROM clean.comment").fetchall() == [
        ("linkedin:c1", None)
    ]


def test_what_an_earlier_version_left_under_another_name_moves_once_its_file_is_read_again(
    con: Connection,
) -> None:
    arrive(con, 0, *EXPORT)
    arrive(con, 1, *INTERFACE)
    put(con, ALIAS, {"kind": "post", "alias_id": FIRST, "id": SECOND})
    put(con, ALIAS, {"kind": "comment", "alias_id": "linkedin:c1", "id": "linkedin:c2"})
    put(con, REVIEW, review_row("linkedin:c1", "sentiment", "neutral", input_hash="then"))
    arrive(con, 0, *EXPORT)
    assert ids(con) == [("linkedin:c2", SECOND)]
    assert read(con, POST)["post_id"].to_list() == [SECOND]
    assert read(con, REVIEW)["comment_id"].to_list() == ["linkedin:c2"]


@pytest.fixture
def two(con: Connection) -> dict[str, str]:
    """Two comments of one wording on one post; comment -> hash of what is read of it."""
    arrive(con, 0, said("c1", "p"))
    arrive(con, 1, said("c2", "p"))
    return dict(con.execute("SELECT comment_id, input_hash FROM classified.input").fetchall())


def put(connection: Connection, table: Table, *rows: dict[str, object]) -> None:
    merge(connection, table, pl.DataFrame(list(rows), schema=table.schema()))


def meet(connection: Connection) -> None:
    """Let a file tell that the two are one."""
    arrive(connection, 2, said("c2", "p", "c1"))


def test_labels_of_the_comment_that_goes_are_moved_where_the_other_has_none(
    con: Connection, two: dict[str, str]
) -> None:
    there, other = two["linkedin:c1"], "hash of an older wording"
    labels = [
        label_row("linkedin:c1", "sentiment", "positive", input_hash=there),
        label_row("linkedin:c2", "sentiment", "negative", input_hash=there),
        label_row("linkedin:c2", "sentiment", "neutral", input_hash=other),
        label_row("linkedin:c2", "sentiment", "neutral", input_hash=there, model_version="n@1"),
    ]
    put(con, LABEL, *labels)
    note_labels(con, read(con, LABEL))
    meet(con)
    found = con.execute(
        "SELECT comment_id, input_hash, label, model_version FROM classified.label "
        "ORDER BY label, model_version"
    ).fetchall()
    assert found == [
        ("linkedin:c1", other, "neutral", "m@1"),
        ("linkedin:c1", there, "neutral", "n@1"),
        ("linkedin:c1", there, "positive", "m@1"),
    ]
    mend(con)
    assert set(read(con, LABELLED_COMMENT)["comment_id"]) == {"linkedin:c1"}
    assert read(con, LABELLED_COMMENT)["label_count"].sum() == 3


def test_what_people_answered_of_the_comment_that_goes_is_kept(
    con: Connection, two: dict[str, str]
) -> None:
    seen = {"input_hash": two["linkedin:c1"]}
    put(
        con,
        REVIEW,
        review_row("linkedin:c1", "sentiment", "negative", sheet="s1", **seen),
        review_row("linkedin:c2", "sentiment", "neutral", sheet="s1", **seen),
        review_row("linkedin:c2", "stance", "against", sheet="s1", **seen),
        review_row("linkedin:c2", "sentiment", "neutral", sheet="s2", **seen),
        review_row("linkedin:c2", "sentiment", "neutral", sheet="s1", reviewer="berta", **seen),
    )
    note = {"sheet": "s1", "reviewer": "anna"} | seen
    put(
        con,
        REVIEW_NOTE,
        {"comment_id": "linkedin:c1", "note": "Ironie?"} | note,
        {"comment_id": "linkedin:c2", "note": "Wohl kaum."} | note,
    )
    meet(con)
    found = con.execute(
        "SELECT comment_id, head, label, sheet, reviewer FROM classified.review ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("linkedin:c1", "sentiment", "negative", "s1", "anna"),
        ("linkedin:c1", "sentiment", "neutral", "s1", "berta"),
        ("linkedin:c1", "sentiment", "neutral", "s2", "anna"),
        ("linkedin:c1", "stance", "against", "s1", "anna"),
    ]
    ((comment_id, words),) = con.execute(
        "SELECT comment_id, note FROM classified.review_note"
    ).fetchall()
    assert comment_id == "linkedin:c1"
    assert sorted(words.split("\n")) == ["Ironie?", "Wohl kaum."]


def test_profiles_go_and_the_file_is_looked_at_again(con: Connection, two: dict[str, str]) -> None:
    profile = dict.fromkeys(TEXT_PROFILE.column_names, 1) | {"text_hash": "h", "model_version": "m"}
    put(con, TEXT_PROFILE, *(profile | {"comment_id": name} for name in two))
    put(con, LABELLED_FILE, {"landed_file": "file/1", "model_version": "m"})
    arrive(con, 2, said("c2", "p", "c1", text=None))
    assert read(con, TEXT_PROFILE)["comment_id"].to_list() == ["linkedin:c1"]
    assert read(con, LABELLED_FILE).is_empty()


def test_every_column_with_an_id_of_a_post_or_comment_says_what_becomes_of_it() -> None:
    holding = {
        f"{table.full_name}.{column.name}"
        for table in all_tables().values()
        for column in table.columns
        if column.name == "id" or column.name.endswith("_id")
    }
    assert set(FATES) == holding


NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True)
POSTS = st.lists(st.sampled_from("pqr"), min_size=1, max_size=2, unique=True)
ONE_POST = st.sampled_from([["p"], ["q", "p"], ["r", "p"]])
File = tuple[list[str], list[str], str | None]
FILES = st.lists(st.tuples(NAMES, POSTS, st.none()), min_size=2, max_size=6)
THREAD = st.lists(st.tuples(NAMES, ONE_POST, st.sampled_from("abcdef")), min_size=2, max_size=6)
"""Of each file the names of a comment, of its post, and of the comment that it answers."""


@settings(max_examples=settings().max_examples // 4)  # each stores a dozen files
@drawn(FILES | THREAD, st.randoms(use_true_random=False), st.booleans())
def test_in_whichever_order_files_are_read_the_same_is_stored(
    files: list[File], chance: Random, is_read_twice: bool
) -> None:
    """But for which of the names is kept: the one that came first."""
    days = list(range(len(files)))
    turned = chance.sample(days, len(days)) * (1 + is_read_twice)
    assert told_in(days, files) == told_in(turned, files)


def told_in(days: list[int], files: list[File]) -> object:
    """What is stored of `files` that were received in this order of days, whatever it is called."""
    connection = warehouse()
    connection.begin()
    for day in days:
        (name, *others), (below, *known_as), answered = files[day]
        words = {"text": f"Kommentar vom Tag {day}", "like_count": day}
        record = said(name, below, *others, parent_native_id=answered, **words)
        arrive(connection, day, post(below, *known_as, title=f"Tag {day}"), record)
    found = shape(connection)
    connection.rollback()
    return found


@cache
def warehouse() -> Connection:
    """An empty one, which every example leaves as it was."""
    connection = duckdb.connect()
    prepare(connection)
    return connection


def shape(connection: Connection) -> object:
    """Posts, comments, wordings: each told by all its names in place of the one that is kept."""
    names = {
        f"{kind} {kept}": tuple(sorted([kept, *others]))
        for kind, kept, others in connection.execute(
            "SELECT kind, id, list(alias_id) FROM ops.alias GROUP BY ALL"
        ).fetchall()
    }

    def told(kind: str, key: str) -> tuple[str, ...]:
        return names.get(f"{kind} {key}", (key,))

    columns = "depth, text, like_count, is_edited, first_seen_at_utc, last_seen_at_utc"
    comments = [
        # Of one that is told to answer itself that does not count: it does not get past the gate.
        (told("comment", own), told("comment", root), told("post", below), rest)
        + ((told("comment", answered),) if answered and answered != own else ())
        for own, root, below, answered, *rest in connection.execute(
            f"SELECT comment_id, root_id, post_id, parent_id, {columns} FROM clean.comment"
        ).fetchall()
    ]
    posts = connection.execute("SELECT post_id, title FROM clean.post").fetchall()
    worded = connection.execute("SELECT comment_id, text FROM clean.comment_version").fetchall()
    return (
        sorted((told("post", key), title) for key, title in posts),
        sorted(comments, key=repr),
        sorted((told("comment", key), text) for key, text in worded),
    )
