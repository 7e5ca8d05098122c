"""A stretch of a text that is personal data, and the placeholders that stand for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

PersonalKind = Literal[
    "email",
    "phone",
    "bank",
    "card",
    "official_number",
    "reference",
    "address",
    "link_secret",
    "network",
    "name",
    "mention",
]
"""What was found: a closed set, so that it can be counted."""

PERSONAL_KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)

PLACEHOLDER: Mapping[PersonalKind, str] = {
    "email": "[E-Mail]",
    "phone": "[Telefon]",
    "bank": "[IBAN]",
    "card": "[Karte]",
    "official_number": "[Nummer]",
    "reference": "[Nummer]",
    "address": "[Adresse]",
    "link_secret": "[Token]",
    "network": "[Netzadresse]",
    "name": "[Name]",
    "mention": "@…",
}
"""Readable, and the same in both languages: what a reader and the model see instead."""


@dataclass(frozen=True)
class Span:
    """`text[start:end]` is personal data of `kind`."""

    start: int
    end: int
    kind: PersonalKind
