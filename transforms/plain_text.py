"""A platform's way of writing text in, plain text out: markup gone, entities resolved once."""

import html
import re
import unicodedata

BLOCKS = re.compile(r"<(?:br|/p|/div|/li|/blockquote|/h[1-6]|/tr|/pre)\b[^>]*>", re.IGNORECASE)
"""Tags that end a line; without them paragraphs would run together."""

SPACES = re.compile(r"[^\S\n]+")
BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Soft hyphen, zero-width space, word joiner, byte order mark: never part of what was said.

The zero-width joiner stays: emojis are glued together with it.
"""


def from_html(text: str) -> str:
    """HTML as plain text; paragraphs become line breaks, the words of links stay."""
    from selectolax.lexbor import LexborHTMLParser

    if "<" not in text:
        return html.unescape(text)
    tree = LexborHTMLParser(BLOCKS.sub(lambda tag: tag[0] + "\n", text))
    tree.strip_tags(["script", "style"])
    return tree.body.text(separator="") if tree.body else ""


def tidy(text: str) -> str:
    """Composed accents (Unicode NFC), single spaces, at most one blank line, no invisible signs."""
    composed = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    if "\n" not in composed and "\r" not in composed:
        return SPACES.sub(" ", composed).strip()
    lines = SPACES.sub(" ", composed.replace("\r\n", "\n").replace("\r", "\n"))
    squeezed = BLANK_LINES.sub("\n\n", lines)
    return "\n".join(line.strip() for line in squeezed.strip().split("\n"))


def plain_text(text: str, text_format: str) -> str:
    """`text` as a reader sees it. Markdown stays as it is written: its marks carry tone."""
    return tidy(from_html(text) if text_format == "html" else text)
