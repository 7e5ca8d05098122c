"""Flow: clean -> classified: label what the current models have not labelled yet."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
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
from flows.settings.named_files import read_taxonomy
from flows.sharding import crew_of
from flows.sharding.base import Crew
from flows.sharding.here import alone
from flows.sharding.loader import CheckpointLoader, LanguageLoader
from flows.sharding.reading import read_all
from flows.storing.known import note_labels
from flows.storing.labelled import mark_labelled
from flows.storing.leaving import forget_answers
from flows.storing.pending import (
    copy_known,
    counted,
    find_pending,
    first_pending,
    still_worded,
    unlabelled,
)
from flows.warehouse import append, frame, merge, number_all, use_time_zone, writing
from models.counted import Counted
from models.errors import GiveUp
from models.tables.comment import COMMENT
from models.tables.current_model import CURRENT_MODEL
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from models.tables.run import RUN
from transforms.classify import Answer, Answers
from transforms.language import language_version
from transforms.shards import shards
from transforms.taxonomy import HEAD, require_known, topic_rows

FETCHED = 10_000
"""Inputs that are fetched at a time: each look for more has to ask what is known."""


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


@dataclass(frozen=True)
class Settled:
    """By version, how many comments got answers that were known, and how many have none yet.

    `first` gives the first inputs of a version that have none, `FETCHED` of them or all. It is a
    function so that Prefect, which takes parameters of tasks apart, finds no texts in it.
    """

    copied: Counter[str]
    left: Counter[str]
    first: Callable[[str], pl.DataFrame]


def label_all(
    answerers: Sequence[Answerer], settings: Settings, since: date | None = None
) -> list[int]:
    """Label every pending comment with each of `answerers`; returns how many each has labelled.

    A text that the same version has labelled before, under whatever comment, is not read again.
    `since` leaves out earlier comments, but for those that people judged. Raises `GiveUp` if some
    get no answer.
    """
    versions = [answerer.version for answerer in answerers]
    done, unanswered = Counter[str](), Counter[str]()
    # Again while there is something: comments may have come in meanwhile.
    while (found := settle(versions, settings, since)).left:
        require_other(found.left, unanswered)
        answered = Counter(
            {
                answerer.version: label_pending(answerer, found, settings, since)
                for answerer in answerers
                if found.left[answerer.version]
            }
        )
        unanswered = Counter() if answered.total() else found.left
        done += found.copied + answered
    done += found.copied
    return [done[version] for version in versions]


def require_other(left: Counter[str], unanswered: Counter[str]) -> None:
    """Raise `GiveUp` if what is left, by version, is what nobody answered when it was asked last.

    Without this it would be asked for ever.
    """
    if left == unanswered:
        waiting = ", ".join(
            f"`{version}` leaves {Counted(count):comment|comments} without an answer"
            for version, count in left.items()
        )
        raise GiveUp(
            f"{waiting}, however often they are read. Name another checkpoint or other topics "
            "under `[classify]` in `settings.toml`."
        )


def settle(versions: Sequence[str], settings: Settings, since: date | None = None) -> Settled:
    """Give pending comments the answers that are known of their texts, and count the others.

    Versions that have labelled everything get a note on all files, in the same transaction.
    """
    limits, inputs = settings.warehouse, dict[str, pl.DataFrame]()
    with ExitStack() as stack:
        for version in sorted(versions):
            stack.enter_context(turn(lock_name(version), settings.paths.runs, limits.wait_seconds))
        connection = stack.enter_context(writing(settings.paths.warehouse, limits))
        use_time_zone(connection, settings.reporting.time_zone)  # else no comment is dated
        number_all(connection, COMMENT)  # by their numbers answers find them
        looked_for = find_pending(connection, versions, since)
        copied, left = copy_known(connection, now()), counted(connection, "pending")
        for is_looked_at, of_them in looked_for.items():
            for version in of_them:
                if left[version]:
                    inputs[version] = first_pending(connection, version, is_looked_at, FETCHED)
                elif since is None:
                    mark_labelled(connection, version)
    return Settled(copied, left, inputs.__getitem__)


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
    task_run_name="label with {answerer.version}",
)
def label_pending(
    answerer: Answerer, found: Settled, settings: Settings, since: date | None = None
) -> int:
    """Label the comments that are pending, as far as they are `found`, a batch a transaction.

    Returns how many got an answer: inputs that the answerer leaves out wait for the next look. Of
    one version one run is under way at a time, so that no comment is labelled twice.
    """
    version, done = answerer.version, 0
    with (
        turn(lock_name(version), settings.paths.runs, settings.warehouse.wait_seconds),
        answerer.hire(found.left[version], settings.classify.batch) as crew,
        progress(f"labelling with {version}", found.left[version]) as advance,
    ):
        for inputs, answers in read_all(pending_shards(version, found, settings, since), crew):
            store(inputs, answers, version, settings)
            advance(inputs.height)
            done += inputs.join(answers.labels, on="input_hash", how="semi").height
    return done


@flow(name="classify")
@stage("classify", "classified.label", "classified.embedding")
def classify(as_of: datetime | None = None) -> StageReport:
    """Label every audience comment with the current models; safe to run twice, resumes by itself.

    The new models' answers count only when nothing is left to label.
    """
    settings = load_settings()
    answerers = answerers_of(settings)
    counts = label_all(answerers, settings)
    note = f"{Counted(max(counts)):comment|comments} labelled" if any(counts) else "nothing new"
    report = StageReport("classify", max(counts), max(counts), 0, note)
    report.log(get_run_logger())
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        make_current([answerer.version for answerer in answerers], connection)
        forget_answers(connection)  # what came under another id has its labels now
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

    They leave out what the model has not read yet: comments come in while it reads, and an answer
    that was given without it would stand for good.
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


def count_pending(version: str, settings: Settings, since: date | None = None) -> int:
    """How many comments `version` has yet to label."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        find_pending(connection, [version], since)
        return counted(connection, "pending")[version]


def pending_shards(
    version: str, found: Settled, settings: Settings, since: date | None = None
) -> Iterator[pl.DataFrame]:
    """What `version` has yet to label, as shards; `FETCHED` inputs of them stand in memory."""
    inputs = found.first(version)
    while inputs.height:
        yield from shards(inputs, settings.classify.batch)
        if inputs["input_hash"].n_unique() < FETCHED:
            return  # there were no more; what came since is found by the next look
        inputs = next_inputs(version, inputs["input_hash"], settings, since)


def next_inputs(
    version: str, before: pl.Series, settings: Settings, since: date | None
) -> pl.DataFrame:
    """The first comments that `version` has yet to label, by hash after those of `before`."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        after = str(before.max())
        (is_looked_at,) = find_pending(connection, [version], since, after)
        return first_pending(connection, version, is_looked_at, FETCHED)


def store(inputs: pl.DataFrame, answers: Answers, version: str, settings: Settings) -> None:
    """Write what was said of a shard; a shard that comes twice is written once.

    Nothing is written of comments that are gone by now, or say something else: answers hold words.
    """
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        present = still_worded(connection, inputs)
        labels = spread(answers.labels, unlabelled(connection, present, version)).with_columns(
            labelled_at_utc=pl.lit(now(), pl.Datetime("us"))
        )
        append(connection, LABEL, labels)
        note_labels(connection, labels)
        embeddings = answers.embeddings.join(present, on="input_hash", how="semi")
        merge(connection, EMBEDDING, embeddings)


def now() -> datetime:
    """The moment that labels are stored with, as tables hold it; those of a shard have one."""
    return datetime.now(UTC).replace(tzinfo=None)


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
