"""What is heard of all comments tells the same as the view that is written in SQL."""

from collections.abc import Callable

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.publishing.sharing import shared_views
from tests.builders import comment_row

COMMENTS = "abcd"
ANSWERS = [
    *(("sentiment", label) for label in ("negative", "neutral", "positive")),
    *(("topic", label) for label in ("ai", "cloud", "devices")),
    *(("intent", label) for label in ("praise", "question", "request")),
    *(("language", label) for label in ("de", "en")),
    *((head, label) for head in ("needs_reply", "toxic") for label in ("no", "yes")),
    ("stance", "support"),
]
labelled = st.dictionaries(
    st.tuples(st.sampled_from(COMMENTS), st.sampled_from(ANSWERS)),
    st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]),
)
ROWS = "FROM classified.said ORDER BY comment_id"


@given(labels=labelled)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_heard_is_what_the_view_says(
    con: duckdb.DuckDBPyConnection,
    given: Callable[..., None],
    labels: dict[tuple[str, tuple[str, str]], float],
) -> None:
    con.execute("DELETE FROM classified.label")
    rows = [(comment, *answer, sure) for (comment, answer), sure in labels.items()]
    given(comments=[comment_row(name) for name in COMMENTS], labels=rows)
    asked = con.execute(ROWS)
    known, columns = asked.fetchall(), asked.description
    with shared_views(con):
        asked = con.execute(ROWS)
        assert asked.description == columns
        assert asked.fetchall() == known
