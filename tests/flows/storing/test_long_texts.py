"""Long texts of X's archive: they go to the post or the answer that they are, in any order."""

from collections.abc import Callable

import duckdb
import pytest

from flows.sources.x_archive import SOURCE
from flows.storing.store import store
from tests.builders import RECEIVED
from tests.cut_files import reader
from transforms.canonical import Origin

LONG = "Sechs Monate nach dem Umzug der Büroanwendungen: " + "viel zu sagen, " * 30
TOO = "Und noch eines, weil viele danach gefragt haben: " + "kein Anbieter kennt uns. " * 20
FILES = {
    "tweets": 'window.YTD.tweets.part0 = [{"tweet": {"id_str": "11", "full_text": "Anfang", '
    '"created_at": "Wed Sep 17 06:55:51 +0000 2025"}}, {"tweet": {"id_str": "12", '
    f'"full_text": "{LONG[:274]}…", "created_at": "Wed Sep 17 06:55:52 +0000 2025", '
    '"in_reply_to_status_id_str": "11", "in_reply_to_user_id_str": "1"}}, {"tweet": '
    f'{{"id_str": "13", "full_text": "{TOO[:274]}… https://t.co/abc", '
    '"created_at": "Thu Sep 18 06:00:00 +0000 2025"}}]',
    "notes": 'window.YTD.note_tweet.part0 = [{"noteTweet": {"noteTweetId": "7", '
    f'"createdAt": "2025-09-17T06:55:52.000Z", "core": {{"text": "{LONG}"}}}}}}, '
    '{"noteTweet": {"noteTweetId": "8", "createdAt": "2025-09-18T06:00:00.000Z", '
    f'"core": {{"text": "{TOO}"}}}}}}]',
}


@pytest.fixture
def arrive(con: duckdb.DuckDBPyConnection) -> Callable[[str], None]:
    """Store what is read from one of the files."""

    def put(name: str) -> None:
        origin = Origin(f"x_archive/{name}", RECEIVED, None, frozenset(), b"k" * 32)
        store(con, reader(SOURCE, name)(FILES[name]), origin, 1000)

    return put


@pytest.mark.parametrize(
    "order", [("tweets", "notes"), ("notes", "tweets"), ("notes", "tweets", "notes", "tweets")]
)
def test_a_long_text_goes_to_the_answer_or_the_post_that_it_is(
    order: tuple[str, ...], arrive: Callable[[str], None], con: duckdb.DuckDBPyConnection
) -> None:
    for name in order:
        arrive(name)
    answers = con.execute("SELECT text, post_id, is_owner, is_edited FROM clean.comment").fetchall()
    assert answers == [(LONG.strip(), "x:11", True, None)]
    posts = con.execute("SELECT text, url FROM clean.post ORDER BY created_at_utc").fetchall()
    address = "https://x.com/i/web/status/"
    assert posts == [("Anfang", f"{address}11"), (TOO.strip(), f"{address}13")]
    kept = con.execute("SELECT count(DISTINCT comment_id), count(*) FROM clean.comment_version")
    assert kept.fetchone() == (1, 1)


def test_a_comment_that_a_long_text_is_not_is_noted_for_its_labels_to_go(
    arrive: Callable[[str], None], con: duckdb.DuckDBPyConnection
) -> None:
    arrive("notes")
    arrive("tweets")
    noted = con.execute(
        "SELECT count(*) FROM ops.left_comment ANTI JOIN clean.comment USING (comment_id)"
    )
    assert noted.fetchone() == (1,)


def test_a_long_text_that_met_nothing_stays(
    arrive: Callable[[str], None], con: duckdb.DuckDBPyConnection
) -> None:
    arrive("notes")
    (posts,) = con.execute("SELECT count(*) FROM clean.post").fetchone() or ()
    (comments,) = con.execute("SELECT count(*) FROM clean.comment WHERE is_owner").fetchone() or ()
    assert (posts, comments) == (2, 2)
