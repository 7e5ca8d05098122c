import pytest

from transforms.redact import redact, redact_all

UUID = "3f0e1b52-9d2a-4b77-8a8e-0c7b2d6f1a11"
HASH = "c945a494702c2469372b8be2ef95d3197e2f1a22"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app.firma.example/reset?token=abc123 geht", "app.firma.example/reset?token=[Token] geht"),
        ("intra.example:8443/a?sid=9 klappt", "intra.example:8443/a?sid=[Token] klappt"),
        ("https://x.example/a?passwort=geheim", "https://x.example/a?passwort=[Token]"),
        ("https://x.example/a?pw=geheim", "https://x.example/a?pw=[Token]"),
        ("https://x.example/a?ticket=ST-12-ab", "https://x.example/a?ticket=[Token]"),
        ("https://x.example/a?access=abc", "https://x.example/a?access=[Token]"),
        ("https://x.example/a?credential=abc", "https://x.example/a?credential=[Token]"),
        ("https://x.example/a?apiKey=abc", "https://x.example/a?apiKey=[Token]"),
        ("https://x.example/a?user[email]=a", "https://x.example/a?user[email]=[Token]"),
        ("https://x.example/;jsessionid=1A2B", "https://x.example/;jsessionid=[Token]"),
        (f"https://x.example/reset-password/{UUID}", "https://x.example/reset-password/[Token]"),
        (f"x.example/invite/{UUID}?a=1", "x.example/invite/[Token]?a=1"),
        (
            "https://hooks.slack.com/services/T01/B02/abcDEF123ghi",
            "https://hooks.slack.com/services/[Token]",
        ),
        ("https://x.example/u/anna%40firma.example/x", "https://x.example/u/[E-Mail]/x"),
        ("key ghp_16C7e42F292c6912E7710c838347Ae178B4a leaked", "key [Token] leaked"),
        ("AKIAIOSFODNN7EXAMPLE steht im Wiki", "[Token] steht im Wiki"),
        ("xoxb-123456789012-1234567890123-abcdefgh im Chat", "[Token] im Chat"),
        ("Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiI0NzEx.c2lnbmF0", "Bearer [Token]"),
    ],
)
def test_what_opens_something_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected
    assert redact_all([text])[0] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?keyword=cloud&author=golem&lang_code=de",
        "https://x.example/?design=neu&inside=1&zipcode=10115&mailing=3",
        f"https://github.example/a/b/commit/{HASH}",
        f"https://gist.github.com/anna-b/{HASH[:32]}",
        "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
        "https://x.example/news/ticket-system-2024/artikel-123456",
        "https://x.example/password-manager/top-10-2024.html",
        "wiki.example/reset-anleitung und/oder ein Neustart?",
        "eyJa, sk-lernen, Desk-Sharing, AKIA",
    ],
)
def test_names_of_pages_stay(text: str) -> None:
    assert redact(text).text == text
