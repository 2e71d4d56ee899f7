"""How soon ``--help`` answers, beside what importing for a run takes."""

import resource
import subprocess
import sys

import pytest

from tests.places import ROOT


def _core_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.benchmark
def test_help_takes_half_of_what_the_imports_of_a_run_take() -> None:
    answering = min(_core_seconds("evaluate.py", "--help") for _ in range(3))
    importing = min(_core_seconds("-c", "import pointclip2.app.run, lightning, open_clip") for _ in range(3))
    print(f"\n--help {answering:.1f} s of a core (goal 2), imports of a run {importing:.1f} s")
    assert answering < importing / 2
