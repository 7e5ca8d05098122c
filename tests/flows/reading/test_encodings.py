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
