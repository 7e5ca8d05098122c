"""Flow: clean -> classified: label what the current models have not labelled yet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.checkpoint import answered_heads, current_version, load_current
from flows.running.progress import progress
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.running.turns import turn
from flows.settings import Settings, load_settings
from flows.warehouse import append, frame, merge, use_time_zone, writing
from models.encoder import Encoder
from models.tables.current_model import CURRENT_MODEL
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from models.tables.run import RUN
from transforms.classify import embedding_rows, label_rows, language_rows
from transforms.language import language_version, languages
from transforms.taxonomy import HEAD, read_taxonomy, require_known, topic_rows

PENDING = """
    FROM classified.input AS input
    SEMI JOIN classified.dated AS dated
        ON dated.comment_id = input.comment_id AND dated.is_audience
    ANTI JOIN (FROM classified.label WHERE model_version = $version) AS label
        ON label.comment_id = input.comment_id AND label.input_hash = input.input_hash
    WHERE input.text <> ''
"""
"""Comments of the audience whose present wording a model has not labelled, and that still have one:
texts beyond their retention period are gone."""

SINCE = """
    AND (
        input.comment_id IN (SELECT comment_id FROM classified.dated WHERE day >= $since)
        OR input.comment_id IN (SELECT comment_id FROM classified.audit)
    )
"""
"""Of these, what a model that is only tried reads: since a day, and what people judged."""


@dataclass(frozen=True)
class Answers:
    """Label rows of some inputs, and the embeddings of those that ask for something."""

    labels: pl.DataFrame
    embeddings: pl.DataFrame = field(default_factory=EMBEDDING.empty)


Answer = Callable[[pl.DataFrame], Answers]
"""Inputs (`comment_id`, `input_hash`, `text`, `post_text`) -> what is said of them."""


@dataclass(frozen=True)
class Answerer:
    """Something that labels comments: its version, known cheaply, and how it is made ready."""

    version: str
    load: Callable[[], Answer]


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
    copied = copy_known(answerer.version, settings, since)
    total = count_pending(answerer.version, settings, since)
    if not total:
        return copied
    answer = answerer.load()
    with progress(f"labelling with {answerer.version}", total) as advance:
        while (inputs := next_inputs(answerer.version, settings, since)).height:
            distinct = inputs.unique("input_hash", maintain_order=True)
            answers = answer(distinct)
            with writing(settings.paths.warehouse, settings.warehouse) as connection:
                append(connection, LABEL, spread(answers.labels, inputs))
                merge(connection, EMBEDDING, answers.embeddings)
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
    return [encoder, language_answerer(), *([topics] if topics else [])]


def lock_name(version: str) -> str:
    """The turn of those who label with `version`."""
    return f"label {version.replace('/', ' ')}"


def encoder_answerer(settings: Settings) -> Answerer:
    """The checkpoint that the settings name; it is loaded only if there is something to read."""
    version = current_version(settings.classify)

    def load() -> Answer:
        encoder = load_current(settings.classify)
        return lambda inputs: read_inputs(encoder, inputs, version)

    return Answerer(version, load)


def language_answerer() -> Answerer:
    """The language detector."""

    def answer(inputs: pl.DataFrame) -> Answers:
        return Answers(language_rows(inputs, languages(inputs["text"].to_list())))

    return Answerer(language_version(), lambda: answer)


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


def read_inputs(encoder: Encoder, inputs: pl.DataFrame, version: str) -> Answers:
    """What all heads say of `inputs`, from one pass of the encoder."""
    reading = encoder.read(inputs["text"].to_list(), inputs["post_text"].to_list())
    labels = pl.concat([label_rows(inputs, reading, head, version) for head in encoder.heads])
    return Answers(labels, embedding_rows(inputs, reading, labels, version))


def pending(version: str, since: date | None) -> tuple[str, dict[str, object]]:
    """The part of a query that finds what `version` has yet to label, and its parameters."""
    if since is None:
        return PENDING, {"version": version}
    return PENDING + SINCE, {"version": version, "since": since}


def count_pending(version: str, settings: Settings, since: date | None = None) -> int:
    """How many comments `version` has yet to label."""
    found, named = pending(version, since)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        row = connection.execute(f"SELECT count(*) {found}", named).fetchone()
        return int(row[0]) if row else 0


def next_inputs(version: str, settings: Settings, since: date | None = None) -> pl.DataFrame:
    """The next batch of comments that `version` has yet to label."""
    found, named = pending(version, since)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return connection.execute(
            # Whole groups of equal inputs, so that none is read in two batches.
            f"WITH pending AS (SELECT input.* {found}) FROM pending WHERE input_hash IN "
            "(SELECT DISTINCT input_hash FROM pending ORDER BY input_hash LIMIT $batch)",
            {**named, "batch": settings.classify.batch},
        ).pl()


def copy_known(version: str, settings: Settings, since: date | None = None) -> int:
    """Give pending comments the labels that the same input has under another comment."""
    found, named = pending(version, since)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute(
            f"CREATE TEMP TABLE twin AS SELECT input.comment_id, input.input_hash, "
            f"known.comment_id AS known_id FROM (SELECT input.* {found}) AS input "
            "JOIN (SELECT input_hash, min(comment_id) AS comment_id FROM classified.label "
            "WHERE model_version = $version GROUP BY input_hash) AS known USING (input_hash)",
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
    """Let the answers of `versions` count, and no others; of two to one question, the later's."""
    heads = frame(
        connection,
        "SELECT head, arg_max(model_version, list_position($versions, model_version)) "
        "AS model_version FROM classified.label "
        "WHERE list_contains($versions, model_version) GROUP BY head",
        {"versions": versions},
    )
    connection.execute("DELETE FROM ops.current_model")
    merge(connection, CURRENT_MODEL, heads)
