"""Embeddings in, groups of texts that say nearly the same out."""

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""(texts, width), rows of length 1."""

SCALE = 400
"""An embedding's numbers are stored in eight bits; of 384 of them hardly one is beyond 0.3."""


def stored(vectors: Vectors) -> npt.NDArray[np.int8]:
    """Embeddings as they are stored; the cosine of two moves by less than 0.001."""
    return np.asarray(np.clip(np.rint(vectors * SCALE), -127, 127), dtype=np.int8)


def restored(vectors: npt.NDArray[np.int8]) -> Vectors:
    """Stored embeddings as vectors of length 1."""
    wide = vectors.astype(np.float32)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(wide / np.maximum(lengths, 1e-9), dtype=np.float32)


BLOCK = 512
"""Texts that are compared with all leaders at once: many times as fast as one after the other."""


def leaders(vectors: Vectors, least: float) -> list[int]:
    """For each text, in order, the earlier text whose group it joins, or itself.

    Each joins the leader that it is most alike to, if their cosine is at least `least`. So the
    texts of a group are like its leader, not merely like each other in a chain.
    """
    found: list[int] = []
    heads: list[int] = []
    of_heads = np.empty_like(vectors)  # their vectors: to pick them anew for each block is to copy
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        # Leaders from before the block, then room for those that the block itself brings.
        known = len(heads)
        cosines = np.full((len(block), known + len(block)), -np.inf, dtype=np.float32)
        cosines[:, :known] = block @ of_heads[:known].T
        among = block @ block.T
        for row in range(len(block)):
            seen = cosines[row, : len(heads)]
            best = int(seen.argmax()) if heads else -1
            if heads and seen[best] >= least:
                found.append(heads[best])
                continue
            cosines[:, len(heads)] = among[:, row]
            of_heads[len(heads)] = block[row]
            heads.append(start + row)
            found.append(start + row)
    return found
