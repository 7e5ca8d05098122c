import pytest

from flows.reading.encodings import decoded_lines

ROWS = "Kommentar;Datum\nGut so!;01.10.2025\nÜbel;02.10.2025\n"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp850", "cp850"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_every_encoding_that_excel_saves_is_read(table, encoding, shown):
    text = "Kommentar;Datum\n" + "Schöne Grüße für die Jäger;01.10.2025\n" * 3
    found = table(text.encode(encoding))
    assert shown in found.note
    assert next(found.rows).cells["Kommentar"] == "Schöne Grüße für die Jäger"


def test_windows_signs_within_words_do_not_make_a_file_a_macintosh_one():
    content = "z§z „a“ äöü\n".encode("cp1252") * 5
    assert decoded_lines(content)[1] == "cp1252"


def test_a_file_pasted_together_from_two_encodings_is_read_line_by_line():
    content = "Kommentar\nGrüße\n".encode() + "Ärger – süß\n".encode("cp1252")
    lines, encoding = decoded_lines(content)
    assert lines == ["Kommentar\n", "Grüße\n", "Ärger – süß\n"]
    assert encoding == "utf-8 and cp1252 mixed"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_line_ends_of_every_system_are_read(cells, end):
    assert cells(ROWS.replace("\n", end)) == [
        ["Gut so!", "01.10.2025"],
        ["Übel", "02.10.2025"],
    ]


@pytest.mark.parametrize("mark", ["\x0c", "\x0b", "\x1c", "\x85", "\u2028"], ids=repr)
def test_signs_that_only_unicode_calls_line_ends_stay_in_the_text(cells, mark):
    content = f"Kommentar;Datum\nvor{mark}nach;01.10.2025\n"
    assert cells(content) == [[f"vor{mark}nach", "01.10.2025"]]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_of_a_long_text_as_many_lines_are_taken_as_are_asked_for(encoding):
    content = (ROWS * 50).encode(encoding)
    lines, told = decoded_lines(content, most=2 * len(ROWS))
    assert told == encoding
    assert lines == ROWS.splitlines(keepends=True) * 2


def test_a_long_text_that_ends_in_another_encoding_is_not_told_as_what_it_begins_with():
    content = ("Gut so!\n" * 50).encode() + "Ärger\n".encode("cp1252")
    lines, told = decoded_lines(content, most=16)
    assert (lines, told) == (["Gut so!\n"] * 2, "cp1252")


def test_lines_that_are_longer_than_what_is_asked_for_are_taken_whole():
    assert decoded_lines(b"Kommentar\nGut so!\nNein\n", most=5)[0] == ["Kommentar\n", "Gut so!\n"]


@pytest.mark.parametrize("place", range(8185, 8195))
def test_a_line_end_of_two_signs_is_one_wherever_it_stands(place):
    text = "x" * place + "\r\n" + "ü" * place + "\ry"
    assert decoded_lines(text.encode())[0] == ["x" * place + "\n", "ü" * place + "\n", "y"]
