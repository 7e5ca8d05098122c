"""What may answer in the place of what answers now: named, found, and held to the same contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from flows.checkpoint import answered_heads, checkpoint_folder, current_version, load_current
from flows.classify import Answerer, answerers_of
from flows.keeping.kept import TAXONOMIES, place_of
from flows.keeping.promotions import Declared, read_promotions
from flows.settings import Classify, Settings, home
from flows.settings.named_files import read_taxonomy
from models.contract import ticked
from models.encoder import Encoder
from models.errors import GiveUp, ResonanzError
from models.questions import fixed_questions
from transforms.classify import label_rows
from transforms.language import HEAD as LANGUAGE

PROBE = "Endlich weniger Passwörter! Wann kommt das bei uns?"
"""A comment that a checkpoint must be able to read."""

TRIED = "tried"
"""Folder below `data/models` that says where a checkpoint lay which was tried."""


@dataclass(frozen=True)
class Candidate:
    """A checkpoint with topics: the settings under which it would answer, and what answers then."""

    settings: Settings
    answerers: tuple[Answerer, ...]

    @property
    def versions(self) -> list[str]:
        """The versions of its answers; of two to one question the later one counts."""
        return [answerer.version for answerer in self.answerers]

    @property
    def checkpoint_version(self) -> str:
        """The version of its checkpoint's answers."""
        return self.versions[0]

    @property
    def topics_version(self) -> str:
        """The version of its topics, also where they are the model's own."""
        return read_taxonomy(self.settings.classify.taxonomy_file).version

    @property
    def folder(self) -> Path:
        """Where its checkpoint lies."""
        return checkpoint_folder(self.settings.classify)

    def named_beside(self, other: "Candidate") -> str:
        """Its name where both are spoken of: with its topics only if they differ."""
        if self.topics_version == other.topics_version:
            return self.checkpoint_version
        return f"{self.topics_version}/{self.checkpoint_version}"


def answering(settings: Settings) -> Candidate:
    """What answers under `settings`; raises `GiveUp` if it can't be understood."""
    return Candidate(settings, tuple(answerers_of(settings)))


def find_candidate(
    which: str | None, taxonomy: Path | None, labels: Mapping[str, str], settings: Settings
) -> Candidate:
    """The checkpoint that `which` names, a folder, a Hub id or a version, with its topics.

    Without `which` it is the one of `settings`, without `taxonomy` so are the topics, unless the
    version names others. `labels` maps its labels to ours. Raises `GiveUp` if it can't be found.
    """
    classify = settings.classify
    topics, place = None, None
    if which is not None and "@" in which and not (home() / which).is_dir():
        topics, _, version = which.rpartition("/")
        place = place_of_version(version, settings)
    elif which is not None:
        place = Declared(which, dict(labels) or mapping_for(which, classify))
    if place:
        classify = classify.model_copy(
            update={"checkpoint": place.checkpoint, "labels": dict(place.labels)}
        )
    if taxonomy or topics:
        file = taxonomy or topics_of_version(str(topics), settings)
        classify = classify.model_copy(update={"taxonomy": file.expanduser().absolute()})
    return answering(settings.model_copy(update={"classify": classify}))


def mapping_for(which: str, classify: Classify) -> dict[str, str]:
    """The mapping of labels for a checkpoint: none if it is ours, else that of the settings."""
    other = classify.model_copy(update={"checkpoint": which})
    return {} if answered_heads(other) else dict(classify.labels)


def place_of_version(version: str, settings: Settings) -> Declared:
    """Where the checkpoint of `version` lies, and how its labels are mapped.

    Looked for in what is kept, what was tried, and what the settings name; raises `GiveUp` if it is
    in none of them.
    """
    models = settings.paths.models
    known = [
        Declared(str(models / one.folder), one.labels)
        for one in read_promotions(models)
        if one.folder and one.checkpoint_version == version
    ]
    known += [settings.classify.declared, *tried(version, models)]
    known.append(Declared(str(models / place_of(version)), {}))
    for place in known:
        if is_version(place, version, settings):
            return place
    raise GiveUp(
        f"No checkpoint `{version}` is kept in `{models}`, nor lies where it was tried, nor do the "
        "settings name it. Name its folder; `resonanz model list` shows what is known."
    )


def is_version(place: Declared, version: str, settings: Settings) -> bool:
    """Whether `version` lies at `place`."""
    update = {"checkpoint": place.checkpoint, "labels": dict(place.labels)}
    try:
        return current_version(settings.classify.model_copy(update=update)) == version
    except ResonanzError:
        return False


def topics_of_version(version: str, settings: Settings) -> Path:
    """The file with the topics of `version`; raises `GiveUp` if it is not kept."""
    kept = settings.paths.models / TAXONOMIES / f"{version}.toml"
    for file in (settings.classify.taxonomy_file, kept):
        if file.is_file() and read_taxonomy(file).version == version:
            return file
    raise GiveUp(f"No topics `{version}` are kept in `{kept.parent}`: name their file.")


def remember_tried(candidate: Candidate, models: Path) -> None:
    """Note where a candidate's checkpoint lies, so that its version is enough to name it."""
    classify = candidate.settings.classify
    file = models / TRIED / f"{candidate.checkpoint_version}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    entry = {"checkpoint": str(home() / classify.checkpoint), "labels": classify.labels}
    if not (home() / classify.checkpoint).is_dir():
        entry["checkpoint"] = classify.checkpoint
    file.write_text(json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8")


def tried(version: str, models: Path) -> list[Declared]:
    """Where the checkpoint of `version` lay when it was tried."""
    file = models / TRIED / f"{version}.json"
    return [Declared(**json.loads(file.read_text(encoding="utf-8")))] if file.is_file() else []


def require_fit(candidate: Candidate, heads: set[str]) -> None:
    """Raise `GiveUp` unless the candidate can take over the questions `heads`.

    Each must be answered, with the labels that people are asked; the topics are judged by the
    taxonomy. A comment is read, so that a network which does not fit its config is found now.
    """
    place_of(candidate.checkpoint_version)  # raises where it could not be kept
    encoder = load_current(candidate.settings.classify)
    offered = {head.name: head.labels for head in encoder.heads}
    if missing := sorted(heads - {LANGUAGE} - set(offered)):
        raise GiveUp(
            f"The checkpoint `{candidate.checkpoint_version}` does not answer {ticked(missing)}, "
            f"which is asked now; it answers {ticked(sorted(offered))}. Tables would lose their "
            "numbers: export it with these heads, too."
        )
    for head, question in fixed_questions().items():
        if head in offered and set(offered[head]) != set(question.labels):
            raise GiveUp(
                f"The checkpoint `{candidate.checkpoint_version}` answers `{head}` with "
                f"{ticked(offered[head])}, expected {ticked(question.labels)}: map its labels with "
                "`--label THEIRS=OURS`, or export it with these."
            )
    probe(encoder, candidate)


def probe(encoder: Encoder, candidate: Candidate) -> None:
    """Read a comment; raises `GiveUp` if what comes out is not what the config says."""
    inputs = pl.DataFrame({"comment_id": ["probe"], "input_hash": ["probe"]})
    try:
        reading = encoder.read([PROBE], [None])
        for head in encoder.heads:
            rows = label_rows(inputs, reading, head, candidate.checkpoint_version)
            if not np.isfinite(rows["probability"].to_numpy()).all():
                raise ValueError(f"head `{head.name}` answers with what is no number")
    except (ValueError, KeyError, IndexError, RuntimeError) as error:
        raise GiveUp(
            f"The checkpoint `{candidate.checkpoint_version}` can't be read with its own "
            f"`config.json`: {error}. Export it again."
        ) from error


def current_heads(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Which version answers which question now; raises `GiveUp` before there is any."""
    found = dict(connection.execute("FROM ops.current_model ORDER BY head").fetchall())
    if set(found) <= {LANGUAGE}:
        raise GiveUp("No model has answered yet: run `resonanz classify` first.")
    return found
