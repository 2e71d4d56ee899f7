"""Which epoch of a training is taken, on one whose validation figures are written out beforehand."""

from typing import Any

import pytest
import torch
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn

from pointclip2.app.console import quiet_lightning
from pointclip2.heads.adapters import Samples, Setting
from pointclip2.heads.adapters.adapter import Adapter
from pointclip2.tasks.few_shot.module import FewShotModule, ShotData

pytestmark = pytest.mark.filterwarnings("ignore:.*number of training batches.*")

# What the adapter says of every sample after each epoch: three are chairs, two tables, one is a lamp. The first epoch
# has the least loss of all and fewer hits.
SAID = ([0.3, 0.31, -1.0], [5.0, 0.0, 0.0], [0.2, 0.0, 0.0], [0.2, 0.0, 0.0], [0.0, 0.0, 0.1])


class Bias(Adapter):
    """Says the same of every sample."""

    name = "bias"

    def begin(self, setting: Setting) -> None:
        super().begin(setting)
        self.bias = nn.Parameter(torch.zeros(len(setting.classes)))

    def forward(self, views: Tensor) -> Tensor:
        return self.bias.expand(len(views), -1)


class Dictate(Callback):
    """Replaces what an epoch learned."""

    def on_train_batch_end(self, trainer: Trainer, pl_module: Any, *_: Any) -> None:
        with torch.no_grad():
            pl_module.adapter.bias.copy_(torch.tensor(SAID[trainer.current_epoch]))


def test_the_first_epoch_with_most_hits_and_then_the_least_loss_is_taken_though_others_follow() -> None:
    adapter = Bias(recipe={"epochs": len(SAID)})
    adapter.begin(Setting(("chair", "table", "lamp"), torch.eye(3), views=1))
    labels = torch.tensor([0, 0, 0, 1, 1, 2])
    shots = Samples({"views": torch.ones(6, 1, 3)}, labels)
    module = FewShotModule(adapter, adapter.setting.classes)
    with quiet_lightning():
        trainer = Trainer(
            accelerator="cpu",
            devices=1,
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            inference_mode=False,
            max_epochs=len(SAID),
            log_every_n_steps=10**6,
            callbacks=[Dictate()],
        )
        trainer.fit(module, ShotData(adapter, shots, shots))
    assert (module.best_epoch, module.best_acc) == (2, 0.5)
    assert adapter.bias.tolist() == pytest.approx(SAID[-1])
    module.take_best()
    assert adapter.bias.tolist() == pytest.approx(SAID[2])
