"""Testing on features: every sample once and the same figures, in one process and in two."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import torch

from pointclip2.app.console import quiet_lightning
from pointclip2.cache import FeatureTable
from pointclip2.tasks.classification.module import ColumnData
from tests.places import ROOT
from tests.processes import start
from tests.tasks.classification import two_processes


def test_two_processes_find_exactly_what_one_finds(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    shared = {
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": str(port),
        "TORCHELASTIC_RUN_ID": "7",
    }
    words = (two_processes.__file__, str(tmp_path / "two"))
    both = [start(*words, cwd=ROOT, RANK=rank, LOCAL_RANK=rank, **shared) for rank in "01"]
    done, other = (process.done() for process in both)
    assert (done.returncode, other.returncode) == (0, 0), done.stderr[-3000:] + other.stderr[-3000:]
    [line] = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    in_two = json.loads(line.removeprefix("RESULT "))
    for case in two_processes.CASES:
        with quiet_lightning():
            one = json.loads(json.dumps(two_processes.run(1, tmp_path / "one", case)))
        two = in_two[case]
        assert (one.pop("processes"), two.pop("processes")) == (1, 2)
        for name in ("features", "probability"):
            torch.testing.assert_close(torch.tensor(two.pop(name)), torch.tensor(one.pop(name)))
        assert two == one, case


def test_the_same_samples_are_tested_together_in_any_number_of_processes() -> None:
    rows = torch.arange(7)
    batches = []
    for world in (1, 2, 5):
        shares = []
        for rank in range(world):
            data = ColumnData([rows], rows, rows, batch_size=3)
            data.trainer = SimpleNamespace(global_rank=rank, world_size=world)  # type: ignore[assignment]
            shares += [index.tolist() for _, _, index in data.test_dataloader()]
        batches.append(sorted(filter(None, shares)))
        assert len(shares) >= world  # Lightning wants a batch from each
    assert batches == [[[0, 1, 2], [3, 4, 5], [6]]] * 3


def test_every_sample_is_tested_once_without_padding() -> None:
    table = FeatureTable(torch.rand(4, 2, 3), torch.tensor([0, 1, 3, 4]), {"toy/002": "bad"})
    data = ColumnData.of(table, [0, 1, 0, 1, 0])
    data.batch_size = 3
    batches = list(data.test_dataloader())
    assert [len(label) for _, label, _ in batches] == [3, 1]
    assert torch.cat([index for _, _, index in batches]).tolist() == [0, 1, 3, 4]
    assert torch.cat([label for _, label, _ in batches]).tolist() == [0, 1, 1, 0]
