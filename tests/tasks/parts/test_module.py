"""Testing over shards: once each, exact in any number of processes and from memory or disk."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pointclip2.app.console import quiet_lightning
from tests.tasks.parts import two_segmenters


@pytest.fixture(scope="module")
def in_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("one")
    with quiet_lightning():
        return {case: two_segmenters.run(1, folder, case, cached=False) for case in two_segmenters.CASES}


def test_every_shape_is_counted_once_under_its_own_name(in_one: dict[str, Any]) -> None:
    found = in_one["several"]
    assert set(found["by_shape"]) == {str(index) for index in range(8)}
    assert set(found["kept"]) == set(found["by_shape"])
    figures = found["figures"]
    assert figures["test/miou_instance"] == pytest.approx(sum(found["by_shape"].values()) / 8)
    assert {"test/iou_class/chair", "test/iou_class/mug"} <= set(figures)


def test_baselines_are_of_the_same_shapes(in_one: dict[str, Any]) -> None:
    baselines = in_one["several"]["baselines"]
    assert set(baselines) == {"largest_part", "random_parts"}
    assert all(0 < value < 1 for figures in baselines.values() for value in figures.values())


def test_from_disk_and_in_other_batches_it_is_the_same(in_one: dict[str, Any], tmp_path: Path) -> None:
    with quiet_lightning():
        found = two_segmenters.run(1, tmp_path, "several", cached=True, batch=1)
    assert found == in_one["several"]


@pytest.mark.slow
def test_two_processes_find_exactly_what_one_finds(in_one: dict[str, Any], tmp_path: Path) -> None:
    command = [sys.executable, two_segmenters.__file__, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    in_two = json.loads(line.removeprefix("RESULT "))
    for case, found in json.loads(json.dumps(in_one)).items():
        assert in_two[case].pop("processes") == 2
        found.pop("processes")
        assert in_two[case] == found
