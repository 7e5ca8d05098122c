"""Labels for every comment in the warehouse without a model: classification, left out.

`python -m benchmarks.labels` puts them in; they depend on nothing but the comments' ids.
"""

import math
from itertools import pairwise
from typing import Any

import polars as pl

from flows.checkpoint import checkpoint_folder
from flows.settings import Settings, load_settings
from flows.warehouse import merge, use_time_zone, writing
from models.encoder import read_config
from models.tables.current_model import CURRENT_MODEL
from transforms.language import HEAD as LANGUAGE

VERSION = "invented@1"
CHOSEN_AT_ONCE = 1.3
"""Labels that a comment has, on average, where it may have several."""

INSERT = """
    INSERT INTO classified.label BY NAME
    WITH scored AS (
        SELECT
            input.comment_id,
            input.input_hash,
            option.head,
            option.label,
            option.many,
            option.cutoff,
            -- The top 53 bits: as many as a DOUBLE holds, so that it stays below 1.
            pow((hash(input.comment_id, option.head, option.label) >> 11) / pow(2, 53),
                option.exponent) AS score
        FROM classified.input AS input
        SEMI JOIN classified.dated AS dated
            ON dated.comment_id = input.comment_id AND dated.is_audience
        CROSS JOIN option
        WHERE input.comment_id >= $first AND input.comment_id < $beyond
    )
    SELECT
        comment_id,
        input_hash,
        head,
        label,
        CASE WHEN many THEN score ELSE score / sum(score) OVER answers END AS probability,
        CASE
            WHEN many THEN score >= cutoff
            ELSE label = first_value(label) OVER (answers ORDER BY score DESC, label)
        END AS is_chosen,
        false AS is_uncertain,
        $version AS model_version
    FROM scored
    WINDOW answers AS (PARTITION BY comment_id, head)
"""

SLICE = 10_000
"""Comments labelled at a time: all at once would need more memory than what is measured."""


def put_labels(settings: Settings) -> int:
    """Label every comment of the audience under every head; returns how many rows that made."""
    choices = options(settings)
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        connection.register("option", choices)
        ids = connection.execute("SELECT comment_id FROM clean.comment ORDER BY ALL").fetchall()
        edges = [*(row[0] for row in ids[::SLICE]), "\U0010ffff"]
        for first, beyond in pairwise(edges):
            values = {"first": first, "beyond": beyond, "version": VERSION}
            connection.execute(INSERT, values)
        heads = choices["head"].unique(maintain_order=True).to_list()
        current = pl.DataFrame({"head": heads, "model_version": [VERSION] * len(heads)})
        merge(connection, CURRENT_MODEL, current)
        found = connection.execute("SELECT count(*) FROM classified.label").fetchone()
        return int(found[0]) if found else 0


def options(settings: Settings) -> pl.DataFrame:
    """One row a label of the checkpoint's heads and the language: how its scores are drawn."""
    config = read_config(checkpoint_folder(settings.classify) / "config.json")
    rows = [row for head in config["resonanz"]["heads"] for row in _options_of(head)]
    language = {"head": LANGUAGE, "label": "de", "many": False, "cutoff": 0.0, "exponent": 1.0}
    return pl.DataFrame([*rows, language])


def _options_of(head: dict[str, Any]) -> list[dict[str, object]]:
    """The labels of one head; the exponent makes about the wanted number of them be chosen."""
    width = len(head["labels"])
    return [
        {
            "head": head["name"],
            "label": label,
            "many": head["many"],
            "cutoff": cutoff,
            "exponent": math.log(cutoff) / math.log(1 - CHOSEN_AT_ONCE / width)
            if head["many"]
            # "no" comes first where there are two labels: one of four is "yes".
            else 1.0 + place,
        }
        for place, (label, cutoff) in enumerate(zip(head["labels"], head["cutoffs"], strict=True))
    ]


if __name__ == "__main__":
    print(put_labels(load_settings()))
