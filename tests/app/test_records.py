"""What a record says of the program: all of its source, and the commit of its own checkout only."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "pointclip2"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody else's checkout, with the package installed inside it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "notes.txt").write_text("mine")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "notes.txt"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], cwd=folder, check=True, capture_output=True)
    shutil.copytree(
        PACKAGE, folder / "site" / "pointclip2", ignore=shutil.ignore_patterns("__pycache__", "assets")
    )
    return folder


def told(project: Path) -> list[str]:
    """Commit and digest, as the installed package has them."""
    program = "from pointclip2.app.records import *; print(git_commit(), program_digest())"
    environment = {**os.environ, "PYTHONPATH": str(project / "site")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_an_installed_package_takes_no_other_projects_commit_for_its_own(project: Path) -> None:
    assert told(project)[0] == "None"


def test_a_change_anywhere_in_the_package_is_another_program(project: Path) -> None:
    before = told(project)[1]
    changed = project / "site" / "pointclip2" / "worlds" / "shapes" / "mesh.py"
    changed.write_text(changed.read_text() + "\n# another\n")
    assert told(project)[1] != before
