"""Flow: what has been kept for longer than the settings allow is deleted, by kind."""

import secrets
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
from prefect import flow, get_run_logger

from flows.keeping.kept import EXAMPLES, TRIALS, put_in_place
from flows.keys.author import read_author_key
from flows.landing.files import STAMP, delete_bytes, landed_files
from flows.publishing.snapshots import snapshot_folders
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.running.turns import turn_alone
from flows.settings import Retention, Settings, load_settings
from flows.storing.forgetting import forget_deleted, note_deletion
from flows.storing.leaving import forget_answers, note_left
from flows.storing.taking_out import deleted, forget_embeddings
from flows.warehouse import exists, frame, merge, writing
from models.counted import Counted
from models.tables.comment_version import COMMENT_VERSION
from models.tables.run import RUN
from transforms.pseudonymise import author_key

EXPIRED_ROWS = {
    "versions": (
        (
            "clean.comment_version",
            "last_seen_at_utc < $limit AND (comment_id, text_hash) NOT IN "
            "(SELECT (comment_id, text_hash) FROM clean.comment)",
        ),
    ),
    "rejected": (("clean.rejected_comment", "received_at_utc < $limit"),),
    "reviews": (
        ("classified.review", "reviewed_at_utc < $limit"),
        (
            "classified.review_note",
            "sheet IN (SELECT sheet FROM ops.review_sheet WHERE written_at_utc < $limit)",
        ),
    ),
    "runs": (("ops.run", "finished_at_utc < $limit"),),
}
"""Retention setting -> the tables it is for, and which of their rows are beyond it."""

EMPTIED = (
    "UPDATE clean.comment SET text = '', author_key = NULL, created_at_raw = NULL, "
    "attachments = NULL, mentions = NULL, platform_labels = NULL, permalink = NULL, "
    "forgotten_author = CASE WHEN author_key IS NULL THEN forgotten_author "
    "ELSE left(sha256(author_key || $salt), 32) END "
    "WHERE last_seen_at_utc < $limit AND (text <> '' OR author_key IS NOT NULL)"
)
"""`text_hash` stays: it ties a comment to its labels. Which are of one author stays, too, by a mark
that nobody can make again: were each of them a person of its own, numbers about few people
would look as if many had spoken."""

SALT_BYTES = 16

WITHOUT_TEXT = """
    CREATE OR REPLACE TEMP TABLE emptied AS
    SELECT comment_id, input.input_hash
    FROM classified.input AS input
    SEMI JOIN (
        SELECT comment_id FROM clean.comment WHERE text = '' AND forgotten_input IS NULL
    ) USING (comment_id)
"""
"""Comments whose words are gone, and of which nobody has written down yet what their labels are
of: those that were emptied just now, or by an earlier version."""

LAST_READ = """
    UPDATE clean.comment AS comment
    SET forgotten_input = coalesce(last.input_hash, emptied.input_hash)
    FROM emptied
    LEFT JOIN (
        SELECT comment_id, arg_max(label.input_hash, label.rowid) AS input_hash
        FROM classified.label AS label
        SEMI JOIN (
            FROM emptied ANTI JOIN classified.label USING (comment_id, input_hash)
        ) USING (comment_id)
        GROUP BY comment_id
    ) AS last USING (comment_id)
    WHERE emptied.comment_id = comment.comment_id
"""
"""As they can't be read again, the labels of their last wording are all that they will ever have:
no later word of their post may take these away. Labels lie as they were written."""

EMPTIED_POSTS = (
    "UPDATE clean.post AS post SET forgotten_wording = worded.post_hash, "
    "title = NULL, text = NULL, url = NULL, author_key = NULL "
    "FROM classified.post_wording AS worded WHERE worded.post_id = post.post_id "
    "AND last_seen_at_utc < $limit AND coalesce(title, text, url, author_key) IS NOT NULL "
    "AND NOT list_contains($own, coalesce(author_key, ''))"
)
"""The row stays: it is the place of others' comments. So does the hash of its words, which is a
part of what their labels are known by."""

PARTS_OF_TEXTS = (
    "UPDATE classified.label SET decided_by = NULL WHERE decided_by IS NOT NULL "
    "AND comment_id IN (SELECT comment_id FROM clean.comment WHERE text = '')"
)


@flow(name="retention")
@stage("retention", take=turn_alone)  # others have texts in memory, and would write them back
def retention(as_of: datetime | None = None) -> StageReport:
    """Delete what is beyond its retention period; safe to run twice.

    Of a comment its day, channel, post, thread and labels stay, so that published numbers do not
    move; its text, wordings, author's pseudonym, links and attachments go. A random mark in the
    pseudonym's place tells comments of one author that go together from those of others. Landing
    files are deleted with the texts that they would bring back.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    removed = Counter[str]()
    removed["landing file|landing files"] = expire_landing(settings, moment)
    removed["archive set aside|archives set aside"] = expire_archives(settings, moment)
    removed["snapshot|snapshots"] = expire_snapshots(settings, moment)
    removed["letter|letters"] = expire_files(
        settings.paths.published / "digest", settings.retention.snapshots, moment
    )
    removed["review sheet|review sheets"] = expire_files(
        settings.paths.reviews, settings.retention.reviews, moment
    )
    if exists(settings.paths.warehouse, settings.warehouse):
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            rows = expire_posts(connection, settings, moment)
            rows += expire_rows(connection, settings.retention, moment)
            if rows:
                note_deletion(connection, "retention", moment)
        removed["report with examples|reports with examples"] = expire_examples(settings)
        removed += rows
        if forget_deleted(settings.paths.warehouse, settings.warehouse) and not rows:
            get_run_logger().info("what an earlier run deleted is gone from the disk now, too")
    report = report_of(+removed)
    report.log(get_run_logger())
    if report.had_work:
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            merge(connection, RUN, report.row(moment))
    return report


def limit_of(days: int, moment: datetime) -> datetime | None:
    """The moment before which things are beyond a period of `days`; None if they stay."""
    return moment.astimezone(UTC) - timedelta(days=days) if days else None


def landing_days(kept: Retention) -> int:
    """Days that landing files stay: no longer than the texts that they hold."""
    periods = (kept.landing, kept.comments, kept.posts)
    return min((days for days in periods if days), default=0)


def expire_landing(settings: Settings, moment: datetime) -> int:
    """Delete the bytes of landing files beyond their period; returns how many."""
    limit = limit_of(landing_days(settings.retention), moment)
    if not limit:
        return 0
    old = [one for one in landed_files(settings.paths.landing) if one.received_at < limit]
    for landed in old:
        delete_bytes(landed)
    return len(old)


def expire_archives(settings: Settings, moment: datetime) -> int:
    """Delete archives that the inbox keeps because something in them was not taken in."""
    days = landing_days(settings.retention)
    return expire_files(settings.paths.inbox / ".taken", days, moment)


def expire_files(folder: Path, days: int, moment: datetime) -> int:
    """Delete what lies anywhere in `folder` and was written more than `days` ago."""
    limit = limit_of(days, moment)
    if not limit or not folder.is_dir():
        return 0
    old = [path for path in folder.rglob("*") if path.is_file() and modified(path) < limit]
    for path in old:
        path.unlink()
    return len(old)


def modified(path: Path) -> datetime:
    """When a file was written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def expire_snapshots(settings: Settings, moment: datetime) -> int:
    """Delete published states beyond their period; the latest stays."""
    limit = limit_of(settings.retention.snapshots, moment)
    if not limit:
        return 0
    latest = (settings.paths.published / "latest").resolve()
    old = [
        path
        for path in snapshot_folders(settings.paths.published)
        if path.resolve() != latest and path.name[:16] < f"{limit:{STAMP}}"
    ]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def expire_examples(settings: Settings) -> int:
    """Take comments whose texts are gone out of the reports of models that were tried."""
    files = sorted(settings.paths.models.glob(f"{TRIALS}/*/{EXAMPLES}"))
    if not files:
        return 0
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        kept = frame(connection, "SELECT comment_id FROM clean.comment WHERE text <> ''")
    count = 0
    for path in files:
        examples = pl.read_csv(path, infer_schema=False, glob=False)
        left = examples.join(kept, on="comment_id", how="semi", maintain_order="left")
        if left.height < examples.height:
            put_in_place(left.write_csv().encode(), path)
            count += examples.height - left.height
    return count


def expire_posts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, moment: datetime
) -> Counter[str]:
    """Take words, links and authors out of posts beyond their period; counts by what.

    Posts of the organisation's own accounts stay: what it has said publicly itself is no datum of
    somebody who commented. A post whose source tells no author is taken for somebody else's.
    """
    limit = limit_of(settings.retention.posts, moment)
    if not limit:
        return Counter()
    key = read_author_key(settings.privacy.author_key_file)
    platforms = connection.execute("SELECT DISTINCT platform FROM clean.post").fetchall()
    own = [
        author_key(platform, form, key)
        for (platform,) in platforms
        for name in settings.sources.owners
        for form in (name, name.removeprefix("@"), f"@{name.removeprefix('@')}")
    ]
    values = {"limit": limit.replace(tzinfo=None), "own": own}
    row = connection.execute(EMPTIED_POSTS, values).fetchone()
    return +Counter({"text of a post|texts of posts": int(row[0]) if row else 0})


def expire_rows(
    connection: duckdb.DuckDBPyConnection, kept: Retention, moment: datetime
) -> Counter[str]:
    """Delete rows, and the words of comments, beyond their periods; counts by table."""
    removed = Counter[str]()
    if limit := limit_of(kept.comments, moment):
        naive = {"limit": limit.replace(tzinfo=None)}
        salt = secrets.token_hex(SALT_BYTES)  # it is stored nowhere
        row = connection.execute(EMPTIED, naive | {"salt": salt}).fetchone()
        removed["text of a comment|texts of comments"] = int(row[0]) if row else 0
        connection.execute(WITHOUT_TEXT)
        connection.execute(LAST_READ)
        connection.execute(PARTS_OF_TEXTS)
        forget_embeddings(connection)
        removed["clean.comment_version"] += deleted(
            connection,
            "clean.comment_version",
            "comment_id IN (SELECT comment_id FROM clean.comment WHERE text = '')",
        )
    for setting, tables in EXPIRED_ROWS.items():
        if limit := limit_of(getattr(kept, setting), moment):
            text = f"TIMESTAMP '{limit:%Y-%m-%d %H:%M:%S}'"
            for table, condition in tables:
                beyond = condition.replace("$limit", text)
                if table == COMMENT_VERSION.full_name:
                    note_left(connection, frame(connection, f"FROM {table} WHERE {beyond}"))
                removed[table] += deleted(connection, table, beyond)
    removed["classified.label"] += forget_answers(connection)
    return +removed


def report_of(removed: Counter[str]) -> StageReport:
    """What was deleted, in a sentence: by table, or by two words for one and for many."""
    told = ", ".join(
        format(Counted(count), what) if "|" in what else f"{count:,} {what}"
        for what, count in sorted(removed.items())
    )
    return StageReport(
        "retention", removed.total(), 0, 0, f"deleted: {told}" if told else "nothing due"
    )
