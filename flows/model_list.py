"""What is known of models: whose labels are stored, which answer now, what was promoted when."""

from collections.abc import Iterator
from datetime import UTC

import duckdb

from flows.keeping.promotions import CHECKPOINTS, Promotion, counting, read_promotions
from flows.settings import Settings, declared_settings, load_settings
from flows.warehouse import writing

LABELS = """
    SELECT
        model_version,
        count(DISTINCT comment_id)              AS comment_count,
        list(DISTINCT head ORDER BY head)       AS heads,
        list(DISTINCT head ORDER BY head) FILTER (current.head IS NOT NULL) AS current_heads
    FROM classified.label
    LEFT JOIN ops.current_model AS current USING (head, model_version)
    GROUP BY model_version
    ORDER BY model_version
"""


def known_models() -> str:
    """Every version with its labels, then the promotions, as text."""
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        lines = list(label_lines(connection))
    return "\n".join([*lines, *promotion_lines(settings)])


def label_lines(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A line for each version that has labelled something; `*`: it answers now."""
    rows = connection.execute(LABELS).fetchall()
    if not rows:
        yield "No model has labelled anything yet."
        return
    width = max(len(version) for version, *_ in rows)
    yield f"  {'version':<{width}}  comments  answers now (of)"
    for version, comments, heads, current in rows:
        mark = "*" if current else " "
        told = f"{', '.join(current or []) or 'nothing'} ({len(heads)})"
        yield f"{mark} {version:<{width}}  {comments:>8,}  {told}"


def promotion_lines(settings: Settings) -> Iterator[str]:
    """What was promoted, and whose word counts."""
    models = settings.paths.models
    declared = declared_settings().classify.declared
    promotions, present = read_promotions(models), counting(models, declared)
    if promotions:
        yield "Promoted:"
        yield from (f"  {line(promotion)}" for promotion in promotions)
    if kept := sorted(path.name for path in (models / CHECKPOINTS).glob("*/*")):
        yield f"Kept in {models / CHECKPOINTS}: {', '.join(kept)}"
    if present and present.folder:
        yield f"The last promotion stands over `{declared.checkpoint}` of the settings."
    elif promotions and not present:
        yield (
            f"The settings were edited after the last promotion: what they name now, "
            f"`{declared.checkpoint}`, answers."
        )
    else:
        yield f"The settings name the checkpoint: `{declared.checkpoint}`."


def line(promotion: Promotion) -> str:
    """A promotion in a line."""
    at = f"{promotion.promoted_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{at}  {promotion.name} instead of {promotion.instead_of}"
