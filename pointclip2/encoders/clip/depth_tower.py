"""The image tower of the built-in model: a small convolutional network whose dense map is as fine as a patch of 8.

Registered with timm, so that an open_clip configuration can name it (``"timm_model_name": "pointclip2_depth"``) once
this module is imported. A convolutional network learns from a hundred thousand depth views what a vision transformer
of its size needs millions for.
"""

import itertools
from typing import Any

import torch.nn.functional as F
from timm.models import register_model
from torch import Tensor, nn

NAME = "pointclip2_depth"


def _conv(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class _Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = _conv(width, width)
        nn.init.zeros_(self.second[1].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class DepthTower(nn.Module):
    """Halves the image four times, then brings what the coarsest map knows back to the one before.

    The pooled feature is the plain mean of the map's cells: behind a linear projection, a cell is comparable with text
    just as the whole image is.

    Args:
        widths: channels at 1/2, 1/4, 1/8 and 1/16 of the image.
        blocks: residual blocks at 1/4, 1/8 and 1/16.
        fine: whether the map has a cell for every 4 x 4 pixels instead of 8 x 8.
        num_classes, global_pool: as timm has them; the model has no classifier of its own.
    """

    def __init__(
        self,
        widths: tuple[int, int, int, int] = (16, 32, 64, 128),
        blocks: tuple[int, int, int] = (1, 1, 1),
        fine: bool = False,
        num_classes: int = 0,
        global_pool: str = "avg",
    ) -> None:
        super().__init__()
        self.num_features = widths[3]
        self.num_classes = num_classes
        self.default_cfg = {"input_size": (3, 80, 80), "pool_size": (20, 20) if fine else (10, 10)}
        self.global_pool = global_pool
        self.stem = _conv(3, widths[0], 2)
        self.down = nn.ModuleList([_conv(a, b, 2) for a, b in itertools.pairwise(widths)])
        self.blocks = nn.ModuleList(
            [
                nn.Sequential(*[_Residual(w) for _ in range(n)])
                for w, n in zip(widths[1:], blocks, strict=True)
            ]
        )
        self.across = _conv(widths[2], widths[3], kernel=1)
        self.mixed = _conv(widths[3], widths[3], kernel=1)
        self.finer = _conv(widths[1], widths[3], kernel=1) if fine else None

    def forward_features(self, x: Tensor) -> Tensor:
        """(images, channels, rows, columns), a cell for every 8 x 8 or 4 x 4 pixels."""
        x = F.relu(self.stem(x))
        fine = self.blocks[0](F.relu(self.down[0](x)))
        middle = self.blocks[1](F.relu(self.down[1](fine)))
        coarse = self.blocks[2](F.relu(self.down[2](middle)))
        coarse = F.interpolate(coarse, size=middle.shape[-2:], mode="nearest")
        x = self.mixed(F.relu(self.across(middle) + coarse))
        if self.finer is not None:
            x = F.interpolate(x, size=fine.shape[-2:], mode="nearest") + self.finer(fine)
        return F.relu(x)

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """The mean of the cells."""
        return x.mean(dim=(2, 3)) if self.global_pool == "avg" else x

    def forward(self, x: Tensor) -> Tensor:
        """(images, channels)."""
        return self.forward_head(self.forward_features(x))

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """As timm's models have it; open_clip calls it to put its own projection behind the pooling."""
        if global_pool is not None:
            self.global_pool = global_pool


def _tower(fine: bool, options: dict[str, Any]) -> DepthTower:
    return DepthTower(fine=fine, **{name: options[name] for name in ("widths", "blocks") if name in options})


@register_model
def pointclip2_depth(pretrained: bool = False, **options: Any) -> DepthTower:
    """timm's entry point; there are no weights to download."""
    return _tower(False, options)


@register_model
def pointclip2_depth_fine(pretrained: bool = False, **options: Any) -> DepthTower:
    """timm's entry point to the tower with cells of 4 x 4 pixels."""
    return _tower(True, options)
