from flows.reading.column_names import columns_by_name, plain_name, says_utc


def test_a_header_may_name_the_zone():
    assert all(map(says_utc, ["comment_date_gmt", "Date (GMT)", "created_utc", "Zeit UTC"]))
    assert not any(map(says_utc, ["Datum", "Stugmt", "utc_offset"]))


def test_headers_are_compared_without_case_accents_and_signs():
    assert plain_name(" Veröffentlicht am: ") == "veroeffentlichtam"
    assert plain_name("Grüße/ß") == "gruessess"


def test_a_column_that_is_called_exactly_so_comes_first():
    named = columns_by_name(["snippet.text", "1. Text (optional)", "Text"])
    assert named["text"] == ["Text", "snippet.text", "1. Text (optional)"]


def test_what_belongs_to_someone_else_is_not_the_comments_own():
    named = columns_by_name(["parent.text", "author.name", "page.id"])
    assert "text" not in named
    assert named["authorname"] == ["author.name"]
