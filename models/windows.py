"""Cut token ids into windows that fit the network, batch them, combine what it says of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.engines import Floats, Tokens

BATCH_TOKENS = 320
"""Tokens of one forward pass, padding included: what lies between two products then mostly stays
in a core's own cache; products of fewer rows are slower (`EXPERIMENTS.md`, 30)."""
FIRST_WINDOWS, LAST_WINDOWS = 12, 4
"""Windows read of a very long text: its beginning and its end, where verdicts stand."""

FIRST_SENTENCES, LAST_SENTENCES = 96, 32
"""Sentences of a very long text among which the deciding one is sought: about what is read."""

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Frame:
    """The special tokens around a text, and between a text and its post."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    padding: int

    def around(self, text: Sequence[int], post: Sequence[int]) -> list[int]:
        """The ids of a window: text alone, or text and post."""
        if not post:
            return [*self.before, *text, *self.after]
        return [*self.before, *text, *self.between, *post, *self.after]


@dataclass(frozen=True)
class Window:
    """A piece of the text at `place`, as the network reads it; weights of a text add up to 1."""

    place: int
    ids: list[int]
    weight: float


def frame_of(tokenizer: Any) -> Frame:
    """Find the special tokens that `tokenizer` puts around one text and between two."""
    bare: list[int] = tokenizer("a", add_special_tokens=False)["input_ids"]
    single: list[int] = tokenizer("a")["input_ids"]
    pair: list[int] = tokenizer("a", "a")["input_ids"]
    starts = (at for at in range(len(single)) if single[at : at + len(bare)] == bare)
    start = next(starts)
    after = single[start + len(bare) :]
    between = pair[start + len(bare) : len(pair) - len(bare) - len(after)]
    padding = 0 if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    return Frame(tuple(single[:start]), tuple(between), tuple(after), padding)


def cut(ids: list[int], room: int, ends: frozenset[int]) -> Iterator[list[int]]:
    """Cut `ids` into pieces of at most `room`, after a sentence's end if one comes late enough."""
    start = 0
    while len(ids) - start > room:
        stop = start + room
        sentences = (at for at in range(stop, start + room // 2, -1) if ids[at - 1] in ends)
        stop = next(sentences, stop)
        yield ids[start:stop]
        start = stop
    yield ids[start:]


def parts_read(pieces: list[list[int]]) -> list[list[int]]:
    """The pieces of a text that are read: all, or the first and the last of a very long one."""
    if len(pieces) <= FIRST_WINDOWS + LAST_WINDOWS:
        return pieces
    return pieces[:FIRST_WINDOWS] + pieces[-LAST_WINDOWS:]


def sentences_read(spoken: list[str]) -> list[str]:
    """The sentences of a text that are read: all, or the first and the last of a very long one."""
    if len(spoken) <= FIRST_SENTENCES + LAST_SENTENCES:
        return spoken
    return spoken[:FIRST_SENTENCES] + spoken[-LAST_SENTENCES:]


def batches(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Group windows, sorted by length, so that a padded group has at most BATCH_TOKENS tokens."""
    group: list[Window] = []
    for window in windows:
        if group and len(window.ids) * (len(group) + 1) > BATCH_TOKENS:
            yield group
            group = []
        group.append(window)
    if group:
        yield group


def padded(windows: Sequence[Window], padding: int) -> tuple[Tokens, Tokens]:
    """Ids and attention mask, both (windows, longest window)."""
    width = max(len(window.ids) for window in windows)
    ids = np.full((len(windows), width), padding, dtype=np.int64)
    mask = np.zeros((len(windows), width), dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
    return ids, mask


def weighted_sum(values: Floats, windows: Sequence[Window], count: int) -> Floats:
    """Sum by text, (count, width), of the windows' weighted values (windows, width)."""
    weights = np.array([window.weight for window in windows], dtype=np.float32)[:, None]
    total = np.zeros((count, values.shape[1]), dtype=np.float32)
    np.add.at(total, [window.place for window in windows], values * weights)
    return total


def largest(values: Floats, windows: Sequence[Window], count: int) -> Floats:
    """Largest by text, (count, width), of the windows' values (windows, width)."""
    top = np.full((count, values.shape[1]), -np.inf, dtype=np.float32)
    np.maximum.at(top, [window.place for window in windows], values)
    return top
