"""The comments of a new sheet: at random those that correct shares, picked those that teach."""

import json
from datetime import datetime
from typing import Any

import polars as pl

from flows.checkpoint import load_current
from flows.reviewing import stored
from flows.reviewing.layout import DIGESTED
from flows.reviewing.plan import Plan
from flows.reviewing.stored import Connection
from flows.settings import Settings
from models.evaluate import Numbers
from models.questions import HEADS_OF_MANY, as_json
from models.tables.review_row import REVIEW_ROW
from models.tables.review_sheet import REVIEW_SHEET
from transforms.canonical import naive_utc
from transforms.draw import (
    POOL_TIMES,
    doubts,
    draw,
    likeness_of_meaning,
    likeness_of_traits,
    seed_of,
    spread,
)
from transforms.shown import LONGEST_COMMENT, LONGEST_CONTEXT, row_digest, sheet_digest, shown

KEY = ["comment_id", "input_hash"]


def draw_sheet(
    connection: Connection, plan: Plan, settings: Settings, as_of: datetime
) -> dict[str, Any] | None:
    """Draw a new sheet and keep it; returns its row, None if there is nothing to read."""
    everything = stored.candidates(connection, plan.first_day, plan.last_day)
    known = stored.answered_elsewhere(connection, plan.name, plan.reviewers, plan.questions)
    frame = everything.join(known.filter(purpose="audit"), on=KEY, how="anti")
    drawn = draw(frame["comment_id"].to_list(), plan.audit, seed_of(plan.name))
    picked = pick(connection, everything, drawn, plan, settings)
    rows = pl.concat(
        [
            placed(frame, drawn, plan.name).with_columns(
                purpose=pl.lit("audit"), drawn_share=pl.lit(len(drawn) / max(1, frame.height))
            ),
            placed(everything, picked, plan.name, after=len(drawn)).with_columns(
                purpose=pl.lit("training"), drawn_share=pl.lit(None, dtype=pl.Float64)
            ),
        ]
    )
    if rows.is_empty():
        return None
    rows = shown_rows(stored.with_context(connection, rows)).select(REVIEW_ROW.column_names)
    models = stored.current_models(connection)
    sheet = sheet_row(plan, rows, frame.height, models, as_of)
    stored.keep_sheet(connection, sheet, rows, settings.paths.reviews)
    return sheet.to_dicts()[0]


def sheet_row(
    plan: Plan, rows: pl.DataFrame, frame_count: int, models: dict[str, str], as_of: datetime
) -> pl.DataFrame:
    """The row of `ops.review_sheet` of a sheet that has no reader yet."""
    return pl.DataFrame(
        {
            "sheet": plan.name,
            "written_at_utc": naive_utc(as_of),
            "first_day": plan.first_day,
            "last_day": plan.last_day,
            "reviewers": [[]],
            "frame_count": frame_count,
            "audit_count": rows.filter(purpose="audit").height,
            "training_count": rows.filter(purpose="training").height,
            "seed": seed_of(plan.name),
            "questions": as_json(plan.questions),
            "models": json.dumps(models),
            "digest": sheet_digest(plan.name, rows["digest"]),
        },
        schema=REVIEW_SHEET.schema(),
    )


def placed(frame: pl.DataFrame, chosen: list[str], sheet: str, after: int = 0) -> pl.DataFrame:
    """The rows of `frame` that are `chosen`, in that order, numbered from `after` + 1."""
    order = pl.DataFrame({"comment_id": chosen}, schema={"comment_id": pl.String})
    return (
        order.with_row_index("position", offset=after + 1)
        .with_columns(pl.col("position").cast(pl.Int64), sheet=pl.lit(sheet))
        .join(frame, on="comment_id", how="inner", maintain_order="left")
    )


def pick(
    connection: Connection,
    everything: pl.DataFrame,
    drawn: list[str],
    plan: Plan,
    settings: Settings,
) -> list[str]:
    """Comments that the model is unsure of and that are unlike each other, none of them `drawn`."""
    seen = stored.already_read(connection, plan.reviewers)
    free = everything.join(seen, on=KEY, how="anti").filter(~pl.col("comment_id").is_in(drawn))
    if not plan.training or free.is_empty():
        return []
    asked = {question.head for question in plan.questions}
    models = {h: m for h, m in stored.current_models(connection).items() if h in asked}
    doubt = doubts(stored.said_by(connection, free, models), HEADS_OF_MANY)
    pool = doubt.head(plan.training * POOL_TIMES).join(free, on="comment_id", maintain_order="left")
    texts = stored.with_context(connection, pool)
    texts = texts.sort("doubt", "comment_id", descending=[True, False])
    if texts.is_empty():
        return []
    places = spread(texts["doubt"].to_numpy(), likeness(texts, settings), plan.training)
    return [texts["comment_id"][place] for place in places]


def likeness(texts: pl.DataFrame, settings: Settings) -> Numbers:
    """How alike comments are: by the encoder's embedding, or by words where it gives none."""
    reading = load_current(settings.classify).read(texts["comment"].to_list())
    if reading.embedding is not None:
        return likeness_of_meaning(reading.embedding)
    return likeness_of_traits(texts["comment"].to_list(), texts["post"].to_list())


def shown_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with their context as a sheet shows it, and the `digest` of that, by `position`."""
    ordered = rows.sort("position")
    limits = {"comment": LONGEST_COMMENT, "post": LONGEST_CONTEXT, "parent": LONGEST_CONTEXT}
    texts = {key: [shown(text, limits[key]) for text in ordered[key].to_list()] for key in DIGESTED}
    ids, sheets = ordered["comment_id"].to_list(), ordered["sheet"].to_list()
    digests = [
        row_digest(sheet, comment_id, parts)
        for sheet, comment_id, parts in zip(
            sheets, ids, zip(*texts.values(), strict=True), strict=True
        )
    ]
    return ordered.with_columns(
        *(pl.Series(key, values, dtype=pl.String) for key, values in texts.items()),
        digest=pl.Series(digests, dtype=pl.String),
    )
