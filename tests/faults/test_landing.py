"""Landed files that are cut off: told, nothing is read of them, and mended by what was sent."""

import pytest

from models.errors import GiveUp
from tests.faults.conftest import Place
from tests.faults.inbox import SURVEY
from tests.faults.state import State, differences


@pytest.mark.parametrize("way", ["encrypt", pytest.param("keep", marks=pytest.mark.slow)])
def test_a_cut_landed_file_is_told_and_mended_by_the_file_itself(
    place: Place, undisturbed: State, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.rig.changes["RESONANZ_PRIVACY__LANDING"] = way

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("flows.daily.refine", killed)
        with pytest.raises(KeyboardInterrupt):
            place.daily()
    landed = next((place.data / "landing" / "table_file" / "intranet").glob("*umfrage.csv*"))
    landed.write_bytes(landed.read_bytes()[:-150])
    for _ in range(2):
        with pytest.raises(GiveUp, match=r"umfrage\.csv.*damaged"):
            place.daily()
    assert not (place.data / "published").exists()
    (place.data / "inbox" / "intranet" / "umfrage.csv").write_text(SURVEY, encoding="utf-8")
    place.daily()
    assert differences(sealed_or_not(undisturbed), sealed_or_not(place.state())) == []


def sealed_or_not(state: State) -> State:
    """A state in which it does not matter how files lie in landing: `keep` seals none."""
    return {name.removesuffix(".sealed"): found for name, found in state.items()}
