"""What merging the records of files leaves of their wordings."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import duckdb
import pytest

from flows.storing.store import store
from tests.builders import comment
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
WHOLE = "Die Cloud ist gut, aber wer zahlt den Umzug, und wann kommt er endlich?"
SAID_CUT, CUT = f"{WHOLE[:40]} …", WHOLE[:47]


@pytest.mark.parametrize("texts", list(permutations((WHOLE, SAID_CUT, CUT))))
def test_the_beginning_of_a_text_is_no_wording_of_its_own(
    texts: tuple[str, ...], con: duckdb.DuckDBPyConnection
) -> None:
    for number, text in enumerate(texts):
        at = MONDAY + timedelta(hours=number)
        origin = Origin(f"source{number}/file", at, None, frozenset(), b"k" * 32)
        store(con, [comment(text=text)], origin, 1000)
    assert con.execute("SELECT text FROM clean.comment_version").fetchall() == [(WHOLE,)]
    assert con.execute("SELECT text, is_edited FROM clean.comment").fetchall() == [(WHOLE, None)]
