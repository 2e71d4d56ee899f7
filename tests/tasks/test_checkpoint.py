"""Checkpoints of killed trainings: whole, this training's, or refused; a full disk costs them and not the training."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from lightning import Trainer

from pointclip2.errors import WeightsError
from pointclip2.tasks.checkpoint import MinutesCheckpoint, read_checkpoint, save_checkpoint


def trainer(full: bool = False) -> Any:
    """As much of Lightning's as keeps a state."""

    def save(path: Path, weights_only: bool) -> None:
        if full:
            raise OSError(28, "No space left on device")
        torch.save({"global_step": 3, "weight": torch.arange(50.0)}, path)

    strategy = Mock(broadcast=bool, reduce_boolean_decision=lambda stop, all=False: bool(stop))
    return Mock(
        spec=Trainer, is_global_zero=True, save_checkpoint=save, strategy=strategy, global_step=1, max_steps=9
    )


def test_a_checkpoint_is_read_by_its_own_training_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "last.ckpt"
    assert read_checkpoint(path, "mine") is None
    save_checkpoint(trainer(), path, "mine")
    found = read_checkpoint(path, "mine")
    assert found is not None
    assert found["global_step"] == 3
    with pytest.raises(WeightsError, match=r"another training's.*resume=false"):
        read_checkpoint(path, "other")
    content = bytearray(path.read_bytes())
    content[content.index(torch.tensor([7.0, 8.0]).numpy().tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"last\.ckpt is damaged.*delete it"):
        read_checkpoint(path, "mine")


def test_one_of_an_earlier_version_is_gone_on_with_and_a_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    torch.save({"global_step": 2}, tmp_path / "last.ckpt")
    assert read_checkpoint(tmp_path / "last.ckpt", "mine") == {"global_step": 2}
    assert "carries no checksum" in caplog.text


def test_a_full_disk_leaves_the_last_one_and_lets_the_training_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "last.ckpt"
    save_checkpoint(trainer(), path, "mine")
    save_checkpoint(trainer(full=True), path, "mine")
    assert "No space left on device): the training goes on" in caplog.text
    assert read_checkpoint(path, "mine") is not None
    assert list(tmp_path.iterdir()) == [path]


def test_minutes_are_those_of_the_first_process(tmp_path: Path) -> None:
    now = [0.0]
    callback = MinutesCheckpoint(tmp_path / "last.ckpt", "mine", 2.0, lambda: now[0])
    now[0] = 119
    callback.on_train_batch_end(trainer())
    assert not list(tmp_path.iterdir())
    now[0] = 121
    callback.on_train_batch_end(trainer())
    assert read_checkpoint(tmp_path / "last.ckpt", "mine") is not None
