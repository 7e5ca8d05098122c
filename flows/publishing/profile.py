"""Count what the drift watch reads of comments' texts, once for each wording and tokenizer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.checkpoint import checkpoint_folder, current_version
from flows.settings import Settings
from flows.warehouse import append, frame, merge, read, writing
from models.errors import GiveUp
from models.tables.text_profile import TEXT_PROFILE
from models.tables.tokenizer import TOKENIZER
from transforms.profile import profile_rows

BATCH = 20_000
"""Comments counted between two commits."""

PENDING = """
    SELECT comment_id, text_hash, text
    FROM clean.comment
    ANTI JOIN (
        SELECT comment_id, text_hash
        FROM classified.text_profile
        WHERE model_version IN $versions AND comment_id > $after
    ) USING (comment_id, text_hash)
    WHERE comment_id > $after
    ORDER BY comment_id
    LIMIT $batch
"""


COUNTED_TWICE = "DELETE FROM classified.text_profile WHERE model_version = $version"
"""What earlier versions counted once more for another model with the same tokenizer."""


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
    versions = alike(version, settings)
    count, after = 0, ""
    tokens: Tokens | None = None
    while (comments := pending(versions, after, settings)).height:
        tokens = tokens or tokens_of(checkpoint_folder(settings.classify), version)
        rows = profiled(comments, tokens, version)
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            append(connection, TEXT_PROFILE, rows)
        count, after = count + comments.height, comments["comment_id"][-1]
    return count


def alike(version: str, settings: Settings) -> list[str]:
    """The checkpoints whose profiles hold for `version`: those with its tokenizer, and itself."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        known = dict(read(connection, TOKENIZER).select(TOKENIZER.column_names).iter_rows())
        if version not in known:
            own = digest_of_tokenizer(settings)
            if own in known.values():
                connection.execute(COUNTED_TWICE, {"version": version})
            row = {"model_version": [version], "tokenizer": [own]}
            merge(connection, TOKENIZER, pl.DataFrame(row))
            known[version] = own
    return sorted(name for name, tokenizer in known.items() if tokenizer == known[version])


def digest_of_tokenizer(settings: Settings) -> str:
    """That of the checkpoint which the settings name; raises `GiveUp` if it can't be read."""
    from models.encoder import tokenizer_digest

    try:
        return tokenizer_digest(checkpoint_folder(settings.classify))
    except ValueError as error:
        raise GiveUp(str(error)) from error


def pending(versions: list[str], after: str, settings: Settings) -> pl.DataFrame:
    """The next comments without a profile of one of `versions`, behind the comment `after`."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        named: dict[str, object] = {"versions": versions, "after": after, "batch": BATCH}
        return frame(connection, PENDING, named)


def profiled(comments: pl.DataFrame, tokens: Tokens, version: str) -> pl.DataFrame:
    """The profiles of `comments`, of texts as the model reads them."""
    from models.preprocess import normalise

    ids = tokens.ids([normalise(text) for text in comments["text"]])
    return profile_rows(comments, ids, tokens.unknown, version)


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
