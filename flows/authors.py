"""The key of the authors' pseudonyms: from the environment, or a file made at first use."""

import os
import secrets
from pathlib import Path

from models.errors import GiveUp

VARIABLE = "RESONANZ_AUTHOR_KEY"
KEY_BYTES = 32


def read_author_key(file: Path) -> bytes:
    """The secret key; makes `file` with a random one if neither it nor the variable exists.

    Raises `GiveUp` if the file can't be read or made, or holds too short a key: a weak key could be
    found by trying names.
    """
    if text := os.environ.get(VARIABLE):
        return _checked(text, f"environment variable `{VARIABLE}`")
    path = file.expanduser()
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="ascii"), f"file `{path}`")
    except (OSError, UnicodeDecodeError) as error:
        raise GiveUp(
            f"The author key `{path}` can't be read or made: {error}. Set `{VARIABLE}`, or name "
            "another file in `settings.toml` as `author_key_file` under `[privacy]`."
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process made it in between
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(KEY_BYTES) + "\n")


def _checked(text: str, origin: str) -> bytes:
    key = text.strip().encode()
    if len(key) < KEY_BYTES:
        raise GiveUp(
            f"The author key of the {origin} has {len(key)} characters, expected at least "
            f"{KEY_BYTES} random ones (`openssl rand -hex 32` makes 64)."
        )
    return key
