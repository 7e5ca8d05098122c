"""The key of the authors' pseudonyms: from the environment, or a file made at first use."""

from pathlib import Path

from flows.keys.place import KeyPlace, read_key

VARIABLE = "RESONANZ_AUTHOR_KEY"


def author_key_place(file: Path) -> KeyPlace:
    """Where the key of the pseudonyms is."""
    return KeyPlace("author key", VARIABLE, "author_key_file", file)


def read_author_key(file: Path) -> bytes:
    """The key, or chain of keys, that pseudonyms are made with.

    Raises `GiveUp` if it can't be read or made, is kept by git, or is too short: a weak key could
    be found by trying names.
    """
    return read_key(author_key_place(file))
