import os
import tracemalloc
from pathlib import Path

import pytest

from flows.landing.sealing import MAGIC, PIECE, is_sealed, seal, unseal, unsealed
from models.errors import GiveUp

KEY = b"k" * 64


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_comes_out_as_it_was(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "plain").write_bytes(content)
    seal(tmp_path / "plain", tmp_path / "sealed", KEY)
    assert is_sealed(tmp_path / "sealed")
    unseal(tmp_path / "sealed", tmp_path / "again", KEY)
    assert (tmp_path / "again").read_bytes() == content


def test_nothing_readable_is_in_a_sealed_file_and_no_two_are_alike(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"Anna Berg" * 100)
    seal(tmp_path / "plain", tmp_path / "one", KEY)
    seal(tmp_path / "plain", tmp_path / "two", KEY)
    one, two = (tmp_path / "one").read_bytes(), (tmp_path / "two").read_bytes()
    assert b"Anna" not in one
    assert one[len(MAGIC) :] != two[len(MAGIC) :]


@pytest.mark.parametrize("harm", ["another key", "cut off", "a byte changed", "pieces exchanged"])
def test_a_harmed_file_or_another_key_is_told(tmp_path: Path, harm: str) -> None:
    (tmp_path / "plain").write_bytes(os.urandom(2 * PIECE + 7))
    sealed = tmp_path / "sealed"
    seal(tmp_path / "plain", sealed, KEY)
    content, head, size = sealed.read_bytes(), len(MAGIC) + 16, PIECE + 16
    if harm == "cut off":
        sealed.write_bytes(content[: head + size])
    elif harm == "a byte changed":
        sealed.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
    elif harm == "pieces exchanged":
        first, second = content[head : head + size], content[head + size : head + 2 * size]
        sealed.write_bytes(content[:head] + second + first + content[head + 2 * size :])
    with pytest.raises(GiveUp, match="sealed with another key, or is damaged or cut off"):
        list(unsealed(sealed, b"q" * 64 if harm == "another key" else KEY))


def test_a_large_file_does_not_need_its_size_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "plain").open("wb") as file:
        file.truncate(64 * PIECE)
    tracemalloc.start()
    seal(tmp_path / "plain", tmp_path / "sealed", KEY)
    unseal(tmp_path / "sealed", tmp_path / "again", KEY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * PIECE
    assert (tmp_path / "again").stat().st_size == 64 * PIECE
