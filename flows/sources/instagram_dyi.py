"""What a person downloads from their own Instagram account, as JSON: the comments they wrote.

`post_comments_1.json` is a list, `reels_comments.json` has it under a name. The names of the fields
are in the language of the account, so that values are told apart by what they hold. Nothing has an
id, and the person is not named; whose post it was is not taken over.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.reading.iso_times import moment_of
from flows.reading.json_window import Found, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.meta_export import filled, listed, moment
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

PLATFORM = "instagram"
CHANNEL = "instagram"

LISTS = frozenset(
    [
        "comments_media_comments",
        "comments_reels_comments",
        "comments_story_comments",
        "media_comments",
    ]
)

TEXT_NAMES = frozenset({"Comment", "Kommentar", "Commentaire", "Comentario", "Commento"})
OWNER_NAMES = frozenset({"Media Owner", "Medieninhaber", "Media-eigenaar"})
"""Names that are known; in other languages the values decide."""

ACCOUNT = re.compile(r"[a-z0-9._]{1,30}")
"""What Instagram allows as the name of an account."""

ROOT = re.compile(
    rb'(?:\[|\{\s*"(?:' + b"|".join(name.encode() for name in sorted(LISTS)) + rb')"\s*:\s*\[)\s*\{'
)
NAMED = re.compile(rb'\{\s*"(?:' + b"|".join(name.encode() for name in sorted(LISTS)) + rb')"\s*:')
MAP = re.compile(rb'"string_map_data"\s*:\s*\{')
TEXT_NAME = re.compile(
    rb'"(?:' + b"|".join(name.encode() for name in sorted(TEXT_NAMES)) + rb')"\s*:\s*\{'
)
FIELD = rb'"[^"]*"\s*:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}'
ENTRY = re.compile(
    rb'"string_map_data"\s*:\s*\{\s*(' + FIELD + rb"(?:\s*,\s*" + FIELD + rb")*)\s*\}"
)
VALUE = re.compile(rb'"value"\s*:\s*"((?:[^"\\]|\\.)+)"')
TIME = re.compile(rb'"timestamp"\s*:\s*\d{9,10}\s*[,}]')

OLD_ROOT = re.compile(
    rb'\{\s*"media_comments"\s*:\s*\[\s*(?:\]|\[\s*"\d{4}-\d\d-\d\dT[\d:+-]+"\s*,\s*")'
)
"""Until about 2020: lists of time, text and whose post it was."""


@dataclass
class Names:
    """What the file calls the text of a comment, and what stands beside it, as far as is known."""

    text: str | None
    others: frozenset[str]


def recognise(sample: bytes) -> bool:
    """Whether it is a list of one's own comments on posts, reels or stories."""
    text = utf_8_start(sample)
    if NAMED.match(text) or OLD_ROOT.match(text):
        return True
    if not (ROOT.match(text) and MAP.search(text)):
        return False
    return bool(TEXT_NAME.search(text)) or any(
        _is_comment(entry[1]) for entry in ENTRY.finditer(text)
    )


def _is_comment(entry: bytes) -> bool:
    """Whether an entry whose names are not known is one of a comment.

    It has a time and a text that no account can be called, and perhaps whose post it was.
    """
    values = [found[1].decode("utf-8", "replace") for found in VALUE.finditer(entry)]
    texts = [value for value in values if not ACCOUNT.fullmatch(value)]
    is_plain = not any(re.match(r"https?:|\d+\.\d+\.\d+", value) for value in values)
    return bool(TIME.search(entry)) and len(values) <= 2 and len(texts) == 1 and is_plain


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment; every one of them is by the owner of the account."""
    position, names = 0, _names(landed)
    for found in listed(landed.path, LISTS):
        if isinstance(found, Rejected) and found.reason == "broken file":
            yield found
            continue
        position += 1
        record = found if isinstance(found, Rejected) else _record(found, names)
        yield replace(record, position=position)


def _names(landed: LandedFile) -> Names:
    """What the file calls things: the text is called what no account's name stands under.

    Where every comment could be an account's name, it is what all of them have, and first.
    """
    every = [
        _values_of(found.value) for found in listed(landed.path, LISTS) if isinstance(found, Found)
    ]
    entries = Counter(name for values in every for name in values if name not in OWNER_NAMES)
    wordy = Counter(
        name
        for values in every
        for name, value in values.items()
        if value and not ACCOUNT.fullmatch(value)
    )
    candidates = wordy or entries
    text = max(candidates, key=lambda name: candidates[name], default=None)
    beside = (set(values) - {text} for values in every if text in values)
    return Names(text, OWNER_NAMES.union(*beside))


def _values_of(entry: Any) -> dict[str, str | None]:
    """Name -> text of the fields of an entry that can have one."""
    fields = entry.get("string_map_data") if isinstance(entry, dict) else None
    return {
        name: filled(part["value"])
        for name, part in (fields.items() if isinstance(fields, dict) else ())
        if isinstance(part, dict) and "value" in part
    }


def _text(values: dict[str, str | None], names: Names) -> str | None:
    """The value that is the comment, whatever it is called."""
    known = [name for name in values if name in TEXT_NAMES] or [
        name for name in values if name == names.text
    ]
    others = [name for name, value in values.items() if value and name not in names.others]
    name = next(iter(known or others), None)
    return values[name] if name else None


def _record(found: Found, names: Names) -> Comment | Rejected:
    if isinstance(found.value, list):
        return _old_comment(found)
    entry = found.value if isinstance(found.value, dict) else {}
    fields, old = entry.get("string_map_data"), entry.get("string_list_data")
    if isinstance(fields, dict):
        return _comment(_text(_values_of(entry), names), _seconds(fields), found.line)
    if isinstance(old, list) and old and isinstance(old[0], dict):
        return _comment(filled(old[0].get("value")), old[0].get("timestamp"), found.line)
    return Rejected(
        position=0,
        line=found.line,
        reason="broken record",
        detail="an object without `string_map_data`, expected one in each",
    )


def _old_comment(found: Found) -> Comment | Rejected:
    """A comment as it was written until about 2020: `[time, text, whose post]`."""
    parts = [*found.value, None, None]
    raw = filled(parts[0])
    comment = _comment(filled(parts[1]), None, found.line)
    return replace(comment, created_at=moment_of(raw), created_at_raw=raw)


def _comment(text: str | None, seconds: Any, line: int) -> Comment:
    return Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=line,
        id_basis="hash",
        channel=CHANNEL,
        is_owner=True,
        text=text,
        created_at=moment(seconds),
        created_at_raw=None if seconds is None else str(seconds),
        status="published",
    )


def _seconds(fields: dict[str, Any]) -> Any:
    """The time of the field that has one."""
    times = [part.get("timestamp") for part in fields.values() if isinstance(part, dict)]
    return next((time for time in times if time), None)


SOURCE = FileSource(
    name="instagram_dyi",
    about="Download of one's own Instagram account: the comments one wrote oneself",
    how_to_get="Instagram > Settings > Accounts Center > Your information and permissions > "
    "Download your information: choose comments, and the format JSON, not HTML.",
    recognise=recognise,
    read=read,
    version=2,
)
