"""What a disk refuses, told in a sentence: it is full, or a folder may not be written."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import GiveUp, ResonanzError

REMEDIES = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "the disk quota is used up. Free some space",
    errno.EROFS: "the file system is mounted read-only. Mount it so that it can be written",
    errno.EACCES: "this account may not write there, or not read. Change the permissions",
    errno.EPERM: "this account may not do so. Change the permissions",
}
"""Why a disk refuses -> what it means, and what to do."""

WORDS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
}
"""How libraries, whose errors carry no number, repeat what the system said."""


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """Raise `GiveUp` in the place of an error of the block by which a disk refused something."""
    try:
        yield
    except ResonanzError:
        raise
    except Exception as error:
        if told := refusal(error):
            raise GiveUp(told) from error
        raise


def refusal(error: BaseException) -> str | None:
    """What a disk refused, and what to do; None if the error is of another kind."""
    number = error.errno if isinstance(error, OSError) else None
    if number not in REMEDIES:
        text = str(error)
        number = next((found for words, found in WORDS.items() if words in text), None)
    if number is None:
        return None
    named = error.filename if isinstance(error, OSError) else None
    where = f"`{named}` can't be written" if named else "a file of the data folder can't be written"
    return (
        f"{where}: {REMEDIES[number]}, and call again. What was finished is kept, and the next run "
        "goes on from there."
    )
