"""Reviews in, how far the readers agree out, head by head."""

import polars as pl

from flows.reviewing.told import agreement_lines
from flows.settings import load_settings
from flows.warehouse import frame, writing
from models.counted import Counted
from models.errors import GiveUp
from transforms.agreement import agreements


def agreement_text(sheet: str | None = None) -> str:
    """Krippendorff's alpha of all reviews, or of one sheet; raises `GiveUp` if there are none."""
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        reviews = frame(
            connection,
            "FROM classified.review WHERE sheet = coalesce($sheet, sheet)",
            {"sheet": sheet},
        )
    if reviews.is_empty():
        whose = f"of the sheet `{sheet}`" if sheet else "in the warehouse"
        raise GiveUp(f"There are no reviews {whose}: take one in with `resonanz review import`.")
    names = reviews["reviewer"].unique().sort().to_list()
    counted = reviews.select(pl.struct("comment_id", "input_hash").n_unique()).item()
    told = f"{Counted(counted):comment|comments} read by {', '.join(names)}"
    return "\n".join([told, *agreement_lines(agreements(reviews))])
