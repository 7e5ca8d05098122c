import pytest

from flows.reading.markup import are_html


@pytest.mark.parametrize(
    "texts",
    [
        ["<p>Gut &amp; g&uuml;nstig</p>", "ohne alles"],
        ["erste<br>zweite", "3 &lt; 4"],
        ["&quot;Cloud&quot; &#39;first&#39;"],
        ['<a href="https://example.org/?a=1&amp;b=2">hier</a>'],
    ],
)
def test_tags_and_entities_are_html(texts: list[str]) -> None:
    assert are_html(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["Gut so", "Weiter <3 so"],
        ["<p>eins</p>", "3 < 4"],
        ["R&D &amp; mehr"],
        ["Mit <Name> anmelden"],
        ["a -> b; c <- d"],
    ],
)
def test_signs_that_html_would_escape_are_plain_text(texts: list[str]) -> None:
    assert not are_html(texts)
