"""Who is meant by a handle or a comment's link: all names, texts and ids that landing tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from flows.keys.author import read_author_key
from flows.keys.landing import read_landing_key
from flows.landing.files import landed_files, opened
from flows.reading.landed import LandedFile
from flows.settings import Settings
from flows.sources.base import recognise
from flows.storing.erased import nameless
from models.canonical import Comment, Post, Record
from models.errors import GiveUp
from transforms.canonical import HASHED_BY_READER, account, comment_id_of, post_id_of
from transforms.plain_text import plain_text
from transforms.pseudonymise import author_key

MOST_ROUNDS = 4
"""Landing is read again while a name leads to another id; two rounds are the rule."""

SHORTEST_TEXT = 20
"""Characters of a text that is its author's alone: shorter ones are written by many."""


@dataclass
class Person:
    """What is known of one person on one platform, in memory only."""

    platform: str
    keys: set[str] = field(default_factory=set)
    """Pseudonyms, of every id and name."""
    names: set[str] = field(default_factory=set)
    """Ids, handles and names, as the platform writes them."""
    accounts: set[str] = field(default_factory=set)
    """Those of the names that tell accounts apart, so that they are nobody else's."""
    texts: set[str] = field(default_factory=set)
    """Texts of comments and posts, as they landed and as plain text."""
    comment_ids: set[str] = field(default_factory=set)
    nameless: dict[str, str] = field(default_factory=dict)
    """Ids of comments as the platform writes them -> what stands for them from now on."""
    post_ids: set[str] = field(default_factory=set)
    permalinks: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    """The handle that was asked for, as accounts are compared."""

    @property
    def telling_names(self) -> set[str]:
        """Names by which the person is known wherever they stand, not only as an author."""
        return {name for name in self.names if is_telling(name)}

    @property
    def own_texts(self) -> set[str]:
        """Texts that are long enough to be nobody else's."""
        return {text for text in self.texts if len(text) >= SHORTEST_TEXT}

    def wrote(self, record: Record, key: bytes) -> bool:
        """Whether the person is the author of a record."""
        if isinstance(record, Comment):
            named = (record.author or record.author_name, record.author_name)
        elif isinstance(record, Post):
            named = (record.author, None)
        else:
            return False
        if record.platform != self.platform:
            return False
        primary, display = named
        if primary and author_key(self.platform, primary, key) in self.keys:
            return True
        return bool(display) and account(display or "") in self.asked


def is_telling(name: str) -> bool:
    """Whether a name stands for one person in any text: `anna_b7` and `Anna Berg`, not `Anna`."""
    if len(name) < 5:
        return False
    return bool(re.search(r"[\s\d_.@:/-]", name)) or len(name) >= 12


def is_handle(name: str) -> bool:
    """Whether a name can stand behind `@` and in links; a number may count anything."""
    return len(name) > 1 and not name.isdigit() and not re.search(r"[\s/@]", name)


def person_of_handle(handle: str, platform: str, settings: Settings) -> Person:
    """Everything that landing and the warehouse know of the author called `handle`.

    Raises `GiveUp` if several accounts of the platform show that name.
    """
    key = read_author_key(settings.privacy.author_key_file)
    person = Person(platform, asked={account(handle)})
    person.keys = {author_key(platform, name, key) for name in (handle, handle.removeprefix("@"))}
    person.names = {handle.removeprefix("@").strip()}
    return complete(person, key, settings)


def person_of_link(connection: duckdb.DuckDBPyConnection, link: str, settings: Settings) -> Person:
    """The author of the comment with this permalink or `comment_id`; raises `GiveUp` if none has.

    Of a comment whose source names no author only the comment itself is meant.
    """
    row = connection.execute(
        "SELECT platform, author_key, comment_id FROM clean.comment "
        "WHERE permalink = $link OR comment_id = $link ORDER BY comment_id LIMIT 1",
        {"link": link},
    ).fetchone()
    if not row:
        raise GiveUp(
            "No stored comment has this link. Take it as `permalink` or `comment_id` stand in the "
            "tables, or name the author with --author and --platform."
        )
    platform, pseudonym, comment_id = row
    person = Person(platform, keys={pseudonym} if pseudonym else set(), comment_ids={comment_id})
    return complete(person, read_author_key(settings.privacy.author_key_file), settings)


def complete(person: Person, key: bytes, settings: Settings) -> Person:
    """`person` with all that its records in landing tell."""
    for _ in range(MOST_ROUNDS):
        before = len(person.keys), len(person.comment_ids)
        accounts: set[str] = set()
        for record in records_of(person, key, settings):
            add(person, record, key)
            if isinstance(record, Comment) and record.author:
                accounts.add(account(record.author))
        if person.asked and len(accounts) > 1 and not accounts & person.asked:
            raise GiveUp(
                f"{len(accounts)} accounts of `{person.platform}` show this name. Name one of them "
                "by its id, or by the link of one of its comments (--link)."
            )
        if (len(person.keys), len(person.comment_ids)) == before:
            break
    return person


def records_of(person: Person, key: bytes, settings: Settings) -> Iterator[Comment | Post]:
    """Every record in landing that the person wrote, or that is one of the comments meant."""
    for landed in landed_files(settings.paths.landing):
        yield from records_in(landed, person, key, settings)


def records_in(
    landed: LandedFile, person: Person, key: bytes, settings: Settings
) -> Iterator[Comment | Post]:
    """The same of one landed file."""
    seal_key = read_landing_key(settings.privacy)
    with opened(landed, settings.paths.landing, seal_key) as readable:
        source = recognise(readable.path)
        if not source:
            return
        for record in source.read(readable, settings.sources.rules()):
            if isinstance(record, Comment | Post) and is_meant(record, person, key):
                yield record


def is_meant(record: Record, person: Person, key: bytes) -> bool:
    """Whether a record is the person's, by its author or by one of its ids."""
    if person.wrote(record, key):
        return True
    return isinstance(record, Comment) and any(
        comment_id_of(record.platform, record.site, native, key) in person.comment_ids
        for native in names_of(record)
    )


def names_of(record: Comment) -> tuple[str, ...]:
    """Every id that the platform gives a comment; none where it gives none."""
    return (record.native_id, *record.aliases) if record.native_id else ()


def add(person: Person, record: Comment | Post, key: bytes) -> None:
    """Take note of what a record tells of its author."""
    names: list[str | None] = [record.author]
    if isinstance(record, Comment):
        names.append(record.author_name)
        for native in names_of(record):
            comment_id = comment_id_of(record.platform, record.site, native, key)
            person.comment_ids.add(comment_id)
            if not HASHED_BY_READER.fullmatch(native):
                person.nameless[native] = nameless(comment_id, key)
        if record.permalink:
            person.permalinks.add(record.permalink)
    else:
        person.post_ids.add(post_id_of(record.platform, record.site, record.native_id))
        if record.title:
            person.texts.add(record.title)
    if record.text:
        person.texts |= {record.text, plain_text(record.text, record.text_format)}
    for name in names:
        if name and name.strip():
            person.names.add(name.strip().removeprefix("@"))
    primary = record.author or (record.author_name if isinstance(record, Comment) else None)
    if primary and primary.strip():
        person.accounts.add(primary.strip().removeprefix("@"))
        person.keys.add(author_key(record.platform, primary, key))
