"""A value of a JSON object in, what it is expected to be out: None where it is something else.

Platforms leave out fields, and now and then change the type of one; a reader must not stumble.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

JsonObject = Mapping[str, Any]

HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half an emoji, from a text that was cut in its middle; UTF-8 can't hold it."""


def text_in(value: JsonObject, key: str) -> str | None:
    """The text or id under `key`; None where it is blank or something else."""
    found = value.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found.strip():
        return None
    return found if found.isascii() else HALF_CHARACTER.sub("\ufffd", found)


def count_in(value: JsonObject, key: str) -> int | None:
    """The count under `key`, a number or its digits; None where it is something else."""
    found = value.get(key)
    if isinstance(found, str) and re.fullmatch(r"\d{1,18}", found, re.ASCII):
        return int(found)
    is_count = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**63
    return found if is_count else None


def object_in(value: JsonObject, key: str) -> JsonObject:
    """The object under `key`; an empty one where it is something else."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def objects_in(value: JsonObject, key: str) -> list[JsonObject]:
    """The objects in the array under `key`; [] where it is something else."""
    found = value.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def packed(value: Any) -> str | None:
    """JSON in one fixed way of writing it; None for nothing."""
    if not value:
        return None
    return HALF_CHARACTER.sub("\ufffd", json.dumps(value, ensure_ascii=False, sort_keys=True))
