import pytest

from flows.fetching.secrets import secret
from models.errors import GiveUp


def test_a_token_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_TEST_TOKEN", " s3cret ")
    assert secret("env:RESONANZ_TEST_TOKEN") == "s3cret"


def test_a_token_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESONANZ_TEST_TOKEN", raising=False)
    with pytest.raises(GiveUp, match="`RESONANZ_TEST_TOKEN`"):
        secret("env:RESONANZ_TEST_TOKEN")


@pytest.mark.usefixtures("prefect_server")
def test_a_token_is_taken_from_a_secret_block_of_prefect() -> None:
    from prefect.blocks.system import Secret

    Secret(value="s3cret").save("resonanz-test", _sync=True)
    assert secret("block:resonanz-test") == "s3cret"


@pytest.mark.usefixtures("prefect_server")
def test_a_block_that_does_not_exist_is_named() -> None:
    with pytest.raises(GiveUp, match="`nobody-made-it`"):
        secret("block:nobody-made-it")


def test_a_token_pasted_into_the_settings_is_refused_and_not_repeated() -> None:
    with pytest.raises(GiveUp) as refused:
        secret("EAAGm0PX4ZCpsBA")
    assert "EAAG" not in str(refused.value)
