"""A program: segment procedural shapes with Lightning, ``python two_segmenters.py FOLDER``, in two processes.

The first one prints figures, baselines and predictions of every case as JSON. `run` does the same in any number.
"""

import json
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from pointclip2.app.compose import build, compose  # noqa: E402
from pointclip2.app.console import quiet_lightning  # noqa: E402
from pointclip2.cache import FeatureStore, feature_key  # noqa: E402
from pointclip2.cache.dense import COLUMNS, dense_key  # noqa: E402
from pointclip2.cache.writer import ShardWriter  # noqa: E402
from pointclip2.data.part_table import PartTable  # noqa: E402
from pointclip2.geometry.smoothing import NeighbourSmoothing  # noqa: E402
from pointclip2.tasks.data import CloudDataModule  # noqa: E402
from pointclip2.tasks.encode import DenseEncodeTask, WriteShards  # noqa: E402
from pointclip2.tasks.parts.choice import choose_parts  # noqa: E402
from pointclip2.tasks.parts.module import PartSegmentationTask  # noqa: E402
from pointclip2.tasks.parts.pipeline import SegmentPipeline  # noqa: E402
from pointclip2.tasks.run_parts import kept_shards  # noqa: E402
from pointclip2.tasks.shards import ShardDataModule  # noqa: E402
from pointclip2.text import NamePrompt, encode_prompts  # noqa: E402
from pointclip2.worlds.shapes.world import Shapes  # noqa: E402
from tests.tasks.classification.two_processes import trainer  # noqa: E402
from tests.toy import toy_backbone, toy_folder  # noqa: E402

# Shards of two shapes: several a process, and one for both.
CASES = {"several": 4, "one shard": 1}
SHARD = 2


def run(processes: int, folder: Path, case: str, cached: bool, chunk: int = 3) -> dict[str, object] | None:
    """What the first process finds; None in the others."""
    world = Shapes(["chair", "mug"], per_class={"train": 1, "val": 1, "test": CASES[case]}, points=64)
    dataset = world.open("test")
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    pipeline = SegmentPipeline(
        projector, toy_backbone(toy_folder(folder / "toy")), smoothing=NeighbourSmoothing()
    )
    store = None
    if cached:
        key = dense_key(feature_key({"name": case[:3]}, {}, {}), {}, 6)
        store = FeatureStore(folder, key, len(dataset), SHARD, COLUMNS)
    writer = ShardWriter(store, len(dataset), SHARD)
    shards = [list(range(len(dataset)))[start : start + SHARD] for start in range(0, len(dataset), SHARD)]
    encoder = trainer(processes, callbacks=[WriteShards(writer)])
    clouds = CloudDataModule(dataset, shards, chunk)
    encoder.predict(DenseEncodeTask(pipeline, 6), clouds, return_predictions=False)
    encoder.strategy.barrier()
    categories = {position: dataset.labels[position] for position in range(len(dataset))}
    choices = choose_parts(
        PartTable.of(dataset),
        categories,
        "category",
        NamePrompt(),
        lambda said: encode_prompts(pipeline.backbone, said),
    )
    task = PartSegmentationTask(pipeline, dataset, choices, 6, keep=range(len(dataset)))
    tester = trainer(processes)
    tester.test(task, ShardDataModule(store, kept_shards(writer), len(shards)), verbose=False)
    if not tester.is_global_zero:
        return None
    return {
        "processes": tester.world_size,
        "figures": task.results,
        "baselines": task.baselines,
        "by_shape": {str(index): value for index, value in task.by_shape.items()},
        "coverage": task.coverage,
        "kept": {str(one.index): one.part.tolist() for one in task.kept},
    }


if __name__ == "__main__":
    with quiet_lightning():
        found = {case: run(2, Path(sys.argv[1]), case, cached=False) for case in CASES}
    if None not in found.values():
        print("RESULT " + json.dumps(found))
