"""A person taken out of JSON: objects that are his emptied, ids of his comments made nameless."""

import json
import re
from typing import Any

from flows.erasing.traces import Traces
from flows.storing.erased import ERASED

DECODER = json.JSONDecoder()

ID_FIELD = re.compile(
    r"id$|^id\b|parent|repl(?:y|ies)|antwort|children|kids|root|thread", re.IGNORECASE
)
"""Names of fields that hold the ids of comments, or of those that they answer."""

OTHERS = re.compile(
    r"reply|parent|mention|retweet|quote(?!_id$)|moderat|receiver|recipient"
    r"|antwort\w*[ _](?:an|auf)\b|erwähn",
    re.IGNORECASE,
)
"""Parts of the names of fields that tell of somebody else than the author."""


def edited_json(text: str, traces: Traces) -> str:
    """JSON documents, one or many, with the person's objects emptied of names and words."""
    parts, place = [], 0
    is_tight = '": ' not in text[:2000]
    separators = (",", ":") if is_tight else (", ", ": ")
    while (found := re.compile(r"[\[{]").search(text, place)) is not None:
        try:
            value, end = DECODER.raw_decode(text, found.start())
        except ValueError:  # a broken line: what follows it may be whole
            end = text.find("\n", found.start()) + 1 or len(text)
            parts.append(text[place:end])
            place = end
            continue
        before = text[place : found.start()]
        document = text[found.start() : end]
        changed = emptied(value, traces)
        indent = 2 if not is_tight and "\n" in document[:200] else None
        written = (
            document
            if changed == value
            else json.dumps(
                changed,
                ensure_ascii=document.isascii(),
                indent=indent,
                separators=None if indent else separators,
            )
        )
        parts += [before, written]
        place = end
    return "".join([*parts, text[place:]])


def emptied(value: Any, traces: Traces) -> Any:
    """A JSON value with every object that the person wrote emptied."""
    if isinstance(value, list):
        return [emptied(item, traces) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {
        name: renamed(item, traces) if ID_FIELD.search(name) else emptied(item, traces)
        for name, item in value.items()
    }
    if is_own(value, traces):
        return blanked(inner, traces)
    return {
        name: traces.unmentioned(item) if OTHERS.search(name) else item
        for name, item in inner.items()
    }


def renamed(value: Any, traces: Traces) -> Any:
    """The value of a field that holds ids: those of the person's comments made nameless."""
    if isinstance(value, list):
        return [renamed(item, traces) for item in value]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return traces.nameless.get(str(value), value)
    return emptied(value, traces)


def is_own(value: dict[str, Any], traces: Traces) -> bool:
    """Whether an object, or one that tells of its author, holds one of the names."""
    own = [
        item
        for name, item in value.items()
        if not isinstance(item, dict | list) and not OTHERS.search(name)
    ]
    told = [
        item
        for name, part in value.items()
        if isinstance(part, dict) and name.casefold() in AUTHOR_FIELDS
        for item in flat(part)
    ]
    return any(traces.is_author(item) for item in (*own, *told))


AUTHOR_FIELDS = frozenset((
    "author", "from", "user", "account", "sender", "profile", "creator", "owner", "actor",
    "attributedto", "authordetails", "user_profile", "commenter", "snippet", "authorchannelid",
    "data", "post", "record",
))  # fmt: skip
"""What objects that tell of an author are called inside a comment, in small letters."""

WORDS = frozenset((
    "text", "body", "message", "content", "raw_message", "full_text", "html", "raw", "cooked",
    "comment", "commenttext", "title", "textdisplay", "textoriginal",
))  # fmt: skip
"""What the fields are called that hold what somebody wrote, in small letters."""


def flat(value: Any) -> list[Any]:
    """Every plain value in an object, but none of its lists."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    return [] if isinstance(value, list) else [value]


def blanked(value: Any, traces: Traces, field: str = "") -> Any:
    """An object of the person without names and words; what lists below it hold stays."""
    if isinstance(value, dict):
        return {
            name: item if isinstance(item, list) else blanked(item, traces, name)
            for name, item in value.items()
        }
    if isinstance(value, str):
        is_written = " " in value or field.casefold() in WORDS
        return ERASED if is_written or traces.is_author(value) else value
    return ERASED if not isinstance(value, bool) and traces.is_author(value) else value
