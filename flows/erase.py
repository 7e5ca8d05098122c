"""A person out of landing, warehouse, published files and notes; and the proof of it.

No Prefect flow: Prefect keeps the parameters of its runs, and so the name of who was erased.
"""

import json
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from flows.erasing.documents import DocumentEdit, erase_documents
from flows.erasing.landed import LandedEdit, erase_landed, traces_by_file
from flows.erasing.person import Person, is_handle, person_of_handle, person_of_link
from flows.erasing.proof import Proof, look_through, look_through_lake
from flows.erasing.stored import erase_stored, remember, stored_comments
from flows.erasing.traces import Traces
from flows.exports.analyst_copy import FILE_NAME
from flows.keys.author import read_author_key
from flows.keys.landing import read_landing_key
from flows.publish import publish
from flows.running.report import StageReport
from flows.running.turns import turn_alone
from flows.settings import Settings, load_settings
from flows.storing.forgetting import forget_deleted, note_deletion
from flows.warehouse import merge, writing
from models.counted import Counted
from models.errors import GiveUp, ResonanzError
from models.tables.run import RUN
from transforms.canonical import naive_utc
from transforms.listing import quote_id

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Erasure:
    """What one did: to landed and other files, to rows by table, to published rows by table."""

    landed: list[LandedEdit]
    documents: list[DocumentEdit]
    rows: Counter[str]
    moved: dict[str, int]


def erase(
    author: str | None = None,
    platform: str | None = None,
    link: str | None = None,
    as_of: datetime | None = None,
) -> StageReport:
    """Take a person out of everything that is stored, and remember only keyed hashes.

    Safe to run twice, and after a crash: the warehouse, which tells who is meant, goes last.
    Raises `TryAgain` before anything is touched while stages are under way, `GiveUp` if it is not
    clear who is meant, and what `publish` raises if the rest can't be published.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    # Stages have texts in memory. What one writes afterwards no later call finds: the warehouse,
    # which tells whose it is, no longer knows.
    with turn_alone("erase", settings.paths.runs, settings.warehouse.wait_seconds):
        # Of a call that was killed. Who was meant by it may be told by nothing any more.
        forget_deleted(settings.paths.warehouse, settings.warehouse)
        return erase_person(who(author, platform, link, settings), moment, settings)


def erase_person(person: Person, moment: datetime, settings: Settings) -> StageReport:
    """The same, while nothing else is under way."""
    key = read_author_key(settings.privacy.author_key_file)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        stored_comments(connection, person)
        remember(connection, person, key, stored(moment), None)
    traces = traces_of(person)
    landed = erase_landed(person, traces, key, settings)
    documents = erase_documents(settings.paths, traces, settings.ingest)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        rows = erase_stored(connection, person, traces, key)
        note_deletion(connection, "erase", moment)
    forget_deleted(settings.paths.warehouse, settings.warehouse)
    moved, refusal = publish_again(moment, settings)
    sought = traces_by_file(person, traces, settings)
    seal_key = read_landing_key(settings.privacy)
    proof = look_through(settings.paths, traces, seal_key, settings.ingest, sought)
    proof = look_through_lake(proof, settings, traces)
    done = Erasure(landed, documents, rows, moved)
    report = report_of(person, done, proof)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        remember(connection, person, key, stored(moment), effect_of(done))
        merge(connection, RUN, report.row(moment))
    logger.info("%s", report)
    if refusal:
        told = f"{report}. What is left could not be published: {refusal}"
        raise type(refusal)("\n  ".join([told, *report.details])) from refusal
    return report


def who(author: str | None, platform: str | None, link: str | None, settings: Settings) -> Person:
    """The person that is meant; raises `GiveUp` if that is not said."""
    if link and not author:
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            return person_of_link(connection, link.strip(), settings)
    if author and author.strip() and platform and not link:
        return person_of_handle(author.strip(), platform.strip().casefold(), settings)
    raise GiveUp("Say who is meant: --author HANDLE with --platform P, or --link of a comment.")


def stored(moment: datetime) -> datetime:
    """A time as tables hold it."""
    return naive_utc(moment) or datetime.min  # noqa: DTZ901 - `moment` is never None


def traces_of(person: Person) -> Traces:
    """What of the person must not stay anywhere."""
    return Traces(
        telling=frozenset(person.telling_names),
        names=frozenset(person.names),
        texts=frozenset(person.own_texts),
        comment_ids=frozenset([*person.comment_ids, *map(quote_id, person.comment_ids)]),
        permalinks=frozenset(person.permalinks),
        pseudonyms=frozenset(person.keys),
        nameless=dict(person.nameless),
        platform=person.platform,
        mentioned=frozenset(filter(is_handle, person.names)),
        handles=frozenset(filter(is_handle, person.accounts | person.asked)),
    )


def publish_again(
    moment: datetime, settings: Settings
) -> tuple[dict[str, int], ResonanzError | None]:
    """Publish what is left, if anything was published: rows that changed, by table.

    Small cells are judged anew by it, as at every publish. An error is given back, not raised:
    only this call knows the texts that the proof has to look for.
    """
    before = published_rows(settings)
    if not before:
        return {}, None
    try:
        publish(as_of=moment)
    except ResonanzError as error:
        return {}, error
    after = published_rows(settings)
    moved = {
        table: changed
        for table, rows in before.items()
        if (changed := (rows - after.get(table, Counter())).total())
    }
    return moved, None


def published_rows(settings: Settings) -> dict[str, Counter[str]]:
    """The rows of every published table; none where nothing is published."""
    path = settings.paths.published / "latest" / FILE_NAME
    if not path.exists():
        return {}
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart' ORDER BY ALL"
        ).fetchall()
        return {
            name: Counter(map(repr, connection.execute(f"FROM mart.{name}").fetchall()))
            for (name,) in tables
        }


def effect_of(done: Erasure) -> str:
    """What the ledger tells of an erasure: numbers only."""
    return json.dumps(
        {
            "rows": dict(sorted(done.rows.items())),
            "landing_files": len(done.landed),
            "other_files": len(done.documents),
            "published_rows_moved": done.moved,
        }
    )


def report_of(person: Person, done: Erasure, proof: Proof) -> StageReport:
    """The proof, as lines for the person who asked; it names nobody."""
    landed, rows, moved = done.landed, done.rows, done.moved
    deleted = [one.name for one in landed if one.is_deleted]
    comments = rows["clean.comment"]
    lines = [
        f"landing: {Counted(len(landed)):file|files} held "
        f"{Counted(sum(one.record_count for one in landed)):record|records}; "
        f"{len(landed) - len(deleted)} edited, {len(deleted)} deleted",
        *(
            f"deleted, as it could not be edited without harm to others: `{name}`"
            for name in deleted
        ),
        "warehouse: "
        + (", ".join(f"{n:,} x {table}" for table, n in sorted(rows.items())) or "none"),
        f"published and other files: {len(done.documents)} edited or deleted",
        "published numbers moved: "
        + (", ".join(f"{Counted(n):row|rows} of {table}" for table, n in moved.items()) or "none"),
        f"ledger: keyed hashes of {Counted(len(person.keys)):author|authors}, "
        f"{Counted(len(person.comment_ids)):comment|comments}",
        f"looked through: {Counted(proof.file_count):file|files}, {proof.byte_count:,} bytes, for "
        f"{person_size(person)}; found in {len(proof.found)} of them",
        *map(still_in, proof.found),
        *(
            f"`{name}` could not be opened: delete it by hand, or, if another program held it, "
            "call this once more"
            for name in proof.unopened
        ),
    ]
    return StageReport(
        "erase",
        rows_in=comments,
        rows_out=0,
        rejected_count=len({*proof.found, *proof.unopened}),
        note=f"{Counted(comments):comment|comments} of one person erased, {what_is_left(proof)}",
        details=tuple(lines),
    )


def still_in(name: str) -> str:
    """What to do about a file that still holds the person: those of the inbox are never edited."""
    if not name.startswith("inbox/"):
        return f"STILL IN `{name}`: edit or delete it by hand"
    return (
        f"STILL IN `{name}`: delete it unless others' comments in it are still to be taken in; "
        "what it holds of the person is refused at the next run"
    )


def what_is_left(proof: Proof) -> str:
    """The proof in a few words."""
    unseen = (
        f"; {Counted(len(proof.unopened)):file|files} could not be opened" if proof.unopened else ""
    )
    if proof.found:
        return f"{Counted(len(proof.found)):file still holds|files still hold} some{unseen}"
    return f"nothing of them left{' in what could be opened' if unseen else ''}{unseen}"


def person_size(person: Person) -> str:
    """What was looked for, in numbers."""
    return (
        f"{Counted(len(person.telling_names)):name|names} and "
        f"{Counted(len(person.own_texts)):text|texts}"
    )
