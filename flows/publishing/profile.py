"""Count what the drift watch reads of comments' texts, once for each wording and model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.checkpoint import checkpoint_folder, current_version
from flows.settings import Settings
from flows.warehouse import append, frame, writing
from models.tables.text_profile import TEXT_PROFILE
from transforms.profile import profile_rows

BATCH = 20_000
"""Comments counted between two commits."""

PENDING = """
    SELECT comment_id, text_hash, text
    FROM clean.comment
    ANTI JOIN (
        SELECT comment_id, text_hash
        FROM classified.text_profile
        WHERE model_version = $version AND comment_id > $after
    ) USING (comment_id, text_hash)
    WHERE comment_id > $after
    ORDER BY comment_id
    LIMIT $batch
"""


@dataclass(frozen=True)
class Tokens:
    """How texts become ids of tokens, and the id of the token for what is not known."""

    ids: Callable[[list[str]], Sequence[Sequence[int]]]
    unknown: int | None


@task(cache_policy=NO_CACHE)
def profile_pending(settings: Settings) -> int:
    """Profile every comment that has no profile yet; returns how many had none.

    Only the tokenizer is loaded, and only if there is something to count.
    """
    version = current_version(settings.classify)
    count, after = 0, ""
    read: Tokens | None = None
    while (comments := pending(version, after, settings)).height:
        read = read or tokens_of(checkpoint_folder(settings.classify), version)
        rows = profiled(comments, read, version)
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            append(connection, TEXT_PROFILE, rows)
        count, after = count + comments.height, comments["comment_id"][-1]
    return count


def pending(version: str, after: str, settings: Settings) -> pl.DataFrame:
    """The next comments without a profile, behind the comment `after`."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        named = {"version": version, "after": after, "batch": BATCH}
        return frame(connection, PENDING, named)


def profiled(comments: pl.DataFrame, read: Tokens, version: str) -> pl.DataFrame:
    """The profiles of `comments`, of texts as the model reads them."""
    from models.preprocess import normalise

    tokens = read.ids([normalise(text) for text in comments["text"]])
    return profile_rows(comments, tokens, read.unknown, version)


@lru_cache(maxsize=1)
def tokens_of(folder: Path, version: str) -> Tokens:
    """What the tokenizer of the checkpoint in `folder` makes of texts, nothing added.

    Kept for the next publish of this process; `version` tells whether the files are the same.
    """
    from models.encoder import TOKENIZER_FILES, load_tokenizer

    tokenizer = load_tokenizer(folder / TOKENIZER_FILES[0])
    # What a model needs beside the ids takes as long as they do.
    quick = getattr(tokenizer, "backend_tokenizer", None)

    def ids(texts: list[str]) -> Sequence[Sequence[int]]:
        if quick is None:
            return list(tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"])
        return [found.ids for found in quick.encode_batch_fast(texts, add_special_tokens=False)]

    return Tokens(ids, tokenizer.unk_token_id)
