import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.mrkdwn import from_mrkdwn


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@U01ABC> und <@U02|rike>: danke", "@user und @user: danke"),
        ("<!here> <!channel> <!subteam^S01|@it-leitung>", "@here @channel @group"),
        ("<#C01|it-news> <#C01|> <#C01>", "#it-news #channel #channel"),
        ("<https://a.example/?x=1&amp;y=2>", "https://a.example/?x=1&y=2"),
        ("<https://a.example|Anleitung> lesen", "Anleitung lesen"),
        ("<!date^1392734382^{date}|18. Februar>", "18. Februar"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; steht so da", "&lt; steht so da"),
        ("*fett* _kursiv_ :tada:", "*fett* _kursiv_ :tada:"),
        ("ein < allein", "ein < allein"),
    ],
)
def test_a_message_reads_as_it_is_shown(raw: str, text: str) -> None:
    assert from_mrkdwn(raw)[0] == text


def test_mentions_of_people_are_told_by_their_place() -> None:
    text, mentions = from_mrkdwn("&lt;3 <@U01|rike>, <!here> und <@U02>")
    assert [text[at : at + length] for at, length in mentions] == ["@user", "@user"]
    assert mentions == [(3, 5), (20, 5)]


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert from_mrkdwn(escaped) == (text, [])
