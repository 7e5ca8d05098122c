"""A real Isso of its own on this machine, from a virtual environment that has it.

`.ci/servers` makes `.venv-isso`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.integration.programs import free_port, running, wait_for

PLACES = (str(Path(__file__).parents[2] / ".venv-isso" / "bin"),)
HERE = "http://127.0.0.1:8097"
"""The blog that the comments belong to; Isso does not ask it, as titles are sent along."""

CONFIG = """
[general]
dbpath = {folder}/comments.db
host = {here}/
notify = stdout
log-file =
latest-enabled = {latest}
[server]
listen = {address}
[guard]
enabled = false
[moderation]
enabled = {moderation}
[hash]
salt = fixed-test-salt
"""


@dataclass(frozen=True)
class Isso:
    """A running server; a visitor keeps the cookies with which comments can be changed."""

    address: str
    visitor: httpx.Client = field(
        default_factory=lambda: httpx.Client(headers={"origin": HERE, "referer": f"{HERE}/"})
    )

    def write(self, uri: str, text: str, **fields: Any) -> dict[str, Any]:
        """Post a comment; what the server answers."""
        body = {"text": text, "title": "Ein Beitrag", "author": None} | fields
        response = self.visitor.post(f"{self.address}/new", params={"uri": uri}, json=body)
        return dict(response.raise_for_status().json())

    def edit(self, comment: int, text: str) -> None:
        """Change a comment of this visitor."""
        address = f"{self.address}/id/{comment}"
        self.visitor.put(address, json={"text": text}).raise_for_status()

    def delete(self, comment: int) -> None:
        """Delete a comment of this visitor."""
        self.visitor.delete(f"{self.address}/id/{comment}").raise_for_status()


def why_not() -> str | None:
    """What is missing on this machine to run Isso, or None."""
    return None if _program() else f"Isso is neither on the path nor in {', '.join(PLACES)}"


@contextmanager
def isso(*, has_latest: bool = True, is_moderated: bool = False) -> Iterator[Isso]:
    """Run a new server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="isso-") as name:
        folder, address = Path(name), f"http://127.0.0.1:{free_port()}"
        config = folder / "isso.cfg"
        config.write_text(
            CONFIG.format(
                folder=folder,
                here=HERE,
                address=address,
                latest=str(has_latest).lower(),
                moderation=str(is_moderated).lower(),
            ),
            encoding="utf-8",
        )
        with running([str(_program()), "-c", str(config), "run"], folder / "isso.log"):
            wait_for(f"{address}/?uri=/")
            server = Isso(address)
            with server.visitor:
                yield server


def _program() -> str | None:
    return shutil.which("isso", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
