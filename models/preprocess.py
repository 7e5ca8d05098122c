"""One reading of a text, the same when the encoder is trained and when it is used.

Data sets and platforms write links, names and line breaks in their own ways (`http`, `@USER`,
`|LBR|`, `https://t.co/...`). The encoder sees one placeholder for each: `http` and `@user`, the
convention of TweetEval and UMSAB (Barbieri et al. 2020, 2022). Emojis, case, hashtags and
punctuation carry tone and stay.
"""

import re

LINK = "http"
MENTION = "@user"

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffd]")
_LINE_BREAK = re.compile(r"\|LBR\|")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\bhttps?\b(?!:?/)", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.+-])@[…\w][\w.-]*(?<![.-])")
_MENTIONS = re.compile(rf"{MENTION}(?:[\s,]+{MENTION}\b)+")
_STRETCHED = re.compile(r"(.)\1{3,}", re.DOTALL)


def normalise(text: str) -> str:
    """Rewrite `text` as the encoder reads it; the result may be empty, and is its own normal form.

    Links become `http`, @mentions (redacted ones, `@…`, and runs of them too) one `@user`, a
    character repeated more than three times is written three times, white space is squeezed,
    control characters and lone surrogates go.
    """
    text = _UNREADABLE.sub(" ", _LINE_BREAK.sub(" ", text))
    text = _MENTION.sub(MENTION, _LINK.sub(LINK, text))
    text = _STRETCHED.sub(r"\1\1\1", " ".join(text.split()))
    return _MENTIONS.sub(MENTION, text)
