"""Compute the true boxes of a scanned room, by the two conventions of real data sets."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.types import Boxes
from pointclip2.worlds.rooms.piece import Placed

Floats = NDArray[np.float64]

EXTREMES = 0.003
"""Share of the points that a box leaves outside at each of its sides."""

CONVENTIONS = ("scannet", "sunrgbd")


def true_boxes(
    things: Sequence[Placed],
    classes: Sequence[str],
    scanned: Floats,
    owners: NDArray[np.int64],
    kept: int,
    convention: str,
    min_points: int,
) -> Boxes:
    """Return boxes of the things that are of the classes and have at least ``min_points`` points in the scene.

    With ``scannet`` a box is axis-aligned, around all scanned points of a thing: what is hidden does not count.
    With ``sunrgbd`` it is turned with the thing, around the whole of it, seen or not.

    Args:
        scanned: all points (n, 3) that the scanner returned.
        owners: index (n,) into ``things`` of each point, -1 for none.
        kept: how many points, the first ones, are in the scene.
    """
    counts = np.bincount(owners[:kept] + 1, minlength=len(things) + 1)[1:]
    labels = [classes.index(thing.piece.name) if thing.piece.name in classes else -1 for thing in things]
    chosen = [i for i in range(len(things)) if labels[i] >= 0 and counts[i] >= min_points]
    rows = []
    for index in chosen:
        if convention == "scannet":
            points = scanned[owners == index]
            # Not the very extremes, because ScanNet's annotators drew on fused meshes, without the last of the noise.
            low, high = np.quantile(points, (EXTREMES, 1 - EXTREMES), axis=0)
            rows.append([*(low + high) / 2, *np.maximum(high - low, 1e-3), 0.0])
        else:
            thing = things[index]
            size = np.maximum(thing.piece.size_m, 1e-3)
            heading = (thing.heading_rad + np.pi) % (2 * np.pi) - np.pi
            rows.append([thing.x_m, thing.y_m, thing.z_m + size[2] / 2, *size, heading])
    table = torch.tensor(np.array(rows).reshape(-1, 7), dtype=torch.float32)
    return Boxes(
        table[:, :3], table[:, 3:6], table[:, 6], torch.tensor([labels[i] for i in chosen], dtype=torch.int64)
    )
