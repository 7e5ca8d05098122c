"""Tables of Facepager: nodes of a tree become the posts and comments that Graph tells of."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.table_types import Row
from flows.sources import facebook_graph
from flows.sources.facepager_table import SOURCE, graph_object, recognise
from models.canonical import Comment, Post, Rejected
from tests.cut_files import SAMPLES, assert_a_cut_file_lies_not, reader, specific_sources

SAMPLE = SAMPLES / "facepager_table.csv"
HEADER = (
    "id;parent_id;level;object_id;object_type;object_key;query_status;query_time;query_type;"
    "message;created_time;from.id\n"
)
records_of = reader(SOURCE, "nordhafen.csv")


def node(
    number: str, parent: str, native: str, query: str, message: str = "Gut", kind: str = "data"
) -> str:
    return (
        f"{number};{parent};1;{native};{kind};data;fetched (200);2025-11-10 09:00:00;{query};"
        f"{message};2025-11-03T09:00:00+0000;9\n"
    )


def test_a_node_of_posts_becomes_a_post() -> None:
    post, *_ = records_of(SAMPLE.read_bytes())
    assert post == Post(
        platform="facebook",
        site="",
        native_id="22",
        position=2,
        channel="facebook",
        text="Ab Dezember lesen Sie Ihren Zähler in der App ab.",
        url="https://www.facebook.com/1/posts/22",
        author="1",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="2025-11-03T08:00:00+0000",
        status="published",
        reported_comment_count=3,
        aliases=("1_22",),
    )


def test_a_node_of_comments_becomes_a_comment() -> None:
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert comment == Comment(
        platform="facebook",
        site="",
        position=4,
        line=5,
        native_id="22_333",
        channel="facebook",
        post_native_id="22",
        reply_semantics="two_level",
        author="21",
        author_name="Jule Harms",
        text="Und wer kein Smartphone hat?",
        created_at=datetime(2025, 11, 3, 9, tzinfo=UTC),
        created_at_raw="2025-11-03T09:00:00+0000",
        status="published",
        like_count=12,
        aliases=("333",),
    )


def test_ids_are_those_of_graph_and_not_the_numbers_of_rows() -> None:
    # `id` and `parent_id` only count the rows of one project.
    content = SAMPLE.read_bytes()
    comments = [one for one in records_of(content) if isinstance(one, Comment)]
    assert [one.native_id for one in comments] == ["22_333", "22_334", "22_444"]
    assert [one.parent_native_id for one in comments] == [None, None, "22_333"]
    assert [one.is_owner for one in comments] == [False, False, True]


def test_the_same_comment_from_graph_has_the_same_id() -> None:
    page = {
        "data": [
            {
                "id": "22_333",
                "message": "Und wer kein Smartphone hat?",
                "created_time": "2025-11-03T09:00:00+0000",
                "from": {"id": "21", "name": "Jule Harms"},
                "like_count": 12,
            }
        ]
    }
    (graph,) = reader(facebook_graph.SOURCE, "a.json")(json.dumps(page))
    _, comment, *_ = records_of(SAMPLE.read_bytes())
    assert isinstance(graph, Comment)
    assert isinstance(comment, Comment)
    assert (graph.native_id, graph.aliases) == (comment.native_id, comment.aliases)
    assert (graph.post_native_id, graph.like_count) == (comment.post_native_id, comment.like_count)


def test_seeds_and_offcuts_are_no_records_and_errors_are_rejected() -> None:
    found = records_of(SAMPLE.read_bytes())
    assert [one.position for one in found] == [2, 4, 5, 6, 7]
    assert isinstance(found[-1], Rejected)
    assert (found[-1].line, found[-1].detail) == (8, "an error of the interface instead of data")


def test_a_post_that_nobody_asked_for_comments_of_is_told_by_its_place() -> None:
    post, comment = records_of(
        HEADER
        + node("1", "", "1_22", "Facebook:/<page-id>/feed")
        + node("2", "1", "333", "Facebook:/<object>")
    )
    assert isinstance(post, Post)
    assert isinstance(comment, Comment)
    assert (comment.native_id, comment.post_native_id) == ("333", "22")


def test_parameters_of_the_query_do_not_hide_what_was_asked_for() -> None:
    query = "Facebook:/<Object ID>/comments?filter=stream"
    (comment,) = records_of(HEADER + node("3", "2", "22_333", query))
    assert isinstance(comment, Comment)
    assert comment.native_id == "22_333"


def test_a_node_without_an_id_is_rejected() -> None:
    (found,) = records_of(HEADER + node("1", "", "", "Facebook:/<post-id>/comments"))
    assert isinstance(found, Rejected)
    assert "object_id" in found.detail


def test_dotted_columns_are_nested_again() -> None:
    row = Row(
        1,
        2,
        {
            "id": "7",
            "object_id": "22_333",
            "from.name": "Jo",
            "like_count": "3",
            "message": "12",
            "is_hidden": "True",
            "comments.summary.total_count": "4",
            "attachment.type": "None",
        },
    )
    assert graph_object(row) == {
        "id": "22_333",
        "from": {"name": "Jo"},
        "like_count": 3,
        "message": "12",
        "is_hidden": True,
        "comments": {"summary": {"total_count": 4}},
    }


@pytest.mark.parametrize(
    "content",
    [
        HEADER + node("1", "", "x", "YouTube:/commentThreads"),
        "id;parent_id;level;object_id;message\n1;;1;22;Gut\n",
    ],
    ids=["youtube", "table"],
)
def test_other_tables_are_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


def test_the_sample_is_recognised_by_this_source_alone() -> None:
    assert specific_sources(SAMPLE.read_bytes()) == ["facepager_table"]


@given(share=st.floats(0, 1))
def test_a_cut_file_gives_what_was_whole_and_one_rejection(share: float) -> None:
    content = SAMPLE.read_bytes()
    start = content.index(b"\r\n") + 2
    assert_a_cut_file_lies_not(records_of, content, start + int(share * (len(content) - start)))
