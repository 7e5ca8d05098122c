"""How many comments each published state rests on, for the gate alone.

What everybody reads may leave this number out ([small cells](../../docs/small-cells.md)), and the
warehouse may be made anew: so it is kept apart, in a file that only the account opens that
publishes.
"""

import json
import os
from pathlib import Path

from flows.publishing.snapshots import FOLDER, MANIFEST, Snapshot

OWNER_ONLY = 0o600


def remember(name: str, count: int, published: Path, history: Path) -> None:
    """Write down that the state `name` rests on `count` comments; forget states that are gone.

    To be called before the state is swapped in: a run that is killed in between publishes anew.
    """
    known = {
        state: said
        for state, said in counts_in(history).items()
        if (published / FOLDER / state / MANIFEST).exists()
    }
    new = history.with_name(f".{history.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(known | {name: count}, stream, indent=2, sort_keys=True)
        stream.write("\n")
    new.replace(history)


def remembered(snapshot: Snapshot | None, history: Path) -> int | None:
    """How many comments of the audience `snapshot` rests on; None if nothing says so.

    Where the file does not know it, as of states of earlier versions, its manifest may.
    """
    if snapshot is None:
        return None
    known = counts_in(history).get(snapshot.name)
    told = snapshot.manifest.get("counts", {}).get("audience_comments")
    return known if known is not None else told


def counts_in(history: Path) -> dict[str, int]:
    """What was written down; nothing where the file is missing or broken."""
    try:
        content = json.loads(history.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(name): count for name, count in content.items() if isinstance(count, int)}
