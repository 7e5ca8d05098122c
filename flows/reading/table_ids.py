"""An entry of a table file in, ids that are not also those of another file's entries out."""

import hashlib
import re
from collections.abc import Iterable

from flows.reading.table_entries import Entry, raw_text, time_cell
from flows.reading.times import is_day

MOST_DIGITS = 9

SHORT_NUMBER = re.compile(rf"\d{{1,{MOST_DIGITS}}}")
"""A row or database number: unique in one system at most, unlike a platform's long ids."""

POST_FIELDS = ("post_id", "post_url", "post_title", "post_text")
"""What `post_id_of` looks at."""

Family = dict[tuple[str, str], str]
"""(post, number) -> id, of the comments of a file that are only numbered."""


def post_id_of(entry: Entry, signature: str) -> str | None:
    """The id of a row's post, else its link, else a digest of its words; short numbers scoped."""
    native_id, url = entry.texts.get("post_id"), entry.texts.get("post_url")
    if native_id and is_short_number(native_id):
        return f"{native_id}~{_digest(signature, url)}"
    words = entry.texts.get("post_title") or entry.texts.get("post_text")
    return native_id or url or (_digest(words) if words else None)


def comment_id_of(entry: Entry, signature: str, post_id: str | None) -> str | None:
    """A platform's id as it is; a short number with a digest of what else tells it apart.

    Two surveys both have a comment 1, often below the same header: its time tells them apart, and
    its words where the time is only a day. The same comment in a later export keeps its id.
    """
    native_id = entry.texts.get("comment_id")
    if not native_id or native_id == "0":
        return None
    if not is_short_number(native_id):
        return native_id
    value = time_cell(entry)
    words = entry.texts.get("text") if is_day(value) else None
    return f"{native_id}~{_digest(signature, post_id, raw_text(value), words)}"


def parent_id_of(entry: Entry, signature: str, post_id: str | None, family: Family) -> str | None:
    """The id of the comment that is answered; None if it is the post that is."""
    number = entry.texts.get("parent_id")
    if not number or number == "0" or number in (post_id, entry.texts.get("post_id")):
        return None
    if not is_short_number(number):
        return number
    # A parent outside of the file can't be named, but that there is one can be told.
    outside = f"{number}~{_digest(signature, post_id)}"
    return family.get((post_id or "", number), outside)


def is_short_number(native_id: str) -> bool:
    """Whether an id is a number of few digits."""
    return len(native_id) <= MOST_DIGITS and bool(SHORT_NUMBER.fullmatch(native_id))


def _digest(*parts: str | None) -> str:
    text = "\x1f".join(part or "" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def has_numbered(entries: Iterable[Entry]) -> bool:
    """Whether comments answer others that are only known by a short number."""
    return any(is_short_number(entry.texts.get("parent_id", "")) for entry in entries)


def family_of(entries: Iterable[Entry], signature: str) -> Family:
    """The ids of all comments of the file that are only numbered, for their replies to find."""
    family: Family = {}
    for entry in entries:
        post_id = post_id_of(entry, signature)
        number = entry.texts.get("comment_id")
        native_id = comment_id_of(entry, signature, post_id)
        if number and native_id and number != native_id:
            family[(post_id or "", number)] = native_id
    return family
