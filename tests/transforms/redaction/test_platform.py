import json

from transforms.redaction.platform import mention_places, without_mentioned


def mentioned(text: str, offset: int, length: int) -> str | None:
    places = json.dumps([{"id": "17", "offset": offset, "length": length}])
    return without_mentioned(text, places, "plain")


def test_a_name_that_the_platform_calls_a_mention_is_replaced() -> None:
    assert mentioned("Danke Anna Berg für alles", 6, 9) == "Danke @… für alles"


def test_a_place_that_is_no_whole_word_is_left() -> None:
    assert mentioned("Danke Anna Berg", 4, 6) == "Danke Anna Berg"
    assert mentioned("Danke", 3, 90) == "Danke"


def test_places_are_those_of_the_redacted_text_and_name_nobody() -> None:
    assert mention_places("a @… b @…") == '[{"offset": 2, "length": 2}, {"offset": 7, "length": 2}]'
    assert mention_places("nobody") is None
