"""What must not stay of a person anywhere: names, texts, ids; and how they are found in a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from flows.erasing.signs import as_written, sign
from flows.storing.erased import ERASED
from transforms.canonical import DERIVED_ID, account

AT = sign("@")

BEFORE = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=\\u00[0-3][0-9a-f]))"
"""Before a word; JSON writes some signs that are no letters with letters."""

AFTER = r"(?![\w-]|(?-i:\.[a-z0-9_]))"
"""Behind a handle: `bergmann-soehne` and `bergmann.berlin` are others."""

ADDRESS = "|".join((
    r"https?:[\\/]+[^\s\"'<>]*?/",
    *(r"(?<=\.\w\w)/", r"(?<=\.\w\w\w)/"),
    rf"(?<=[\"'=])\\?/|{BEFORE}/?u(?:ser)?/",
))  # fmt: skip
"""What leads to a profile: an address up to a slash in it, a host, a link's beginning, Reddit's."""

NAMES = re.compile(r"@?[\w.@-]+(?:\s*[,;|]\s*@?[\w.@-]+)*")
"""Names, one or several, and no running text."""


@dataclass(frozen=True)
class Traces:
    """What must not stay: names wherever they stand, names as authors, texts, ids of comments."""

    telling: frozenset[str]
    names: frozenset[str]
    texts: frozenset[str]
    """Long ones, taken out wherever they stand."""
    comment_ids: frozenset[str]
    permalinks: frozenset[str]
    pseudonyms: frozenset[str] = frozenset()
    nameless: Mapping[str, str] = field(default_factory=dict)
    """Native ids of the comments -> what stands for them in fields that hold ids."""
    mentioned: frozenset[str] = frozenset()
    """Names by which the person is mentioned (`@bergmann`) or linked (`/bergmann`), words, too."""
    platform: str = ""
    """Where mentions are the person's."""
    handles: frozenset[str] = frozenset()
    """Names that are nobody else's on the platform: fields that hold them alone are blanked."""

    @property
    def without_mentions(self) -> "Traces":
        """What tells of the person in files of other platforms."""
        return replace(self, mentioned=frozenset(), handles=frozenset())

    @property
    def without_names(self) -> "Traces":
        """The same where a namesake wrote."""
        return replace(self.without_mentions, telling=frozenset(), names=frozenset())

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Names as accounts are compared."""
        return frozenset(map(account, self.names))

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds telling names and ids as whole words, texts and links as files write them.

        What its group `address` holds leads to the name, and stays.
        """
        words = [rf"{BEFORE}{AT}?{as_written(name)}(?!\w)" for name in self.telling]
        told = [name for name in self.comment_ids if not DERIVED_ID.fullmatch(name)]
        words += [rf"(?<![\w:.-]){re.escape(name)}(?![\w-])" for name in told]
        words += [re.escape(name) for name in self.pseudonyms]
        whole = sorted(filter(str.strip, self.texts | self.permalinks), key=len, reverse=True)
        parts = [*map(as_written, whole), *words]
        parts += mentions_of(self.mentioned) + fields_of(self.handles)
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def is_author(self, value: object) -> bool:
        """Whether a value is exactly one of the names."""
        return isinstance(value, str | int) and account(str(value)) in self.accounts

    def taken_from(self, text: str) -> str:
        """`text` without the traces that stand for the person anywhere."""
        return self.pattern.sub(blank, text) if self.pattern else text

    def unmentioned(self, value: object) -> object:
        """The value of a field that tells of others, without the handle, alone or in a list."""
        if not isinstance(value, str) or not NAMES.fullmatch(value):
            return value
        return re.sub(r"[^\s,;|]+", lambda m: ERASED if self.is_handle(m[0]) else m[0], value)

    def is_handle(self, value: str) -> bool:
        """Whether a value is a handle of the person, and nobody else's."""
        return account(value) in {account(name) for name in self.handles}

    def found_in(self, text: str) -> int:
        """How many such traces `text` holds."""
        return sum(1 for _ in self.pattern.finditer(text)) if self.pattern else 0

    def begins_in(self, text: str, earliest: int) -> bool:
        """Whether such a trace begins at `earliest` or behind it."""
        found = self.pattern.finditer(text) if self.pattern else iter(())
        return any(match.start() >= earliest for match in found)


def mentions_of(names: frozenset[str]) -> list[str]:
    """Patterns of mentions of somebody, and of links to a profile; never of the bare word."""
    words = "|".join(map(as_written, sorted(names, key=len, reverse=True)))
    if not words:
        return []
    mention = rf"(?<![\w.]){AT}(?:{sign('<')}span{sign('>')})?(?:{words}){AFTER}"
    escaped = rf"(?:(?<=\\[nrt])|(?<=\\u00[0-3][0-9a-f])){AT}(?:{words}){AFTER}"
    return [mention, escaped, rf"(?P<address>{ADDRESS})(?:{words}){AFTER}"]


def fields_of(names: frozenset[str]) -> list[str]:
    """Patterns of fields in JSON that hold a name alone."""
    words = "|".join(map(as_written, sorted(names, key=len, reverse=True)))
    before = r"(?:(?<=[:,\[{]\")|(?<=\s\"))"
    return [rf"{before}{AT}?(?:{words})(?=\"\s*[,}}\]:])"] if words else []


def blank(found: re.Match[str]) -> str:
    """What stands for a trace: what led to it stays."""
    return (found.groupdict().get("address") or "") + ERASED
