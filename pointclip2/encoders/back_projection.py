"""From maps on the image plane back to points: per-view logits at every point's pixel.

The points of a cloud are read from the coarse map itself, four cells each, instead of from a map as large as the
image: the same numbers, for a fraction of the memory.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.types import ConfigError

UPSAMPLE = ("bilinear", "nearest")


def smooth_maps(
    maps: Float[Tensor, "batch views rows columns parts"], window: int
) -> Float[Tensor, "batch views rows columns parts"]:
    """Mean over ``window`` x ``window`` cells, the border repeated; an even window reaches farther down and right.

    With ``window=6`` the smoothing of the released segmentation program. 1 changes nothing.

    Raises:
        ConfigError: a window below 1.
    """
    if window < 1:
        raise ConfigError(f"task.window={window}: the window has to be 1 cell (no smoothing) or more")
    if window == 1:
        return maps
    before, after = (window - 1) // 2, window // 2
    flat = maps.flatten(0, 1).permute(0, 3, 1, 2)
    padded = F.pad(flat, (before, after, before, after), mode="replicate")
    return F.avg_pool2d(padded, window, stride=1).permute(0, 2, 3, 1).view_as(maps)


def read_maps(
    maps: Float[Tensor, "batch views rows columns parts"],
    pixel_yx: Int64[Tensor, "batch views points 2"],
    image_px: int,
    input_px: int,
    upsample: str = "bilinear",
) -> Float[Tensor, "views batch points parts"]:
    """What the maps say at every point's own pixel.

    Args:
        maps: cells of the model's input.
        pixel_yx: row and column in the projector's image; where they are -1 (outside) the result means nothing.
        image_px: side of the projector's image.
        input_px: side of the model's input, to which that image was resized with its corners aligned.
        upsample: ``bilinear`` between the centres of four cells, or the ``nearest`` cell.

    Raises:
        ConfigError: another way of upsampling.
    """
    if upsample not in UPSAMPLE:
        raise ConfigError(f"task.upsample={upsample}: choose one of {', '.join(UPSAMPLE)}")
    batch, views, rows, columns, parts = maps.shape
    scale = (input_px - 1) / (image_px - 1) if image_px > 1 else 0.0
    at_input = pixel_yx.clamp(min=0).to(maps.dtype) * scale + 0.5
    sides = maps.new_tensor([rows, columns])
    flat = maps.reshape(batch * views, rows * columns, parts)

    def cells(row: Tensor, column: Tensor) -> Tensor:
        index = (row * columns + column).reshape(batch * views, -1, 1).expand(-1, -1, parts)
        return flat.gather(1, index)

    if upsample == "nearest":
        own = (at_input * sides / input_px).floor().long()
        row, column = (own[..., i].clamp(0, side - 1) for i, side in enumerate((rows, columns)))
        read = cells(row, column)
    else:
        # As F.interpolate with align_corners=False: cell centres lie half a cell inside, the border is repeated.
        place = (at_input * sides / input_px - 0.5).clamp(min=0)
        low = torch.minimum(place.floor(), sides - 1)
        share = (place - low).reshape(batch * views, -1, 2)
        first = low.long()
        second = torch.minimum(first + 1, sides.long() - 1)
        down, right = share[..., :1], share[..., 1:]
        top = cells(first[..., 0], first[..., 1]) * (1 - right) + cells(first[..., 0], second[..., 1]) * right
        low_row = (
            cells(second[..., 0], first[..., 1]) * (1 - right) + cells(second[..., 0], second[..., 1]) * right
        )
        read = top * (1 - down) + low_row * down
    return read.view(batch, views, -1, parts).transpose(0, 1)


def fuse_points(
    logits: Float[Tensor, "views batch points parts"],
    visible: Bool[Tensor, "batch views points"],
    weights: Float[Tensor, " views"] | Float[Tensor, "views batch points"],
) -> tuple[Float[Tensor, "batch points parts"], Bool[Tensor, "batch points"]]:
    """Weighted sum over the views that see a point, and whether any view of positive weight does.

    A point that none sees has logits of zero.
    """
    share = visible.transpose(0, 1).to(logits.dtype)
    share = share * (weights.view(-1, 1, 1) if weights.ndim == 1 else weights)
    return torch.einsum("vbn,vbnk->bnk", share, logits), (share > 0).any(dim=0)


def centred(
    logits: Float[Tensor, "views batch points parts"],
    visible: Bool[Tensor, "batch views points"],
    amount: float,
) -> Float[Tensor, "views batch points parts"]:
    """Logits less ``amount`` of each part's mean over all that the views see of the same cloud.

    Some names suit everything of a category, as a mug's body does; with 1 a part counts only where more is said for it
    than elsewhere on the cloud. A cloud that no view sees stays as it is.

    Raises:
        ConfigError: an amount outside [0, 1].
    """
    if not 0 <= amount <= 1:
        raise ConfigError(f"task.centre={amount}: from 0 (nothing is taken off) to 1 (the whole mean)")
    if amount == 0:
        return logits
    seen = visible.transpose(0, 1).unsqueeze(-1).to(logits.dtype)
    mean = (logits * seen).sum(dim=(0, 2)) / seen.sum(dim=(0, 2)).clamp(min=1)
    return logits - amount * mean.unsqueeze(0).unsqueeze(2)


def scrambled(
    features: Float[Tensor, "batch views rows columns dim"],
) -> Float[Tensor, "batch views rows columns dim"]:
    """Return channels and positions interleaved as the released segmentation program does.

    It stores the map channels first and reads it back as if positions came first. Only to compare with it.
    """
    batch, views, rows, columns, dim = features.shape
    stored = features.permute(0, 1, 4, 2, 3).contiguous()
    return stored.view(batch, views, rows, columns, dim)
