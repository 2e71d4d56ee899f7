import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from pointclip2.app.console import quiet_lightning
from pointclip2.cache import FeatureTable
from pointclip2.tasks.data import CloudDataModule, FeatureDataModule
from tests.tasks.classification import two_processes
from tests.toy import ToyClouds

PROGRAM = Path(__file__).parent / "two_processes.py"


@pytest.fixture(scope="module")
def in_two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes found, by case."""
    command = [sys.executable, two_processes.__file__, str(tmp_path_factory.mktemp("two"))]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    [line] = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    return result


@pytest.mark.parametrize("case", two_processes.CASES)
def test_two_processes_find_exactly_what_one_finds(tmp_path: Path, in_two: dict[str, Any], case: str) -> None:
    with quiet_lightning():
        one = json.loads(json.dumps(two_processes.run(1, tmp_path, case)))
    two = dict(in_two[case])
    assert (one.pop("processes"), two.pop("processes")) == (1, 2)
    for name in ("features", "probability"):
        torch.testing.assert_close(torch.tensor(two.pop(name)), torch.tensor(one.pop(name)))
    assert two == one


def test_every_sample_is_tested_once_without_padding() -> None:
    labels = [0, 1, 0, 1, 0]
    table = FeatureTable(torch.rand(4, 2, 3), torch.tensor([0, 1, 3, 4]), {"toy/002": "bad"})
    module = FeatureDataModule(table, labels, batch_size=3)
    batches = list(module.test_dataloader())
    assert torch.cat([index for _, _, index in batches]).tolist() == [0, 1, 3, 4]
    assert torch.cat([label for _, label, _ in batches]).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("world", [1, 2, 3, 7])
def test_processes_share_out_shards_so_that_each_is_encoded_once(world: int) -> None:
    shards = [[0, 1], [2, 3], [4, 5], [6]]

    class Place:
        world_size = world
        global_rank = 0

    seen = []
    for rank in range(world):
        module = CloudDataModule(ToyClouds(7), shards, batch_size=3)
        Place.global_rank = rank
        module.trainer = Place()  # type: ignore[assignment]
        seen += [position for batch in module.predict_dataloader() for position in batch.index]  # type: ignore[attr-defined]
    assert sorted(seen) == list(range(7))


def test_unreadable_clouds_come_as_names_and_reasons_beside_the_others() -> None:
    module = CloudDataModule(ToyClouds(4, unreadable=[1, 2, 3]), [[0, 1], [2, 3]], batch_size=2)
    first, second = list(module.predict_dataloader())
    assert first.index == [0]  # type: ignore[attr-defined]
    assert first.skipped == {1: ("toy/001", "toy/001: not a cloud")}  # type: ignore[attr-defined]
    assert second.index == []  # type: ignore[attr-defined]
    assert set(second.skipped) == {2, 3}  # type: ignore[attr-defined]
