"""Count what the drift watch reads of comments' texts, once for each wording and model."""

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
        SELECT comment_id, text_hash FROM classified.text_profile WHERE model_version = $version
    ) USING (comment_id, text_hash)
    ORDER BY comment_id
    LIMIT $batch
"""


@task(cache_policy=NO_CACHE)
def profile_pending(settings: Settings) -> int:
    """Profile every comment that has no profile yet; returns how many had none.

    Only the tokenizer is loaded, and only if there is something to count.
    """
    version = current_version(settings.classify)
    count = 0
    while (comments := pending(version, settings)).height:
        rows = profiled(comments, checkpoint_folder(settings.classify), version)
        with writing(settings.paths.warehouse, settings.warehouse) as connection:
            append(connection, TEXT_PROFILE, rows)
        count += comments.height
    return count


def pending(version: str, settings: Settings) -> pl.DataFrame:
    """The next comments without a profile."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        return frame(connection, PENDING, {"version": version, "batch": BATCH})


def profiled(comments: pl.DataFrame, folder: Path, version: str) -> pl.DataFrame:
    """The profiles of `comments`, with the tokenizer in `folder`, of texts as the model reads."""
    from models.encoder import TOKENIZER_FILES, load_tokenizer
    from models.preprocess import normalise

    tokenizer = load_tokenizer(folder / TOKENIZER_FILES[0])
    texts = [normalise(text) for text in comments["text"]]
    tokens = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    return profile_rows(comments, tokens, tokenizer.unk_token_id, version)
