"""Camera rigs: degrees in, rotation matrices out.

A cloud is turned in front of a fixed camera: ``p' = p @ R`` for row vectors. A view is one or more rotations
applied in turn, each ``R = (Rx(a) Ry(b) Rz(c))^T`` of Euler angles ``(a, b, c)``, the convention of the
official programs.
"""

import math
from collections.abc import Callable, Sequence

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
        views: for every view its rotations in order, each ``[a, b, c]`` in degrees. One triple alone is one
            rotation.

    Raises:
        ConfigError: no view, or an entry that is not made of triples of numbers.

    >>> CameraRig([[[90, 0, 90], [0, 20, 0]], [0, 0, 90]]).rotation.shape
    torch.Size([2, 3, 3])
    """

    rotation: Float[Tensor, "views 3 3"]

    def __init__(self, views: Sequence[Sequence[Angles] | Angles]) -> None:
        super().__init__()
        if not views:
            raise ConfigError(
                "a camera rig without views: give at least one [[a, b, c], ...] in projector.rig.views"
            )
        matrices = [self._matrix(index, view) for index, view in enumerate(views)]
        self._exact = torch.stack(matrices).float()
        # Not in a state dict: the rig is configuration, and a checkpoint must not overrule it.
        self.register_buffer("rotation", self._exact.clone(), persistent=False)

    @staticmethod
    def _matrix(index: int, view: Sequence[Angles] | Angles) -> Tensor:
        steps: Sequence[object] = [view] if _is_triple(view) else view
        if not isinstance(view, Sequence) or not view or not all(_is_triple(step) for step in steps):
            raise ConfigError(
                f"projector.rig.views[{index}]: {view!r} is not made of angles [a, b, c] in degrees"
            )
        matrix = torch.eye(3, dtype=torch.float64)
        for step in steps:
            assert isinstance(step, Sequence)
            matrix = matrix @ euler_matrix(*step)
        return matrix

    @property
    def views(self) -> int:
        """How many."""
        return len(self.rotation)

    def only(self, views: Sequence[int]) -> "CameraRig":
        """A rig of some of the views, in the order given."""
        chosen = CameraRig([[0.0, 0.0, 0.0]] * len(views))
        chosen._exact = self._exact[list(views)].clone()
        chosen.rotation = chosen._exact.to(self.rotation.device)
        return chosen

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "CameraRig":
        """The rig follows a device, not a precision: a backbone in half precision must not bend the views."""
        super()._apply(fn, recurse)
        self.rotation = self._exact.to(self.rotation.device)
        return self

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch views 3 points"]:
        """Turned clouds, coordinates before points so that each axis is contiguous.

        Written as single products and sums, not as a matrix product: the same bits for a cloud alone and in a
        batch, on every device, under autocast and with TF32 allowed. A cell's border turns a last bit into
        another pixel.
        """
        rotation = self.rotation.to(points.dtype).transpose(1, 2).unsqueeze(-1)
        x, y, z = points.transpose(1, 2).contiguous().unsqueeze(1).unsqueeze(3).unbind(dim=2)
        return (rotation[:, :, 0] * x).add_(rotation[:, :, 1] * y).add_(rotation[:, :, 2] * z)


def _is_triple(step: object) -> bool:
    if not isinstance(step, Sequence) or len(step) != 3:
        return False
    return all(isinstance(angle, int | float) and math.isfinite(angle) for angle in step)


def ring(views: int, elevation_deg: float = 20.0, start_deg: float = 0.0) -> CameraRig:
    """Evenly spaced views around the upright axis, all looking down by ``elevation_deg``, ours.

    Upright in images whose rows are the turned x axis, like every rig of the official programs.
    """
    step = 360.0 / max(views, 1)
    return CameraRig([[[start_deg + step * k, 0.0, 90.0], [0.0, elevation_deg, 0.0]] for k in range(views)])
