from hypothesis import given
from hypothesis import strategies as st

from flows.reading.table_entries import Entry
from flows.reading.table_ids import (
    comment_id_of,
    family_of,
    has_numbered,
    parent_id_of,
    post_id_of,
)

HEADER = "datum|id|kommentar"


def entry(**texts):
    return Entry(1, None, dict(texts), texts)


def comment_id(header=HEADER, post_id=None, **texts):
    return comment_id_of(entry(**texts), header, post_id)


def test_a_short_number_is_scoped_by_header_post_and_time():
    first = comment_id(comment_id="1", created_at="05.11.2025 10:00", text="Gut")
    assert first.startswith("1~")
    assert first == comment_id(comment_id="1", created_at="05.11.2025 10:00", text="Gut!")
    assert first != comment_id(comment_id="1", created_at="05.11.2025 11:00", text="Gut")
    assert first != comment_id("andere", comment_id="1", created_at="05.11.2025 10:00")
    assert first != comment_id(post_id="p", comment_id="1", created_at="05.11.2025 10:00")


def test_where_the_time_is_only_a_day_the_words_scope_a_short_number():
    first = comment_id(comment_id="1", created_at="05.11.2025", text="Gut")
    assert first != comment_id(comment_id="1", created_at="05.11.2025", text="Schlecht")


def test_long_ids_stay_and_zero_is_none():
    assert comment_id(comment_id="1968210622") == "1968210622"
    assert comment_id(comment_id="0") is None
    assert comment_id() is None


def test_a_post_goes_by_its_id_else_its_link_else_its_words():
    assert post_id_of(entry(post_id="urn:1", post_url="https://x"), HEADER) == "urn:1"
    assert post_id_of(entry(post_id="7", post_url="https://x"), HEADER).startswith("7~")
    assert post_id_of(entry(post_url="https://x", post_title="Cloud"), HEADER) == "https://x"
    assert len(post_id_of(entry(post_title="Cloud"), HEADER)) == 10
    assert post_id_of(entry(text="a"), HEADER) is None


def test_who_answers_the_post_has_no_parent():
    answers = [entry(parent_id=number, post_id="7") for number in ("0", "7", "7~x")]
    assert [parent_id_of(answer, HEADER, "7~x", {}) for answer in answers] == [None] * 3


def test_a_numbered_parent_is_found_in_the_same_post_only():
    question = entry(comment_id="1", created_at="05.11.2025 10:00", text="Frage")
    reply = entry(comment_id="2", parent_id="1", text="Antwort")
    family = family_of([question, reply], HEADER)
    assert has_numbered([question, reply])
    found = parent_id_of(reply, HEADER, None, family)
    assert found == comment_id_of(question, HEADER, None)
    elsewhere = parent_id_of(reply, HEADER, "p", family)
    assert elsewhere.startswith("1~")
    assert elsewhere not in family.values()


def test_platform_ids_have_no_family():
    entries = [entry(comment_id="9900000001", parent_id="9900000002")]
    assert not has_numbered(entries)
    assert family_of(entries, HEADER) == {}


@given(st.dictionaries(st.sampled_from(["comment_id", "parent_id", "post_id"]), st.text()))
def test_no_text_breaks_an_id(texts):
    row = entry(**texts)
    post_id = post_id_of(row, HEADER)
    assert comment_id_of(row, HEADER, post_id) != ""
    assert parent_id_of(row, HEADER, post_id, family_of([row], HEADER)) != ""
