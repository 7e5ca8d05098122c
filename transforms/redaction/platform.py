"""Whom a platform says that a text mentions: names without an `@`, as Facebook and LinkedIn write."""

import json

from transforms.redaction.span import PLACEHOLDER

MENTION = PLACEHOLDER["mention"]


def without_mentioned(text: str | None, mentions: str | None, text_format: str) -> str | None:
    """`text` with `@…` wherever its platform says, in `mentions`, that somebody is mentioned.

    Places that do not begin and end with a word are left: platforms count characters in their own
    ways, and half a word replaced would garble the text.
    """
    if not text or not mentions or text_format == "html":
        return text
    for start, end in sorted(_places(mentions), reverse=True):
        if 0 <= start < end <= len(text) and _is_whole(text, start, end):
            text = text[:start] + MENTION + text[end:]
    return text


def mention_places(text: str | None) -> str | None:
    """Where a redacted text mentions somebody, as JSON; None if it does not."""
    if not text or MENTION not in text:
        return None
    places, start = [], text.find(MENTION)
    while start >= 0:
        places.append({"offset": start, "length": len(MENTION)})
        start = text.find(MENTION, start + 1)
    return json.dumps(places)


def _places(mentions: str) -> set[tuple[int, int]]:
    try:
        found = json.loads(mentions)
    except ValueError:
        return set()
    return {
        (place["offset"], place["offset"] + place["length"])
        for place in (found if isinstance(found, list) else [])
        if isinstance(place, dict)
        and isinstance(place.get("offset"), int)
        and isinstance(place.get("length"), int)
    }


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or text[start:end].isspace())
