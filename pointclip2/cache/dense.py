"""Dense features of a split as columns of a store: packed cells, pixels, visibility, and the points themselves.

A shape of 2,048 points, ten views, 14 x 14 cells and 512 channels takes 0.87 MB with 6 bits a number.
"""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.cache.codec import CODEC_VERSION, pack, pack_flags, unpack, unpack_flags
from pointclip2.types import DenseViews

COLUMNS = ("codes", "scale", "dim", "pixel_yx", "visible", "sides", "points", "parts")


def dense_key(key: Mapping[str, Any], dense: Mapping[str, Any], bits: int) -> dict[str, Any]:
    """The key of pooled features with everything that decides dense ones added."""
    return {**key, "dense": dict(dense), "bits": bits, "codec": CODEC_VERSION}


def to_columns(
    views: DenseViews,
    points: Float[Tensor, "batch points 3"],
    parts: Int64[Tensor, "batch points"] | None,
    bits: int,
) -> dict[str, Tensor]:
    """One row a sample. Unknown parts are -1; sides are those of image and input."""
    codes, scale = pack(views.features, bits)
    batch, count = points.shape[:2]
    if parts is None:
        parts = torch.full((batch, count), -1, dtype=torch.int64)
    return {
        "codes": codes,
        "scale": scale,
        "dim": torch.full((batch,), views.features.shape[-1]),
        "pixel_yx": views.pixel_yx.to(torch.int16),
        "visible": pack_flags(views.visible),
        "sides": torch.tensor([[views.image_px, views.input_px]]).expand(batch, 2),
        "points": points,
        "parts": parts.to(torch.int32),
    }


def to_views(columns: Mapping[str, Tensor], bits: int) -> DenseViews:
    """The views of some rows, unpacked. All rows of a store have the same sides and dim."""
    image_px, input_px = columns["sides"][0].tolist()
    features = unpack(columns["codes"], columns["scale"].float(), bits, int(columns["dim"][0]))
    features = torch.nn.functional.normalize(features, dim=-1)
    visible = unpack_flags(columns["visible"], columns["points"].shape[1])
    return DenseViews(features, columns["pixel_yx"].long(), visible, image_px, input_px)


def bytes_per_shape(columns: Mapping[str, Tensor]) -> int:
    """What one sample takes on disk."""
    return sum(column[0].numel() * column.element_size() for column in columns.values() if len(column))
