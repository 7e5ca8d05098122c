"""Flow: landing -> clean: read, clean and merge each landed file, in one transaction a file."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.keys.author import read_author_key
from flows.keys.landing import read_landing_key
from flows.landing.door import left_out_fields
from flows.landing.files import (
    UNRECOGNISED,
    delete_bytes,
    landed_files,
    landed_name,
    opened,
    seal_in_place,
)
from flows.landing.workspace import clear_leftovers
from flows.reading.landed import LandedFile, ReadingRules
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.settings import Settings, load_settings
from flows.sources.base import ApiSource, FileSource, all_sources, recognise
from flows.storing.ahead import ahead, helpers
from flows.storing.domains import narrow_domains
from flows.storing.quarantine import Quarantine, has_unchecked, quarantine
from flows.storing.store import store_told
from flows.storing.taking_out import read_erased
from flows.storing.tally import Tally
from flows.storing.told import Tell, tell
from flows.warehouse import leave_cores, merge, writing
from models.canonical import Record, Rejected
from models.counted import Counted
from models.tables.left_out_field import LEFT_OUT_FIELD
from models.tables.refined_file import REFINED_FILE
from models.tables.run import RUN
from transforms.canonical import Origin, account, naive_utc
from transforms.plain_text import VERSION as TEXT_VERSION
from transforms.pseudonymise import VERSION as NAME_VERSION
from transforms.redact import VERSION as REDACTION_VERSION
from transforms.row_checks import ROW_CHECKS


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
    task_run_name="refine {landed.name}",
)
def refine_file(landed: LandedFile, settings: Settings) -> Tally:
    """Read one landed file into the clean tables: all of it, or on an error nothing."""
    paths, origin = settings.paths, origin_of(landed, settings)
    with opened(landed, paths.landing, read_landing_key(settings.privacy)) as readable:
        source = recognise(readable.path)
        rules = settings.sources.rules()
        origin = replace(origin, is_live=isinstance(source, ApiSource))
        name = source.name if source else UNRECOGNISED
        beside = helpers(source, readable, settings.refine.hands) if source else 0
        with (
            telling(source, readable, origin, rules, beside) as tell_all,
            writing(paths.warehouse, settings.warehouse) as connection,
        ):
            told = tell_all(read_erased(connection))  # other processes begin to read
            leave_cores(connection, beside)
            note = source.describe(readable, rules) if source else None
            left_out = left_out_fields(readable.path) if source else Counter[str]()
            tally = store_told(connection, told, origin, settings.refine.longest_text)
            tally.left_out = left_out
            row = refined_row(origin, tally, name, readings(settings)[name], note)
            merge(connection, REFINED_FILE, row)
            merge(connection, LEFT_OUT_FIELD, left_out_rows(origin, left_out))
    return tally


def telling(
    source: FileSource | None,
    landed: LandedFile,
    origin: Origin,
    rules: ReadingRules,
    beside: int,
) -> AbstractContextManager[Tell]:
    """What will tell what is in a file: `beside` other processes, or none."""
    if source is None:
        return nullcontext(partial(tell, unrecognised(), origin))
    if beside:
        return ahead(source, landed, rules, origin, beside)
    return nullcontext(partial(tell, source.read_fast(landed, rules), origin))


@flow(name="refine")
@stage("refine", "clean.post", "clean.comment", "clean.rejected_comment")
def refine(as_of: datetime | None = None) -> StageReport:
    """Read every landed file that the clean tables do not hold as it would be read today.

    Safe to run twice, and after a crash: a file is in the tables as a whole or not at all. A file
    is read again when its reader or the settings of reading change.
    """
    settings = load_settings()
    clear_leftovers(settings.paths.landing)
    narrow_domains(settings)
    files = stale_files(settings)
    names = {landed_name(landed, settings.paths.landing) for landed in files}
    tallies = [refine_file(landed, settings) for landed in files]
    settle_landing(settings)
    kept_out = quarantine(settings) if has_unchecked(settings) else Quarantine()
    # What a run that stopped had left unjudged is no comment of this one.
    lost = sum(count for name, count in kept_out.by_file.items() if name in names)
    rejected = sum(tally.rejected for tally in tallies) + kept_out.by_file.total()
    report = StageReport(
        "refine",
        rows_in=sum(tally.records for tally in tallies),
        rows_out=sum(len(tally.comments) + len(tally.posts) for tally in tallies) - lost,
        rejected_count=rejected,
        note=sentence(tallies, lost, rejected),
        details=(
            *taken_out(tallies),
            *erased_late(tallies),
            *(rejections_by_reason(names | set(kept_out.by_file), settings) if rejected else ()),
            *kept_out.warnings,
        ),
    )
    report.log(get_run_logger())
    if report.had_work:
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            merge(connection, RUN, report.row(as_of or datetime.now(UTC)))
    return report


def stale_files(settings: Settings) -> list[LandedFile]:
    """Landed files that were never read, or would be read differently now; oldest first."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return stale_by(connection, settings)


def stale_by(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[LandedFile]:
    """The same, by what the warehouse on this connection says of them."""
    current = set(readings(settings).values())
    known = dict(connection.execute("SELECT landed_file, reading FROM ops.refined_file").fetchall())
    return [
        landed
        for landed in landed_files(settings.paths.landing)
        if known.get(landed_name(landed, settings.paths.landing)) not in current
    ]


def readings(settings: Settings) -> dict[str, str]:
    """Name of a source -> fingerprint of how its files are read now; of unrecognised ones, too.

    It changes with the source's version, with how texts are made plain and redacted, with any
    setting that decides what a record becomes, the domains that rules of the audience name among
    them, with the checks of rows and with the author key.
    What only a generic source or none knew is tried again with a new source.
    """
    key = read_author_key(settings.privacy.author_key_file)
    domains = settings.audience.email_domains
    versions = (TEXT_VERSION, REDACTION_VERSION, ROW_CHECKS, NAME_VERSION)
    rules = digest(settings.sources, settings.refine, key, *versions, *domains)
    sources = all_sources().values()
    everyone = digest(*(f"{source.name}/{source.version}" for source in sources))
    fingerprints = {
        source.name: f"{source.name}/{source.version}/{rules}"
        + (f"/{everyone}" if source.is_generic else "")
        for source in sources
    }
    return fingerprints | {UNRECOGNISED: f"{UNRECOGNISED}/{everyone}"}


def digest(*parts: object) -> str:
    """A short fingerprint of `parts`."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def origin_of(landed: LandedFile, settings: Settings) -> Origin:
    """What all records of a landed file share."""
    return Origin(
        landed_file=landed_name(landed, settings.paths.landing),
        received_at=landed.received_at,
        channel=landed.channel,
        owners=frozenset(map(account, settings.sources.owners)),
        key=read_author_key(settings.privacy.author_key_file),
        email_domains=settings.audience.email_domains,
    )


def refined_row(
    origin: Origin, tally: Tally, source: str, reading: str, note: str | None
) -> pl.DataFrame:
    """The row of `ops.refined_file` that says how the file was read."""
    return pl.DataFrame(
        {
            "landed_file": origin.landed_file,
            "source": source,
            "reading": reading,
            "note": note,
            "received_at_utc": naive_utc(origin.received_at),
            "post_count": len(tally.posts),
            "comment_count": len(tally.comments),
            "rejected_count": tally.rejected,
            "is_checked": not tally.is_doubtful,
        },
        schema=REFINED_FILE.schema(),
    )


def unrecognised() -> Iterator[Record]:
    """The only record of a file whose format no source knows."""
    known = "; ".join(source.about for source in all_sources().values())
    detail = f"no reader knows this format, expected one of: {known}"
    yield Rejected(position=0, reason="unknown format", detail=detail)


def settle_landing(settings: Settings) -> None:
    """Let landed files that were read lie as the settings want them: sealed, or deleted.

    What no source knows yet is sealed, not deleted: nothing has been taken from it.
    """
    way, landing = settings.privacy.landing, settings.paths.landing
    if way == "keep":
        return
    key = read_landing_key(settings.privacy)
    read = files_read(settings) if way == "delete" else set()
    for landed in list(landed_files(landing)):
        if landed_name(landed, landing) in read:
            delete_bytes(landed)
        else:
            seal_in_place(landed, key)


def files_read(settings: Settings) -> set[str]:
    """The landed files that a source has read, by the names that the warehouse knows."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        rows = connection.execute(
            "SELECT landed_file FROM ops.refined_file WHERE source <> ?", [UNRECOGNISED]
        ).fetchall()
    return {name for (name,) in rows}


def left_out_rows(origin: Origin, left_out: Counter[str]) -> pl.DataFrame:
    """Counts of one file as rows of `ops.left_out_field`."""
    return pl.DataFrame(
        [
            {"landed_file": origin.landed_file, "kind": kind, "field_count": count}
            for kind, count in sorted(left_out.items())
        ],
        schema=LEFT_OUT_FIELD.schema(),
    )


def taken_out(tallies: list[Tally]) -> tuple[str, ...]:
    """What personal data was left at the door, and what was replaced in texts: counts only."""
    left_out = sum((tally.left_out for tally in tallies), Counter[str]())
    redacted = sum((tally.redacted for tally in tallies), Counter[str]())
    return tuple(
        f"{what}: " + ", ".join(f"{count:,} {kind}" for kind, count in found.most_common())
        for what, found in (
            ("fields left at the door", left_out),
            ("replaced in texts", redacted),
        )
        if found
    )


def erased_late(tallies: list[Tally]) -> tuple[str, ...]:
    """What was stored of erased people under ids that nobody had told yet, and what is left to do.

    Received and published files are the business of `erase`: only that knows the words.
    """
    if not (count := sum(tally.late for tally in tallies)):
        return ()
    return (
        f"erased under another id before, now out of the tables, too: "
        f"{Counted(count):comment|comments}; received and published files lose them once "
        "`resonanz erase` is called for their author once more",
    )


def sentence(tallies: list[Tally], lost: int, rejected: int) -> str:
    """The run in a few words; `lost` comments failed a check after they had been read."""
    if not tallies and not rejected:
        return "nothing new"
    comments = sum(len(tally.comments) for tally in tallies) - lost
    posts = len(set().union(*(tally.posts for tally in tallies)))
    return (
        f"{Counted(len(tallies)):file|files} read: {Counted(comments):comment|comments} "
        f"on {Counted(posts):post|posts}, {Counted(rejected):record|records} rejected"
    )


def rejections_by_reason(names: Collection[str], settings: Settings) -> tuple[str, ...]:
    """One line for each file and reason: how many records, the first of them, and why."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        found = connection.execute(
            "SELECT landed_file, reason, count(*), min(position), arg_min(line, position), "
            "arg_min(detail, position) FROM clean.rejected_comment "
            "WHERE list_contains(?, landed_file) GROUP BY landed_file, reason ORDER BY ALL",
            [sorted(names)],
        ).fetchall()
    return tuple(
        f"`{file}`: {count:,} x {reason}, first at "
        + (f"line {line}" if line else f"record {position}" if position else "the file as a whole")
        + f": {detail}"
        for file, reason, count, position, line, detail in found
    )
