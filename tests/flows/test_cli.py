import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import EXIT_GATE, EXIT_TRY_AGAIN, cli, exit_code
from models.errors import ContractBroken, GateFailed, GiveUp, TryAgain


def resonanz(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": "."},
    )


@pytest.mark.parametrize("command", [[], *([name] for name in cli.commands)], ids=str)
def test_every_command_has_help_that_starts_with_a_sentence(command: Sequence[str]) -> None:
    answer = CliRunner().invoke(cli, [*command, "--help"])
    assert answer.exit_code == 0
    about = answer.output.split("\n\n")[1].strip()
    assert about[0].isupper()
    assert ". " in f"{about} " or about.endswith(".")


@pytest.mark.parametrize("name", cli.commands["review"].commands)  # type: ignore[attr-defined]
def test_every_command_of_reviews_has_help(name: str) -> None:
    answer = CliRunner().invoke(cli, ["review", name, "--help"])
    assert answer.exit_code == 0
    assert answer.output.split("\n\n")[1].strip()[0].isupper()


@pytest.mark.parametrize("words", [[], ["gold.jsonl", "--from-reviews"]], ids=["neither", "both"])
def test_evaluate_wants_a_file_or_reviews(words: list[str]) -> None:
    answer = CliRunner().invoke(cli, ["evaluate", *words])
    assert answer.exit_code == 2
    assert "Name a FILE, or ask for --from-reviews." in answer.output


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, flows.cli; heavy = {'prefect', 'duckdb', 'polars', 'pandas', 'numpy', "
        "'transformers', 'great_expectations', 'pydantic'} & set(sys.modules); sys.exit(str(heavy) "
        "if heavy else 0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GiveUp("x"), 1),
        (ContractBroken("x"), 1),
        (GateFailed("x"), EXIT_GATE),
        (TryAgain("x"), EXIT_TRY_AGAIN),
    ],
    ids=lambda value: str(value),
)
def test_a_scheduler_can_tell_errors_apart(error: GiveUp, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.usefixtures("workplace")
def test_an_expected_error_is_one_sentence_on_stderr() -> None:
    answer = resonanz("sql", "SELECT 1")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("Error: Nothing is published yet")
    assert answer.stderr.count("\n") == 1


def test_a_wrong_call_is_told_apart_from_an_error() -> None:
    answer = resonanz("nonsense")
    assert answer.returncode == 2
    assert "No such command" in answer.stderr


@pytest.mark.usefixtures("workplace")
def test_a_missing_file_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    answer = resonanz("ingest", str(tmp_path / "missing.csv"))
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert answer.stderr.rstrip().endswith("does not exist; nothing of this call was taken in.")


def test_answers_of_predict_are_alone_on_stdout() -> None:
    answer = resonanz("predict", "--plain", text="Endlich weniger Passwörter!\n")
    assert answer.returncode == 0
    assert answer.stdout.count("\n") == 1
    assert answer.stdout.startswith('{"id": 1, "sentiment"')
    assert "PyTorch" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "1", "did not start in time"),
        ("PREFECT_API_URL", "http://127.0.0.1:9/api", "answers at `http://127.0.0.1:9/api`"),
    ],
    ids=["slow", "away"],
)
@pytest.mark.usefixtures("workplace")
def test_a_server_of_prefect_that_is_away_is_one_sentence_and_worth_another_try(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    answer = resonanz("refine")
    assert answer.returncode == EXIT_TRY_AGAIN
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert said in answer.stderr
    without = resonanz("--without-prefect", "refine")
    assert (without.returncode, without.stdout) == (0, "refine: nothing new\n")


@pytest.mark.usefixtures("workplace")
def test_a_home_of_prefect_that_cannot_be_made_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "prefect"
    monkeypatch.setenv("PREFECT_HOME", str(home))
    answer = resonanz("refine")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert f"Error: Prefect keeps its database in `{home}`" in answer.stderr
    assert "`PREFECT_HOME`" in answer.stderr
    elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}"
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", elsewhere)
    kept_elsewhere = resonanz("refine")
    assert (kept_elsewhere.returncode, kept_elsewhere.stdout) == (0, "refine: nothing new\n")
