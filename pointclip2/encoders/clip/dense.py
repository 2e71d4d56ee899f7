"""Dense features: one unit vector, aligned with text, for every cell of a view. One mechanism; variants are options.

A CLIP is trained on its pooled feature only. What a single cell says in its last block is mixed with what all others
say, so training-free variants take that mixing apart: MaskCLIP (Zhou et al., ECCV 2022) keeps the value path, ClearCLIP
(Lan et al., ECCV 2024) and NACLIP (Hajimiri et al., WACV 2025) let queries or keys attend to their like, NACLIP nearby
first.
"""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from pointclip2.encoders.clip.dense_towers import LastBlock, tower_maps
from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.types import ConfigError

ATTENTIONS = ("plain", "value", "query", "key")


class DenseEncoder:
    """How a frozen backbone becomes an encoder of cells.

    Args:
        attention: in the last block: ``plain`` (as trained), ``value`` (every token keeps its own value), ``query`` or
            ``key`` (these attend to their like).
        locality: standard deviation, in cells, of a Gaussian window that is added to the attention's logits, so that
            near cells count more; 0 leaves it out.
        residual: keep the last block's input in its output.
        feed_forward: apply the last block's feed-forward layer.
        size_px: side of the input; None takes the backbone's. A larger one gives a finer map.
        crops: with a larger ``size_px``, slide windows of the backbone's own size over the input, half overlapping, and
            average where they overlap, instead of showing the model an input of a size it was not trained with.

    Raises:
        ConfigError: an unknown attention, a negative locality, locality without attention to limit.
    """

    def __init__(
        self,
        attention: str = "plain",
        locality: float = 0.0,
        residual: bool = True,
        feed_forward: bool = True,
        size_px: int | None = None,
        crops: bool = False,
    ) -> None:
        if attention not in ATTENTIONS:
            raise ConfigError(f"dense.attention={attention}: choose one of {', '.join(ATTENTIONS)}")
        if not locality >= 0 or (locality and attention == "value"):
            raise ConfigError(
                f"dense.locality={locality} with attention={attention}: it must be 0 or more, "
                "and 0 with attention=value, which mixes no cells"
            )
        if size_px is not None and size_px < 1:
            raise ConfigError(
                f"dense.size_px={size_px} must be positive, or null for the backbone's own size"
            )
        self.last = LastBlock(attention, float(locality), residual, feed_forward)
        self.size_px = size_px
        self.crops = crops

    def input_px(self, backbone: OpenClipBackbone) -> int:
        """Side of the input that the maps are of."""
        return self.size_px or backbone.image_size

    def describe(self) -> dict[str, Any]:
        """What decides the features, as plain data: for cache keys and results."""
        return {**vars(self.last), "size_px": self.size_px, "crops": self.crops}

    @torch.no_grad()
    def __call__(
        self,
        backbone: OpenClipBackbone,
        images: Float[Tensor, "batch views height width"] | Float[Tensor, "batch views 3 height width"],
    ) -> Float[Tensor, "batch views rows columns dim"]:
        """Unit features of every cell of every view.

        Raises:
            ConfigError: the backbone has no dense features, not this variant, or cannot take an input of this size.
        """
        backbone.check_device()
        encode = self._in_crops if self._cropped(backbone) else self._whole
        maps = [encode(backbone, part) for part in images.flatten(0, 1).split(backbone.batch)]
        cells = F.normalize(torch.cat(maps), dim=-1)
        return cells.view(*images.shape[:2], *cells.shape[1:])

    def _cropped(self, backbone: OpenClipBackbone) -> bool:
        if self.crops and self.input_px(backbone) < backbone.image_size:
            raise ConfigError(
                f"dense.size_px={self.size_px} is smaller than the crops of {backbone.image_size} px: "
                "give a larger size or crops=false"
            )
        return self.crops and self.input_px(backbone) > backbone.image_size

    def _whole(self, backbone: OpenClipBackbone, images: Tensor) -> Float[Tensor, "images rows columns dim"]:
        prepared = backbone.prepare_images(images, self.input_px(backbone))
        return tower_maps(backbone, prepared, self.last)

    def _in_crops(
        self, backbone: OpenClipBackbone, images: Tensor
    ) -> Float[Tensor, "images rows columns dim"]:
        side, window = self.input_px(backbone), backbone.image_size
        prepared = backbone.prepare_images(images, side)
        first = tower_maps(backbone, prepared[:, :, :window, :window], self.last)
        cells = first.shape[1]
        cell_px = window // cells
        if side % cell_px or window % cell_px:
            raise ConfigError(
                f"dense.size_px={side}: with crops it has to be a multiple of {cell_px} px, the side of a cell"
            )
        total = first.new_zeros(len(images), side // cell_px, side // cell_px, first.shape[-1])
        count = first.new_zeros(side // cell_px, side // cell_px, 1)
        for row in _starts(side // cell_px, cells):
            for column in _starts(side // cell_px, cells):
                y, x = row * cell_px, column * cell_px
                part = prepared[:, :, y : y + window, x : x + window]
                maps = first if (row, column) == (0, 0) else tower_maps(backbone, part, self.last)
                total[:, row : row + cells, column : column + cells] += F.normalize(maps, dim=-1)
                count[row : row + cells, column : column + cells] += 1
        return total / count


def _starts(side: int, window: int) -> list[int]:
    """First cells of half-overlapping windows that cover the whole side."""
    return sorted({*range(0, side - window, max(1, window // 2)), side - window})
