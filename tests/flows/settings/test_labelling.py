import pytest

from flows.settings.labelling import Classify
from models.cores import cores


@pytest.mark.parametrize(
    ("settings", "threads"),
    [
        pytest.param({"workers": 1}, cores(), id="one has all cores"),
        pytest.param({"workers": 0}, 1, id="one a core"),
        pytest.param({"workers": 1000}, 1, id="more than cores"),
        pytest.param({"workers": 0, "threads": 3}, 3, id="as many as are named"),
        pytest.param({"dask_address": "tls://host:8786"}, 1, id="elsewhere, as Dask counts"),
    ],
)
def test_workers_share_the_cores(settings: dict[str, object], threads: int) -> None:
    assert Classify.model_validate(settings).threads_each == threads


@pytest.mark.parametrize("address", ["", "tls://dask.example:8786", "tcp://127.0.0.1:8786"])
def test_comments_may_travel_encrypted_or_within_this_machine(address: str) -> None:
    assert Classify(dask_address=address).dask_address == address
