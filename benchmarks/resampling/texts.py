"""Texts of known sentiment: what the model says of them, and which of them correct which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.measure import note
from models.held_out import FILE_NAME, HeldOut, read_held_out, write_held_out
from transforms.estimates.kinds import TWEETS, Company, Signs, kinds_of, logits, signs_of

CHECKPOINT = Path("models/checkpoint")
LABELS = ("negative", "neutral", "positive")

SPLITS = 20
"""So many times the texts are halved anew, that the held-out half's own chance is in the answer."""

TEXTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "tweets": (("umsab_de", "val"), ("umsab_en", "val"), ("sb10k", "dev"), ("potts", "dev")),
    "railway feedback": (("germeval2017", "dev"),),
}
"""Kinds of texts -> data sets and parts that the model was not trained on."""

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Texts:
    """Probabilities (texts, labels), gold labels' places (texts,), and signs (texts, signs)."""

    probabilities: Numbers
    gold: Places
    signs: Numbers

    def drawn(
        self, mix: Sequence[float], shape: tuple[int, int], random: np.random.Generator
    ) -> "Texts":
        """Cells of texts (cells, size, ...), each label as often as `mix` has it, on average."""
        gold = random.choice(len(LABELS), shape, p=mix)
        places = np.empty(shape, dtype=np.int64)
        for label in range(len(LABELS)):
            here = gold == label
            places[here] = random.choice(np.flatnonzero(self.gold == label), int(here.sum()))
        return Texts(self.probabilities[places], gold, self.signs[places])


Sets = Mapping[str, HeldOut]
"""What the model says of some texts under each head, in one order."""


@dataclass(frozen=True)
class Split:
    """Texts that are counted, and the held-out sets that correct them."""

    counted: Texts
    held: Sets

    def company(self, cells: Texts) -> Company | None:
        """What the cells' texts are like, each cell taken for a channel."""
        names = tuple(signs_of(self.held))
        kinds = kinds_of(self.held, names)
        channels = tuple(map(str, range(len(cells.gold))))
        counts = np.full(len(channels), float(cells.gold.shape[1]))
        signs = Signs(names, channels, cells.signs.mean(axis=1), counts)
        return Company(kinds, signs) if kinds else None


def read_texts(kind: str, data: Path, work: Path) -> Sets:
    """The model's answers to one kind of texts, from `work` if they are there."""
    from models.encoder import checkpoint_version, load_encoder
    from models.training.datasets import read_dataset
    from models.training.held_out import joined, read_domain

    version = checkpoint_version(CHECKPOINT)
    folder = work / f"{version}-{kind.replace(' ', '-')}"
    if not (folder / FILE_NAME).exists():
        note(f"reading {kind}")
        encoder = load_encoder(CHECKPOINT)
        found = []
        for name, part in TEXTS[kind]:
            examples = [e for e in read_dataset(data, name, part) if "sentiment" in e.labels]
            found.append(read_domain(encoder, examples, f"{kind}/{name}"))
        folder.mkdir(parents=True, exist_ok=True)
        heads = {head: joined([part[head] for part in found]) for head in found[0]}
        write_held_out(heads, folder, version)
    return read_held_out(folder / FILE_NAME, version)


def texts_of(sets: Sets, places: npt.NDArray[np.bool_]) -> Texts:
    """Some texts of a set, as they are counted."""
    mood = sets["sentiment"].at(places)
    columns = [
        logits(sets[head].probabilities[places, sets[head].labels.index(label)])
        for head, label in signs_of(sets)
    ]
    return Texts(mood.probabilities, mood.gold.argmax(axis=1), np.stack(columns, axis=1))


def without_tweets(shipped: Sets) -> Sets:
    """The set that ships without all that this benchmark draws from."""
    return {head: held.at(held.kinds != TWEETS) for head, held in shipped.items()}


def with_some(shipped: Sets, texts: Sets, places: npt.NDArray[np.bool_]) -> Sets:
    """A set and some of `texts`."""
    from models.training.held_out import joined

    return {head: joined([held, texts[head].at(places)]) for head, held in shipped.items()}


def halves(texts: Sets, shipped: Sets, random: np.random.Generator) -> Iterator[Split]:
    """One half counted, the set having the other half in the place of its own tweets."""
    base, count = without_tweets(shipped), len(texts["sentiment"].gold)
    for _ in range(SPLITS):
        here = random.permutation(count) % 2 == 0
        yield Split(texts_of(texts, here), with_some(base, texts, ~here))


def sources(texts: Sets, shipped: Sets) -> Iterator[Split]:
    """Each source counted in its turn, the set having the other sources of the kind."""
    base, domains = without_tweets(shipped), texts["sentiment"].domains
    for source in sorted(set(domains.tolist())):
        here = domains == source
        yield Split(texts_of(texts, here), with_some(base, texts, ~here))


def all_at_once(texts: Sets, held: Sets) -> Split:
    """All texts counted; the set has none of the kind."""
    return Split(texts_of(texts, np.ones(len(texts["sentiment"].gold), dtype=np.bool_)), held)
