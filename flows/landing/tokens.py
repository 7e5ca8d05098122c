"""A file in, the same file without the access tokens that its links carry out.

Saved answers of the Graph API repeat the token of who asked in `paging.next`. It opens the page for
whoever reads the file, so it is left at the door; nothing that is read of such a file needs it.
"""

import codecs
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.landing.workspace import workspace

TOKEN = re.compile(
    rb"((?:access_token|appsecret_proof)(?:=|%3[dD]|\\*\"\s*:\s*\\*\"))(?!\*)[^&\"'\\\s<>]+",
    re.IGNORECASE,
)
LEFT_OUT = rb"\1***"


@contextmanager
def without_tokens(file: Path, landing: Path) -> Iterator[Path]:
    """`file` if it holds no token, else a copy in `landing` that is gone after the block."""
    if not holds_token(file):
        yield file
        return
    with workspace(landing) as work:
        copy = work / "file"
        copy.write_bytes(cleared(file.read_bytes()))
        yield copy


def holds_token(file: Path) -> bool:
    """Whether there is a token in a file, which may be larger than the memory."""
    if not file.stat().st_size:
        return False
    with file.open("rb") as content, mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return cleared(raw[:]) != raw[:]
        return TOKEN.search(raw) is not None


def cleared(raw: bytes) -> bytes:
    """The bytes of a text, in UTF-8 or as Windows PowerShell writes it, with `***` for tokens."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark):
            whole = len(raw) - len(raw) % 2  # a file may be cut within a character
            text = raw[:whole].decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
            found = TOKEN.sub(LEFT_OUT, text).decode("utf-8", "surrogatepass")
            return found.encode(encoding, "surrogatepass") + raw[whole:]
    return TOKEN.sub(LEFT_OUT, raw)
