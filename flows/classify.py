"""Flow: clean -> classified: label what the current models have not labelled yet."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.checkpoint import answered_heads, current_version
from flows.running.progress import progress
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.running.turns import turn
from flows.settings import Settings, load_settings
from flows.sharding import crew_of
from flows.sharding.base import Crew
from flows.sharding.here import alone
from flows.sharding.loader import CheckpointLoader, LanguageLoader
from flows.sharding.reading import read_all
from flows.storing.labelled import is_of, mark_labelled, waiting_files
from flows.warehouse import append, frame, merge, use_time_zone, writing
from models.tables.current_model import CURRENT_MODEL
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from models.tables.run import RUN
from transforms.classify import Answer, Answers
from transforms.language import language_version
from transforms.shards import shards
from transforms.taxonomy import HEAD, read_taxonomy, require_known, topic_rows

PENDING = """
    FROM (SELECT * EXCLUDE (landed_file) FROM classified.input WHERE {is_looked_at}) AS input
    SEMI JOIN (FROM classified.dated WHERE is_audience AND {is_looked_at}) AS dated
        ON dated.comment_id = input.comment_id
    ANTI JOIN (FROM classified.label WHERE model_version = $version AND head = $head) AS label
        ON label.comment_id = input.comment_id AND label.input_hash = input.input_hash
    WHERE input.text <> ''
"""
"""Comments of the audience whose present wording a model has not labelled, and that still have one:
texts beyond their retention period are gone."""

ONE_HEAD = "SELECT head FROM classified.label WHERE model_version = ? LIMIT 1"
"""A version answers all heads of a comment at once: one tells which comments it has labelled."""

SINCE = """
    AND (
        input.comment_id IN (SELECT comment_id FROM classified.dated WHERE day >= $since)
        OR input.comment_id IN (SELECT comment_id FROM classified.audit)
    )
"""
"""Of these, what a model that is only tried reads: since a day, and what people judged."""


@dataclass(frozen=True)
class Answerer:
    """Something that labels comments: its version, known cheaply, and how it is made ready.

    `crew` opens the workers that the settings choose for it; without one it reads here.
    """

    version: str
    load: Callable[[], Answer]
    crew: Callable[[], AbstractContextManager[Crew]] | None = None

    def hire(self, comments: int, batch: int) -> AbstractContextManager[Crew]:
        """Whoever reads `comments`: workers, if there are any and more than one shard, or we."""
        return self.crew() if self.crew and comments > batch else alone(self.load)


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
    task_run_name="label with {answerer.version}",
)
def label_pending(answerer: Answerer, settings: Settings, since: date | None = None) -> int:
    """Label every pending comment, a batch a transaction; returns how many were labelled.

    A text that the same version has labelled before, under whatever comment, is not read again.
    `since` leaves out earlier comments, but for those that people judged. Of one version one run is
    under way at a time, so that no comment is labelled twice.
    """
    with turn(lock_name(answerer.version), settings.paths.runs, settings.warehouse.wait_seconds):
        return label_in_turn(answerer, settings, since)


def label_in_turn(answerer: Answerer, settings: Settings, since: date | None) -> int:
    """What `label_pending` promises, once it is its turn."""
    version = answerer.version
    copied = copy_known(version, settings, since)
    total = count_pending(version, settings, since)
    if not total:
        return copied
    with (
        answerer.hire(total, settings.classify.batch) as crew,
        progress(f"labelling with {version}", total) as advance,
    ):
        # Again while there is something: comments may have come in meanwhile.
        while count_pending(version, settings, since):
            waiting = pending_shards(version, settings, since, crew.ahead)
            for inputs, answers in read_all(waiting, crew):
                store(inputs, answers, version, settings)
                advance(inputs.height)
    return copied + total


@flow(name="classify")
@stage("classify", "classified.label", "classified.embedding")
def classify(as_of: datetime | None = None) -> StageReport:
    """Label every audience comment with the current models; safe to run twice, resumes by itself.

    The new models' answers count only when nothing is left to label.
    """
    settings = load_settings()
    answerers = answerers_of(settings)
    counts = [
        label_pending(answerer, settings) if count_pending(answerer.version, settings) else 0
        for answerer in answerers
    ]
    for answerer in answerers:
        mark_all_labelled(answerer.version, settings)
    note = f"{max(counts):,} comments labelled" if any(counts) else "nothing new"
    report = StageReport("classify", max(counts), max(counts), 0, note)
    report.log(get_run_logger())
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        make_current([answerer.version for answerer in answerers], connection)
        if report.had_work:
            merge(connection, RUN, report.row(as_of or datetime.now(UTC)))
    return report


def answerers_of(settings: Settings) -> list[Answerer]:
    """What answers: the checkpoint, the language detector and, where it is the user's, the topics.

    Of two that answer one question the later one counts. Raises `GiveUp` if the checkpoint or the
    topics can't be understood.
    """
    encoder = encoder_answerer(settings)
    topics = taxonomy_answerer(encoder.version, settings)
    return [encoder, language_answerer(settings), *([topics] if topics else [])]


def lock_name(version: str) -> str:
    """The turn of those who label with `version`."""
    return f"label {version.replace('/', ' ')}"


def encoder_answerer(settings: Settings) -> Answerer:
    """The checkpoint that the settings name; it is loaded only if there is something to read."""
    version = current_version(settings.classify)
    load = CheckpointLoader.of(settings.classify, version)
    one_of_several = replace(load, threads=settings.classify.threads_each)
    return Answerer(version, load, crew_of(settings.classify, one_of_several))


def language_answerer(settings: Settings) -> Answerer:
    """The language detector; it takes all cores by itself, so only other machines can help it."""
    load, classify = LanguageLoader(language_version()), settings.classify
    return Answerer(load.version, load, crew_of(classify, load) if classify.dask_address else None)


def taxonomy_answerer(model_version: str, settings: Settings) -> Answerer | None:
    """The user's topics, from what the model has said; None where they are the model's own.

    Raises `GiveUp` if the file of the taxonomy can't be understood, or does not fit the model.
    """
    taxonomy = read_taxonomy(settings.classify.taxonomy_file)
    labels = topic_labels(settings)
    if not labels or taxonomy.is_as(labels):
        return None
    require_known(taxonomy, labels, settings.classify.taxonomy_file)
    version = f"{taxonomy.version}/{model_version}"

    def answer(inputs: pl.DataFrame) -> Answers:
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            connection.register("wanted", inputs.select("comment_id", "input_hash"))
            said = frame(
                connection,
                "FROM classified.label SEMI JOIN wanted USING (comment_id, input_hash) "
                "WHERE head = ? AND model_version = ?",
                [HEAD, model_version],
            )
        return Answers(topic_rows(inputs, said, taxonomy, version))

    return Answerer(version, lambda: answer)


def topic_labels(settings: Settings) -> tuple[str, ...]:
    """The topics that the model knows; none where it answers no such question."""
    heads = answered_heads(settings.classify)
    return next((labels for name, labels in heads.items() if name == HEAD), ())


def pending(
    connection: duckdb.DuckDBPyConnection, version: str, since: date | None = None
) -> tuple[str, dict[str, object]]:
    """The part of a query that finds what `version` has yet to label, and its parameters.

    Only comments of files are looked at of which it is not known that all are labelled.
    """
    files = waiting_files(connection, version)
    head = connection.execute(ONE_HEAD, [version]).fetchone()
    found = PENDING.format(is_looked_at=is_of(files))
    named = {"version": version, "head": head[0] if head else None}
    if since is None:
        return found, named
    return found + SINCE, {**named, "since": since}


def count_pending(version: str, settings: Settings, since: date | None = None) -> int:
    """How many comments `version` has yet to label."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        found, named = pending(connection, version, since)
        row = connection.execute(f"SELECT count(*) {found}", named).fetchone()
        return int(row[0]) if row else 0


def pending_shards(
    version: str, settings: Settings, since: date | None, at_once: int
) -> Iterator[pl.DataFrame]:
    """What `version` has yet to label, as shards; so many of them are fetched at a time."""
    after: str | None = ""
    while (inputs := next_inputs(version, settings, since, str(after), at_once)).height:
        yield from shards(inputs, settings.classify.batch)
        after = inputs["input_hash"].max()  # type: ignore[assignment]  # a string, of a string


def next_inputs(
    version: str, settings: Settings, since: date | None, after: str, at_once: int
) -> pl.DataFrame:
    """The comments of the next shards that `version` has yet to label, by hash `after` one."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        found, named = pending(connection, version, since)
        return connection.execute(
            # Whole groups of equal inputs, so that none is read in two shards.
            f"WITH pending AS (SELECT input.* {found} AND input.input_hash > $after) "
            "FROM pending WHERE input_hash IN "
            "(SELECT DISTINCT input_hash FROM pending ORDER BY input_hash LIMIT $count)",
            {**named, "after": after, "count": settings.classify.batch * at_once},
        ).pl()


def store(inputs: pl.DataFrame, answers: Answers, version: str, settings: Settings) -> None:
    """Write what was said of a shard; a shard that comes twice is written once."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        append(connection, LABEL, spread(answers.labels, unlabelled(connection, inputs, version)))
        merge(connection, EMBEDDING, answers.embeddings)


def unlabelled(
    connection: duckdb.DuckDBPyConnection, inputs: pl.DataFrame, version: str
) -> pl.DataFrame:
    """Those of `inputs` that `version` has not labelled yet."""
    connection.register("shard", inputs.select("comment_id", "input_hash"))
    return frame(
        connection,
        # The bounds spare most of the table: what one shard wrote lies together.
        "FROM shard ANTI JOIN (FROM classified.label WHERE model_version = $version "
        "AND input_hash BETWEEN $first AND $last) AS label USING (comment_id, input_hash)",
        {
            "version": version,
            "first": inputs["input_hash"].min(),
            "last": inputs["input_hash"].max(),
        },
    )


def mark_all_labelled(version: str, settings: Settings) -> None:
    """Note which files need not be looked at again, if nothing is left to label.

    It is looked for once more, in the same transaction: another file may have come in meanwhile.
    """
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)  # else no comment is dated
        if files := waiting_files(connection, version):
            found, named = pending(connection, version)
            if not connection.execute(f"SELECT 1 {found} LIMIT 1", named).fetchone():
                mark_labelled(connection, files, version)


def copy_known(version: str, settings: Settings, since: date | None = None) -> int:
    """Give pending comments the labels that the same input has under another comment."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        found, named = pending(connection, version, since)
        connection.execute(
            f"CREATE TEMP TABLE twin AS WITH input AS MATERIALIZED (SELECT input.* {found}) "
            "SELECT input.comment_id, input.input_hash, known.comment_id AS known_id FROM input "
            "JOIN (SELECT input_hash, min(comment_id) AS comment_id FROM classified.label "
            "SEMI JOIN input USING (input_hash) WHERE model_version = $version AND head = $head "
            "GROUP BY input_hash) AS known USING (input_hash)",
            named,
        )
        connection.execute(
            "INSERT INTO classified.label BY NAME "
            "SELECT label.* REPLACE (twin.comment_id AS comment_id) FROM twin "
            "JOIN classified.label AS label ON label.comment_id = twin.known_id "
            "AND label.input_hash = twin.input_hash AND label.model_version = $version",
            {"version": version},
        )
        row = connection.execute("SELECT count(*) FROM twin").fetchone()
        connection.execute("DROP TABLE twin")
        return int(row[0]) if row else 0


def spread(rows: pl.DataFrame, inputs: pl.DataFrame) -> pl.DataFrame:
    """Label rows of distinct inputs as rows of every comment that has such an input."""
    return rows.drop("comment_id").join(
        inputs.select("comment_id", "input_hash"), on="input_hash", how="inner"
    )


def make_current(versions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """Let the answers of `versions` count, and no others; of two to one question, the later's.

    Where just these count already nothing is to be done: a version's questions don't change.
    """
    counting = connection.execute("SELECT DISTINCT model_version FROM ops.current_model").fetchall()
    if {version for (version,) in counting} == set(versions):
        return
    heads = frame(
        connection,
        "SELECT head, arg_max(model_version, list_position($versions, model_version)) "
        "AS model_version FROM classified.label "
        "WHERE list_contains($versions, model_version) GROUP BY head",
        {"versions": versions},
    )
    connection.execute("DELETE FROM ops.current_model")
    merge(connection, CURRENT_MODEL, heads)
