from pathlib import Path

import pytest

from flows.publishing.code import FILES, PROJECT, TABLES, code_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows/dashboard/page").mkdir(parents=True)
    (tmp_path / "flows/dashboard/page.py").write_text("def render(): ...")
    (tmp_path / "flows/dashboard/page/page.html.j2").write_text("<p>")
    return tmp_path


def test_a_template_a_name_and_a_new_file_are_other_code(project: Path) -> None:
    before = code_of(["flows/dashboard"], project)
    (project / "flows/dashboard/page/page.html.j2").write_text("<b>")
    template = code_of(["flows/dashboard"], project)
    (project / "flows/dashboard/page.py").rename(project / "flows/dashboard/sheet.py")
    renamed = code_of(["flows/dashboard"], project)
    (project / "flows/dashboard/chart.py").touch()
    assert len({before, template, renamed, code_of(["flows/dashboard"], project)}) == 4


def test_what_python_compiles_beside_it_is_no_code(project: Path) -> None:
    before = code_of(["flows/dashboard"], project)
    (project / "flows/dashboard/__pycache__").mkdir()
    (project / "flows/dashboard/__pycache__/page.cpython-311.pyc").touch()
    assert code_of(["flows/dashboard"], project) == before


@pytest.mark.parametrize("folder", [*TABLES, *FILES])
def test_every_folder_is_there(folder: str) -> None:
    assert any((PROJECT / folder).rglob("*.py"))
