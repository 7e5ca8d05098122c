import subprocess
import sys
from pathlib import Path


def test_imports_go_from_flows_to_transforms_to_models_and_never_back() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([lint], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
