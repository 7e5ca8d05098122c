"""A platform's way of writing text in, plain text out: markup gone, entities resolved once."""

import html
import re
import unicodedata

VERSION = 2
"""Raised when texts come out differently: files that have landed are then read again."""

BLOCKS = re.compile(r"<(?:br|/p|/div|/li|/blockquote|/h[1-6]|/tr|/pre)\b[^<>]*+>", re.IGNORECASE)
"""Tags that end a line; without them paragraphs would run together."""

OPENING = r"<(?:p|div|li|ul|ol|blockquote|h[1-6]|tr|table|pre)\b[^<>]*+>"
BLOCK_STARTS = re.compile(rf"(?<=\S)[^\S\n]*((?:{OPENING}\s*)+)", re.IGNORECASE)
"""Tags that begin a line where text stands before them: not everybody closes a paragraph."""

PICTURE = re.compile(r"<img\b[^<>]*+(?:<(?!img)[^<>]*+)*+>", re.IGNORECASE)
"""What it shows may hold a `<`, as in `alt="<3"`; another picture it can't hold."""

EMOJI_CLASS = re.compile(r"""\bclass\s*=\s*["'][^"']*\b(?:emoji|wp-smiley)\b""", re.IGNORECASE)
ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
"""WordPress and Discourse send emojis as pictures; what they show stands beside."""

SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
"""Blanks to become one: all but a single space, which is what stands between most words."""

TAG = re.compile(r"</?[a-z!][^<>]*+>", re.IGNORECASE)
MOST_TAGS = 5_000
"""Beyond so many, tags are only left out: an HTML parser closes one by looking at all that are
open, and a comment of nothing but open tags would take it minutes. Long articles have hundreds."""

BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Soft hyphen, zero-width space, word joiner, byte order mark: never part of what was said.

The zero-width joiner stays: emojis are glued together with it.
"""


def from_html(text: str) -> str:
    """HTML as plain text; paragraphs become line breaks, the words of links stay.

    Time grows with the length of the text alone, whatever is open in it.
    """
    from selectolax.lexbor import LexborHTMLParser

    if "<" not in text:
        return html.unescape(text)
    lines = BLOCK_STARTS.sub(r"\n\1", BLOCKS.sub(lambda tag: tag[0] + "\n", text))
    if lines.count("<") > MOST_TAGS:
        return html.unescape(TAG.sub("", PICTURE.sub(_emoji, lines)))
    tree = LexborHTMLParser(PICTURE.sub(_emoji, lines))
    tree.strip_tags(["script", "style"])
    return tree.body.text(separator="") if tree.body else ""


def _emoji(picture: re.Match[str]) -> str:
    """What a picture of an emoji shows, still as HTML; other pictures as they are."""
    alt = ALT.search(picture[0]) if EMOJI_CLASS.search(picture[0]) else None
    return (alt[1] or alt[2] or "") if alt else picture[0]


def tidy(text: str) -> str:
    """Composed accents (Unicode NFC), single spaces, at most one blank line, no invisible signs."""
    if text.isprintable():  # the one blank that is, is the space; no invisible sign is
        composed = unicodedata.normalize("NFC", text)
        return " ".join(composed.split()) if "  " in composed else composed.strip()
    composed = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    if "\n" not in composed and "\r" not in composed:
        return SPACES.sub(" ", composed).strip()
    lines = SPACES.sub(" ", composed.replace("\r\n", "\n").replace("\r", "\n"))
    squeezed = BLANK_LINES.sub("\n\n", lines)
    return "\n".join(line.strip() for line in squeezed.strip().split("\n"))


def plain_text(text: str, text_format: str) -> str:
    """`text` as a reader sees it. Markdown stays as it is written: its marks carry tone."""
    return tidy(from_html(text) if text_format == "html" else text)
