import base64

import pytest

from flows.fetching.secrets import secret, without
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
def test_a_line_break_behind_a_token_is_no_part_of_it() -> None:
    """As a shell's here-document or a copied line leaves it; no header can hold one."""
    from prefect.blocks.system import Secret

    Secret(value=" s3cret\n").save("resonanz-pasted", _sync=True)
    assert secret("block:resonanz-pasted") == "s3cret"


@pytest.mark.usefixtures("prefect_server")
def test_a_block_that_holds_nothing_is_named() -> None:
    from prefect.blocks.system import Secret

    Secret(value="\n").save("resonanz-empty", _sync=True)
    with pytest.raises(GiveUp, match="`resonanz-empty` is empty"):
        secret("block:resonanz-empty")


@pytest.mark.usefixtures("prefect_server")
def test_a_block_that_does_not_exist_is_named() -> None:
    with pytest.raises(GiveUp, match="`nobody-made-it`"):
        secret("block:nobody-made-it")


def test_a_token_pasted_into_the_settings_is_refused_and_not_repeated() -> None:
    with pytest.raises(GiveUp) as refused:
        secret("EAAGm0PX4ZCpsBA")
    assert "EAAG" not in str(refused.value)


@pytest.mark.parametrize(
    "told",
    [
        "EAAB|x/y+z=1",
        "next?access_token=EAAB%7Cx%2Fy%2Bz%3D1",
        "next?access_token=EAAB%7Cx/y%2Bz%3D1",
        base64.b64encode(b"EAAB|x/y+z=1").decode(),
    ],
)
def test_a_token_is_known_however_it_is_written(told: str) -> None:
    assert without(f'{{"a": "{told}"}}', "EAAB|x/y+z=1") in (
        '{"a": "***"}',
        '{"a": "next?access_token=***"}',
    )


def test_of_a_pair_the_secret_half_alone_is_known_and_the_name_is_not_touched() -> None:
    assert without("ada wrote: aaaa bbbb cccc", "ada:aaaa bbbb cccc") == "ada wrote: ***"
    assert without("aaaa+bbbb+cccc", "ada:aaaa bbbb cccc") == "***"


def test_without_a_token_nothing_is_taken_away() -> None:
    assert without("all of it", None) == "all of it"
