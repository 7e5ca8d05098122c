"""What the fuzzing found, each as the smallest input that showed it: mended, and held to it."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.fuzzing.patience import impatient
from flows.reading.column_names import columns_by_name
from flows.reading.x_objects import moment_of_id
from flows.sources.base import all_sources
from models.canonical import Post, Rejected, Swept
from models.sentences import sentences
from tests.cut_files import RECEIVED, SAMPLES, reader
from transforms.canonical import Origin, posts_frame
from transforms.plain_text import plain_text
from transforms.redact import personal_spans


def page(**changes: Any) -> str:
    whole = {"resonanz_page": 1, "source": "hackernews_api", "about": {}, "body": {}} | changes
    return json.dumps(whole)


def records_of(source: str, content: str) -> list[Any]:
    return reader(all_sources()[source], f"{source}.jsonl")(content)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"resonanz_page":1,"body":' + "[" * 100_000, id="nested without end"),
        pytest.param(page(about="site"), id="a text where `about` belongs"),
        pytest.param(page(completes={"id": 1}), id="an object as the id of a post"),
        pytest.param("[]", id="a list"),
    ],
)
def test_a_landed_page_that_is_none_is_rejected_and_the_next_is_read(line: str) -> None:
    good = (SAMPLES / "hackernews_api.jsonl").read_text(encoding="utf-8")
    whole, found = (
        records_of("hackernews_api", good),
        records_of("hackernews_api", line + "\n" + good),
    )
    kinds = [type(record) for record in found]
    assert isinstance(found[0], Rejected)
    assert kinds[1:] == [type(one) for one in whole if not isinstance(one, Swept)]


def test_behind_a_page_that_cannot_be_read_nothing_is_taken_for_deleted() -> None:
    about = {"site": "https://blog.example"}
    lines = [
        page(source="wordpress_api", about=about, body=5, completes="1"),
        page(source="wordpress_api", about=about, body=None, completes="2"),
    ]
    found = records_of("wordpress_api", "\n".join(lines))
    assert not any(isinstance(record, Swept) for record in found)
    assert any(isinstance(record, Rejected) for record in found)


def test_a_sweep_without_its_site_is_rejected() -> None:
    found = records_of("wordpress_api", page(source="wordpress_api", body=[], completes="1"))
    assert [type(record) for record in found] == [Rejected]


def test_a_header_as_long_as_a_file_is_looked_at_as_far_as_headers_go() -> None:
    with impatient():
        named = columns_by_name(["a.b" * 200_000, "[" * 500_000, "(" * 500_000, "text"])
    assert named["text"] == ["text"]


LONG = 300_000


@pytest.mark.parametrize(
    "unit", [" ", "\u00a0", "\r", "\u2028", "\t \x0b", "a. ", "\n ", " \n"], ids=ascii
)
def test_a_run_of_blanks_is_walked_over_once(unit: str) -> None:
    with impatient():
        assert (
            sentences(f"Das ist ein Satz.{unit * LONG}") == ["Das ist ein Satz."] or unit == "a. "
        )


@pytest.mark.parametrize(
    "unit", ["<br", "<img ", "<img", "<pre>", "<div ", "</p", "<img alt='<", "<p>\n"], ids=ascii
)
def test_markup_that_never_closes_is_walked_over_once(unit: str) -> None:
    with impatient():
        plain_text(unit * (LONG // len(unit)), "html")


@pytest.mark.parametrize(
    "unit",
    [
        "@a ",
        "a punkt ",
        "0",
        "000000000 1",
        "+49",
        "Herr A ",
        "1-2-3-",
        "a@",
        ".",
        "10.",
        "a:",
        "Str. 1, ",
    ],
    ids=ascii,
)
def test_a_text_of_nothing_but_what_may_be_personal_is_read_in_time(unit: str) -> None:
    with impatient():
        spans = personal_spans(unit * (LONG // len(unit)))
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_picture_may_show_a_smaller_sign() -> None:
    assert plain_text('gut <img class="emoji" alt="<3"> so', "html") == "gut <3 so"


def test_html_with_a_picture_that_is_no_emoji_keeps_its_words() -> None:
    assert re.fullmatch(r"a\s*b", plain_text('a<img src="x>y"><p>b</p>', "html").replace('y">', ""))


def test_an_address_with_brackets_is_no_address() -> None:
    commento = (SAMPLES / "commento_export.json").read_text(encoding="utf-8")
    outbox = (SAMPLES / "mastodon_outbox.json").read_text(encoding="utf-8")
    thread = (SAMPLES / "reddit_thread.json").read_text(encoding="utf-8")
    for source, content in (
        ("commento_export", re.sub(r'("(?:path|url)": ?)"[^"]*"', r'\1"//["', commento)),
        ("mastodon_outbox", re.sub(r'("inReplyTo": ?)(?:"[^"]*"|null)', r'\1"https://["', outbox)),
        ("reddit_thread", re.sub(r'("permalink": ?)"[^"]*"', r'\1"//["', thread)),
    ):
        assert records_of(source, content)


def test_a_story_of_a_type_that_is_a_list_is_read_past() -> None:
    good = (SAMPLES / "hackernews_file.json").read_text(encoding="utf-8")
    whole = records_of("hackernews_file", good)
    bent = records_of(
        "hackernews_file", re.sub(r'"type": ?"story"', '"type": ["story"]', good, count=1)
    )
    assert len(bent) == len(whole)


def test_a_day_that_no_calendar_has_rejects_its_row_alone() -> None:
    content = "Kommentar,Datum,Uhrzeit\nGut.,99999999999999999,12:00\nSchlecht.,2025-11-03,12:00\n"
    found = records_of("table_file", content)
    assert [record.created_at is not None for record in found] == [False, True]


def test_half_a_character_in_an_alias_keeps_no_file_out() -> None:
    post = Post(platform="p", site="", native_id="1", position=1, aliases=("a\ud800",))
    (alias,) = posts_frame([post], Origin("f", RECEIVED, None, frozenset(), b"k" * 32))["aliases"]
    assert alias.to_list() == ["a\ufffd"]


@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_an_id_of_x_with_too_many_digits_tells_no_time(digits: int) -> None:
    assert moment_of_id("9" * digits) is None


@pytest.mark.parametrize(
    ("source", "pattern"),
    [("fourcat_table", r"\b\d{6,}\b"), ("facepager_table", r"\b\d+\b"), ("x_archive", r'"\d+"')],
)
def test_numbers_of_five_thousand_digits_cost_no_file(source: str, pattern: str) -> None:
    path = next(path for path in SAMPLES.iterdir() if path.stem == source)
    huge = re.sub(r"\d+", "9" * 5000, "0")
    content = re.sub(
        pattern, lambda found: found[0].replace(found[0].strip('"'), huge), path.read_text("utf-8")
    )
    assert reader(all_sources()[source], path.name)(content)


@pytest.mark.parametrize("value", ["5", '"ab"', "[null, 5]", '[{"indices": 7}]', "{}"])
@pytest.mark.parametrize("key", ["user_mentions", "media", "editTweetIds"])
def test_a_post_of_x_with_something_else_than_a_list_is_read(key: str, value: str) -> None:
    good = (SAMPLES / "x_archive.js").read_text(encoding="utf-8")
    bent = re.sub(rf'("{key}"\s*:\s*)\[[^\[\]]*\]', rf"\g<1>{value}", good)
    whole, found = (reader(all_sources()["x_archive"], "x.js")(one) for one in (good, bent))
    assert len(found) == len(whole)


def test_a_count_of_thousands_of_digits_is_none() -> None:
    sample = SAMPLES.joinpath("meta_business_csv.csv").read_text(encoding="utf-8")
    content = sample.replace("980,19,12,4,3,41", f"980,19,12,{'4' * 5000},3,41")
    assert content != sample
    read = reader(all_sources()["meta_business_csv"], "meta_business_csv.csv")
    counts = [post.reported_comment_count for post in read(content) if isinstance(post, Post)]
    assert counts[0] is None
    assert len(counts) == len([post for post in read(sample) if isinstance(post, Post)])
