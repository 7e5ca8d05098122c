"""Comments and the rules of the settings in, which part of the audience each is from out.

Rules are asked in their order, and the first that is met names the segment: each comment has one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import polars as pl

from models.tables.segment import SEGMENT
from transforms.canonical import channel_of
from transforms.email_domains import known_domain


@dataclass(frozen=True)
class SegmentRule:
    """A rule, met where any of its conditions is.

    `groups` are patterns, such as `it-*`, of communities and sites; `email_domains` hold for their
    subdomains, too; `author_keys` are pseudonyms, of a list that is nowhere stored.
    """

    name: str
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    email_domains: tuple[str, ...] = ()
    author_keys: frozenset[str] = frozenset()


def segments_of(
    comments: pl.DataFrame, rules: Sequence[SegmentRule], default: str, before: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `classified.segment` for `comments`, in their order; none where there are no rules.

    `comments` has `comment_id`, `channel`, `community`, `site`, `email_domain` and `author_key`.
    Of a comment whose author's pseudonym is beyond its retention, `before` (the rows of the last
    time) still tells that its author was listed.
    """
    if not rules:
        return SEGMENT.empty()
    listed = before.filter(basis="author list").select("comment_id", listed_as="segment")
    known = comments.join(listed, on="comment_id", how="left", maintain_order="left")
    met = [condition for rule in rules for condition in conditions(rule, known)]
    segment = pl.coalesce(
        *(pl.when(is_met).then(pl.lit(name)) for name, _, is_met in met), pl.lit(default)
    )
    basis = pl.coalesce(
        *(pl.when(is_met).then(pl.lit(basis)) for _, basis, is_met in met), pl.lit("default")
    )
    return SEGMENT.require(known.select("comment_id", segment=segment, basis=basis))


def conditions(rule: SegmentRule, comments: pl.DataFrame) -> list[tuple[str, str, pl.Expr]]:
    """The conditions of `rule`: its name, what it goes by, and which of `comments` meet it."""
    channels = {channel_of(name) for name in rule.channels}
    groups = {
        name
        for column in ("community", "site")
        for name in comments[column].unique().drop_nulls()
        if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in rule.groups)
    }
    domains = {
        domain
        for domain in comments["email_domain"].unique().drop_nulls()
        if known_domain(domain, rule.email_domains)
    }
    is_forgotten = pl.col("author_key").is_null() & (pl.col("listed_as") == rule.name)
    is_listed = among("author_key", rule.author_keys) | is_forgotten.fill_null(False)
    return [
        (rule.name, "channel", among("channel", channels)),
        (rule.name, "group", among("community", groups) | among("site", groups)),
        (rule.name, "email domain", among("email_domain", domains)),
        (rule.name, "author list", is_listed),
    ]


def among(column: str, values: Iterable[str]) -> pl.Expr:
    """Whether `column` holds one of `values`."""
    return pl.col(column).is_in(sorted(values)).fill_null(False)
