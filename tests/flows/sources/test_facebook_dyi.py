"""Downloads of a Facebook account: what becomes of comments and posts, and of damaged files."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import recognise as source_of
from flows.sources.facebook_dyi import SOURCE, read, recognise
from models.canonical import Comment, Post, Record, Rejected

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures" / "facebook-dyi-schema"
SAMPLE = Path(__file__).parent / "samples" / "facebook_dyi.json"
AT = datetime(2025, 11, 3, 8, tzinfo=UTC)


def records_of(content: bytes | Any) -> list[Record]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comments.json"
        path.write_bytes(raw)
        landed = LandedFile(path, path.name, datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def as_meta_writes(text: str) -> str:
    return text.encode().decode("latin-1")


def comment(**fields: Any) -> dict[str, Any]:
    inner = {"timestamp": 1762156800, "comment": "Gut so!", "author": as_meta_writes("H. Lüders")}
    return {"timestamp": 1762156800, "data": [{"comment": inner | fields}], "title": "T"}


def post(**fields: Any) -> dict[str, Any]:
    return {
        "timestamp": 1762156800,
        "data": [{"post": as_meta_writes("Grüße")}, {"update_timestamp": 1762160400}],
        "title": "H. hat ihren Status aktualisiert.",
    } | fields


def only(content: Any) -> Record:
    (found,) = records_of(content)
    return found


def test_a_comment_in_a_group_is_one_of_the_owner_without_names_of_others() -> None:
    found = records_of(SAMPLE.read_bytes())[4]
    assert found == Comment(
        platform="facebook",
        site="",
        position=5,
        line=77,
        native_id=None,
        id_basis="hash",
        channel="facebook",
        author="Henrike Lüders",
        author_name="Henrike Lüders",
        is_owner=True,
        text="Wer nutzt Passkeys schon im Netzbetrieb?",
        created_at=datetime(2025, 11, 5, 9, tzinfo=UTC),
        created_at_raw="1762333200",
        status="published",
        community="IT in Stadtwerken",
        platform_labels='{"group": "IT in Stadtwerken"}',
    )


def test_the_texts_of_the_sample_are_mended_and_their_attachments_told() -> None:
    found = records_of(SAMPLE.read_bytes())
    comments = [one for one in found if isinstance(one, Comment)]
    assert [one.text for one in comments][::3] == [
        "Der Umzug ins neue Rechenzentrum läuft – bisher ohne Störung. 👍",
        None,
    ]
    assert [one.attachments for one in comments] == [
        None,
        None,
        '[{"type": "link", "url": "https://stadtwerke-nordhafen.example/it-strategie"}]',
        '[{"type": "media", "url": null}]',
        None,
    ]
    assert all(one.is_owner for one in comments)
    assert "kommentiert" not in repr(found)


def test_a_post_has_its_text_its_times_and_an_id_made_of_them() -> None:
    found = only([post()])
    assert isinstance(found, Post)
    assert found == Post(
        platform="facebook",
        site="",
        native_id=found.native_id,
        position=1,
        channel="facebook",
        text="Grüße",
        created_at=AT,
        created_at_raw="1762156800",
        updated_at=datetime(2025, 11, 3, 9, tzinfo=UTC),
        status="published",
    )
    assert found.native_id.startswith("h-")


def test_the_id_of_a_post_is_the_same_each_time_and_another_for_another_post() -> None:
    ids = {
        one.native_id
        for one in records_of([post(), post(), post(timestamp=1762156801), post(data=[])])
        if isinstance(one, Post)
    }
    assert len(ids) == 3


def test_a_post_of_a_picture_has_what_stands_below_it() -> None:
    media = {"uri": "a.jpg", "description": as_meta_writes("Übergabe")}
    found = only([post(data=[], attachments=[{"data": [{"place": {}}, {"media": media}]}])])
    assert isinstance(found, Post)
    assert found.text == "Übergabe"


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda one: {"comments": [one]}, id="2018"),
        pytest.param(lambda one: {"comments_v2": [one]}, id="2022"),
        pytest.param(lambda one: {"group_comments_v2": [one]}, id="groups"),
        pytest.param(lambda one: {"group_posts": {"activity_log_data": [one]}}, id="log"),
        pytest.param(lambda one: {"group_posts_v2": [one]}, id="posts of groups"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_of_all_years_are_recognised_and_read(wrapped: Any, indent: int | None) -> None:
    for one, kind in ((comment(), Comment), (post(), Post)):
        content = json.dumps(wrapped(one), indent=indent).encode()
        assert recognise(content)
        assert [type(record) for record in records_of(content)] == [kind]


def test_posts_in_a_bare_list_are_recognised() -> None:
    assert recognise(json.dumps([post()]).encode())
    picture = {"timestamp": 1762156800, "attachments": [{"data": [{"media": {"uri": "a"}}]}]}
    assert recognise(json.dumps([picture]).encode())
    assert recognise(b'{"comments_v2": []}')


@pytest.mark.parametrize(
    "title", ["H. commented on a post.", "H. hat kommentiert.", "コメント", None]
)
def test_the_language_of_the_account_does_not_matter(title: str | None) -> None:
    content = {"comments_v2": [comment() | {"title": title}]}
    assert records_of(content) == records_of({"comments_v2": [comment()]})


@pytest.mark.parametrize(
    ("fields", "raw"),
    [({"timestamp": 0}, "0"), ({"timestamp": "gestern"}, "gestern"), ({"timestamp": None}, None)],
)
def test_a_time_that_is_none_is_left_to_be_rejected_later(
    fields: dict[str, Any], raw: str | None
) -> None:
    found = only({"comments_v2": [comment(**fields)]})
    assert isinstance(found, Comment)
    assert (found.created_at, found.created_at_raw) == (None, raw)


def test_every_comment_of_an_entry_is_read() -> None:
    both = comment() | {"data": [*comment()["data"], *comment(comment="Noch etwas")["data"]]}
    first, second = records_of({"comments_v2": [both]})
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == ("Gut so!", "Noch etwas")
    assert (first.position, second.position) == (1, 2)


@pytest.mark.parametrize("data", [{}, {"data": []}, {"data": [{}]}])
def test_a_comment_that_is_only_a_picture_is_no_post(data: dict[str, Any]) -> None:
    picture = {"attachments": [{"data": [{"media": {"uri": "a.jpg"}}]}], "title": "T"}
    found = only({"comments_v2": [{"timestamp": 1762156800, **picture, **data}]})
    assert isinstance(found, Comment)
    assert (found.text, found.created_at) == (None, AT)
    assert found.attachments == '[{"type": "media", "url": null}]'


def labelled(label: str, **fields: Any) -> dict[str, Any]:
    """A post on another page: what its parts are called is in the language of the account."""
    values = [
        {"label": "Ziel", "value": "Anna Adler"},
        {"label": label, "value": as_meta_writes("Grüße an alle")},
    ]
    return {"timestamp": 1762156800, "media": [], "label_values": values, "fbid": "77"} | fields


@pytest.mark.parametrize("label", ["Message", "Nachricht", "Publicaci\u00c3\u00b3n"])
def test_a_post_on_another_page_has_its_text_by_label_and_no_names(label: str) -> None:
    content = json.dumps([labelled(label)]).encode()
    assert recognise(content)
    found = only(content)
    assert isinstance(found, Post)
    assert (found.text, found.native_id, found.created_at) == ("Grüße an alle", "77", AT)
    assert "Adler" not in repr(found)


def test_reactions_with_labels_are_not_taken_for_posts() -> None:
    assert not recognise(json.dumps([labelled("Reaction")]).encode())


def test_the_download_in_html_is_told_to_be_asked_for_anew() -> None:
    page = b'<html><head><title>Kommentare</title></head><body><div class="_3-95 _a6-g">'
    assert recognise(page)
    rejected = only(page)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (0, "unknown format")
    assert "JSON" in rejected.detail
    assert not recognise(b"<html><head><title>Comments</title></head><body>a blog")


def test_the_time_of_the_entry_stands_in_for_that_of_the_comment() -> None:
    inner = {"comment": "Gut so!", "author": "H."}
    found = only({"comments_v2": [{"timestamp": 1762156800, "data": [{"comment": inner}]}]})
    assert isinstance(found, Comment)
    assert found.created_at == AT


@pytest.mark.parametrize(
    "strange", [5, None, {}, {"data": [{"reaction": {}}], "timestamp": 1}, {"data": "x"}]
)
def test_what_is_neither_is_rejected_and_the_rest_is_read(strange: Any) -> None:
    rejected, kept = records_of({"comments_v2": [strange, comment()]})
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (1, "broken record")
    assert isinstance(kept, Comment)
    assert kept.position == 2


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"comments": []}', id="any list"),
        pytest.param(b'{"comments": [{"timestamp": 1762156800, "text": "a"}]}', id="another list"),
        pytest.param(
            b'{"reactions_v2": [{"timestamp": 1762156800, "data": [{"reaction": {}}]}]}',
            id="reactions",
        ),
        pytest.param(
            b'[{"media_list_data": [], "string_map_data": {"Comment": {"value": "a"}}}]',
            id="Instagram",
        ),
        pytest.param(b'{"data": [{"id": "1_2", "message": "a", "comments": {}}]}', id="Graph"),
        pytest.param(b'[{"id": 1, "data": [1], "timestamp": 1762156800}]', id="a table"),
        pytest.param(b"<html>comments_v2</html>", id="the HTML variant"),
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognise(content)


def test_the_sample_is_recognised_as_what_it_is() -> None:
    assert source_of(SAMPLE) is SOURCE


@given(st.floats(0, 1, exclude_max=True))
def test_a_cut_sample_yields_only_what_was_whole_and_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    *kept, rejected = records_of(content[: int(where * len(content))])
    assert kept == records_of(content)[: len(kept)]
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.position) == ("broken file", 0)


KEYS = [
    "timestamp",
    "data",
    "comment",
    "post",
    "update_timestamp",
    "attachments",
    "media",
    "external_context",
    "url",
    "description",
    "author",
    "group",
]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=4,
            )
        ),
        max_leaves=15,
    )
)
def test_no_list_whatever_makes_the_reader_fail(values: Any) -> None:
    for record in records_of({"comments_v2": [values]}):
        assert isinstance(record, Post | Comment | Rejected)


@pytest.mark.fixtures
@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the real files are not here")
def test_the_published_schemas_name_the_fields_and_lists_that_are_read() -> None:
    comments = json.loads((FIXTURES / "comments.schema.json").read_text("utf-8"))
    (inner,) = [
        one["properties"]["data"]["items"]["properties"]["comment"]["properties"].keys()
        for name, one in comments["definitions"].items()
        if name == "group_comment"
    ]
    value = {"author": "H.", "comment": "Ja", "timestamp": 1762156800, "group": "G"}
    assert inner == value.keys()
    for schema in FIXTURES.glob("*.json"):
        (name,) = json.loads(schema.read_text("utf-8"))["required"]
        entry = {"timestamp": 1762156800, "data": [{"comment": value}], "title": "T"}
        content = json.dumps({name: [entry]}).encode()
        assert recognise(content) == (name != "reactions")
        assert not recognise(schema.read_bytes())
