"""How fast a checkpoint reads on this machine, and how large it is."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from flows.changing.candidate import Candidate
from flows.checkpoint import load_current
from models.encoder import checkpoint_files
from models.errors import ResonanzError

Pairs = Sequence[tuple[str, str | None]]
"""Comments, each with its post's text where that is known."""


@dataclass(frozen=True)
class Pace:
    """Comments a second, loading left out, seconds of all cores for a thousand; bytes of weights.

    The seconds are None if nothing was read. A busy machine changes the first, hardly the second.
    """

    weight_bytes: int
    comments_a_second: float | None = None
    seconds_a_thousand: float | None = None


def pace(candidate: Candidate, pairs: Pairs) -> Pace | None:
    """The pace on `pairs`; None if the checkpoint's files are not there any more."""
    classify = candidate.settings.classify
    try:
        weights = checkpoint_files(candidate.folder)[2].stat().st_size
        if not pairs:
            return Pace(weights)
        encoder = load_current(classify)
    except (ResonanzError, ValueError, OSError):
        return None
    texts, posts = [text for text, _ in pairs], [post for _, post in pairs]
    encoder.read(texts[:1], posts[:1])  # the first call makes room in memory
    begun, worked = time.perf_counter(), time.process_time()
    encoder.read(texts, posts)
    taken, work = time.perf_counter() - begun, time.process_time() - worked
    return Pace(weights, len(pairs) / taken, 1000 * work / len(pairs))
