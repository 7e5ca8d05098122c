"""Downloads of an Instagram account: what becomes of comments, and of damaged files."""

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
from flows.sources.instagram_dyi import SOURCE, read, recognise
from models.canonical import Comment, Record, Rejected

SAMPLE = Path(__file__).parent / "samples" / "instagram_dyi.json"


def records_of(content: bytes | Any) -> list[Record]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "post_comments_1.json"
        path.write_bytes(raw)
        landed = LandedFile(path, path.name, datetime(2025, 12, 1, tzinfo=UTC))
        return list(read(landed, ReadingRules()))


def entry(time: str = "Time", seconds: Any = 1762156800, **values: Any) -> dict[str, Any]:
    fields = {name.replace("_", " "): {"value": value} for name, value in values.items()}
    return {
        "media_list_data": [{"uri": ""}],
        "string_map_data": fields | {time: {"timestamp": seconds}},
    }


def texts(content: Any) -> list[str | None]:
    return [one.text for one in records_of(content) if isinstance(one, Comment)]


def test_a_comment_is_one_of_the_owner_and_does_not_say_whose_post_it_was() -> None:
    first, _, last = records_of(SAMPLE.read_bytes())
    assert first == Comment(
        platform="instagram",
        site="",
        position=1,
        line=2,
        native_id=None,
        id_basis="hash",
        channel="instagram",
        is_owner=True,
        text="Schöner Blick in die Leitwarte! 😀",
        created_at=datetime(2025, 11, 3, 8, tzinfo=UTC),
        created_at_raw="1762156800",
        status="published",
    )
    assert isinstance(last, Comment)
    assert (last.text, last.position) == ("Glückwunsch zum Start!", 3)
    assert "stadtwerke" not in repr(records_of(SAMPLE.read_bytes()))


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([entry(Comment="toll", Media_Owner="amt")], id="English"),
        pytest.param([entry("Zeit", Kommentar="toll", Medieninhaber="amt")], id="German"),
        pytest.param([entry("Time", Media_Owner="amt", Comment="toll")], id="another order"),
        pytest.param([entry("Tijd", Opmerking="toll", X="amt")], id="first of two"),
    ],
)
def test_the_comment_is_told_from_the_account(entries: list[dict[str, Any]]) -> None:
    assert texts(entries) == ["toll"]


def test_names_in_another_language_are_learned_from_entries_that_prove_them() -> None:
    known = entry("Tijd", Eigenaar="amt.nord", Opmerking="Heel goed!")
    later = entry("Tijd", Eigenaar="amt.nord", Opmerking="toll")
    without_text = entry("Tijd", Eigenaar="amt.nord")
    assert texts([known, later, without_text]) == ["Heel goed!", "toll", None]


def test_a_comment_without_an_account_is_a_comment() -> None:
    assert texts([entry(Comment="Ja"), entry("Tijd", Opmerking="Nee")]) == ["Ja", "Nee"]


def test_a_blank_comment_is_not_replaced_by_whose_post_it_was() -> None:
    assert texts([entry(Comment="", Media_Owner="amt.nord")]) == [None]


def test_what_the_text_is_called_is_learned_from_the_whole_file() -> None:
    # The first comment could be an account's name as well, and stands below it.
    first, second = (
        entry("Czas", Właściciel="amt.nord", Komentarz=text)
        for text in ("dobrze", "Bardzo dobrze!")
    )
    assert texts([first, second]) == ["dobrze", "Bardzo dobrze!"]


def test_fields_may_hold_blanks_besides() -> None:
    parts = {"Opmerking": "Heel goed", "Eigenaar": "amt.nord", "Tijd": ""}
    fields = {
        name: {"href": "", "value": value, "timestamp": 1762156800 if name == "Tijd" else 0}
        for name, value in parts.items()
    }
    content = [{"title": "", "media_list_data": [{"uri": ""}], "string_map_data": fields}]
    assert recognise(json.dumps(content).encode())
    assert texts(content) == ["Heel goed"]


def test_other_lists_with_names_and_times_are_not_taken_for_comments() -> None:
    visit = entry("Time", Username="amt.nord")
    login = entry("Time", IP_Address="192.168.1.2", Cookie="a b")
    for other in (visit, login):
        assert not recognise(json.dumps([other]).encode())


def test_comments_of_the_first_years_are_lists() -> None:
    written = "Schön".encode().decode("latin-1")
    content = {"media_comments": [["2019-01-02T12:13:14+00:00", written, "amt.nord"]]}
    assert recognise(json.dumps(content).encode())
    (found,) = records_of(content)
    assert isinstance(found, Comment)
    assert (found.text, found.created_at) == ("Schön", datetime(2019, 1, 2, 12, 13, 14, tzinfo=UTC))
    assert "amt.nord" not in repr(found)


def test_an_account_alone_is_no_comment() -> None:
    assert texts([entry(Media_Owner="amt.nord")]) == [None]


@pytest.mark.parametrize(
    "name",
    ["comments_reels_comments", "comments_story_comments", "comments_media_comments"],
)
def test_lists_with_a_name_are_read(name: str) -> None:
    content = json.dumps({name: [entry(Comment="Ja")]}).encode()
    assert recognise(content)
    assert texts(content) == ["Ja"]


def test_entries_of_earlier_years_are_read() -> None:
    old = {"title": "amt", "string_list_data": [{"value": "Ja", "timestamp": 1762156800}]}
    (found,) = records_of({"comments_media_comments": [old]})
    assert isinstance(found, Comment)
    assert (found.text, found.created_at_raw) == ("Ja", "1762156800")


@pytest.mark.parametrize(("seconds", "raw"), [(0, None), ("gestern", "gestern"), (None, None)])
def test_a_time_that_is_none_is_left_to_be_rejected_later(seconds: Any, raw: str | None) -> None:
    (found,) = records_of([entry(seconds=seconds, Comment="Ja")])
    assert isinstance(found, Comment)
    assert (found.created_at, found.created_at_raw) == (None, raw)


@pytest.mark.parametrize(
    "strange", [5, None, {}, {"string_map_data": []}, {"string_list_data": []}]
)
def test_what_is_no_comment_is_rejected_and_the_rest_is_read(strange: Any) -> None:
    rejected, kept = records_of([strange, entry(Comment="Ja")])
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.reason) == (1, "broken record")
    assert isinstance(kept, Comment)
    assert kept.position == 2


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps([entry("Tijd", Opmerking="Ja", Eigenaar="amt")]), id="Dutch"),
        pytest.param(json.dumps([entry(Comment='"Ja"')], indent=1), id="indented, quotes"),
        pytest.param('{"comments_reels_comments": []}', id="empty"),
    ],
)
def test_comments_are_recognised(content: str) -> None:
    assert recognise(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param('[{"media": [{"uri": "a", "creation_timestamp": 1762156800}]}]', id="posts"),
        pytest.param(
            '[{"string_map_data": {"Username": {"href": "", "value": "a", "timestamp": 0}}}]',
            id="profile",
        ),
        pytest.param(
            '{"likes_media_likes": [{"title": "a", "string_list_data": [{"value": "x"}]}]}',
            id="likes",
        ),
        pytest.param('{"comments_v2": [{"timestamp": 1762156800}]}', id="Facebook"),
        pytest.param('[{"Comment": {"value": "a"}}]', id="a table"),
    ],
)
def test_other_files_are_not_recognised(content: str) -> None:
    assert not recognise(content.encode())


def test_the_sample_is_recognised_as_what_it_is() -> None:
    assert source_of(SAMPLE) is SOURCE


@given(st.floats(0, 1, exclude_max=True))
def test_a_cut_sample_yields_only_what_was_whole_and_one_rejection(where: float) -> None:
    content = SAMPLE.read_bytes()
    *kept, rejected = records_of(content[: int(where * len(content))])
    assert kept == records_of(content)[: len(kept)]
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.position) == ("broken file", 0)
