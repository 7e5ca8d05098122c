"""Say of every comment which part of the audience it is from, by the rules of the settings."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.keys.author import read_author_key
from flows.keys.place import is_kept_by_git
from flows.reading.encodings import text_lines
from flows.settings import Settings
from flows.warehouse import beside, frame, merge, read, writing
from models.errors import GiveUp
from models.tables.segment import SEGMENT
from transforms.pseudonymise import author_key
from transforms.segments import SegmentRule, segments_of

COMMENTS = """
    SELECT comment_id, channel, community, site, email_domain, author_key
    FROM clean.comment
    ORDER BY comment_id
"""

REMARK = "#"
"""What follows it in a list of authors is for people."""


@task(cache_policy=NO_CACHE)
def segment_comments(settings: Settings) -> int:
    """Bring `classified.segment` to the rules and comments of now; returns how many rows changed.

    Only rows that differ are written, so that an unchanged state stays one.
    """
    audience = settings.audience
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        before = read(connection, SEGMENT)
        if not audience.segments and before.is_empty():
            return 0
        rules = list(rules_of(settings, platforms(connection))) if audience.segments else []
        comments = frame(connection, COMMENTS)
        now = segments_of(comments, rules, audience.default, before)
        changed = now.join(before, on=SEGMENT.column_names, how="anti")
        gone = before.join(now, on="comment_id", how="anti")
        merge(connection, SEGMENT, changed)
        beside(
            connection,
            "DELETE FROM classified.segment WHERE comment_id IN (SELECT comment_id FROM wanted)",
            gone.select("comment_id"),
        )
    return changed.height + gone.height


def platforms(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The platforms that comments were made on."""
    rows = connection.execute("SELECT DISTINCT platform FROM clean.comment ORDER BY 1").fetchall()
    return [str(platform) for (platform,) in rows]


def rules_of(settings: Settings, known: Sequence[str]) -> Iterator[SegmentRule]:
    """The rules of the settings, lists of authors as pseudonyms on the platforms `known`."""
    key = read_author_key(settings.privacy.author_key_file)
    for rule in settings.audience.segments:
        listed = authors_in(rule.list_file, rule.name) if rule.list_file else []
        yield SegmentRule(
            name=rule.name,
            channels=rule.channels,
            groups=rule.groups,
            email_domains=rule.email_domains,
            author_keys=frozenset(pseudonyms(listed, known, key)),
        )


def authors_in(path: Path, segment: str) -> list[str]:
    """The lines of a list of authors; it is read anew each time, and nowhere copied.

    Raises `GiveUp` if it can't be read, or lies where git would keep it.
    """
    if is_kept_by_git(path):
        raise GiveUp(
            f"The list of authors of `{segment}`, `{path}`, is kept by git, so that everybody who "
            "has the repository could read it. Move it outside and name that place as "
            "`authors_file` under `[[audience.segments]]`."
        )
    try:
        lines = text_lines(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise GiveUp(
            f"The list of authors of `{segment}`, `{path}`, can't be read: {reason}. Expected a "
            "text file with a handle a line; correct `authors_file` under `[[audience.segments]]`, "
            "or take it out."
        ) from error
    return [name for line in lines if (name := line.partition(REMARK)[0].strip())]


def pseudonyms(authors: Sequence[str], known: Sequence[str], key: bytes) -> Iterator[str]:
    """What each of `authors` is called in the tables.

    A line names a handle, id or name as the platform's files do, with or without `@`; after
    `linkedin,` it holds for that platform alone, else for all that are `known`.
    """
    for line in authors:
        platform, comma, rest = (part.strip() for part in line.partition(","))
        is_of_one = bool(comma) and platform.casefold() in known
        name = (rest if is_of_one else line).removeprefix("@")
        for place in [platform.casefold()] if is_of_one else known:
            yield author_key(place, name, key)
            yield author_key(place, f"@{name}", key)
