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
from pointclip2.cache import FeatureCache, encode_missing  # noqa: E402
from pointclip2.cache.columns import PackedCells  # noqa: E402
from pointclip2.data.part_table import PartTable  # noqa: E402
from pointclip2.encoders.dense import DenseViewEncoder  # noqa: E402
from pointclip2.geometry.smoothing import NeighbourSmoothing  # noqa: E402
from pointclip2.heads.parts import PartHead  # noqa: E402
from pointclip2.tasks.encoding import ShardData, TrainerDriver  # noqa: E402
from pointclip2.tasks.parts.choice import choose_parts  # noqa: E402
from pointclip2.tasks.parts.module import PartModule  # noqa: E402
from pointclip2.text import NamePrompt, encode_prompts  # noqa: E402
from pointclip2.worlds.shapes.world import Shapes  # noqa: E402
from tests.tasks.classification.two_processes import Trainers  # noqa: E402
from tests.toy import toy_backbone, toy_folder  # noqa: E402

# Shards of two shapes: several a process, and one for both.
CASES = {"several": 4, "one shard": 1}


def run(processes: int, folder: Path, case: str, cached: bool, batch: int = 3) -> dict[str, object] | None:
    """What the first process finds; None in the others."""
    trainers = Trainers(processes)
    world = Shapes(["chair", "mug"], per_class={"train": 1, "val": 1, "test": CASES[case]}, points=64)
    dataset = world.open("test")
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    encoder = DenseViewEncoder(projector, toy_backbone(toy_folder(folder / "toy")))
    packing = PackedCells(6)
    cache = FeatureCache(folder / "features" if cached else None, shard_size=2, batch_size=batch)
    split = encode_missing(dataset, encoder, packing, cache, TrainerDriver(trainers))
    categories = {position: dataset.labels[position] for position in range(len(dataset))}
    choices = choose_parts(
        PartTable.of(dataset),
        categories,
        "category",
        NamePrompt(),
        lambda said: encode_prompts(encoder.text, said),
    )
    head = PartHead(encoder.text.logit_scale, NeighbourSmoothing())
    module = PartModule(head, dataset, choices, packing, keep=range(len(dataset)))
    tester = trainers(False, False)
    tester.test(module, ShardData(split.parts), verbose=False)
    if not tester.is_global_zero:
        return None
    return {
        "processes": tester.world_size,
        "figures": module.results,
        "baselines": module.baselines,
        "by_shape": {str(index): value for index, value in module.by_shape.items()},
        "coverage": module.coverage,
        "kept": {str(one.index): one.part.tolist() for one in module.kept},
    }


if __name__ == "__main__":
    with quiet_lightning():
        found = {case: run(2, Path(sys.argv[1]), case, cached=False) for case in CASES}
    if None not in found.values():
        print("RESULT " + json.dumps(found))
