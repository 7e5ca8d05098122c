"""Secret keys: from the environment, or from a file that is made at first use.

A key beside the code that git keeps would travel with it, and pseudonyms made with it would name
everybody: such a file is refused.
"""

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from flows.settings import home
from models.errors import GiveUp
from transforms.pseudonymise import SEPARATOR

KEY_BYTES = 32
"""Fewest characters of a key: a weak one could be found by trying."""

NEXT = ".next"
"""Ending of the file that holds a chain of keys while it is being exchanged for the old one."""


@dataclass(frozen=True)
class KeyPlace:
    """Where a key is: `variable` of the environment wins over the file that `setting` names."""

    what: str
    variable: str
    setting: str
    file: Path

    @property
    def path(self) -> Path:
        """The key file, absolute."""
        return self.file.expanduser().absolute()


def read_key(place: KeyPlace) -> bytes:
    """The secret key; makes its file with a random one if neither it nor the variable exists.

    Of a chain of keys the oldest comes first: separated by commas in the environment, by lines in
    the file. Raises `GiveUp` if the file can't be read or made, is kept by git, or holds too short
    a key.
    """
    if text := os.environ.get(place.variable):
        return checked(text.replace(",", "\n"), f"environment variable `{place.variable}`", place)
    path = place.path
    try:
        if path.with_name(path.name + NEXT).exists():
            raise GiveUp(
                f"An exchange of the {place.what} was interrupted: `{path.name}{NEXT}` lies beside "
                "it. Run `resonanz privacy rotate-key` once more; nothing else can be done before."
            )
        if not path.exists():
            make(path)
        if is_kept_by_git(path):
            raise GiveUp(
                f"The {place.what} `{path}` is kept by git, so that everybody who has the "
                "repository could compute who is who. Take it out of the repository, make a new "
                f"one (`openssl rand -hex 32`) outside, and name that as `{place.setting}` under "
                "`[privacy]`."
            )
        return checked(path.read_text(encoding="ascii"), f"file `{path}`", place)
    except (OSError, UnicodeDecodeError) as error:
        raise GiveUp(
            f"The {place.what} `{path}` can't be read or made: {error}. Set `{place.variable}`, or "
            f"name another file in `settings.toml` as `{place.setting}` under `[privacy]`."
        ) from error


def make(path: Path, text: str | None = None) -> None:
    """Write a new key file that only its owner may read; one that is there stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process made it in between
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text or new_key() + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def new_key() -> str:
    """A random key."""
    return secrets.token_hex(KEY_BYTES)


def checked(text: str, origin: str, place: KeyPlace) -> bytes:
    """The chain of keys in `text`, one or more; raises `GiveUp` if one of them is too short."""
    keys = [line.strip().encode() for line in text.splitlines() if line.strip()]
    for key in keys or [b""]:
        if len(key) < KEY_BYTES:
            raise GiveUp(
                f"The {place.what} of the {origin} has {len(key)} characters, expected at least "
                f"{KEY_BYTES} random ones (`openssl rand -hex 32` makes 64)."
            )
    return SEPARATOR.join(keys)


def is_kept_by_git(path: Path) -> bool:
    """Whether a file inside the project's folder is tracked by git, or would be by `git add .`."""
    if not path.is_relative_to(home()):
        return False
    try:
        found = subprocess.run(
            ["git", "-C", str(path.parent), "check-ignore", "--quiet", path.name],
            capture_output=True,
            timeout=10,
            check=False,
        )
        tracked = subprocess.run(
            ["git", "-C", str(path.parent), "ls-files", "--error-unmatch", path.name],
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False  # without git nothing is kept by it
    is_repository = found.returncode in (0, 1)
    return is_repository and (tracked.returncode == 0 or found.returncode == 1)
