"""Files that only who has the key can read: written and read in pieces, whatever their size.

AES-256-GCM in pieces of one MiB, by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár
2015): each piece's nonce holds its number and whether it is the last, so that a file can be neither
cut off nor rearranged without notice. Each file has a key of its own, derived with HKDF-SHA-256
(RFC 5869) from the key of the settings and 16 random bytes that stand in its head.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import GiveUp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"RESONANZ-SEALED-1\n"
SALT_BYTES = 16
PIECE = 1 << 20
TAG_BYTES = 16


def seal(source: Path, target: Path, key: bytes) -> None:
    """Write what `source` holds to `target`, sealed with `key`."""
    salt = os.urandom(SALT_BYTES)
    cipher = _cipher(key, salt)
    with source.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(MAGIC + salt)
        number, piece = 0, plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            sealed.write(cipher.encrypt(_nonce(number, not following), piece, None))
            if not following:
                return
            number, piece = number + 1, following


def unsealed(source: Path, key: bytes) -> Iterator[bytes]:
    """What a sealed file holds, a piece at a time; raises `GiveUp` if the key does not open it."""
    from cryptography.exceptions import InvalidTag

    with source.open("rb") as sealed:
        head = sealed.read(len(MAGIC) + SALT_BYTES)
        cipher = _cipher(key, head[len(MAGIC) :])
        number, piece = 0, sealed.read(PIECE + TAG_BYTES)
        while True:
            following = sealed.read(PIECE + TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(number, not following), piece, None)
            except InvalidTag as error:
                raise GiveUp(
                    f"`{source.name}` in landing can't be opened: it was sealed with another key, "
                    "or is damaged or cut off. Put back the key file (`landing_key_file` under "
                    "`[privacy]`, or `RESONANZ_LANDING_KEY`); or put what was sent into the inbox "
                    "once more, or back the file from a backup."
                ) from error
            if not following:
                return
            number, piece = number + 1, following


def unseal(source: Path, target: Path, key: bytes) -> None:
    """Write what the sealed file `source` holds to `target`, which only its owner may read."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as plain:
        for piece in unsealed(source, key):
            plain.write(piece)


def is_sealed(file: Path) -> bool:
    """Whether a file was sealed."""
    with file.open("rb") as content:
        return content.read(len(MAGIC)) == MAGIC


def _cipher(key: bytes, salt: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), 32, salt, b"resonanz landing").derive(key)
    return AESGCM(derived)


def _nonce(number: int, is_last: bool) -> bytes:
    return bytes(7) + number.to_bytes(4, "big") + bytes([is_last])
