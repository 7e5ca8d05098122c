import json
import stat
from pathlib import Path

import pytest

from flows.publishing.history import remember, remembered
from flows.publishing.snapshots import FOLDER, MANIFEST, Snapshot


def state(published: Path, name: str, **counts: int) -> Snapshot:
    """A published state of which only the manifest is there."""
    folder = published / FOLDER / name
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(json.dumps({"counts": counts}))
    return Snapshot(folder)


def test_what_a_state_rests_on_is_remembered_for_the_account_that_publishes(
    tmp_path: Path,
) -> None:
    history = tmp_path / "history.json"
    first, second = state(tmp_path, "first"), state(tmp_path, "second")
    remember("first", 53, tmp_path, history)
    remember("second", 60, tmp_path, history)
    assert [remembered(one, history) for one in (first, second)] == [53, 60]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["history.json"]


def test_states_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    remember("half written", 1, tmp_path, history)
    remember("next", 2, tmp_path, history)
    assert json.loads(history.read_text()) == {"next": 2}


@pytest.mark.parametrize("content", [None, "", "{", "[1]", '{"first": "many"}'])
def test_without_a_readable_history_the_manifest_says_it_if_it_tells(
    tmp_path: Path, content: str | None
) -> None:
    history = tmp_path / "history.json"
    if content is not None:
        history.write_text(content)
    assert remembered(state(tmp_path, "first", audience_comments=7), history) == 7
    assert remembered(state(tmp_path, "second"), history) is None
    assert remembered(None, history) is None
