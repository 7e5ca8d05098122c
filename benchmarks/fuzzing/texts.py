"""A text in, everything that the project does with a text done to it."""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl

from benchmarks.fuzzing.readers import LONGEST_TEXT, RECEIVED, Broken, origin
from flows.exports.cells import harmless
from models.canonical import Comment
from models.preprocess import normalise
from models.sentences import sentences
from transforms.canonical import comments_frame
from transforms.clean import clean
from transforms.language import languages
from transforms.plain_text import plain_text
from transforms.redact import personal_spans, redact, redact_json

Target = Callable[[str], None]
"""Does something with a text; raises `Broken`, or whatever else, where a promise is not kept."""


def plain(text: str) -> None:
    """Plain text of any format is its own plain text, but for markup that it spells out."""
    for text_format in ("plain", "markdown"):
        once = plain_text(text, text_format)
        if plain_text(once, text_format) != once:
            raise Broken("plain text is not its own plain text")
    if "\r" in plain_text(text, "html"):
        raise Broken("a carriage return was left")


def redacted(text: str) -> None:
    """Spans are in order and apart; what is not in one stays as it was."""
    end = 0
    for span in personal_spans(text):
        if not end <= span.start < span.end <= len(text):
            raise Broken("spans overlap or lie outside of the text")
        end = span.end
    if not redact(text).counts and redact(text).text != text:
        raise Broken("nothing was found and something was changed")
    redact_json(json.dumps({"alt": text}))


def normal(text: str) -> None:
    """The form that the encoder reads is its own normal form."""
    once = normalise(text)
    if normalise(once) != once:
        raise Broken("the normal form is not its own")
    once.encode()


def parted(text: str) -> None:
    """Every sentence stands in the text, and none but blanks are lost."""
    if "".join("".join(sentences(text)).split()) != "".join(text.split()):
        raise Broken("sentences lost something")


def spoken(text: str) -> None:
    """One language, with a confidence."""
    ((_, confidence),) = languages([normalise(text)])
    if not 0 <= confidence <= 1:
        raise Broken(f"a confidence of {confidence}")


def stored(text: str) -> None:
    """As the text, the author and the id of a comment it is kept or rejected."""
    for text_format in ("plain", "html"):
        comment = Comment(
            platform="p",
            site="",
            position=1,
            text=text,
            text_format=text_format,
            author=text[:200],
            author_name=text[:50],
            native_id=text[:100] or None,
            channel=text[:20],
            permalink=text[:300],
            created_at=RECEIVED,
            created_at_raw=text[:40],
            attachments=text[:100],
            mentions=text[:100],
        )
        draft = comments_frame([comment], origin("texts"), Counter())
        cleaned = clean(draft, LONGEST_TEXT)
        if cleaned.kept.height + cleaned.rejected.height != 1:
            raise Broken("a comment was lost")


def in_a_cell(text: str) -> None:
    """No spreadsheet runs it."""
    whole = text.encode("utf-8", "replace").decode()
    cell = harmless(pl.DataFrame({"text": [whole]}))["text"][0]
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        raise Broken("a cell begins like a formula")


def read_by_tokenizer(text: str) -> None:
    """Tokens of any text; the text is never cut."""
    _tokenizer()([normalise(text)], add_special_tokens=False, verbose=False)


@cache
def _tokenizer() -> Any:
    from pathlib import Path

    import models
    from models.encoder import load_tokenizer

    return load_tokenizer(Path(str(models.__file__)).parent / "checkpoint" / "tokenizer.json")


TARGETS: dict[str, Target] = {
    "plain_text": plain,
    "redact": redacted,
    "preprocess": normal,
    "sentences": parted,
    "language": spoken,
    "clean": stored,
    "cells": in_a_cell,
    "tokenizer": read_by_tokenizer,
}
"""What is done with texts, by the module that does it."""
