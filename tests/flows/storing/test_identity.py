from collections.abc import Callable

import duckdb
import pytest

from flows.storing.store import store
from models.canonical import Comment, Post
from tests.builders import RECEIVED
from transforms.canonical import Origin

Rows = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def arrive(con: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """Store records as those of one more file."""
    count = iter(range(100))

    def put(*records: Post | Comment) -> None:
        name = f"file {next(count)}"
        store(con, list(records), Origin(name, RECEIVED, None, frozenset(), b"k" * 32), 1000)

    return put


def comment(native_id: str, *aliases: str, position: int = 1, **fields: object) -> Comment:
    given = {"text": "Gut", "created_at": RECEIVED, "status": "published"} | fields
    return Comment(
        platform="facebook",
        site="",
        native_id=native_id,
        aliases=aliases,
        position=position,
        **given,  # type: ignore[arg-type]
    )


def test_a_comment_that_arrives_by_export_and_interface_is_one(
    arrive: Callable[..., None], con: duckdb.DuckDBPyConnection
) -> None:
    arrive(comment("2", like_count=1))
    arrive(comment("1_2", "2", like_count=5))
    found = con.execute("SELECT comment_id, like_count FROM clean.comment").fetchall()
    assert found == [("facebook:2", 5)]


def test_answers_and_comments_find_what_arrived_under_another_name(
    arrive: Callable[..., None], con: duckdb.DuckDBPyConnection
) -> None:
    arrive(Post(platform="facebook", site="", native_id="share:7", position=1), comment("2"))
    arrive(
        Post(platform="facebook", site="", native_id="7", aliases=("share:7",), position=1),
        comment("1_2", "2", position=2, post_native_id="7"),
        comment("1_3", position=3, post_native_id="7", parent_native_id="1_2"),
    )
    found = con.execute(
        "SELECT comment_id, post_id, parent_id, root_id FROM clean.comment ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("facebook:1_3", "facebook:share:7", "facebook:2", "facebook:2"),
        ("facebook:2", "facebook:share:7", None, "facebook:2"),
    ]
    assert con.execute("SELECT post_id FROM clean.post").fetchall() == [("facebook:share:7",)]


def test_comments_without_other_names_stay_as_they_are(
    arrive: Callable[..., None], con: duckdb.DuckDBPyConnection
) -> None:
    arrive(comment("2"), comment("3", position=2))
    assert con.execute("SELECT count(*) FROM ops.alias").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM clean.comment").fetchone() == (2,)
