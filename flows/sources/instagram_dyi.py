"""What a person downloads from their own Instagram account, as JSON: the comments they wrote.

`post_comments_1.json` is a list, `reels_comments.json` has it under a name. The names of the fields
are in the language of the account, so that values are told apart by what they hold. Nothing has an
id, and the person is not named; whose post it was is not taken over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.reading.json_window import Found, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.meta_export import filled, listed, moment
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

PLATFORM = "instagram"
CHANNEL = "instagram"

LISTS = frozenset(["comments_media_comments", "comments_reels_comments", "comments_story_comments"])

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
VALUE_AND_TIME = re.compile(
    rb'"string_map_data"\s*:\s*\{\s*(?:"[^"]*"\s*:\s*\{\s*"value"\s*:\s*"(?:[^"\\]|\\.)*"\s*\}\s*,\s*)'
    rb'{1,2}"[^"]*"\s*:\s*\{\s*"timestamp"\s*:\s*\d{9,10}\s*\}\s*\}'
)
"""One or two values, then a time: nothing else in the download is like that."""


@dataclass
class Names:
    """What the file calls the text of a comment and whose post it was, as far as it is known."""

    text: str | None = None
    owner: str | None = None


def recognise(sample: bytes) -> bool:
    """Whether it is a list of one's own comments on posts, reels or stories."""
    text = utf_8_start(sample)
    if NAMED.match(text):
        return True
    has_comments = TEXT_NAME.search(text) or VALUE_AND_TIME.search(text)
    return bool(ROOT.match(text) and MAP.search(text) and has_comments)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment; every one of them is by the owner of the account."""
    position, names = 0, Names()
    for found in listed(landed.path, LISTS):
        if isinstance(found, Rejected) and found.reason == "broken file":
            yield found
            continue
        position += 1
        record = found if isinstance(found, Rejected) else _record(found, names)
        yield replace(record, position=position)


def _record(found: Found, names: Names) -> Comment | Rejected:
    entry = found.value if isinstance(found.value, dict) else {}
    fields, old = entry.get("string_map_data"), entry.get("string_list_data")
    if isinstance(fields, dict):
        return _comment(_text(fields, names), _seconds(fields), found.line)
    if isinstance(old, list) and old and isinstance(old[0], dict):
        return _comment(filled(old[0].get("value")), old[0].get("timestamp"), found.line)
    return Rejected(
        position=0,
        line=found.line,
        reason="broken record",
        detail="an object without `string_map_data`, expected one in each",
    )


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


def _text(fields: dict[str, Any], names: Names) -> str | None:
    """The value that is the comment; what one entry proves helps with the next."""
    values = {
        name: text
        for name, part in fields.items()
        if isinstance(part, dict) and (text := filled(part.get("value")))
    }
    _learn(values, names)
    name = next((one for one in values if one in TEXT_NAMES or one == names.text), None)
    if name:
        return values[name]
    rest = (text for one, text in values.items() if one not in {*OWNER_NAMES, names.owner})
    return next(rest, None)


def _learn(values: dict[str, str], names: Names) -> None:
    """Which of two values is the comment, where only one of them can be an account's name."""
    accounts = [name for name, value in values.items() if ACCOUNT.fullmatch(value)]
    texts = [name for name in values if name not in accounts]
    if names.text is None and len(accounts) == len(texts) == 1:
        names.text, names.owner = texts[0], accounts[0]


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
)
