"""Training with Lightning: the same as the plain loop, chosen on validation, going on where it was killed."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Trainer
from lightning.pytorch.callbacks import Callback

from pointclip2.app.console import quiet_lightning
from pointclip2.heads.adapters import InterViewAdapter, Samples
from pointclip2.tasks.classification.module import ColumnData
from pointclip2.tasks.few_shot.module import FewShotModule, ShotData
from pointclip2.types import TrainingError
from tests.heads.adapters.made import CLASSES, samples, setting

pytestmark = pytest.mark.filterwarnings("ignore:.*number of training batches.*")


def begun(**recipe: Any) -> InterViewAdapter:
    torch.manual_seed(3)
    adapter = InterViewAdapter(recipe={"epochs": 6, "batch": 8, **recipe})
    adapter.begin(setting())
    return adapter


def fitted(
    adapter: InterViewAdapter,
    validation: Samples | None,
    callbacks: tuple[Callback, ...] = (),
    **options: Any,
) -> FewShotModule:
    module = FewShotModule(adapter, CLASSES, seed=1)
    data = ShotData(adapter, samples(5), validation, seed=1)
    assert adapter.recipe is not None
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
            max_epochs=adapter.recipe.epochs,
            log_every_n_steps=10**6,
            limit_val_batches=0 if validation is None else 1.0,
            callbacks=list(callbacks),
        )
        trainer.fit(module, data, weights_only=True, **options)
    return module


class AfterEpoch(Callback):
    """Does something when an epoch has ended."""

    def __init__(self, epoch: int, action: Any) -> None:
        self.epoch, self.action = epoch, action

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        if trainer.current_epoch == self.epoch:
            self.action(trainer)


def test_lightning_takes_exactly_the_steps_of_the_plain_loop() -> None:
    one, two = begun(), begun()
    one.fit(samples(5), seed=1)
    fitted(two, None)
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, two.state_dict()[name]), name


def test_the_epoch_with_most_hits_on_validation_is_taken() -> None:
    seen: list[tuple[float, float, int]] = []

    class Watch(Callback):
        def on_validation_end(self, trainer: Trainer, pl_module: Any) -> None:
            metrics = trainer.callback_metrics
            seen.append((float(metrics["val/acc"]), -float(metrics["val/loss"]), trainer.current_epoch))

    # The more it learns the less it hits, for the labels it is judged by are turned.
    right = samples(9, seed=4, noise=1.5)
    validation = Samples(right.columns, (right.labels + 1) % len(CLASSES))
    module = fitted(begun(epochs=10), validation, (Watch(),))
    best = max(seen, key=lambda one: one[:2])
    assert best[2] < seen[-1][2], "the best epoch has to be another one than the last"
    assert (module.best_epoch, module.best_acc) == (best[2], pytest.approx(best[0]))
    module.take_best()
    hits = module.adapter.logits(validation).argmax(dim=1) == validation.labels
    assert float(hits.float().mean()) == pytest.approx(module.best_acc)


def test_without_validation_the_last_epoch_is_taken() -> None:
    module = fitted(begun(), None)
    assert module.best_epoch == 5
    for name, tensor in module.adapter.state_dict().items():
        assert torch.equal(module.best_state[name], tensor)


def test_a_training_that_was_killed_ends_like_one_that_was_not(tmp_path: Path) -> None:
    validation = samples(9, seed=4)
    whole = fitted(begun(), validation)
    path = tmp_path / "last.ckpt"

    def save_and_die(trainer: Trainer) -> None:
        trainer.save_checkpoint(path)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        fitted(begun(), validation, (AfterEpoch(2, save_and_die),))
    resumed = fitted(begun(), validation, ckpt_path=str(path))
    assert resumed.best_epoch == whole.best_epoch
    for name, tensor in whole.adapter.state_dict().items():
        assert torch.equal(tensor, resumed.adapter.state_dict()[name]), name
    for name, tensor in whole.best_state.items():
        assert torch.equal(tensor, resumed.best_state[name]), name


def test_a_loss_that_is_not_finite_stops_with_its_step_and_the_good_epoch() -> None:
    adapter = begun(learning_rate=1e30)
    with pytest.raises(
        TrainingError, match=r"at step \d+ \(epoch \d+\).*best epoch 0, is kept.*learning_rate"
    ):
        fitted(adapter, samples(4, seed=2))


def test_weights_that_are_not_finite_never_become_a_checkpoint() -> None:
    adapter = begun()

    class Spoil(Callback):
        def on_train_batch_end(self, trainer: Trainer, pl_module: Any, *_: Any) -> None:
            if trainer.current_epoch == 2:
                with torch.no_grad():
                    pl_module.adapter.view_ratio.fill_(torch.nan)

    with pytest.raises(TrainingError, match=r"(view_ratio is not finite after step|the loss is nan at step)"):
        fitted(adapter, samples(4, seed=2), (Spoil(),))


def test_every_test_sample_is_tested_once_with_all_its_columns() -> None:
    from pointclip2.heads.adapters import PointNNAdapter

    adapter = PointNNAdapter(clip=True)
    adapter.begin(setting())
    adapter.fit(samples(4), samples(4, seed=1))
    test = samples(7, seed=2)
    module = FewShotModule(adapter, CLASSES)
    index = torch.arange(len(test)) * 2
    data = ColumnData(test.take(adapter.reads), test.labels, index, batch_size=4)
    with quiet_lightning():
        trainer = Trainer(
            accelerator="cpu", devices=1, logger=False, enable_progress_bar=False, enable_checkpointing=False,
            enable_model_summary=False, inference_mode=False,
        )  # fmt: skip
        trainer.test(module, data, verbose=False)
    assert module.predictions is not None
    assert module.predictions.index.tolist() == index.tolist()
    torch.testing.assert_close(module.predictions.probability, adapter.logits(test).softmax(dim=1))
