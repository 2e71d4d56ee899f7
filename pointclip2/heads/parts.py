"""Turn dense features into a part for every point, by PointCLIP V2's zero-shot segmentation without its mistakes."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from pointclip2.encoders.back_projection import (
    UPSAMPLE,
    centred,
    fuse_points,
    read_maps,
    scrambled,
    smooth_maps,
)
from pointclip2.errors import ConfigError
from pointclip2.geometry.smoothing import NoSmoothing, Smoothing
from pointclip2.heads.view_weights import CategoryWeights, ViewWeights
from pointclip2.heads.zero_shot import uniform_weights
from pointclip2.types import Features


@dataclass(frozen=True)
class Segmentation:
    """Holds what was predicted for every point of a batch of clouds."""

    part: Int64[Tensor, "batch points"]
    """Index of each point's part among those that were asked for."""
    logits: Float[Tensor, "batch points parts"]
    """Logits, fused over the views and smoothed."""
    seen: Bool[Tensor, "batch points"]
    """Whether any view shows the point; the others got their part from points nearby, where smoothing is on."""


class PartHead(nn.Module):
    """Compares cells with the texts of parts, reads them at the points, fuses the views and smooths on the cloud.

    Args:
        logit_scale: factor of the cosines, as the text encoder has it.
        smoothing: how the fused logits are smoothed on the cloud.
        window: side in cells over which part maps are averaged before they are read; released: 6, none: 1.
        upsample: ``bilinear`` or ``nearest``.
        centre: how much of each part's mean over a cloud is subtracted from its logits, from 0 to 1; see `centred`.
        scramble: interleave channels and positions as the released program does by mistake.
        weights: how much each view counts; by default all the same.

    Raises:
        ConfigError: the window is below 1, the upsampling is unknown, or the centre is outside [0, 1].
    """

    def __init__(
        self,
        logit_scale: float = 100.0,
        smoothing: Smoothing | None = None,
        window: int = 1,
        upsample: str = "bilinear",
        centre: float = 0.0,
        scramble: bool = False,
        weights: ViewWeights | CategoryWeights | None = None,
    ) -> None:
        super().__init__()
        if window < 1 or upsample not in UPSAMPLE:
            raise ConfigError(
                f"task.window={window} must be 1 or more, task.upsample={upsample} one of {', '.join(UPSAMPLE)}"
            )
        if not 0 <= centre <= 1:
            raise ConfigError(f"task.centre={centre} must be in [0, 1]")
        self.logit_scale = logit_scale
        self.smoothing = smoothing or NoSmoothing()
        self.window = window
        self.upsample = upsample
        self.centre = centre
        self.scramble = scramble
        self.weights = weights

    def read(
        self, maps: Float[Tensor, "batch views rows columns parts"], features: Features
    ) -> Float[Tensor, "views batch points parts"]:
        """Return what maps over the cells of ``features`` say at every point's own pixel, centred."""
        places = features.places
        assert places is not None
        smooth = smooth_maps(maps, self.window)
        read = read_maps(smooth, places.pixel_yx, places.image_px, places.input_px, self.upsample)
        return centred(read, places.visible, self.centre)

    def cells(self, features: Features) -> Float[Tensor, "batch views rows columns dim"]:
        """Return the cells of dense features, or what the released program takes for them."""
        return scrambled(features.cells) if self.scramble else features.cells

    def view_logits(
        self, features: Features, text: Float[Tensor, "parts dim"]
    ) -> Float[Tensor, "views batch points parts"]:
        """Return what every view says at every point's pixel, whether it sees the point or not."""
        cells = self.cells(features)
        return self.read(self.logit_scale * (cells @ text.to(cells.device).T), features)

    def fused(
        self,
        logits: Float[Tensor, "views batch points parts"],
        features: Features,
        points: Float[Tensor, "batch points 3"],
        category: str | None = None,
    ) -> Segmentation:
        """Fuse under the view weights and smooth on the cloud.

        Only weights that differ between categories need ``category``.
        """
        assert features.places is not None
        source = self.weights or uniform_weights(len(logits))
        if isinstance(source, CategoryWeights):
            source = source.of(category)
        weights = source(logits.flatten(1, 2))
        if weights.ndim == 2:
            weights = weights.unflatten(1, logits.shape[1:3])
        fused, seen = fuse_points(logits, features.places.visible, weights)
        smooth = self.smoothing(points, fused, seen)
        return Segmentation(smooth.argmax(dim=-1), smooth, seen)

    def forward(
        self,
        features: Features,
        text: Float[Tensor, "parts dim"],
        points: Float[Tensor, "batch points 3"],
        category: str | None = None,
    ) -> Segmentation:
        """Return a part for every point of clouds, y up, in the unit sphere."""
        return self.fused(self.view_logits(features, text), features, points, category)
