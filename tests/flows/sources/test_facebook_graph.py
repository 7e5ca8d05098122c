"""Answers of the Graph API: what becomes of posts and comments, and of damaged files."""

import json
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import json_window
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.sources.facebook_graph import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "facebook-page.json"

TIME = "2025-09-01T10:00:00+0200"
NEXT = "https://graph.facebook.com/v26.0/1_22/comments?access_token=EAAsecret&after=x"


def records_of(content: bytes | str) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        landed = LandedFile(path, "page.json", datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def post(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1_22",
        "created_time": TIME,
        "message": "Wir ziehen um.",
        "permalink_url": "https://www.facebook.com/1/posts/22/",
    } | fields


def comment(**fields: Any) -> dict[str, Any]:
    return {
        "id": "22_333",
        "created_time": TIME,
        "from": {"id": "9", "name": "Silke Brandt"},
        "message": "Gut so! 😀",
        "like_count": 3,
        "comment_count": 0,
    } | fields


def page(*objects: Any, **fields: Any) -> dict[str, Any]:
    return {"data": list(objects), "paging": {"next": NEXT}} | fields


def under(*comments: Any, **fields: Any) -> dict[str, Any]:
    return {"data": list(comments)} | fields


def read_json(*answers: Any) -> list[Record]:
    return records_of("\n".join(json.dumps(answer) for answer in answers))


def only_comment(**fields: Any) -> Comment:
    (found,) = read_json(page(comment(**fields)))
    assert isinstance(found, Comment)
    return found


def only_post(**fields: Any) -> Post:
    (found,) = read_json(page(post(**fields)))
    assert isinstance(found, Post)
    return found


def names(records: list[Record]) -> list[str]:
    return [type(record).__name__ for record in records]


def comments_in(records: list[Record]) -> list[Comment]:
    return [record for record in records if isinstance(record, Comment)]


def total(number: int) -> dict[str, Any]:
    return {"data": [], "summary": {"total_count": number}}


def test_a_post_comes_with_all_that_graph_says() -> None:
    found = only_post(
        **{"from": {"id": "1", "name": "Stadtwerke"}},
        shares={"count": 4},
        reactions=total(7),
        love=total(2),
        comments=total(18),
    )
    assert found == Post(
        platform="facebook",
        site="",
        native_id="22",
        position=1,
        channel="facebook",
        text="Wir ziehen um.",
        url="https://www.facebook.com/1/posts/22/",
        author="1",
        created_at=datetime(2025, 9, 1, 8, tzinfo=UTC),
        created_at_raw=TIME,
        status="published",
        reported_comment_count=18,
        reported_counts='{"love": 2, "reaction": 7, "share": 4}',
        aliases=("1_22",),
    )


def test_a_comment_comes_with_all_that_graph_says_but_no_names_of_others() -> None:
    found = only_comment(
        comment_count=2,
        parent={"id": "22_300"},
        attachment={"type": "photo", "url": "https://www.facebook.com/photo.php?fbid=5"},
        message_tags=[{"id": "8", "name": "Jürgen", "type": "user", "offset": 0, "length": 6}],
        reactions=total(5),
        love=total(1),
        permalink_url="https://www.facebook.com/1/posts/22/?comment_id=333",
    )
    assert found == Comment(
        platform="facebook",
        site="",
        position=1,
        line=1,
        native_id="22_333",
        channel="facebook",
        post_native_id="22",
        parent_native_id="22_300",
        reply_semantics="two_level",
        author="9",
        author_name="Silke Brandt",
        text="Gut so! 😀",
        created_at=datetime(2025, 9, 1, 8, tzinfo=UTC),
        created_at_raw=TIME,
        status="published",
        like_count=3,
        reply_count=2,
        reactions='{"love": 1}',
        attachments='[{"type": "photo", "url": "https://www.facebook.com/photo.php?fbid=5"}]',
        mentions='[{"length": 6, "offset": 0}]',
        permalink="https://www.facebook.com/1/posts/22/?comment_id=333",
        aliases=("333",),
    )
    assert "Jürgen" not in repr(found)


def test_nested_comments_follow_their_post_and_answers_their_comment() -> None:
    answer = comment(id="22_444", **{"from": {"id": "1", "name": "Stadtwerke"}})
    first = comment(comments=under(answer))
    found = read_json(page(post(comments=under(first, comment(id="22_555"))), post(id="1_23")))
    assert names(found) == ["Post", "Comment", "Comment", "Comment", "Post"]
    assert [record.position for record in found] == [1, 2, 3, 4, 5]
    parents = [(one.parent_native_id, one.is_owner) for one in comments_in(found)]
    assert parents == [(None, False), ("22_333", True), (None, False)]


def test_a_nested_comment_belongs_to_its_post_whatever_its_id_says() -> None:
    found = read_json(page(post(comments=under(comment(id="777_333")))))
    assert comments_in(found)[0].post_native_id == "22"


@pytest.mark.parametrize(
    ("fields", "is_owner"),
    [
        pytest.param({"from": {"id": "1"}}, True, id="the page of an earlier post"),
        pytest.param({"from": {"id": "2"}}, False, id="somebody else"),
        pytest.param({"from": None}, False, id="unknown"),
        pytest.param({"from": None, "admin_creator": {"id": "5"}}, True, id="by an admin"),
    ],
)
def test_the_page_is_the_owner(fields: dict[str, Any], is_owner: bool) -> None:
    found = read_json(page(post()), page(comment(**fields)))
    assert comments_in(found)[0].is_owner is is_owner


def test_the_page_is_known_from_the_address_of_a_comment_alone() -> None:
    address = "https://www.facebook.com/1/posts/22/?comment_id=333"
    assert only_comment(permalink_url=address, **{"from": {"id": "1"}}).is_owner


def test_without_an_id_the_address_gives_the_ids() -> None:
    address = "https://www.facebook.com/1/posts/22/?comment_id=333&reply_comment_id=444"
    found = only_comment(id=None, permalink_url=address)
    assert (found.native_id, found.id_basis) == ("22_444", "permalink")
    assert (found.post_native_id, found.parent_native_id) == ("22", "22_333")


def test_without_id_and_address_the_id_is_left_to_a_hash() -> None:
    found = only_comment(id=None)
    assert (found.native_id, found.id_basis, found.post_native_id) == (None, "hash", None)


def test_missing_is_none_and_never_zero() -> None:
    (found,) = read_json(page({"id": "22_333", "created_time": TIME, "can_remove": False}))
    assert isinstance(found, Comment)
    assert (found.text, found.author, found.like_count, found.reply_count) == (None,) * 4
    assert (found.reactions, found.attachments, found.mentions) == (None,) * 3


def test_hidden_and_unpublished_things_are_marked() -> None:
    assert only_comment(is_hidden=True).status == "hidden"
    assert only_comment(is_private=True).visibility == "private"
    assert only_post(is_hidden=True).status == "hidden"
    assert only_post(is_published=False).status == "pending"


@pytest.mark.parametrize(
    ("written", "moment", "zone"),
    [
        ("2025-09-01T08:00:00+0000", datetime(2025, 9, 1, 8, tzinfo=UTC), None),
        ("2025-09-01T08:00:00", datetime(2025, 9, 1, 6, tzinfo=UTC), "Europe/Berlin"),
        (1756713600, datetime(2025, 9, 1, 8, tzinfo=UTC), None),
        ("gestern", None, None),
        (None, None, None),
    ],
)
def test_times_become_utc(written: Any, moment: datetime | None, zone: str | None) -> None:
    found = only_comment(created_time=written)
    assert (found.created_at, found.created_tz_assumed) == (moment, zone)


def test_half_an_emoji_is_replaced_since_utf_8_cannot_hold_it() -> None:
    (found,) = records_of(json.dumps(page(comment(message="x"))).replace('"x"', r'"x\ud83d"'))
    assert isinstance(found, Comment)
    assert found.text == "x\ufffd"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(page(post(), post(id="1_23")), ["Post", "Post"], id="page"),
        pytest.param([page(post()), page(comment())], ["Post", "Comment"], id="array of pages"),
        pytest.param([post(), comment()], ["Post", "Comment"], id="array of objects"),
        pytest.param(post(), ["Post"], id="one post"),
        pytest.param(comment(), ["Comment"], id="one comment"),
        pytest.param({"22_333": comment(), "22_4": comment(id="22_4")}, ["Comment"] * 2, id="ids"),
        pytest.param({"id": "1", "posts": under(post())}, ["Post"], id="posts of a page object"),
        pytest.param(
            {"id": "1_22", "comments": under(comment())}, ["Post", "Comment"], id="comments of one"
        ),
        pytest.param(page(), [], id="empty page"),
        pytest.param([], [], id="empty array"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_shape_of_an_answer_is_read(
    answer: Any, expected: list[str], indent: int | None
) -> None:
    assert names(records_of(json.dumps(answer, indent=indent))) == expected


def bare(number: str, **fields: Any) -> dict[str, Any]:
    """What Graph gives if no fields are asked for: a post and a comment look alike."""
    return {"id": number, "created_time": TIME, "message": "Hallo"} | fields


SOMEBODY = {"from": {"id": "9", "name": "Silke"}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(page(bare("1_22")), "Comment", id="address of the next page"),
        pytest.param(
            page(bare("1_22", **SOMEBODY), paging={"next": NEXT.replace("/comments", "/feed")}),
            "Post",
            id="address of the next page of posts",
        ),
        pytest.param(
            under(bare("1_22"), summary={"order": "ranked", "total_count": 1}),
            "Comment",
            id="summary",
        ),
        pytest.param(under(bare("1_22", **SOMEBODY)), "Comment", id="has an author"),
        pytest.param(under(bare("1_22")), "Post", id="nothing"),
        pytest.param(under(bare("9_22", **SOMEBODY)), "Post", id="the author is the page"),
        pytest.param(
            under(bare("1_22", comments=under(bare("22_3")))), "Post", id="its comments' ids"
        ),
        pytest.param(
            under(bare("22_3", comments=under(bare("22_4")))), "Comment", id="its answers' ids"
        ),
    ],
)
def test_posts_are_told_from_comments(answer: Any, expected: str) -> None:
    assert names(read_json(answer))[0] == expected


CURSORS = {"cursors": {"before": "a", "after": "b"}}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([bare("22_4", like_count=0)], id="a like count"),
        pytest.param([bare("22_4", **SOMEBODY)], id="an author"),
        pytest.param([bare("22_4", parent={"id": "22_3"})], id="a parent"),
    ],
)
def test_one_page_holds_comments_or_posts_and_never_both(others: list[Any]) -> None:
    # Without the permission for it, Graph names no authors but the page itself.
    found = read_json(under(bare("22_3"), *others, paging=CURSORS))
    assert names(found) == ["Comment", "Comment"]
    assert names(read_json(under(bare("22_3"), post(), paging=CURSORS))) == ["Post", "Post"]


def test_a_page_without_neighbours_is_one_of_comments() -> None:
    assert names(read_json(under(bare("22_3"), bare("22_4"), paging=CURSORS))) == ["Comment"] * 2


def test_pages_of_comments_by_post_are_read() -> None:
    answer = {"1_22": under(bare("22_3"), paging=CURSORS), "1_23": under(paging=CURSORS)}
    (found,) = read_json(answer)
    assert isinstance(found, Comment)
    assert found.post_native_id == "22"


@pytest.mark.parametrize("time", [1754851503, "1754851503", "2025-08-10T18:45:03+00:00"])
def test_times_in_another_writing_are_recognised_beside_an_id_of_graph(time: Any) -> None:
    content = json.dumps(under(bare("22_3", created_time=time, like_count=0)))
    assert recognise(content.encode())
    (found,) = records_of(content)
    assert isinstance(found, Comment)
    assert found.created_at is not None


def test_what_stands_under_a_known_post_is_a_comment() -> None:
    assert names(read_json(page(post()), under(bare("22_333")))) == ["Post", "Comment"]


def test_an_object_that_is_neither_is_rejected() -> None:
    found = read_json(page({"name": "x"}, 5, post()))
    assert names(found) == ["Rejected", "Rejected", "Post"]


def test_an_error_of_graph_is_told_without_its_message() -> None:
    error = {"error": {"message": "bad EAAsecret", "type": "OAuthException", "code": 190}}
    (rejected,) = read_json(error | {"fbtrace_id": "A1secret"})
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")
    assert "`OAuthException`, code 190" in rejected.detail
    assert "secret" not in repr(rejected)


def test_an_error_among_pages_is_one_record() -> None:
    found = read_json(
        page(post()), {"error": {"type": "EAA secret!", "code": "x"}}, page(comment())
    )
    assert names(found) == ["Post", "Rejected", "Comment"]
    assert isinstance(found[1], Rejected)
    assert (found[1].position, found[1].line) == (2, 2)
    assert "secret" not in found[1].detail


def test_no_token_ever_comes_out() -> None:
    found = read_json(page(post(comments=under(comment(), paging={"next": NEXT})), comment()))
    assert "EAAsecret" not in repr(found)


def test_a_broken_line_costs_that_line() -> None:
    lines = [json.dumps(page(post())), '{"data": [{"id": "1_9", "mess', json.dumps(page(comment()))]
    found = records_of("\n".join(lines))
    assert names(found) == ["Post", "Rejected", "Comment"]
    assert isinstance(found[1], Rejected)
    assert (found[1].line, found[1].reason) == (2, "broken record")


def test_a_broken_object_in_an_array_costs_that_line() -> None:
    lines = [json.dumps(post()), '{"id": "1_9", oops}', json.dumps(comment())]
    found = records_of("[\n" + ",\n".join(lines) + "\n]\n")
    assert names(found) == ["Post", "Rejected", "Comment"]


def test_a_cut_page_gives_its_whole_objects() -> None:
    text = json.dumps(page(post(comments=under(comment())), post(id="1_23")), indent=1)
    found = records_of(text.split('"1_23"')[0])
    assert names(found) == ["Post", "Comment", "Rejected"]
    assert isinstance(found[2], Rejected)
    assert "ends too early" in found[2].detail
    assert found[2].line == text.split('"1_23"')[0].count("\n") + 1


def test_of_a_cut_page_what_could_be_either_is_rejected() -> None:
    text = json.dumps(under(bare("1_22"), bare("1_23")))
    found = records_of(text[:-1])
    assert names(found) == ["Rejected"] * 3


@pytest.mark.parametrize("content", [b"", b"  \n", b"hello", b"{", b'{"data": [', b"5"])
def test_a_file_with_nothing_to_read_is_broken(content: bytes) -> None:
    (rejected,) = records_of(content)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "broken file")


def test_nesting_without_end_is_rejected() -> None:
    found = records_of('{"data": [' + '{"comments": {"data": [' * 20_000)
    assert names(found) == ["Rejected"]


def test_bytes_of_another_encoding_cost_one_object() -> None:
    text = json.dumps(page(comment(message="Grüße"), comment(id="22_4")), ensure_ascii=False)
    found = records_of(text.replace(" 😀", "").encode("cp1252"))
    assert names(found) == ["Rejected", "Comment"]


def test_bytes_of_another_encoding_cost_an_object_of_its_own_too() -> None:
    content = json.dumps({"22_333": comment(message="Grüße")}, ensure_ascii=False)
    (found,) = records_of(content.encode("cp1252"))
    assert isinstance(found, Rejected)
    assert "UTF-8" in found.detail


def test_a_broken_first_answer_is_one_record_where_others_follow() -> None:
    found = records_of("{oops\n" + json.dumps(page(post())))
    assert names(found) == ["Rejected", "Post"]
    assert [record.position for record in found] == [1, 2]


def test_a_broken_object_does_not_part_others_from_the_end_of_their_page() -> None:
    answer = page(bare("1_22"), comment(message="Grüße"), bare("1_23"))
    text = json.dumps(answer, ensure_ascii=False)
    found = records_of(text.encode("cp1252"))
    assert names(found) == ["Rejected", "Comment", "Comment"]


def test_comments_on_their_own_come_with_the_line_they_start_in() -> None:
    objects = ",\n".join(json.dumps(comment(id=f"22_{n}")) for n in range(3))
    assert [one.line for one in comments_in(records_of(f"[\n{objects}\n]"))] == [2, 3, 4]


def test_answers_to_answers_are_read_however_deep_they_are() -> None:
    value = comment(id="22_0")
    for n in range(1, 200):
        value = comment(id=f"22_{n}", comments=under(value))
    found = comments_in(read_json(page(value)))
    assert [one.native_id for one in found] == [f"22_{n}" for n in reversed(range(200))]
    assert found[-1].parent_native_id == "22_1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_as_windows_saves_them_are_read(encoding: str) -> None:
    content = json.dumps(page(comment()), ensure_ascii=False).encode(encoding)
    assert recognise(content)
    assert comments_in(records_of(content))[0].text == "Gut so! 😀"


def test_a_file_is_read_alike_whatever_the_size_of_its_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objects = [
        post(id=f"1_{n}", comments=under(comment(), comment(like_count=n))) for n in range(9)
    ]
    content = json.dumps(page(*objects), indent=1) + "\n{oops\n" + json.dumps(page(post()))
    whole = records_of(content)
    assert names(whole).count("Rejected") == 1
    for size in (1, 2, 7, 50, 333):
        monkeypatch.setattr(json_window, "CHUNK", size)
        assert records_of(content) == whole


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(page(post())), id="page"),
        pytest.param("\ufeff\n " + json.dumps(page(post()), indent=1), id="mark and blanks"),
        pytest.param(json.dumps([page(comment())]), id="array"),
        pytest.param(json.dumps({"22_333": comment()}), id="ids"),
        pytest.param(json.dumps(page()), id="empty page"),
        pytest.param('{"error":{"message":"m","type":"OAuthException","code":4}}', id="error"),
        pytest.param(json.dumps(page(post(), post()))[:230], id="cut"),
    ],
)
def test_graph_is_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('[{"id": 1, "date": "2025-09-01T08:00:00", "content": {}}]', id="WordPress"),
        pytest.param('{"text": "a", "created_time": "2025-09-01T08:00:00Z"}', id="a table"),
        pytest.param('{"data": []}', id="anything"),
        pytest.param('{"error": "not found"}', id="any error"),
        pytest.param('"created_time": "2025-09-01T08:00:00+0000", "message":', id="no object"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


@given(
    texts=st.lists(st.text(max_size=20), min_size=1, max_size=4),
    is_escaped=st.booleans(),
    indent=st.sampled_from([None, 1]),
    where=st.floats(0, 1, exclude_max=True),
)
def test_a_cut_file_yields_only_what_was_whole_and_says_that_it_is_cut(
    texts: list[str], is_escaped: bool, indent: int | None, where: float
) -> None:
    comments = [comment(id=f"22_{n}", message=text) for n, text in enumerate(texts)]
    answer = page(post(comments=under(*comments)), post(id="1_23"), bare("1_24"), *comments)
    text = json.dumps(answer, ensure_ascii=is_escaped, indent=indent) + "\n"
    content = text.encode("utf-8", "replace")
    assert_a_prefix(records_of(content), content, int(where * len(content)))


def test_a_file_cut_at_every_third_byte_yields_only_what_was_whole() -> None:
    answer = page(post(comments=under(comment(comments=under(comment(id="22_4"))))), bare("1_24"))
    content = json.dumps(answer, ensure_ascii=False).encode()
    whole = records_of(content)
    for length in range(0, len(content), 3):
        assert_a_prefix(whole, content, length)


def assert_a_prefix(whole: list[Record], content: bytes, length: int) -> None:
    """What the first `length` bytes yield is, in this order, among what the whole file yields."""
    cut = records_of(content[:length])
    expected = iter(replace(record, position=0) for record in whole)
    kept = [replace(record, position=0) for record in cut if not isinstance(record, Rejected)]
    assert all(record in expected for record in kept)
    is_rejected = any(isinstance(record, Rejected) for record in cut)
    assert is_rejected == (content[:length].rstrip() != content.rstrip())


KEYS = [
    "data",
    "id",
    "from",
    "comments",
    "message",
    "permalink_url",
    "error",
    "created_time",
    "message_tags",
    "summary",
    "1_2",
    "posts",
    "total_count",
    "attachment",
    "parent",
    "like_count",
    "paging",
    "next",
    "shares",
    "object",
]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_whatever_makes_the_reader_fail(answer: Any) -> None:
    for record in read_json(answer):
        assert isinstance(record, Post | Comment | Rejected)


def test_the_sample_is_read_in_full() -> None:
    content = SAMPLE.read_bytes()
    found = records_of(content)
    assert recognise(content[:SAMPLE_SIZE])
    assert Counter(names(found)) == {"Post": 4, "Comment": 40}
    reported = [record.reported_comment_count or 0 for record in found if isinstance(record, Post)]
    assert sum(reported) == 40
    assert any(one.is_owner for one in comments_in(found))
    assert any(one.parent_native_id for one in comments_in(found))
    assert Counter(one.status for one in comments_in(found)) == {"published": 39, "hidden": 1}
    assert SOURCE.recognise is recognise


COUNTS = {
    # file: (posts, comments, rejections), counted with grep: a comment's address has `comment_id=`.
    "comment_info.json": (0, 1, 0),
    "comments_info.json": (0, 2, 0),
    "comments_p1.json": (0, 10, 0),
    "comments_p2.json": (0, 5, 0),
    "create_resp.json": (0, 1, 0),
    "error.json": (0, 0, 1),
    "error_data.json": (0, 0, 1),
    "groups_feed_p1.json": (5, 0, 0),
    "groups_feed_p2.json": (6, 0, 0),
    "model_comment.json": (0, 1, 0),
    "posts_feed_fields_p1.json": (5, 0, 0),
    "posts_feed_fields_p2.json": (5, 0, 0),
    "posts_feeds_default_fields_p1.json": (5, 0, 0),
    "posts_multi_posts_data_fields.json": (2, 0, 0),
    "posts_single_post_data_fields.json": (1, 0, 0),
}


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_files_give_what_was_counted_in_them() -> None:
    found = {}
    for path in FIXTURES.glob("facebook-graph/*.json"):
        content = path.read_bytes()
        assert recognise(content[:SAMPLE_SIZE]), path.name
        kinds = Counter(type(record) for record in records_of(content))
        found[path.name] = (kinds[Post], kinds[Comment], kinds[Rejected])
    assert found == COUNTS


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_real_comments_without_ids_get_them_from_their_addresses() -> None:
    records = records_of((FIXTURES / "facebook-graph" / "comments_p1.json").read_bytes())
    comments = comments_in(records)
    assert {one.id_basis for one in comments} == {"permalink"}
    assert {one.post_native_id for one in comments} == {"10158407654328553"}
    known = {one.native_id for one in comments}
    answers = [one for one in comments if one.parent_native_id]
    assert len(answers) == 4
    assert all(one.parent_native_id in known for one in answers)


def batch(*answers: Any, code: int = 200) -> list[Any]:
    """Answers as a batch request gives them."""
    headers = [{"name": "Content-Type", "value": "text/javascript; charset=UTF-8"}]
    bodies = [
        answer if isinstance(answer, str) else json.dumps(answer).replace("/", r"\/")
        for answer in answers
    ]
    return [{"code": code, "headers": headers, "body": body} for body in bodies]


def test_the_answers_of_a_batch_are_read_as_if_each_had_been_asked_for_alone() -> None:
    answers = page(post()), page(comment(), comment(id="22_334"))
    content = json.dumps(batch(*answers))
    assert recognise(content.encode())
    assert records_of(content) == [
        replace(found, line=1) if isinstance(found, Comment) else found
        for found in read_json(*answers)
    ]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(batch(page(), page(comment())), id="the first answer is empty"),
        pytest.param(batch(under(paging={}), under(paging={})), id="all are empty"),
        pytest.param([None, *batch(page(comment()))], id="the first is missing"),
        pytest.param(
            batch({"error": {"type": "OAuthException", "code": 190}}, code=400), id="error"
        ),
        pytest.param([{"code": 200, "body": json.dumps(page(comment()))}], id="without headers"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_batch_is_recognised(answers: list[Any], indent: int | None) -> None:
    assert recognise(json.dumps(answers, indent=indent).encode())


def test_what_is_wrong_with_one_answer_of_a_batch_leaves_the_others() -> None:
    error = {"error": {"type": "OAuthException", "code": 190, "message": "x"}}
    answers = [*batch(page(comment()), error, "<html>", '{"data": [{'), None, *batch(post())]
    found = read_json(answers)
    assert names(found) == ["Comment", *["Rejected"] * 4, "Post"]
    details = [record.detail for record in found if isinstance(record, Rejected)]
    assert "code 190" in details[0]
    assert "the body of an answer in a batch: not JSON" in details[1]
    assert "the body of an answer in a batch: the file ends too early" in details[2]
    assert "took Graph too long" in details[3]


def test_a_batch_that_is_cut_gives_the_answers_before_the_cut() -> None:
    content = json.dumps(batch(page(comment()), page(comment(id="22_334"))))
    found = records_of(content[:-40])
    assert names(found) == ["Comment", "Rejected"]
