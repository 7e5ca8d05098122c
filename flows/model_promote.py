"""Flow: a checkpoint or list of topics that was tried takes over, or one comes back.

Every comment has its answers before they count; those of the one before stay under its version.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger

from flows.changing.candidate import (
    Candidate,
    answering,
    current_heads,
    find_candidate,
    require_fit,
)
from flows.classify import label_all, make_current
from flows.keeping.kept import keep_checkpoint, keep_taxonomy, put_in_place
from flows.keeping.promotions import Promotion, add_promotion, counting
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.running.turns import turn
from flows.settings import Settings, declared_settings, load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.counted import Counted
from models.tables.run import RUN


@flow(name="model-promote")
@stage("model-promote", "classified.label", "classified.embedding", "ops.current_model")
def promote(
    checkpoint: str | None = None,
    taxonomy: str | None = None,
    labels: dict[str, str] | None = None,
    as_of: datetime | None = None,
) -> StageReport:
    """Let `checkpoint`, a version or a folder, answer from now on, with `taxonomy` if it is named.

    What it has not labelled yet is labelled first; meanwhile the one before answers. Safe to run
    twice; goes on where it was broken off. Raises `GiveUp` if it can't take over every question.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    file = Path(taxonomy) if taxonomy else None
    candidate, now = find_candidate(checkpoint, file, labels or {}, settings), answering(settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        heads = current_heads(connection)
    answers = {candidate.versions[0], candidate.versions[-1]}
    is_same = candidate.named_beside(now) == now.checkpoint_version
    if is_same and answers <= set(heads.values()):
        return StageReport("model promote", note=f"{now.checkpoint_version} answers already")
    require_fit(candidate, set(heads))
    labelled = max(label_all(candidate.answerers, candidate.settings))
    promotion = Promotion(
        promoted_at=moment,
        name=candidate.named_beside(now),
        instead_of=now.named_beside(candidate),
        folder=kept(candidate, now, settings),
        labels=candidate.settings.classify.labels,
        settings=declared_settings().classify.declared,
    )
    report = report_of(promotion, labelled)
    switch(candidate, promotion, report, settings)
    report.log(get_run_logger())
    return report


def kept(candidate: Candidate, now: Candidate, settings: Settings) -> str:
    """Keep what answers and what answered; returns the folder of the candidate's checkpoint.

    It is the one that counts already where only the topics change: "" if that is the settings'.
    """
    models = settings.paths.models
    for each in (now, candidate):
        keep_taxonomy(each.settings.classify.taxonomy_file, each.topics_version, models)
    if candidate.checkpoint_version == now.checkpoint_version:
        present = counting(models, declared_settings().classify.declared)
        return present.folder if present else ""
    keep_checkpoint(now.folder, now.checkpoint_version, models)
    return str(keep_checkpoint(candidate.folder, candidate.checkpoint_version, models))


def switch(
    candidate: Candidate, promotion: Promotion, report: StageReport, settings: Settings
) -> None:
    """Let the candidate's answers count, and its checkpoint and topics be those of the settings.

    No `classify` is under way meanwhile: at its end it would let its own answers count.
    """
    target = settings.classify.taxonomy_file
    topics = candidate.settings.classify.taxonomy_file
    with turn("classify", settings.paths.runs, settings.warehouse.wait_seconds):
        label_all(candidate.answerers, candidate.settings)  # what came in since
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            make_current(candidate.versions, connection)
            merge(connection, RUN, report.row(promotion.promoted_at))
            # If the machine stops between these and the commit, the next `classify` finds nothing
            # left to label and lets the new answers count.
            if "/" in promotion.name and topics != target:
                put_in_place(topics.read_bytes(), target)
            add_promotion(promotion, settings.paths.models)


def report_of(promotion: Promotion, labelled: int) -> StageReport:
    """What answers now, and what to do next."""
    return StageReport(
        "model promote",
        labelled,
        labelled,
        0,
        f"{promotion.name} answers instead of {promotion.instead_of}; "
        f"{Counted(labelled):comment was|comments were} labelled for it",
        (
            "`resonanz publish` brings its numbers; the correction log says so",
            f"to go back: resonanz model promote {promotion.instead_of}",
        ),
    )
