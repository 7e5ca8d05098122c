"""Comments in, probabilities of every head and an embedding out, in one forward pass.

A checkpoint is a folder in the layout of a model hub: `config.json`, the tokenizer, a file of
weights. `load_encoder` opens our own or any other sequence-classification checkpoint, from this
machine only.
"""

import hashlib
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.answers import Answer, Head, Marks, foreign_answer, own_answers
from models.engines import Engine, Floats, open_engine, weights_file
from models.preprocess import normalise
from models.sentences import sentences
from models.umlauts import Umlauts, umlauts_of
from models.windows import (
    Places,
    Window,
    batches,
    cut,
    frame_of,
    largest,
    padded,
    parts_read,
    sentences_read,
    weighted_sum,
)

__all__ = ["Encoder", "Head", "Reading", "checkpoint_version", "load_encoder"]

logger = logging.getLogger(__name__)

BLOCK_TEXTS = 512
"""Distinct texts that are tokenised together, while the block before is computed; bounds memory."""
FOREIGN_TOKENS = 256
"""Longest window of a checkpoint that is not ours; attention grows with its square."""
Pair = tuple[str, str]
"""A text and its post as they are read."""
SENTENCE_ENDS = (".", "!", "?", "…", "...", "!!!", "???")
TOKENIZER_FILES = ("tokenizer.json", "sentencepiece.bpe.model", "spiece.model", "vocab.txt")
KIND_OF_TOKENIZER = ("model_type", "tokenizer_class")
"""Keys of `config.json` by which `AutoTokenizer` tells how files are to be read."""


@dataclass(frozen=True)
class Reading:
    """What was read of some texts, all float32.

    `probabilities[head.name]` is (texts, labels); the rows of a single-label head sum to 1.
    `embedding` is (texts, width) with rows of length 1, or None if the checkpoint gives none.
    `deciding` has, for a text that was longer than a window, the sentence that speaks most for the
    sentiment of the whole, else None.
    """

    probabilities: dict[str, Floats]
    embedding: Floats | None
    deciding: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Lengths:
    """Tokens of a window, special ones included, and of the post in it (0: it is not shown)."""

    window: int
    post: int


@dataclass(frozen=True)
class Begun:
    """Windows by length, and what the engine says of their batches as soon as it does."""

    windows: list[Window]
    parts: Iterator[Mapping[str, Floats]]


class Encoder:
    """A loaded checkpoint; `load_encoder` makes one."""

    def __init__(
        self,
        version: str,
        answers: Sequence[Answer],
        tokenizer: Any,
        engine: Engine,
        lengths: Lengths,
        umlauts: Umlauts | None = None,
    ) -> None:
        self.version = version
        self.heads = tuple(answer.head for answer in answers)
        self._answers, self._tokenizer, self._engine = tuple(answers), tokenizer, engine
        self._lengths, self._frame = lengths, frame_of(tokenizer)
        self._ends = frozenset(tokenizer.convert_tokens_to_ids(list(SENTENCE_ENDS)))
        self._umlauts = umlauts

    def read(
        self,
        texts: Sequence[str],
        posts: Sequence[str | None] | None = None,
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> Reading:
        """Read `texts`, each with the post it answers if `posts` has it, in the order of `texts`.

        Equal (text, post) pairs are read once, and no row depends on the others. A text longer than
        the network's window is read in windows: logits are averaged by length where one label
        applies, and the largest counts where several may. Of more than 16 windows (about 1,400
        words) the first 12 and the last 4 are read, and a warning says how many texts that met.
        `on_progress` gets the number of distinct pairs read so far. Raises ValueError if `posts`
        and `texts` differ in length.
        """
        if posts is not None and len(posts) != len(texts):
            raise ValueError(
                f"`posts` has {len(posts)} entries, expected {len(texts)}: one for each text, "
                "None where there is no post"
            )
        given = posts if posts is not None else [None] * len(texts)
        pairs = [self._pair(text, post) for text, post in zip(texts, given, strict=True)]
        # By length, so that those of a block pad each other little.
        distinct = sorted(dict.fromkeys(pairs), key=lambda pair: len(pair[0]) + len(pair[1]))
        places = {pair: place for place, pair in enumerate(distinct)}
        blocks: list[dict[str, Floats]] = []
        deciding: dict[Pair, str] = {}
        done = 0
        for block, windows, outputs in self._blocks(distinct):
            blocks.append(outputs)
            deciding |= self._deciding(block, windows, outputs)
            done += len(block)
            if on_progress is not None:
                on_progress(done)
        rows = np.array([places[pair] for pair in pairs], dtype=np.int64)
        has_post = np.array([bool(post) for _, post in pairs], dtype=bool)
        return self._reading(blocks, rows, has_post, tuple(deciding.get(pair) for pair in pairs))

    def _blocks(
        self, distinct: list[Pair]
    ) -> Iterator[tuple[list[Pair], list[Window], dict[str, Floats]]]:
        """Pairs block by block, their windows, and what was read of them.

        While a block is computed the next one is tokenised.
        """
        starts = range(0, len(distinct), BLOCK_TEXTS)
        blocks = (distinct[start : start + BLOCK_TEXTS] for start in starts)
        tokenised = ((block, list(self._windows(block))) for block in blocks)
        following = next(tokenised, None)
        while following is not None:
            block, windows = following
            begun = self._begun(windows)
            following = next(tokenised, None)
            yield block, windows, self._ended(begun, len(block))

    def _pair(self, text: str, post: str | None) -> Pair:
        """A text and its post as they are read; "" if there is none or this network sees none."""
        return normalise(text), normalise(post) if post and self._lengths.post else ""

    def _reading(
        self,
        blocks: list[dict[str, Floats]],
        rows: Places,
        has_post: Marks,
        deciding: tuple[str | None, ...],
    ) -> Reading:
        """Put the blocks' outputs in the order of `rows`; without rows, arrays of height 0."""
        blocks = blocks or [self._outputs(list(self._windows([("", "")])), 1)]
        outputs = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
        probabilities = {
            answer.head.name: answer.probabilities(outputs[answer.output][rows], has_post)
            for answer in self._answers
        }
        embedding = outputs.get("embedding")
        return Reading(probabilities, None if embedding is None else embedding[rows], deciding)

    def _deciding(
        self, pairs: list[Pair], windows: list[Window], outputs: Mapping[str, Floats]
    ) -> dict[Pair, str]:
        """The deciding sentence of each pair that took several windows: the one that, read alone,
        leans most to the sentiment of the whole; of a very long text, one at either end."""
        answer = next((a for a in self._answers if a.head.name == "sentiment"), None)
        parts = Counter(window.place for window in windows)
        long = [place for place, count in parts.items() if count > 1]
        if answer is None or not long:
            return {}
        found = {}
        for place in long:
            text, post = pairs[place]
            spoken = sentences_read(sentences(text))
            alone = list(self._windows([(sentence, post) for sentence in spoken]))
            logits = self._outputs(alone, len(spoken))[answer.output]
            chances = answer.probabilities(logits, np.full(len(spoken), bool(post)))
            whole = outputs[answer.output][place : place + 1]
            label = answer.probabilities(whole, np.array([bool(post)]))[0].argmax()
            found[pairs[place]] = spoken[int(chances[:, label].argmax())]
        return found

    def _outputs(self, windows: list[Window], count: int) -> dict[str, Floats]:
        """Every output of the network, (`count`, width), the windows of a text combined."""
        return self._ended(self._begun(windows), count)

    def _begun(self, unsorted: list[Window]) -> Begun:
        """Let the engine begin with these windows, in batches of like length."""
        windows = sorted(unsorted, key=lambda window: len(window.ids))
        padding = self._frame.padding
        return Begun(windows, self._engine(padded(batch, padding) for batch in batches(windows)))

    def _ended(self, begun: Begun, count: int) -> dict[str, Floats]:
        """Wait for the engine; `_outputs` says what it gave."""
        windows, parts = begun.windows, list(begun.parts)
        many = {answer.output for answer in self._answers if answer.head.many}
        combined = {}
        for name in parts[0]:
            values = np.concatenate([part[name] for part in parts])
            combine = largest if name in many else weighted_sum
            combined[name] = combine(values, windows, count)
        if "embedding" in combined:
            length = np.linalg.norm(combined["embedding"], axis=1, keepdims=True)
            combined["embedding"] = combined["embedding"] / np.maximum(length, 1e-12)
        return combined

    def _windows(self, pairs: list[Pair]) -> Iterator[Window]:
        """The windows of every pair; a text has at least one."""
        texts = self._ids([text for text, _ in pairs])
        posts = self._ids([post for _, post in pairs])
        shortened = 0
        for place, (text, post) in enumerate(zip(texts, posts, strict=True)):
            shown = post[: self._lengths.post]
            room = self._lengths.window - len(self._frame.around([], shown))
            pieces = list(cut(text, room, self._ends))
            parts = parts_read(pieces)
            shortened += len(parts) < len(pieces)
            total = max(1, sum(map(len, parts)))
            for part in parts:
                yield Window(place, self._frame.around(part, shown), max(1, len(part)) / total)
        if shortened:
            logger.warning("the middle of %d very long texts was not read", shortened)

    def _ids(self, texts: list[str]) -> list[list[int]]:
        """Token ids of each text, without special tokens and never cut."""
        marks = self._tokenizer.all_special_tokens
        plain = [without_marks(text, marks) for text in texts]
        spelt = list(map(self._umlauts, plain)) if self._umlauts else plain
        if self._tokenizer.is_fast:  # asked itself, since the wrapper takes as long as it does
            backend = self._tokenizer.backend_tokenizer
            return [e.ids for e in backend.encode_batch_fast(spelt, add_special_tokens=False)]
        encoded = self._tokenizer(spelt, add_special_tokens=False, verbose=False)
        return list(encoded["input_ids"])


def without_marks(text: str, marks: Sequence[str]) -> str:
    """`text` with a space in what a tokenizer would take for a mark of its own.

    `</s>` ends a comment and begins a post, but in a comment it is what is left of a line that
    somebody struck out in HTML.
    """
    for mark in marks:
        if mark in text:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


def load_encoder(
    folder: Path,
    *,
    threads: int = 0,
    labels: Mapping[str, str] | None = None,
    head: str = "sentiment",
) -> Encoder:
    """Load the checkpoint in `folder` on `threads` processor threads (0: all).

    Our own checkpoints need neither `labels` nor `head`. Another sequence-classification checkpoint
    answers `head`; `labels` maps its labels to ours, such as `{"1 star": "negative", ...}`, and it
    is shown comments without their posts. Raises ValueError if a file is missing or broken, or a
    label is not mapped.
    """
    folder = Path(folder)
    config_file, tokenizer_file, weights = checkpoint_files(folder)
    config = read_config(config_file)
    own = config.get("resonanz")
    if own:
        answers = own_answers(own, folder)
        lengths = Lengths(own["max_tokens"], own["post_tokens"])
    else:
        answers = [foreign_answer(config, labels, head, folder)]
        lengths = foreign_lengths(config)
    tokenizer = load_tokenizer(tokenizer_file)
    umlauts = umlauts_of(tokenizer.backend_tokenizer) if own and own.get("umlauts") else None
    engine = open_engine(weights, threads)
    return Encoder(checkpoint_version(folder), answers, tokenizer, engine, lengths, umlauts)


def checkpoint_version(folder: Path) -> str:
    """`<name>@<12 hex digits>` of the checkpoint in `folder`: equal if and only if its files are.

    Reads the files but loads no model. Raises ValueError if one is missing.
    """
    digest = hashlib.sha256()
    files = checkpoint_files(Path(folder))
    for path in files:
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    own = read_config(files[0]).get("resonanz") or {}
    return f"{own.get('name', Path(folder).resolve().name)}@{digest.hexdigest()[:12]}"


def tokenizer_digest(folder: Path) -> str:
    """32 hex digits that are equal only where the tokenizers of two checkpoints make equal tokens.

    Of files beside the weights any may belong to a tokenizer, so that all but `config.json` count;
    of that, what says which kind it is. Raises ValueError if a file of the checkpoint is missing.
    """
    config = read_config(checkpoint_files(folder)[0])
    digest = hashlib.sha256(repr([config.get(k) for k in KIND_OF_TOKENIZER]).encode())
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".txt", ".model") and path.name != "config.json":
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def checkpoint_files(folder: Path) -> tuple[Path, Path, Path]:
    """Config, tokenizer and weights in `folder`; raises ValueError if one is missing."""
    if not folder.is_dir():
        raise ValueError(
            f"checkpoint folder `{folder}` does not exist; name a folder that holds `config.json`"
        )
    if not (folder / "config.json").is_file():
        raise ValueError(
            f"checkpoint `{folder}` has no `config.json`; "
            "fetch the missing file or name another folder"
        )
    for name in TOKENIZER_FILES:
        if (folder / name).is_file():
            return folder / "config.json", folder / name, weights_file(folder)
    expected = ", ".join(f"`{name}`" for name in TOKENIZER_FILES)
    raise ValueError(
        f"checkpoint `{folder}` has no tokenizer: found none of {expected}; "
        "fetch the missing file or name another folder"
    )


def read_config(path: Path) -> dict[str, Any]:
    """The object in a `config.json`; raises ValueError if it holds none."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"`{path}` is not JSON ({error}); fetch the file again") from error
    if not isinstance(config, dict):
        found = type(config).__name__
        raise ValueError(f"`{path}` holds a {found}, expected an object; fetch the file again")
    return config


def load_tokenizer(path: Path) -> Any:
    """The tokenizer that `path` belongs to; raises ValueError if it can't be read."""
    # Read once, when the library is imported: it would report that no framework is installed.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(path.parent, local_files_only=True)
        if tokenizer.is_fast:  # whose file may say that texts are cut or padded
            tokenizer.backend_tokenizer.no_truncation()
            tokenizer.backend_tokenizer.no_padding()
        return tokenizer
    except Exception as error:  # the tokenizers library raises bare Exception
        raise ValueError(
            f"`{path}` can't be read as a tokenizer ({error}); fetch the file again"
        ) from error


def foreign_lengths(config: Mapping[str, Any]) -> Lengths:
    """What the network's positions allow; RoBERTa counts them from 2."""
    positions = int(config.get("max_position_embeddings", FOREIGN_TOKENS + 2))
    return Lengths(min(FOREIGN_TOKENS, positions - 2), 0)
