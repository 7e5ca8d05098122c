from collections.abc import Callable
from pathlib import Path

import pytest

from flows.settings import load_settings
from flows.settings.named_files import read_policy, read_taxonomy
from models.errors import GiveUp

Read = Callable[[Path], object]

BOTH = pytest.mark.parametrize(
    ("read", "what", "concern"),
    [
        pytest.param(read_taxonomy, "taxonomy", "classify", id="taxonomy"),
        pytest.param(read_policy, "policy", "reply", id="policy"),
    ],
)


def test_the_files_that_the_settings_name_are_read() -> None:
    settings = load_settings()
    assert read_taxonomy(settings.classify.taxonomy_file).topics
    assert read_policy(settings.reply.policy_file).risks


@BOTH
def test_a_missing_file_says_what_to_do(
    tmp_path: Path, read: Read, what: str, concern: str
) -> None:
    with pytest.raises(GiveUp) as error:
        read(tmp_path / "gone.toml")
    assert f"the {what} `{tmp_path}/gone.toml` can't be read" in str(error.value)
    assert f"put it back, or name another under `[{concern}]`" in str(error.value)


@BOTH
def test_a_file_in_another_encoding_says_what_to_do(
    tmp_path: Path, read: Read, what: str, concern: str
) -> None:
    file = tmp_path / "saved.toml"
    file.write_bytes("# für alle\n".encode("latin-1"))
    with pytest.raises(GiveUp) as error:
        read(file)
    assert f"the {what} `{file}` is not UTF-8" in str(error.value)
    assert "save it as UTF-8" in str(error.value)


@BOTH
def test_a_file_that_cannot_be_understood_is_named(
    tmp_path: Path, read: Read, what: str, concern: str
) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[a", encoding="utf-8")
    with pytest.raises(GiveUp) as error:
        read(file)
    assert f"the {what} `{file}` is not valid TOML" in str(error.value)
