"""Texts that people, phones and attackers write, and that software trips over."""

import random
from collections.abc import Callable, Sequence

Chance = random.Random

SCRIPTS: Sequence[str] = (
    "Die Cloud-Strategie überzeugt mich nicht.", "Why another ERP migration?", "هذا رأيي في الاستراتيجية", "זו דעתי", "これは良い計画だ",
    "Это не сработает", "ये अच्छा है", "นี่คือความคิดเห็น", "한국어 댓글", "Straße STRASSE ẞ ﬁn ǅ İstanbul ıi", "ΑΣ ας", "𝕳𝖊𝖑𝖑𝖔 𝒲",
)  # fmt: skip

SIGNS: Sequence[str] = (
    "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\u00a0", "\u3000", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad",
    "\u200e", "\u200f", "\u202a", "\u202b", "\u202e", "\u2066", "\u2067", "\u2069", "\u061c", "\ufffd", "\ufffe", "\uffff", "\U000e0041", "\U0010ffff",
    "\ud800", "\udbff", "\udc00", "\udfff", "\ude00\ud83d", "\ue000", "\u034f", "\u0300", "\u0489", "\u20e3", "\ufe0f", "\ufe0e",
    "👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "🇩🇪", "🇩", "👍🏿", "🏿", "1️⃣", "👨‍", "‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☺︎", "❤️‍🔥",
)  # fmt: skip

MARKUP: Sequence[str] = (
    "<", ">", "&", "&amp;", "&#0;", "&#xD800;", "&#1114112;", "&#99999999999;", "&notin;", "&nbsp", "<p>", "</p>", "<br", "<br/>", "<img ", "<img alt='", "<img class=\"emoji\" alt=\"😀\">",
    "<script>alert(1)</script>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<a href='javascript:alert(1)'>", "<div " * 3, "<li>", "<pre>", "<svg onload=alert(1)>",
    "[a](javascript:alert(1))", "![x](http://", "```", "**", "__", "~~", "> ", "# ", "|", "|LBR|", "<@U123>", "<http://a|b>", "{{ 7*7 }}", "{% raw %}", "${jndi:ldap://a}", "%s%n", "=1+1", "@SUM(A1)", "\t=cmd", "'", "\"", "\\", ";", "--",
)  # fmt: skip

PERSONAL: Sequence[str] = (
    "Herr ", "Frau Dr. ", "Kollege ", "my colleague ", "Anna Beispiel", "Müller-Lüdenscheid", "von und zu ", "O'Brien", "Mc", "ask Sarah from HR", "LG\n", "@", "@a@b.c", "@" * 5, "a@b", "a.b@", "(at)", " punkt ", " dot ", " at ",
    "https://", "www.", "https://u:p@h/?token=", "eyJ", "+49", "0", "0" * 9, "(030) ", "1-2-3-", "DE", "DE89 3704 ", "4111 1111 1111 1111", "Kd.-Nr. ", "Az. ", "geb. ", "Steuer-ID ", "Hauptstr. 1", ", 10115 Berlin", "10.0.0.1", "fe80::", "::", "aa:bb:cc:", "Kennzeichen ", "ist ", "Name: ", ", ",
)  # fmt: skip

PIECES: Sequence[Sequence[str]] = (SCRIPTS, SIGNS, MARKUP, PERSONAL)

LONG = 1_000_000
"""Characters of the longest line: a megabyte."""


def piece(chance: Chance) -> str:
    """A sign, a word or a scrap."""
    if chance.random() < 0.15:
        return chr(chance.randrange(0x110000))
    return chance.choice(chance.choice(PIECES))


def odd_text(chance: Chance) -> str:
    """A text of a few such pieces, some of them many times over."""
    parts = []
    for _ in range(chance.choice((1, 3, 3, 8, 20))):
        times = chance.choice((1, 1, 1, 1, 2, 4, 40))
        parts.append(piece(chance) * times + chance.choice(("", "", " ", "\n", " a ", "1")))
    return "".join(parts)


def endless(chance: Chance) -> str:
    """A megabyte on one line: one or two pieces over and over, which slow patterns can't bear."""
    unit = piece(chance) + chance.choice(("", "", " ", "a", "1", piece(chance)))
    unit = unit.replace("\n", " ") or "a"
    return (chance.choice(("", "a ", "<b>", "0")) + unit * (LONG // len(unit) + 1))[:LONG] + piece(
        chance
    )


def bomb(chance: Chance) -> str:
    """Letters below towers of accents, which have to be put in order to be composed."""
    marks = [chr(chance.randrange(0x300, 0x36F)) for _ in range(chance.choice((3, 50, 3000)))]
    return "".join(letter + "".join(marks) for letter in "Zalgo")


KINDS: Sequence[Callable[[Chance], str]] = (odd_text,) * 12 + (bomb,)
