"""Camera rigs: degrees in, rotation matrices out.

A cloud is turned in front of a fixed camera: ``p' = p @ R`` for row vectors. A view is one or more rotations applied in
turn, each ``R = (Rx(a) Ry(b) Rz(c))^T`` of Euler angles ``(a, b, c)``, the convention of the official programs.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.types import ConfigError

Angles = Sequence[float]


def euler_matrix(a_deg: float, b_deg: float, c_deg: float) -> Float[Tensor, "3 3"]:
    """``(Rx(a) Ry(b) Rz(c))^T`` in float64, to be multiplied from the right."""
    angles = torch.deg2rad(torch.tensor([a_deg, b_deg, c_deg], dtype=torch.float64))
    (ca, cb, cc), (sa, sb, sc) = angles.cos().tolist(), angles.sin().tolist()
    rx = torch.tensor([[1, 0, 0], [0, ca, -sa], [0, sa, ca]], dtype=torch.float64)
    ry = torch.tensor([[cb, 0, sb], [0, 1, 0], [-sb, 0, cb]], dtype=torch.float64)
    rz = torch.tensor([[cc, -sc, 0], [sc, cc, 0], [0, 0, 1]], dtype=torch.float64)
    return (rx @ ry @ rz).T


class CameraRig(nn.Module):
    """Any number of views, written in degrees.

    Args:
        views: for every view its rotations in order, each ``[a, b, c]`` in degrees. One triple alone is one rotation.

    Raises:
        ConfigError: no view, or an entry that is not made of triples of numbers.

    >>> CameraRig([[[90, 0, 90], [0, 20, 0]], [0, 0, 90]]).rotation.shape
    torch.Size([2, 3, 3])
    """

    rotation: Float[Tensor, "views 3 3"]

    def __init__(self, views: Sequence[Sequence[Angles] | Angles]) -> None:
        super().__init__()
        if not views:
            raise ConfigError("a camera rig without views: give at least one [[a, b, c], ...] in projector.rig.views")
        matrices = [self._matrix(index, view) for index, view in enumerate(views)]
        # Not in a state dict: the rig is configuration, and a checkpoint must not overrule it.
        self.register_buffer("rotation", torch.stack(matrices).float(), persistent=False)

    @staticmethod
    def _matrix(index: int, view: Sequence[Angles] | Angles) -> Tensor:
        steps = [view] if view and all(isinstance(angle, int | float) for angle in view) else view
        matrix = torch.eye(3, dtype=torch.float64)
        for step in steps:
            if not (isinstance(step, Sequence) and len(step) == 3 and all(isinstance(a, int | float) for a in step)):
                raise ConfigError(f"projector.rig.views[{index}]: {step!r} is not three angles [a, b, c] in degrees")
            matrix = matrix @ euler_matrix(*step)
        return matrix

    @property
    def views(self) -> int:
        """How many."""
        return len(self.rotation)

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch views 3 points"]:
        """Turned clouds, coordinates before points so that each axis is contiguous."""
        return torch.matmul(self.rotation.to(points.dtype).transpose(1, 2), points.transpose(1, 2).unsqueeze(1))


def ring(views: int, elevation_deg: float = 20.0, start_deg: float = 0.0) -> CameraRig:
    """Evenly spaced views around the upright axis, all looking down by ``elevation_deg``, ours.

    Upright in images whose rows are the turned x axis, like every rig of the official programs.
    """
    step = 360.0 / max(views, 1)
    return CameraRig([[[start_deg + step * k, 0.0, 90.0], [0.0, elevation_deg, 0.0]] for k in range(views)])
