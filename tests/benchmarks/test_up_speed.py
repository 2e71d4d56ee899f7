"""What it costs to find out which way up clouds are, beside encoding them."""

import os
import subprocess
import sys

import pytest

from tests.places import ROOT


@pytest.mark.benchmark
def test_finding_up_costs_less_than_encoding() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.up_times"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    geometry_ms, multiple = map(float, done.stdout.split()[-2:])
    print(
        f"\nsix directions of 1,024 points: {geometry_ms} ms; with up to be found {multiple} x the time of encoding"
    )
    assert geometry_ms < 5
    # One shape of each class, of which more are in doubt than of real furniture (see which_way_up.csv).
    assert multiple <= 1.75
