"""A tiny file in the format of the original encoder, read back."""

import struct

import numpy as np
import pytest

pytest.importorskip("torch")

from models.training.source import TensorFile, read_encoder

pytestmark = pytest.mark.slow

HIDDEN, INNER, VOCABULARY = 32, 64, 6
SHAPES = {
    "emb.word": (VOCABULARY, HIDDEN),
    "emb.pos": (8, HIDDEN),
    "emb.type": (2, HIDDEN),
    "emb.ln.w": (HIDDEN,),
    "emb.ln.b": (HIDDEN,),
    **{f"l0.{name}.w": (HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")},
    **{f"l0.{name}.b": (HIDDEN,) for name in ("q", "k", "v", "ao", "fo")},
    **{f"l0.{name}.{part}": (HIDDEN,) for name in ("aln", "oln") for part in "wb"},
    "l0.fi.w": (INNER, HIDDEN),
    "l0.fi.b": (INNER,),
    "l0.fo.w": (HIDDEN, INNER),
}


def in_blocks(nibbles, scale):
    """Bytes of 4-bit blocks that all have one scale."""
    rows = nibbles.reshape(-1, 32)
    packed = (rows[:, :16] | rows[:, 16:] << 4).astype(np.uint8)
    return b"".join(np.float16(scale).tobytes() + row.tobytes() for row in packed)


@pytest.fixture
def written(tmp_path):
    """The file, word embeddings in blocks and the rest in float32, and the embeddings' nibbles."""
    rng = np.random.default_rng(1)
    nibbles = rng.integers(0, 16, SHAPES["emb.word"])
    bodies = {
        name: in_blocks(nibbles, 0.5)
        if name == "emb.word"
        else rng.normal(size=shape).astype(np.float32).tobytes()
        for name, shape in SHAPES.items()
    }
    header = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 4, INNER, VOCABULARY, 8, 2, 1e-12, 32)
    tokenizer = struct.pack("<5iQ", 1, 0, 2, 1, 3, 3) + bytes(4 * 2 + 4 + 3)
    normaliser = struct.pack("<iI", 1, 5) + bytes(5)
    start = len(header + tokenizer + normaliser) + 4
    start += sum(2 + len(name) + struct.calcsize("<BIQQ") for name in bodies)
    entries = struct.pack("<i", len(bodies))
    for name, body in bodies.items():
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<BIQQ", 0, 0, start, len(body))
        start += len(body)
    path = tmp_path / "tiny.bin"
    path.write_bytes(header + tokenizer + normaliser + entries + b"".join(bodies.values()))
    return path, nibbles


def test_blocks_become_the_weights_they_stand_for(written):
    path, nibbles = written
    found = TensorFile(path).tensor("emb.word", VOCABULARY, HIDDEN)
    assert np.allclose(found, (nibbles - 8) * 0.5)


def test_the_encoder_keeps_the_pieces_it_is_told(written):
    path, nibbles = written
    encoder = read_encoder(path, kept=[0, 1, 5])
    words = encoder.embeddings.word_embeddings.weight.detach().numpy()
    assert np.allclose(words, (nibbles[[0, 1, 5]] - 8) * 0.5)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(ValueError, match="begins with b'GGUF'"):
        TensorFile(path)
