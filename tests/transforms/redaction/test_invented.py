"""Comments invented beside the corpus, by which rules were mended; and how they did before.

Recall and touched comments when each was first measured: the odd half of the first two files 47 of
55 and 2 of 125, before anything was mended; the even half, after the rules were mended on the odd
one, 52 of 54 and 2 of 124; the later file, after both, 35 of 38 and 5 of 63. The last is what to
expect of texts that are made to mislead.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.redaction import Score, score

FOLDER = Path(__file__).parent
FILES = {
    "odd half": ("invented_personal", "invented_plain", 0, 2),
    "even half": ("invented_personal", "invented_plain", 1, 2),
    "later": ("invented_later", "invented_later", 0, 1),
}


def comments(*names: str, first: int, step: int) -> Iterator[tuple[str, list[str]]]:
    """Text and marks of every `step`-th comment of the files."""
    for name in sorted(set(names)):
        lines = FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for line in [line for line in lines if not line.startswith("#")][first::step]:
            marks, _, text = line.rpartition(" :: ")
            yield text.replace("\\n", "\n"), re.split(r" \| ", marks) if marks else []


@pytest.fixture(params=FILES.values(), ids=FILES)
def found(request: pytest.FixtureRequest) -> Score:
    *names, first, step = request.param
    return score(comments(*names, first=first, step=step))


def test_nearly_all_that_is_personal_goes(found: Score) -> None:
    assert found.spans.total() > 30
    assert found.gone.total() >= 0.95 * found.spans.total(), found.misses


def test_hardly_anything_that_only_looks_personal_goes(found: Score) -> None:
    assert found.unmarked > 60
    assert found.touched <= 0.01 * found.unmarked, found.strikes
