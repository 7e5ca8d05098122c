import pytest

from models.preprocess import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("siehe https://t.co/AbC123 bitte", "siehe http bitte", id="link"),
        pytest.param("www.example.org/a?b=c", "http", id="link without scheme"),
        pytest.param("so http und so", "so http und so", id="placeholder of UMSAB"),
        pytest.param("@CIO_Muster gut!", "@user gut!", id="mention"),
        pytest.param("@USER @user, @a.b danke", "@user danke", id="several mentions"),
        pytest.param("mail an a.b@example.org", "mail an a.b@example.org", id="address"),
        pytest.param("erste|LBR| zweite\n\ndritte", "erste zweite dritte", id="line breaks"),
        pytest.param("Suuuuuper!!!!!!", "Suuuper!!!", id="stretched"),
        pytest.param("👏👏 Top 🚀", "👏👏 Top 🚀", id="emojis"),
        pytest.param("a\x00b\ud83d c\ufeff", "a b c", id="unreadable characters"),
        pytest.param("  \t\n ", "", id="nothing"),
    ],
)
def test_a_text_is_rewritten_as_the_encoder_reads_it(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@a @b @c: https://x.y/z",
        "!!!!! @@@@@ ....",
        "http http http",
        "@user@user @user",
        "@…a\u202e",
        "@…-a, @….b",
        "@…https://x.y/z",
    ],
)
def test_a_rewritten_text_is_its_own_normal_form(text):
    assert normalise(normalise(text)) == normalise(text)
