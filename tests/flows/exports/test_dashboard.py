from pathlib import Path

from flows.exports.dashboard import EXPORT, FILE_NAME
from tests.flows.dashboard.publications import publication


def test_the_page_is_one_file(tmp_path: Path) -> None:
    EXPORT.write(publication(1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8").startswith("<!doctype html>")
