"""A network moves towards the one it started from, and no further."""

from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from models.training.averaging import average_with, pull_towards  # noqa: E402
from models.training.beginning import beginning  # noqa: E402
from models.training.places import Places, arguments  # noqa: E402
from models.training.settings import read_settings  # noqa: E402
from models.training.stages import fit_in_turn  # noqa: E402
from tests.models.training.tiny import tiny_network  # noqa: E402


def moved_by(amount):
    network = tiny_network()
    with torch.no_grad():
        for weights in network.parameters():
            weights += amount
    return network


def test_every_weight_goes_its_share_of_the_way_back():
    fitted, start = moved_by(1.0), tiny_network()
    pull_towards(fitted, start, 0.25)
    for weights, before in zip(fitted.parameters(), start.parameters(), strict=True):
        assert torch.allclose(weights - before, torch.tensor(0.75), atol=1e-6)


def test_of_several_networks_each_counts_the_same():
    network = moved_by(1.0)
    average_with(network, [moved_by(4.0), moved_by(7.0)])
    for weights, before in zip(network.parameters(), tiny_network().parameters(), strict=True):
        assert torch.allclose(weights - before, torch.tensor(4.0), atol=1e-5)


def test_a_share_of_nothing_changes_nothing():
    fitted, same = moved_by(1.0), moved_by(1.0)
    pull_towards(fitted, tiny_network(), 0.0)
    for weights, before in zip(fitted.parameters(), same.parameters(), strict=True):
        assert torch.equal(weights, before)


def test_the_start_itself_stays_as_it_was():
    start = tiny_network()
    pull_towards(moved_by(1.0), start, 0.5)
    for weights, before in zip(start.parameters(), tiny_network().parameters(), strict=True):
        assert torch.equal(weights, before)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_beyond_the_way_is_refused(share):
    with pytest.raises(ValueError, match="from 0 to 1"):
        pull_towards(moved_by(1.0), tiny_network(), share)


def test_networks_of_other_shapes_are_refused():
    other = tiny_network()
    other.heads["topic"] = torch.nn.Linear(64, 5)
    with pytest.raises(ValueError, match=r"heads\.topic"):
        pull_towards(other, tiny_network(), 0.5)


@pytest.mark.parametrize(
    ("start", "moved"), [(None, 0.5 + 3.0), (Path("start"), (0.5 + 4.0) * 0.75)]
)
def test_each_stage_moves_back_towards_where_the_run_began_or_without_a_start_the_stage(
    start, moved, monkeypatch
):
    def fit(name, network, *_):
        with torch.no_grad():
            for weights in network.parameters():
                weights += {"apart": 1.0, "settle": 4.0}[name]

    monkeypatch.setattr("models.training.stages.run_stage", fit)
    shares = {"apart": 0.5, "settle": 0.25}
    stages = {name: SimpleNamespace(start_share=share) for name, share in shares.items()}
    recipes = {name: SimpleNamespace(stage=stage) for name, stage in stages.items()}
    network, places = tiny_network(), Places(*map(Path, "dcewo"), start=start)
    fit_in_turn(["apart", "settle"], network, places, SimpleNamespace(recipes=recipes), None, [])
    for weights, before in zip(network.parameters(), tiny_network().parameters(), strict=True):
        assert torch.allclose(weights - before, torch.tensor(moved), atol=1e-5)


@pytest.mark.parametrize("name", ["stages", "between", "beside"])
def test_what_is_about_runs_from_a_checkpoint_needs_one(name, capsys):
    folders = ["--data", "d", "--corpus", "c", "--encoder", "e", "--work", "w", "--out", "o"]
    with pytest.raises(SystemExit):
        arguments([*folders, f"--{name}", "x"])
    assert "`--start` names" in capsys.readouterr().err
    found = arguments([*folders, "--start", "s", f"--{name}", "x", "y"])
    assert list(map(str, getattr(found, name))) == ["x", "y"]


def test_without_a_name_no_stage_is_fitted_and_with_no_word_of_them_the_last_is():
    folders = ["--data", "d", "--corpus", "c", "--encoder", "e", "--work", "w", "--out", "o"]
    assert arguments([*folders, "--start", "s"]).stages is None
    assert arguments([*folders, "--start", "s", "--stages"]).stages == ()


def test_runs_beside_none_are_refused(capsys):
    folders = ["--data", "d", "--corpus", "c", "--encoder", "e", "--work", "w", "--out", "o"]
    with pytest.raises(SystemExit):
        arguments([*folders, "--start", "s", "--beside", "x", "--stages"])
    assert "`--stages` names none" in capsys.readouterr().err


SETTINGS = read_settings(Path(__file__).parents[3] / "models" / "training" / "settings.toml")


def test_a_stage_that_is_not_there_is_named_before_anything_is_read():
    places = Places(*map(Path, "dcewo"), start=Path("s"), stages=("settel",))
    with pytest.raises(ValueError, match=r"`settel` is no stage .*'settle'"):
        beginning(places, SETTINGS)


@pytest.mark.parametrize(
    ("named", "fitted"), [(None, ["settle"]), (("whole", "together"), ["whole", "together"])]
)
def test_an_optional_stage_is_fitted_only_if_it_is_named(named, fitted, monkeypatch):
    for name in ("read_shipped", "average_with", "kept_networks", "pieces_within"):
        monkeypatch.setattr(f"models.training.beginning.{name}", lambda *_: None)
    places = Places(*map(Path, "dcewo"), start=Path("s"), stages=named)
    assert beginning(places, SETTINGS)[2] == fitted
