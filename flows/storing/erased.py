"""What was erased stays away: records of a file in, those that may be stored out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from models.canonical import Comment, Comments, Post, Record, Rejected
from transforms.canonical import DERIVED_ID, Origin, comment_id_of, derived_digest
from transforms.pseudonymise import author_key, keyed

ERASED = "[erased]"
"""What stands in a landed file where something was erased."""

DETAIL = "its author asked to be erased; nothing of it was stored"


@dataclass(frozen=True)
class Erased:
    """Keyed hashes of erased authors and comments."""

    authors: frozenset[str]
    comments: frozenset[str]


def comment_hash(comment_id: str, key: bytes) -> str:
    """By what the ledger knows a comment: its keyed id, or of others one made with the key."""
    if found := DERIVED_ID.fullmatch(comment_id):
        return found["digest"]
    return keyed(f"comment\x1f{comment_id}", key)


def nameless(comment_id: str, key: bytes) -> str:
    """What stands for an erased comment's native id where others answer it: leads to nobody.

    Written as an id that was made with the key, so that the ledger knows it, and a new key, too.
    """
    return f"k-{comment_hash(comment_id, key)}"


def without_erased(
    records: Iterable[Record | Comments], erased: Erased, origin: Origin
) -> Iterator[Record | Comments]:
    """The same records, those of erased people and erased comments rejected.

    A post of an erased person stays as the place that others' comments hang on, without its words;
    who answers an erased comment answers a nameless one.
    """
    if not erased.authors and not erased.comments:
        yield from records
        return
    for record in apart(records):
        if isinstance(record, Comment) and is_erased(record, erased, origin):
            yield Rejected(
                position=record.position,
                line=record.line,
                reason="erased",
                detail=DETAIL,
                erased_ids=ids_of_erased(record, erased, origin.key),
            )
        elif isinstance(record, Post) and is_by_erased(
            record.platform, record.author, erased, origin
        ):
            yield replace(record, title=None, text=None, author=None, url=None)
        elif isinstance(record, Comment):
            yield answering_nobody(record, erased, origin.key)
        else:
            yield record


def apart(records: Iterable[Record | Comments]) -> Iterator[Record]:
    """The same records, comments that stand side by side one by one."""
    for record in records:
        if isinstance(record, Comments):
            yield from record.apart()
        else:
            yield record


def answering_nobody(comment: Comment, erased: Erased, key: bytes) -> Comment:
    """`comment`, the id of the comment that it answers replaced if that was erased."""
    if comment.parent_native_id is None:
        return comment
    parent = comment_id_of(comment.platform, comment.site, comment.parent_native_id, key)
    if comment_hash(parent, key) not in erased.comments:
        return comment
    return replace(comment, parent_native_id=nameless(parent, key))


def is_erased(comment: Comment, erased: Erased, origin: Origin) -> bool:
    """Whether a comment, or who wrote it, was erased."""
    author = comment.author or comment.author_name
    if is_by_erased(comment.platform, author, erased, origin):
        return True
    if comment.native_id is None:
        return derived_digest(comment, origin.key) in erased.comments
    return bool(ids_of_erased(comment, erased, origin.key))


def ids_of_erased(comment: Comment, erased: Erased, key: bytes) -> tuple[str, ...]:
    """All ids of a comment that was erased under one of them; none if the ledger has none of them.

    Its author may be all that the ledger knows, or the mark in an edited file: that may be a name
    within a name, and is no reason to take out what others stored.
    """
    if comment.native_id is None:
        return ()
    names = (comment.native_id, *comment.aliases)
    ids = tuple(comment_id_of(comment.platform, comment.site, name, key) for name in names)
    return ids if any(comment_hash(name, key) in erased.comments for name in ids) else ()


def is_by_erased(platform: str, author: str | None, erased: Erased, origin: Origin) -> bool:
    """Whether an author is one that was erased, or the mark of one in an edited landing file."""
    if not author or not author.strip():
        return False
    return ERASED in author or author_key(platform, author, origin.key) in erased.authors
