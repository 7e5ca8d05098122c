"""A bucket of its own on this machine: moto's S3 server, from a virtual environment that has it.

`.ci/servers` makes `.venv-moto`. The server speaks S3 as other programs do, over a socket; that no
part of it is Amazon's is the one thing that it can't show.
"""

import os
import shutil
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.integration.programs import free_port, running, wait_for

PLACES = (str(Path(__file__).parents[2] / ".venv-moto" / "bin"),)
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
"""Of the answers of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""


@dataclass(frozen=True)
class Bucket:
    """A bucket, empty at first, and the server that it is on."""

    name: str
    server: str

    @property
    def variables(self) -> dict[str, str]:
        """What a program must find in its environment to open it."""
        return {
            "AWS_ENDPOINT_URL": self.server,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "s3cret",
            "AWS_REGION": "eu-central-1",
        }

    def sizes(self) -> dict[str, int]:
        """The bytes of every object, by its name."""
        answer = httpx.get(f"{self.server}/{self.name}", params={"list-type": "2"})
        listed = ElementTree.fromstring(answer.raise_for_status().text)
        return {
            str(entry.findtext(f"{NAMESPACE}Key")): int(entry.findtext(f"{NAMESPACE}Size") or 0)
            for entry in listed.iter(f"{NAMESPACE}Contents")
        }


def why_not() -> str | None:
    """What is missing on this machine to run the server, or None."""
    return None if _program() else f"`moto_server` is neither on the path nor in {PLACES[0]}"


@contextmanager
def bucket(name: str) -> Iterator[Bucket]:
    """Run a new server with one bucket for as long as the block lasts."""
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    command = [str(_program()), "-H", "127.0.0.1", "-p", str(port)]
    with (
        tempfile.TemporaryDirectory(prefix="moto-") as folder,
        running(command, Path(folder) / "log"),
    ):
        wait_for(server)
        httpx.put(f"{server}/{name}").raise_for_status()
        yield Bucket(name, server)


def _program() -> str | None:
    return shutil.which("moto_server", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
