from transforms.canonical import account
from transforms.pseudonymise import author_key, keyed

KEY = b"k" * 32


def test_the_same_author_has_one_pseudonym_however_the_name_is_written() -> None:
    assert author_key("x", "Anna Berg", KEY) == author_key("x", " anna berg ", KEY)


def test_authors_platforms_and_keys_give_different_pseudonyms() -> None:
    keys = {
        author_key("x", "anna", KEY),
        author_key("x", "berta", KEY),
        author_key("facebook", "anna", KEY),
        author_key("x", "anna", b"q" * 32),
    }
    assert len(keys) == 4


def test_a_pseudonym_is_the_published_hmac() -> None:
    # printf 'x\x1fanna' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
    assert author_key("x", "anna", KEY) == "e8fbd7eb1c0f4ac009fa2f8924ebba71"


def test_a_name_with_a_broken_character_still_has_a_pseudonym() -> None:
    assert len(author_key("x", "anna\ud83d", KEY)) == 32


def test_a_name_has_one_pseudonym_whether_its_umlauts_are_one_sign_or_two() -> None:
    composed, parts = "J\u00fcrgen", "Ju\u0308rgen"
    assert author_key("x", composed, KEY) == author_key("x", parts, KEY)
    assert account(composed) == account(parts)
    stored = keyed("x\x1fj\u00fcrgen", KEY)  # as it was hashed before names were normalised
    assert author_key("x", composed, KEY) == stored
