"""Which way up a cloud was taken, how sure that is, and how it is turned when somebody knows better."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.data.dataset import CloudDataset
from pointclip2.data.prepare import TO_Y_UP
from pointclip2.geometry.standing import UPS
from pointclip2.types import Cloud

DOUBTFUL = 0.6
"""Below this probability the direction that was taken is in doubt."""
UP_REMARK = "up=auto"
"""How a remark on which way up a cloud was taken begins."""
NAMED = 5
"""So many clouds in doubt are named in a summary."""


def turned(points: Float[Tensor, "*batch 3"], taken: str, up: str) -> Float[Tensor, "*batch 3"]:
    """Turn points whose axis ``taken`` of the input is y, so that the axis ``up`` of the input is y; exact."""
    rotation = _rotation(taken, up)
    axes = torch.from_numpy(np.abs(rotation).argmax(axis=1)).to(points.device)
    signs = torch.from_numpy(rotation.sum(axis=1)).to(points)
    return points[..., axes] * signs


def turn(cloud: Cloud, ups: Float[Tensor, "6"]) -> Cloud:
    """Return a cloud whose up was guessed, turned as ``ups`` (in the order of `UPS`, as `Cloud.ups`) has it.

    A cloud whose up was told stays as it is.
    """
    if cloud.ups is None or not bool(cloud.ups.any()):
        return cloud
    taken, up = taken_up(cloud.ups), taken_up(ups)
    remarks = tuple(remark for remark in cloud.remarks if not remark.startswith(UP_REMARK))
    cloud = replace(cloud, ups=ups.cpu(), remarks=(*remarks, up_remark(ups)))
    if up == taken:
        return cloud
    back = torch.eye(4, dtype=torch.float64)
    back[:3, :3] = torch.from_numpy(_rotation(taken, up).T)
    return replace(
        cloud,
        points=turned(cloud.points, taken, up),
        normals=None if cloud.normals is None else turned(cloud.normals, taken, up),
        frame=replace(cloud.frame, matrix=cloud.frame.matrix @ back),
    )


class TurnedSplit(CloudDataset):
    """A split whose clouds are turned as somebody who knows better has it.

    Args:
        parent: the split as its files alone say.
        ups: by sample, in the order of `UPS`; zeros where up was told.
    """

    def __init__(self, parent: CloudDataset, ups: Mapping[str, Float[Tensor, "6"]]) -> None:
        self.parent = parent
        self.ups = ups
        self.name, self.split, self.checksum = parent.name, parent.split, parent.checksum
        self.classes, self.part_names = parent.classes, parent.part_names
        self.names, self.labels, self.undecided = parent.names, parent.labels, parent.undecided

    def __getitem__(self, index: int) -> Cloud:
        cloud = self.parent[index]
        return turn(cloud, self.ups[cloud.name]) if cloud.name in self.ups else cloud


def taken_up(ups: Float[Tensor, "6"]) -> str:
    """Return the axis of the input that is taken for up."""
    return UPS[int(ups.argmax())]


def up_remark(ups: Float[Tensor, "6"]) -> str:
    """Say in a line which axis was taken, and how sure that is."""
    (first, second), order = ups.topk(2)
    line = f"{UP_REMARK} took {UPS[order[0]]} ({first:.0%} sure)"
    if first < DOUBTFUL:
        line += f", but {UPS[order[1]]} ({second:.0%}) is possible: say which it is"
    return line


def up_summary(ups: Mapping[str, Float[Tensor, "6"]]) -> dict[str, Any]:
    """Return how often each axis was taken, and which clouds, by name, are in doubt; told ones (zeros) do not count."""
    guessed = {name: row for name, row in ups.items() if row.sum() > 0}
    taken = Counter(taken_up(row) for row in guessed.values())
    doubt = {
        name: {"up": taken_up(row), "sure": round(float(row.max()), 3)}
        for name, row in guessed.items()
        if row.max() < DOUBTFUL
    }
    return {"taken": dict(taken.most_common()), "in_doubt": doubt}


def summary_line(summary: Mapping[str, Any], option: str = "data.up= or a column up of the labels") -> str:
    """Return an `up_summary` in a line: ``up: 12 y, 3 z (2 in doubt: a.ply, b.ply)``."""
    line = "up: " + ", ".join(f"{count} {up}" for up, count in summary["taken"].items())
    doubt = list(summary["in_doubt"])
    if doubt:
        named = ", ".join(doubt[:NAMED]) + (" ..." if len(doubt) > NAMED else "")
        line += f" ({len(doubt)} in doubt: {named}; say which with {option})"
    return line


def _rotation(taken: str, up: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(TO_Y_UP[up], dtype=np.float64) @ np.array(TO_Y_UP[taken], dtype=np.float64).T
