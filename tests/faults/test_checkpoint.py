"""A checkpoint with a damaged file: a clear error, nothing changed; mended, the run goes on."""

import re
import shutil
from pathlib import Path

import pytest

from models.errors import GiveUp
from tests.faults.conftest import Place
from tests.faults.state import State, differences

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx")


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("onnx/model.onnx", 0.98),
        *(
            pytest.param(name, share, marks=pytest.mark.slow)
            for name in FILES
            for share in (0, 0.5)
        ),
    ],
)
def test_a_cut_checkpoint_is_told_and_a_mended_one_goes_on(
    place: Place, undisturbed: State, tmp_path: Path, name: str, share: float
) -> None:
    sound = Path(place.rig.changes["RESONANZ_CLASSIFY__CHECKPOINT"])
    damaged = tmp_path / sound.name
    shutil.copytree(sound, damaged)
    content = (damaged / name).read_bytes()
    (damaged / name).write_bytes(content[: int(len(content) * share)])
    place.rig.changes["RESONANZ_CLASSIFY__CHECKPOINT"] = str(damaged)
    with pytest.raises(GiveUp, match=r"`.*model.*`") as raised:
        place.daily()
    assert re.search("again|incomplete", str(raised.value))
    assert not (place.data / "published").exists()
    (damaged / name).write_bytes(content)
    place.daily()
    assert differences(undisturbed, place.state()) == []
