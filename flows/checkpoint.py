"""Which checkpoint the settings name: a folder here, or a Hub id where there is a network."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from flows.settings import Classify, home
from models.errors import GiveUp, TryAgain
from models.held_out import FILE_NAME as HELD_OUT

if TYPE_CHECKING:
    from models.encoder import Encoder

HUB_FILES = [
    "*.json",
    "*.txt",
    "*.model",
    "onnx/model.onnx",
    "onnx/model_quantized.onnx",
    "*.safetensors",
    HELD_OUT,
]
"""What a classification checkpoint needs; other weights of the same model stay where they are."""


def checkpoint_folder(settings: Classify) -> Path:
    """The folder of the checkpoint, fetched into the Hub's cache if it is a Hub id.

    Raises `GiveUp` if there is no such folder or id, `TryAgain` if the Hub can't be reached.
    """
    folder = home() / Path(settings.checkpoint).expanduser()
    if folder.is_dir():
        return folder
    if settings.checkpoint.count("/") != 1 or settings.checkpoint.startswith((".", "~", "/")):
        raise GiveUp(
            f"The checkpoint `{settings.checkpoint}` is no folder below `{home()}`. Name one in "
            "`settings.toml` under `[classify]`, or a Hub id like `owner/name`."
        )
    return _fetched(settings.checkpoint)


def _fetched(hub_id: str) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, allow_patterns=HUB_FILES))
    except LocalEntryNotFoundError as error:
        raise TryAgain(
            f"The checkpoint `{hub_id}` is neither a folder nor in the Hub's cache, and the Hub "
            "can't be reached. Fetch it where there is a network, and name its folder."
        ) from error
    except HfHubHTTPError as error:
        raise GiveUp(f"The Hub has no checkpoint `{hub_id}` that may be read.") from error


def answered_heads(settings: Classify) -> dict[str, tuple[str, ...]]:
    """Name and labels of each head of one of our own checkpoints; loads no model."""
    from models.encoder import read_config

    own = read_config(checkpoint_folder(settings) / "config.json").get("resonanz") or {}
    return {head["name"]: tuple(head["labels"]) for head in own.get("heads", [])}


def load_current(settings: Classify) -> "Encoder":
    """The encoder that the settings name, ready to read; raises `GiveUp` if it can't be loaded."""
    from models.encoder import load_encoder

    try:
        return load_encoder(
            checkpoint_folder(settings), threads=settings.threads, labels=settings.labels or None
        )
    except ValueError as error:
        raise GiveUp(str(error)) from error


def current_version(settings: Classify) -> str:
    """The version of that checkpoint's answers, without loading it.

    A label mapping is part of what answers: with another one the answers are others.
    """
    from models.encoder import checkpoint_version

    try:
        version = checkpoint_version(checkpoint_folder(settings))
    except ValueError as error:
        raise GiveUp(str(error)) from error
    if not settings.labels:
        return version
    mapping = repr(sorted(settings.labels.items())).encode()
    return f"{version}+{hashlib.sha256(mapping).hexdigest()[:6]}"
