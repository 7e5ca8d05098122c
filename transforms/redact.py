"""A text in, the text without personal data of private persons out, and what was taken, counted."""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transforms.redaction.addresses import find_addresses
from transforms.redaction.contact import find_contacts, find_phones, without_links
from transforms.redaction.names import find_names
from transforms.redaction.network import find_network
from transforms.redaction.numbers import find_numbers
from transforms.redaction.references import find_references
from transforms.redaction.single_names import find_single_names
from transforms.redaction.span import PERSONAL_KINDS, PLACEHOLDER, PersonalKind, Span

VERSION = 3
"""Raised when what is taken from a text changes: landed files are then read again."""

PRECEDENCE: tuple[PersonalKind, ...] = (
    "link_secret",
    "email",
    "network",
    "bank",
    "card",
    "official_number",
    "address",
    "reference",
    "phone",
    "name",
    "mention",
)
"""Of spans that overlap, which kind is believed: the more exact its shape, the sooner."""


DIGIT = re.compile(r"\d")
"""Without one there is no number to look for."""


@dataclass(frozen=True)
class Redacted:
    """A text that may be stored, and how often each kind of personal data was taken out of it."""

    text: str
    counts: Mapping[PersonalKind, int]


OF_COMMENTS: frozenset[PersonalKind] = frozenset(PERSONAL_KINDS)
OF_POSTS: frozenset[PersonalKind] = OF_COMMENTS - {"name", "mention"}
"""Whom a post names, its author chose to name to everybody, as a rule a speaker or a colleague;
numbers and addresses by which a person is reached are not needed to read it."""


def redact(text: str, kinds: frozenset[PersonalKind] = OF_COMMENTS) -> Redacted:
    """`text` with a readable placeholder for every piece of personal data that the rules find."""
    spans = [span for span in personal_spans(text) if span.kind in kinds]
    if not spans:
        return Redacted(text, {})
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], PLACEHOLDER[span.kind]]
        end = span.end
    return Redacted("".join([*parts, text[end:]]), Counter(span.kind for span in spans))


def redact_json(content: str | None) -> str | None:
    """JSON with every text in it redacted, as descriptions of pictures need it; None stays None."""
    if content is None:
        return None
    try:
        value = json.loads(content)
    except ValueError:
        return redact(content).text
    return json.dumps(_redacted(value), ensure_ascii=False, separators=(",", ":"))


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {name: _redacted(item) for name, item in value.items()}
    return value


def personal_spans(text: str) -> list[Span]:
    """What is personal in `text`: spans in order, none of which overlap."""
    found = list(find_contacts(text))
    words = without_links(text)
    if DIGIT.search(words):
        for find in (find_phones, find_numbers, find_network, find_references, find_addresses):
            found += find(words)
    # The list grows as names are found: the one beside a name is often a farm or a hamlet.
    found += find_names(words, found)
    found += find_single_names(words)
    return apart(found)


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, without those that overlap one of a more exact kind, or a longer one."""
    ranked = sorted(
        spans, key=lambda span: (PRECEDENCE.index(span.kind), span.start - span.end, span.start)
    )
    kept: list[Span] = []
    for span in ranked:
        # The kept ones are in order and apart, so only the two beside the place can overlap.
        place = bisect_left(kept, span.start, key=lambda other: other.start)
        is_free = place == 0 or kept[place - 1].end <= span.start
        if is_free and (place == len(kept) or span.end <= kept[place].start):
            kept.insert(place, span)
    return kept
