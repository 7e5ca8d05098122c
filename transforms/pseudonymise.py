"""Names in, keyed pseudonyms out: the same author is one author, and nobody can be named.

A key that was replaced stays the first link of a chain: the pseudonym under two keys is that under
the first, hashed with the second. So what is stored is brought to a new key without the names, and
whoever learns the old key alone can compute nothing.
"""

import hashlib
import hmac
import unicodedata
from functools import lru_cache

VERSION = 2
"""Raised when what is hashed of a name changes: landed files are then read again."""

SEPARATOR = b"\n"
"""Between the keys of a chain, the oldest first."""


@lru_cache(maxsize=25_000)  # of 0.4 KB
def author_key(platform: str, author: str, key: bytes) -> str:
    """The pseudonym of `author` on `platform`: 128 bits of HMAC-SHA-256 (RFC 2104), as hex.

    Letters with marks are one however they are spelt (Unicode NFC); what is spelt so already keeps
    its pseudonym. Without `key` it can neither be computed from a name nor turned back into one.
    """
    name = unicodedata.normalize("NFC", author).strip().casefold()
    return keyed(f"{platform}\x1f{name}", key)


def keyed(text: str, key: bytes) -> str:
    """128 bits of HMAC-SHA-256 of `text`, as hex, through every key of the chain `key`."""
    first, *later = key.split(SEPARATOR)
    digest = _hmac(text.encode("utf-8", "surrogatepass"), first)
    for link in later:
        digest = rekeyed(digest, link)
    return digest


def rekeyed(digest: str, key: bytes) -> str:
    """What `digest`, made with a chain of keys, is when `key` is added at its end."""
    return _hmac(digest.encode(), key)


def _hmac(message: bytes, key: bytes) -> str:
    begun = _begun(key).copy()
    begun.update(message)
    return begun.hexdigest()[:32]


@lru_cache(maxsize=8)
def _begun(key: bytes) -> hmac.HMAC:
    """What hashing with `key` begins with: a third of the work for a name."""
    return hmac.new(key, digestmod=hashlib.sha256)
