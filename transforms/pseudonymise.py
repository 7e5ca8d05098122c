"""Names in, keyed pseudonyms out: the same author is one author, and nobody can be named."""

import hashlib
import hmac
from functools import lru_cache


@lru_cache(maxsize=100_000)
def author_key(platform: str, author: str, key: bytes) -> str:
    """The pseudonym of `author` on `platform`: 128 bits of HMAC-SHA-256 (RFC 2104), as hex.

    Without `key` it can neither be computed from a name nor turned back into one.
    """
    message = f"{platform}\x1f{author.strip().casefold()}".encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]
