"""What a source yields: one answer of a platform, with what the reader and the next run need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Page:
    """One answer of a platform, to be landed as it is; a `body` that is None: only its memory.

    `about`: what the reader needs beside the body, never a secret. `memory`: what to hand to the
    next run if this is the last page that lands; None: as before. `completes`: native id of the
    post whose every comment stands in the pages of this run up to this one (full sweeps only).
    `is_end`: no page that follows tells of the same post, whether it is complete or not.
    """

    body: Any
    about: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] | None = None
    completes: str | None = None
    is_end: bool = False
