import pytest

from flows.reading.headers import header_index, header_of, unique_names


def test_column_names_can_be_told_apart():
    assert unique_names(["a", "", "a", "a (2)", None, " b\n c "]) == [
        *("a", "column 2", "a (2)", "a (2) (2)", "column 5", "b c")
    ]


@pytest.mark.parametrize(
    ("records", "index"),
    [
        pytest.param([["Kommentar", "Datum"], ["a", "b"]], 0, id="the first"),
        pytest.param([["Umfrage"], ["Kommentar", "Datum"], ["a", "b"]], 1, id="below a title"),
        pytest.param([["Autor", "Likes"], ["Kommentar", "Datum"]], 1, id="text and time are best"),
        pytest.param([["Titel", ""], ["x", "y"], ["1", "2"]], 1, id="as wide as most"),
        pytest.param([["Kommentar", "01.10.2025"], ["a", "b"]], 0, id="no header at all"),
    ],
)
def test_the_header_is_found_by_its_words_or_its_width(records, index):
    assert header_index(records) == index


def test_a_record_that_holds_a_time_is_no_header():
    assert header_of(["Gut so", "01.10.2025"]) == ["column 1", "column 2"]
    assert header_of(["Kommentar", "Datum"]) == ["Kommentar", "Datum"]
