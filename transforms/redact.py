"""A text in, the text without personal data of private persons out, and what was taken, counted."""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from transforms.plain_text import tidy
from transforms.redaction.addresses import find_addresses
from transforms.redaction.contact import find_contacts, find_phones
from transforms.redaction.link_secrets import without_links
from transforms.redaction.names import find_names, tells_of_somebody
from transforms.redaction.network import find_network
from transforms.redaction.numbers import find_numbers
from transforms.redaction.references import find_references
from transforms.redaction.signs import ALL_FINDERS, Finder, NumberFinder, finders_for
from transforms.redaction.single_names import find_single_names
from transforms.redaction.span import PERSONAL_KINDS, PLACEHOLDER, PersonalKind, Span

VERSION = 7
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

NUMBERS: Mapping[NumberFinder, Callable[[str], Iterator[Span]]] = {
    "phones": find_phones,
    "numbers": find_numbers,
    "network": find_network,
    "references": find_references,
    "addresses": find_addresses,
}


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
    return _without(text, [span for span in personal_spans(text) if span.kind in kinds])


def redact_all(texts: Sequence[str]) -> tuple[list[str], dict[int, Counter[PersonalKind]]]:
    """What `redact` makes of each of `texts`; and of those that were changed, by place, its counts.

    Ten times as fast: most texts have no sign of anything personal, and are not looked at again.
    """
    redacted, counts = list(texts), dict[int, Counter[PersonalKind]]()
    for place, finders in finders_for(texts).items():
        if spans := spans_found(texts[place], finders):
            found = _without(texts[place], spans)
            redacted[place], counts[place] = found.text, Counter(found.counts)
    return redacted, counts


def _without(text: str, spans: Sequence[Span]) -> Redacted:
    if not spans:
        return Redacted(text, {})
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], PLACEHOLDER[span.kind]]
        end = span.end
    return Redacted("".join([*parts, text[end:]]), Counter(span.kind for span in spans))


def redact_json(content: str | None) -> str | None:
    """JSON with every text in it redacted, as descriptions of pictures need it; None stays None.

    Finders read composed accents and no invisible signs: nobody has seen to that before, as it is
    seen to where a comment's text is made plain.
    """
    if content is None:
        return None
    try:
        value = json.loads(content)
    except ValueError:
        return redact(tidy(content)).text
    return json.dumps(_redacted(value), ensure_ascii=False, separators=(",", ":"))


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(tidy(value)).text
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {name: _redacted(item) for name, item in value.items()}
    return value


def personal_spans(text: str) -> list[Span]:
    """What is personal in `text`: spans in order, none of which overlap."""
    return spans_found(text, ALL_FINDERS)


def spans_found(text: str, finders: Collection[Finder]) -> list[Span]:
    """What those of the `finders` that are named find in `text`, where the others find nothing."""
    found = list(find_contacts(text)) if "contacts" in finders else []
    words = without_links(text)
    if DIGIT.search(words):
        for name, find in NUMBERS.items():
            found += find(words) if name in finders else ()
    # The list grows as names are found: the one beside a name is often a farm or a hamlet.
    if "names" in finders or any(tells_of_somebody(span) for span in found):
        found += find_names(words, found)
    if "single names" in finders:
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
