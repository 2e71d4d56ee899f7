"""How often ``up=auto`` is right, and what it costs: ``python -m tests.benchmarks.which_way_up FOLDER``.

The files of FOLDER are read as ``data=folder`` reads them, with the axes that are told (``--up``, or the labels' column
up), and each is turned so that a random one of six axes is up. Written are, for every class: how often geometry alone
and geometry with the model find it, and how often the built-in model names a cloud right whose axis is told, found, or
drawn at random among the wrong ones. The last rows are of all clouds and of those that have an upside; ``time`` is that
of guessing and encoding as a multiple of encoding alone, of one processor.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pointclip2 import build, compose
from pointclip2.cache.text import class_vectors
from pointclip2.data.folder import Folder
from pointclip2.data.standing import taken_up, turned
from pointclip2.encoders.upright import Upright
from pointclip2.geometry.standing import UPS, up_scores
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.types import CloudBatch

NO_UPSIDE = ("cap", "curtain", "door", "earphone", "guitar", "knife")
"""What hangs or is carried or put down any way round, and boards that look the same upside down."""
BATCH = 16


@torch.no_grad()
def measure(data: Folder, overrides: list[str], seed: int) -> tuple[dict[str, Tensor], float]:
    """Return what was right, by sample, and the multiple of the time."""
    config = compose("evaluate", overrides)
    encoder = build(config.encoder)
    split = data.open(data.split)
    clouds = [split[index] for index in range(len(split))]
    words = class_vectors(encoder.text, build(config.prompt)(split.classes), None, torch.device("cpu"))
    head = ZeroShotHead(words, encoder.text.logit_scale)
    rng = np.random.default_rng(seed)
    truth, wrong = np.array([rng.choice(6, size=2, replace=False) for _ in clouds]).T
    label = torch.tensor([cloud.label for cloud in clouds])
    upright = Upright(encoder)
    upright.encode(CloudBatch(clouds[0].points[None], ups=torch.full((1, 6), 1 / 6)))
    found: dict[str, list[Tensor]] = {}
    alone, guessed = [], []
    for start in range(0, len(clouds), BATCH):
        rows = slice(start, start + BATCH)
        standing = [cloud.points for cloud in clouds[rows]]
        # As files: the axis that is up differs.
        lying = [turned(cloud, UPS[up], "y") for cloud, up in zip(standing, truth[rows], strict=True)]
        begin = time.process_time()
        told = encoder.encode(CloudBatch(torch.stack(standing))).vectors
        alone.append(time.process_time() - begin)
        begin = time.process_time()
        ups = torch.stack([torch.from_numpy(up_scores(cloud.numpy())).float() for cloud in lying])
        taken = [turned(cloud, "y", taken_up(row)) for cloud, row in zip(lying, ups, strict=True)]
        features = upright.encode(CloudBatch(torch.stack(taken), ups=ups))
        guessed.append(time.process_time() - begin)
        assert features.ups is not None
        badly = [turned(cloud, "y", UPS[up]) for cloud, up in zip(lying, wrong[rows], strict=True)]
        vectors = {
            "named_told": told,
            "named_found": features.vectors,
            "named_wrong": encoder.encode(CloudBatch(torch.stack(badly))).vectors,
        }
        true = torch.from_numpy(truth[rows])
        right = {"up_geometry": ups.argmax(dim=1) == true, "up": features.ups.argmax(dim=1) == true}
        right |= {name: head(each).argmax(dim=1) == label[rows] for name, each in vectors.items()}
        for name, values in right.items():
            found.setdefault(name, []).append(values)
    columns = {name: torch.cat(values).float() for name, values in found.items()}
    return {"label": label, **columns}, sum(guessed) / sum(alone)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--labels", default="subfolders")
    parser.add_argument("--classes", default="known")
    parser.add_argument("--up", default="y")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("overrides", nargs="*", help="of evaluate: backbone=vit_b16")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = Folder(options.folder, up=options.up, labels=options.labels, classes=options.classes)
    right, multiple = measure(data, options.overrides, options.seed)
    classes = data.open(data.split).classes
    label = right.pop("label")
    has_upside = torch.tensor([classes[number] not in NO_UPSIDE for number in label])
    kinds = [(classes[number], label == number) for number in label.unique().tolist()]
    kinds += [("all", label >= 0), ("with an upside", has_upside)]
    rows = [
        {
            "class": name,
            "clouds": int(chosen.sum()),
            **{column: f"{100 * float(values[chosen].mean()):.1f}" for column, values in right.items()},
            "time": f"{multiple:.2f}" if name == "all" else "",
        }
        for name, chosen in kinds
    ]
    for row in rows:
        print(*row.values(), sep="\t")
    if options.out is not None:
        with options.out.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
