import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.plain_text import plain_text, tidy


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("<p>Cloud  first?</p><p>Nein!</p>", "Cloud first?\nNein!", id="paragraphs"),
        pytest.param("eins<p>zwei <i>drei</i><p>vier", "eins\nzwei drei\nvier", id="unclosed <p>"),
        pytest.param("eins<ul><li>zwei<li>drei</ul>", "eins\nzwei\ndrei", id="unclosed <li>"),
        pytest.param("<div><p>eins</p>\n\n<p>zwei</p></div>", "eins\n\nzwei", id="blank line"),
        pytest.param("eins<pre><code>zwei</code></pre>", "eins\nzwei", id="code block"),
        pytest.param("a <pr>b</pr>", "a b", id="no block"),
        pytest.param(
            'gut <img src="x" class="wp-smiley" alt="🙂" /> so',
            "gut 🙂 so",
            id="picture of an emoji",
        ),
        pytest.param("<img alt=':+1:' class='emoji only-emoji'>", ":+1:", id="emoji of a forum"),
        pytest.param('<img class="photo" alt="Foto">da', "da", id="other pictures"),
        pytest.param('<img class="emoji" alt="&lt;b&gt;">', "<b>", id="alt that looks like a tag"),
        pytest.param("eins<br/>zwei<br>drei", "eins\nzwei\ndrei", id="line breaks"),
        pytest.param('<a href="https://example.org/?t=1">Link</a> dazu', "Link dazu", id="link"),
        pytest.param("K&uuml;ndigung &amp; Kosten", "Kündigung & Kosten", id="entities"),
        pytest.param("5 &lt; 7 &amp;lt; 9", "5 < 7 &lt; 9", id="entities resolved only once"),
        pytest.param("<b>5 &lt; 7</b>", "5 < 7", id="an escaped sign is no tag"),
        pytest.param("gut<script>alert(1)</script>", "gut", id="scripts"),
        pytest.param("nur <3 für euch", "nur <3 für euch", id="a heart is no tag"),
    ],
)
def test_html_becomes_what_a_reader_sees(written: str, read: str) -> None:
    assert plain_text(written, "html") == read


def test_plain_text_keeps_what_looks_like_markup() -> None:
    assert plain_text("if a < b && c > d: <b>", "plain") == "if a < b && c > d: <b>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("Cafe\u0301", "Café", id="decomposed accents"),
        pytest.param("a \t b\r\n\r\n\r\n\r\nc", "a b\n\nc", id="white space"),
        pytest.param("Kil\u00adler\u200b\ufeff", "Killer", id="invisible signs"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="a joined emoji stays joined"),
    ],
)
def test_text_is_tidied(written: str, read: str) -> None:
    assert tidy(written) == read


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
