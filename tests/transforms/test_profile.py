import polars as pl
import pytest

from models.tables.text_profile import TEXT_PROFILE
from transforms.profile import profile_rows


def counts(text: str, tokens: list[int], unknown: int | None = 3) -> tuple[object, ...]:
    comments = pl.DataFrame({"comment_id": ["c1"], "text_hash": ["h"], "text": [text]})
    rows = TEXT_PROFILE.require(profile_rows(comments, [tokens], unknown, "m@1"))
    return rows.select("character_count", "emoji_count", "token_count", "unknown_count").row(0)


def test_characters_tokens_and_unknown_tokens_are_counted() -> None:
    assert counts("Größe", [5, 3, 3, 9]) == (5, 0, 4, 2)


def test_a_tokenizer_that_knows_all_has_no_unknown_tokens() -> None:
    assert counts("a", [5, 3], unknown=None) == (1, 0, 2, 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [("Top 👏👏", 2), ("👏🏽", 2), ("❤️ und ☀️", 2), ("5 © ™ #", 0), ("👨‍👩‍👧", 3), ("", 0)],
)
def test_emojis_are_counted_and_digits_and_signs_are_not(text: str, count: int) -> None:
    assert counts(text, [])[1] == count


def test_no_comments_give_no_rows() -> None:
    none = pl.DataFrame(schema={"comment_id": pl.String, "text_hash": pl.String, "text": pl.String})
    assert TEXT_PROFILE.require(profile_rows(none, [], 3, "m@1")).is_empty()
