"""What every source's reader hands on: one post, one comment, or one record it could not use.

Readers fill in what their platform says and leave the rest `None`: unknown, never zero or "".
Names of people are still in these records; `transforms.pseudonymise` takes them out before
anything is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, Self, get_args

TextFormat = Literal["plain", "html", "markdown"]
"""How the platform wrote the text: HTML is turned to plain text exactly once."""

TimePrecision = Literal["exact", "day", "relative", "derived_from_id"]
"""How much of a time the platform told."""

Status = Literal["published", "pending", "hidden", "spam", "trash", "deleted", "unknown"]
"""Whether the public sees it."""


Reason = Literal[
    "unknown format",
    "missing column",
    "broken file",
    "broken record",
    "no time",
    "no text",
    "text too long",
    "forbidden character",
    "duplicate",
    "private message",
    "failed check",
    "erased",
]
"""Why a record could not be used: a closed set, so that it can be counted."""

REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(slots=True, kw_only=True)
class Post:
    """A post as its platform tells it; `created_at` is timezone-aware.

    `position` counts the records of the file from 1.
    """

    platform: str
    site: str
    native_id: str
    position: int
    channel: str | None = None
    kind: str = "post"
    title: str | None = None
    text: str | None = None
    text_format: TextFormat = "plain"
    url: str | None = None
    author: str | None = None
    created_at: datetime | None = None
    created_at_raw: str | None = None
    time_precision: TimePrecision = "exact"
    updated_at: datetime | None = None
    status: Status = "unknown"
    visibility: str | None = None
    language_declared: str | None = None
    reported_comment_count: int | None = None
    reported_counts: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment as its platform tells it.

    `position` counts the records of the file from 1, `line` is where it starts in a text file.
    Without a `native_id` its identity is derived from who, when, what and where. `post_native_id`
    and `parent_native_id` are ids of the same platform and site. `author` names the person as the
    platform does (an id rather than a name, where there is one), `author_name` as people do; of an
    e-mail address nothing but its domain is handed on. `community` is the group or team that it was
    made in, where `site` is not that.
    `reactions`, `attachments`, `mentions` and `platform_labels` are JSON.
    """

    platform: str
    site: str
    position: int
    line: int | None = None
    native_id: str | None = None
    id_basis: Literal["native", "decoded", "permalink", "hash"] = "native"
    channel: str | None = None
    community: str | None = None
    kind: str = "comment"
    post_native_id: str | None = None
    parent_native_id: str | None = None
    reply_semantics: Literal["tree", "two_level", "flat", "unknown"] = "unknown"
    author: str | None = None
    author_name: str | None = None
    email_domain: str | None = None
    is_owner: bool = False
    text: str | None = None
    text_format: TextFormat = "plain"
    language_declared: str | None = None
    created_at: datetime | None = None
    created_at_raw: str | None = None
    created_tz_assumed: str | None = None
    time_precision: TimePrecision = "exact"
    edited_at: datetime | None = None
    is_edited: bool | None = None
    status: Status = "unknown"
    visibility: str | None = None
    like_count: int | None = None
    dislike_count: int | None = None
    reply_count: int | None = None
    reactions: str | None = None
    attachments: str | None = None
    mentions: str | None = None
    platform_labels: str | None = None
    permalink: str | None = None
    aliases: tuple[str, ...] = ()


DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Comment)}
"""What a field of a comment holds that nothing is told of."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments side by side: `told` holds, by the name of a field, the values of all of them.

    A table of a million rows is read several times as fast so. A field that `told` lacks has its
    default in each of them; the values that are there are such as the field may have.
    """

    count: int
    told: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, comments: Sequence[Comment]) -> Self:
        """`comments`, in their order."""
        return cls(
            len(comments), {name: list(map(attrgetter(name), comments)) for name in DEFAULTS}
        )

    def __len__(self) -> int:
        return self.count

    def column(self, name: str) -> Sequence[Any]:
        """What each of them says of one field."""
        return self.told[name] if name in self.told else [DEFAULTS[name]] * self.count

    def apart(self) -> Iterator[Comment]:
        """Each of them."""
        for values in zip(*self.told.values(), strict=True):
            yield Comment(**dict(zip(self.told, values, strict=True)))


@dataclass(slots=True, kw_only=True)
class Rejected:
    """A record that could not be used: where it stands in its file, and why.

    `position` counts the records of the file from 1; 0 is the file as a whole. `detail` says what
    was found and expected; it never quotes the text of a comment or a name. `erased_ids` are all
    ids of a comment that was erased under one of them, written as `comment_id` is.
    """

    position: int
    reason: Reason
    detail: str
    line: int | None = None
    erased_ids: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Swept:
    """Every comment that a post still has stands in this file: what is missing is gone.

    Readers yield it after the comments, and only for a full sweep of the post.
    """

    platform: str
    site: str
    post_native_id: str
    position: int


Record = Post | Comment | Rejected | Swept
"""What a reader yields."""
