"""A program: encode and test toy clouds with Lightning, ``torchrun --nproc-per-node 2 two_processes.py FOLDER``.

The first one prints features, figures and predictions of every case as JSON. `run` does the same in any number.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import torch  # noqa: E402
from lightning import Trainer  # noqa: E402

from pointclip2.app.compose import build, compose  # noqa: E402
from pointclip2.app.console import quiet_lightning  # noqa: E402
from pointclip2.cache import FeatureCache, encode_missing  # noqa: E402
from pointclip2.encoders.views import ViewEncoder  # noqa: E402
from pointclip2.heads.zero_shot import ZeroShotHead  # noqa: E402
from pointclip2.tasks.classification.module import ClassificationModule, ColumnData  # noqa: E402
from pointclip2.tasks.encoding import TrainerDriver  # noqa: E402
from pointclip2.text import NamePrompt, encode_prompts  # noqa: E402
from tests.toy import ToyClouds, toy_backbone, toy_folder  # noqa: E402

CASES = {
    "all good": ToyClouds(11),
    "some unreadable": ToyClouds(11, unreadable=[0, 5, 6, 7]),
    "labels in one process only": ToyClouds(8, unlabelled=[1, 3, 5, 7]),
    "one sample": ToyClouds(1),
}


class Trainers:
    """Trainers of a number of processes, with nothing beside what they are for."""

    precision = "32-true"

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def __call__(self, progress: bool, loggers: bool, callbacks: Sequence[Any] = ()) -> Trainer:
        return Trainer(
            accelerator="cpu",
            devices=self.processes,
            strategy="ddp" if self.processes > 1 else "auto",
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            use_distributed_sampler=False,
            inference_mode=False,
            callbacks=list(callbacks),
        )


def run(processes: int, folder: Path, case: str) -> dict[str, object] | None:
    """What the first process finds; None in the others."""
    dataset = CASES[case]
    trainers = Trainers(processes)
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    encoder = ViewEncoder(projector, toy_backbone(toy_folder(folder / "toy")))
    tables = []
    for root in (None, folder / case):
        for _ in range(1 if root is None else 2):  # encoded, then from the cache
            cache = FeatureCache(root, shard_size=2, batch_size=3)
            split = encode_missing(dataset, encoder, cache=cache, driver=TrainerDriver(trainers))
            tables.append(split.loaded())
    table = tables[0]
    for other in tables[1:]:
        assert torch.equal(other.index, table.index)
        assert torch.equal(other.features, table.features)
        assert dict(other.skipped) == dict(table.skipped)
    text = encode_prompts(encoder.text, NamePrompt()(dataset.classes))
    module = ClassificationModule(ZeroShotHead(text, encoder.text.logit_scale), dataset.classes)
    tester = trainers(False, False)
    tester.test(module, ColumnData.of(table, dataset.labels), verbose=False)
    assert module.predictions is not None
    if not tester.is_global_zero:
        return None
    return {
        "processes": tester.world_size,
        "features": table.features.sum(dim=(1, 2)).tolist(),
        "skipped": dict(table.skipped),
        "figures": module.results,
        "index": module.predictions.index.tolist(),
        "probability": module.predictions.probability.tolist(),
    }


if __name__ == "__main__":
    with quiet_lightning():
        found = {case: run(2, Path(sys.argv[1]), case) for case in CASES}
    if None not in found.values():
        print("RESULT " + json.dumps(found))
