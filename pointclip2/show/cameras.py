"""Find out where the cameras of a projector stand, by asking it."""

from typing import Any

import torch

from pointclip2.show.exhibit import Camera


def cameras_of(projector: Any) -> tuple[Camera, ...]:
    """Return a camera for every view of a projector with a ``rig``; image rows are the turned x axis, columns y.

    On which side of the object the cameras are differs between projectors (PointCLIP's perspective one looks along
    z, the others against it). To find out, two points are projected along the first line of sight: the one that is
    seen is the nearer one.
    """
    rotation = projector.rig.rotation
    ahead = rotation[0, :, 2]
    with torch.no_grad():
        seen = projector(0.5 * torch.stack([ahead, -ahead]).unsqueeze(0)).visible[0, 0].tolist()
    toward = rotation[:, :, 2] * (-1.0 if seen == [False, True] else 1.0)
    axes = (toward, rotation[:, :, 1], rotation[:, :, 0])
    return tuple(Camera(*map(_vector, view)) for view in zip(*axes, strict=True))


def _vector(values: torch.Tensor) -> tuple[float, float, float]:
    x, y, z = (round(value, 5) + 0.0 for value in values.tolist())
    return x, y, z
