from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.reading.linkedin_lines import (
    Lines,
    export_lines,
    field_text,
    records_in,
    skip_to_header,
    unwrapped,
)
from models.canonical import Rejected

LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7391739456123904001"
ROW = f"2025-11-06 07:41:12,{LINK},"


def numbered(text: str) -> Iterator[tuple[int, str]]:
    return iter(enumerate(text.splitlines(keepends=True), start=1))


def test_a_record_goes_on_to_the_next_line_that_begins_like_one() -> None:
    first, second = records_in(numbered(f'{ROW}"eins\n\nzwei"\n{ROW}drei\n'))
    assert isinstance(first, Lines)
    assert isinstance(second, Lines)
    assert (first.line, first.text) == (1, f'{ROW}"eins\n\nzwei"')
    assert (second.line, second.is_last, second.is_ended) == (4, True, True)


def test_what_does_not_end_or_belongs_to_nothing_is_rejected() -> None:
    assert [type(one) for one in records_in(numbered(f"{ROW}eins"))] == [Rejected]
    assert [type(one) for one in records_in(numbered("nur Text\n"))] == [Rejected]


@pytest.mark.parametrize(
    ("above", "is_shares"),
    [
        ("Date,Link,Message\n", False),
        ("Notes:\nUTC\n\nDate,Link,Message\n", False),
        ("Date,ShareLink,ShareCommentary,SharedURL,MediaURL,Visibility\n", True),
        ("Date,Type,Link\n", None),
    ],
)
def test_the_header_tells_comments_from_posts(above: str, is_shares: bool | None) -> None:
    assert skip_to_header(numbered(above)) is is_shares


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Wort", "Wort"),
        ('"mit, Komma"', "mit, Komma"),
        (r'"er: \"ja\""', 'er: "ja"'),
        ('"er: ""ja"""', 'er: "ja"'),
    ],
)
def test_the_text_of_a_field_is_freed_of_its_quotes(raw: str, text: str) -> None:
    assert field_text(raw, is_last=False) == text


@pytest.mark.parametrize(
    ("raw", "of_a_comment", "of_a_post"),
    [
        (r'"C:\\temp, ja"', r"C:\temp, ja", r"C:\\temp, ja"),
        (r'"endet mit \\"', "endet mit \\", "endet mit \\\\"),
        (r'"er: \"\\server\""', r'er: "\server"', None),
        (r'"\\"', "\\", "\\\\"),
        (r'"C:\temp"', r"C:\temp", r"C:\temp"),
        (r'"er: ""C:\\x"""', r'er: "C:\\x"', r'er: "C:\\x"'),
        (r"C:\\temp", r"C:\\temp", r"C:\\temp"),
    ],
)
def test_a_backslash_that_is_escaped_is_one_in_comments_alone(
    raw: str, of_a_comment: str, of_a_post: str | None
) -> None:
    assert field_text(raw, is_last=False, has_escapes=True) == of_a_comment
    assert of_a_post is None or field_text(raw, is_last=False) == of_a_post


def test_a_quote_that_the_end_of_the_file_leaves_open_is_no_text() -> None:
    assert field_text('"offen', is_last=True) is None


def test_each_line_of_a_post_is_freed_of_its_quotes() -> None:
    assert unwrapped('eins"\n""\n"zwei') == "eins\n\nzwei"
    assert unwrapped("eins\nzwei") == "eins\nzwei"


def test_a_file_of_windows_is_read_in_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "Comments.csv"
    path.write_bytes("Grüße\r\n".encode("cp1252"))
    assert list(export_lines(path)) == ["Grüße\n"]
