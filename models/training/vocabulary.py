"""Cut a Unigram vocabulary to the pieces that the served languages use.

A piece that never lies on the best path of a text can go without changing how any such text is cut
up. So: count pieces over many texts, keep those seen, every single character (nothing becomes
`<unk>` that was not before), and fill the remaining places with the likeliest pieces in the Latin
script.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"
_LATIN = re.compile("▁?[\\W\\d_a-zäöüßàâæçéèêëîïôœùûÿñáíóúãõìò]+", re.IGNORECASE)


def piece_counts(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece id occurs in `texts`."""
    counts: Counter[int] = Counter()
    stream = iter(texts)
    while batch := list(islice(stream, 4096)):
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            counts.update(encoding.ids)
    return counts


def chosen_pieces(
    pieces: list[tuple[str, float]], counts: Mapping[int, int], size: int
) -> list[int]:
    """At most `size` ids, ascending: specials, single characters, pieces seen, likely Latin."""
    kept = set(range(len(SPECIAL)))
    kept |= {i for i, (piece, _) in enumerate(pieces) if len(piece.removeprefix("▁")) <= 1}
    seen = [i for i, _ in Counter(counts).most_common()]
    likely = (i for i, (piece, _) in enumerate(pieces) if _LATIN.fullmatch(piece))
    for candidates in (seen, likely):
        for i in candidates:
            if len(kept) >= size:
                break
            kept.add(i)
    return sorted(kept - {i for i, (piece, _) in enumerate(pieces) if piece == MASK})


def pieces_within(source: Path, shipped: Path) -> list[int]:
    """Ids in the `tokenizer.json` at `source` of the pieces of the one at `shipped`, in its order.

    Raises KeyError if a piece is not in `source`.
    """
    whole, part = (
        [piece for piece, _ in json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]]
        for path in (source, shipped)
    )
    places = {piece: place for place, piece in enumerate(whole)}
    return [places[piece] for piece in part]


def cut_tokenizer(source: Path, kept: list[int]) -> dict[str, Any]:
    """The `tokenizer.json` at `source` with only the pieces `kept`, without `<mask>`."""
    document: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    vocabulary = document["model"]["vocab"]
    document["model"]["vocab"] = [vocabulary[i] for i in kept]
    document["added_tokens"] = [t for t in document["added_tokens"] if t["content"] in SPECIAL]
    document["truncation"] = document["padding"] = None
    return document


def changed_share(before: Tokenizer, after: Tokenizer, texts: list[str]) -> float:
    """Share of `texts` that `after` cuts up differently from `before`."""
    changed = [
        a.tokens != b.tokens
        for a, b in zip(before.encode_batch(texts), after.encode_batch(texts), strict=True)
    ]
    return float(np.mean(changed))
