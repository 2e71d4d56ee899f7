"""A program: encode and test toy clouds with Lightning, ``python two_processes.py FOLDER``, in two processes.

The first one prints features, figures and predictions of every case as JSON. `run` does the same in any number.
"""

import json
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import torch  # noqa: E402
from lightning import Trainer  # noqa: E402

from pointclip2.app.compose import build, compose  # noqa: E402
from pointclip2.app.console import quiet_lightning  # noqa: E402
from pointclip2.cache import FeatureStore, feature_key  # noqa: E402
from pointclip2.cache.store import join  # noqa: E402
from pointclip2.cache.writer import ShardWriter  # noqa: E402
from pointclip2.tasks.classification.module import ClassificationTask  # noqa: E402
from pointclip2.tasks.classification.pipeline import ClassifyPipeline  # noqa: E402
from pointclip2.tasks.data import CloudDataModule, FeatureDataModule  # noqa: E402
from pointclip2.tasks.encode import EncodeTask, WriteShards  # noqa: E402
from pointclip2.tasks.run_parts import collected  # noqa: E402
from pointclip2.text import NamePrompt  # noqa: E402
from tests.toy import ToyClouds, toy_backbone, toy_folder  # noqa: E402

CASES = {
    "all good": ToyClouds(11),
    "some unreadable": ToyClouds(11, unreadable=[0, 5, 6, 7]),
    "labels in one process only": ToyClouds(8, unlabelled=[1, 3, 5, 7]),
    "one sample": ToyClouds(1),
}


def trainer(processes: int, **options: object) -> Trainer:
    return Trainer(
        accelerator="cpu",
        devices=processes,
        strategy="ddp" if processes > 1 else "auto",
        logger=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        inference_mode=False,
        **options,  # type: ignore[arg-type]
    )


def run(processes: int, folder: Path, case: str) -> dict[str, object] | None:
    """What the first process finds; None in the others."""
    dataset = CASES[case]
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    pipeline = ClassifyPipeline(projector, toy_backbone(toy_folder(folder / "toy")))
    pipeline.use_prompts(NamePrompt()(dataset.classes))
    tables = []
    for store in (None, FeatureStore(folder, feature_key({"name": case[:3]}, {}, {}), len(dataset), 2)):
        writer = ShardWriter(store, len(dataset), 2)
        shards = [list(range(len(dataset)))[start : start + 2] for start in range(0, len(dataset), 2)]
        encoder = trainer(processes, callbacks=[WriteShards(writer)])
        encoder.predict(EncodeTask(pipeline), CloudDataModule(dataset, shards, 3), return_predictions=False)
        encoder.strategy.barrier()
        tables.append(collected(store, writer))
    table, cached = tables
    assert torch.equal(table.index, cached.index)
    assert torch.equal(join([cached]).features, table.features)
    assert dict(table.skipped) == dict(cached.skipped)
    task = ClassificationTask(pipeline, dataset.classes)
    tester = trainer(processes)
    tester.test(task, FeatureDataModule(table, dataset.labels, batch_size=2), verbose=False)
    assert task.predictions is not None
    if not tester.is_global_zero:
        return None
    return {
        "processes": tester.world_size,
        "features": table.features.sum(dim=(1, 2)).tolist(),
        "skipped": dict(table.skipped),
        "figures": task.results,
        "index": task.predictions.index.tolist(),
        "probability": task.predictions.probability.tolist(),
    }


if __name__ == "__main__":
    with quiet_lightning():
        found = {case: run(2, Path(sys.argv[1]), case) for case in CASES}
    if None not in found.values():
        print("RESULT " + json.dumps(found))
