"""Build 3DETR-m, the detector whose boxes the paper classifies (arXiv 2109.08141), in plain PyTorch."""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.geometry.sampling import farthest_points
from pointclip2.proposals.detr3d_blocks import (
    PADDING,
    Decoder,
    MaskedEncoder,
    PointwiseNetwork,
    PositionEmbedding,
    SetAbstraction,
)
from pointclip2.reading import why_unreadable
from pointclip2.types import WeightsError

# The squares of .4, .8 and 1.2 m: a mistake in the official program that its weights were trained with.
REACH_M = (0.16, 0.64, 1.44)
DIM = 256
SHOWN = 3


@dataclass(frozen=True)
class DetectorOutput:
    """Holds a box for every query, in the scene's own coordinates."""

    centre_m: Float[Tensor, "batch boxes 3"]
    size_m: Float[Tensor, "batch boxes 3"]
    angle_rad: Float[Tensor, "batch boxes"]
    """Heading as in the official program: clockwise seen from above."""
    class_logits: Float[Tensor, "batch boxes classes"]
    """The last class is "nothing"."""

    @property
    def objectness(self) -> Float[Tensor, "batch boxes"]:
        """Return the probability that there is anything at all."""
        return 1 - self.class_logits.softmax(dim=-1)[..., -1]

    @property
    def class_probability(self) -> Float[Tensor, "batch boxes known"]:
        """Return the probabilities of the detector's own classes."""
        return self.class_logits.softmax(dim=-1)[..., :-1]


class Detr3d(nn.Module):
    """Turns points in metres, z up, into one box a query.

    Args:
        classes: how many classes the detector was trained for: 18 for ScanNet, 10 for SUN RGB-D.
        angle_bins: 1 where boxes are axis-aligned (ScanNet), 12 for SUN RGB-D.
        queries: how many boxes a scene gets.
    """

    def __init__(self, classes: int = 18, angle_bins: int = 1, queries: int = 256) -> None:
        super().__init__()
        self.queries, self.angle_bins = queries, angle_bins
        self.pre_encoder = SetAbstraction(2048, 0.2, 64, (0, 64, 128, DIM))
        self.encoder = MaskedEncoder(DIM, 4, 128, REACH_M)
        self.encoder_to_decoder_projection = PointwiseNetwork(DIM, DIM, "normed")
        self.pos_embedding = PositionEmbedding(DIM)
        self.query_projection = PointwiseNetwork(DIM, DIM, "plain")
        self.decoder = Decoder(DIM, 4, 256, 8)
        outputs = {
            "sem_cls_head": classes + 1,
            "center_head": 3,
            "size_head": 3,
            "angle_cls_head": angle_bins,
            "angle_residual_head": angle_bins,
        }
        self.mlp_heads = nn.ModuleDict(
            {name: PointwiseNetwork(DIM, width, "head") for name, width in outputs.items()}
        )
        self.eval().requires_grad_(False)

    def forward(self, points: Float[Tensor, "batch points 3"]) -> DetectorOutput:
        """Return the boxes of all queries, nothing dropped."""
        low, high = points.amin(dim=1), points.amax(dim=1)
        xyz, features = self.encoder(*self.pre_encoder(points, None))
        memory = self.encoder_to_decoder_projection(features)
        index = farthest_points(xyz, self.queries, PADDING)
        queries = xyz.gather(1, index.unsqueeze(-1).expand(-1, -1, 3))
        asked = self.query_projection(self.pos_embedding(queries, low, high))
        boxes = self.decoder(asked, memory, self.pos_embedding(xyz, low, high))
        said = {name: head(boxes) for name, head in self.mlp_heads.items()}
        extent = (high - low).clamp(min=0.1).unsqueeze(1)
        return DetectorOutput(
            queries + said["center_head"].sigmoid() - 0.5,
            said["size_head"].sigmoid() * extent,
            self._angle(said["angle_cls_head"], said["angle_residual_head"]),
            said["sem_cls_head"],
        )

    def _angle(self, logits: Tensor, residual: Tensor) -> Tensor:
        if self.angle_bins == 1:
            return logits[..., 0] * 0
        best = logits.argmax(dim=-1, keepdim=True)
        step = 2 * math.pi / self.angle_bins
        angle = best[..., 0] * step + residual.gather(-1, best)[..., 0] * step / 2
        return torch.where(angle > math.pi, angle - 2 * math.pi, angle)


def load_detr3d(path: Path) -> Detr3d:
    """Load the model of an official checkpoint (``.pth``, key ``model``) or of a bare state dict.

    Nothing in the file is executed: it is read as tensors, numbers and the training's options, all plain values.

    Raises:
        WeightsError: the file is missing, cannot be read this way, or is of another model.
    """
    weights = read_checkpoint(path)
    head, angles = "mlp_heads.sem_cls_head.layers.8.bias", "mlp_heads.angle_cls_head.layers.8.bias"
    if head not in weights or angles not in weights:
        raise WeightsError(
            f"{path} is no checkpoint of 3DETR-m: it has no {head}, but {', '.join(list(weights)[:SHOWN])} ..."
        )
    model = Detr3d(classes=len(weights[head]) - 1, angle_bins=len(weights[angles]))
    expected = model.state_dict()
    missing = [name for name in expected if name not in weights]
    unknown = [name for name in weights if name not in expected]
    misshapen = [
        f"{name} {tuple(weights[name].shape)} instead of {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in weights and weights[name].shape != tensor.shape
    ]
    for what, names in (("lacks", missing), ("has besides", unknown), ("has", misshapen)):
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            raise WeightsError(
                f"{path} is of another model than 3DETR-m (the masked one): it {what} {', '.join(names[:SHOWN])}{more}"
            )
    model.load_state_dict(weights)
    if not all(bool(tensor.isfinite().all()) for tensor in model.state_dict().values()):
        raise WeightsError(f"{path} holds numbers that are not finite: fetch it again")
    return model


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name; it raises as `load_detr3d` does."""
    unreadable = why_unreadable(path)
    if unreadable:
        raise WeightsError(
            f"{path}: {unreadable}; the address of the weights is in the README of 3DETR's code"
        )
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"{path} cannot be read ({error}): fetch it again") from error
    try:
        # Options and scores of the training are in the file beside the weights; these types are values, not programs.
        with torch.serialization.safe_globals(_values()):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load fails in many ways on other files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsError(f"{path} cannot be read as plain weights ({reason}): fetch it again") from error
    found = content.get("model", content) if isinstance(content, dict) else None
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise WeightsError(f"{path} holds no state dict, neither by itself nor as 'model'")
    return {str(name).removeprefix("module."): value for name, value in found.items()}


def _values() -> list[Any]:
    scalar = np.float64(0).__reduce__()[0]
    kinds = [type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int32, np.int64)]
    named = [(scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")]
    return [argparse.Namespace, np.dtype, *kinds, *named]
