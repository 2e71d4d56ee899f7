"""Clouds in, a part for every point out: PointCLIP V2's zero-shot part segmentation as one plain module, put right."""

from dataclasses import dataclass

import torch
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
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.geometry.smoothing import NoSmoothing, Smoothing
from pointclip2.heads.view_weights import CategoryWeights, FixedWeights, ViewWeights
from pointclip2.text import PromptSet, encode_prompts
from pointclip2.types import ConfigError, DenseViews


@dataclass(frozen=True)
class Segmentation:
    """What was said about every point of a batch of clouds."""

    part: Int64[Tensor, "batch points"]
    """Index into the parts that were asked for."""
    logits: Float[Tensor, "batch points parts"]
    """Fused over the views and smoothed."""
    seen: Bool[Tensor, "batch points"]
    """Whether any view shows the point; the others got their part from points nearby, where smoothing is on."""


class SegmentPipeline(nn.Module):
    """Project, encode cells, compare with part texts, read at the points, fuse, smooth. Usable alone in a notebook.

    Args:
        projector: points (batch, points, 3) to `Projection`.
        backbone: frozen image and text encoder.
        dense: how the backbone encodes cells.
        smoothing: what becomes of fused logits on the cloud.
        window: cells over which part maps are averaged before they are read; 6 in the released program, 1 is none.
        upsample: ``bilinear`` or ``nearest``.
        centre: how much of each part's mean over a cloud is taken off its logits, from 0 to 1; see `centred`.
        scramble: interleave channels and positions as the released program does (FACTS.md, defect 1).

    Raises:
        ConfigError: a window below 1, another way of upsampling.

    >>> from pointclip2.app.compose import build, compose
    >>> from pointclip2.text import NamePrompt
    >>> cfg = compose("evaluate", ["task=part_segmentation", "projector=splat"])
    >>> pipeline = SegmentPipeline(build(cfg.projector), build(cfg.backbone))
    >>> pipeline.use_prompts(NamePrompt()(["seat", "leg"], category="chair"))
    >>> pipeline(torch.rand(1, 512, 3)).part.shape
    torch.Size([1, 512])
    """

    text: Tensor

    def __init__(
        self,
        projector: nn.Module,
        backbone: OpenClipBackbone,
        dense: DenseEncoder | None = None,
        smoothing: Smoothing | None = None,
        window: int = 1,
        upsample: str = "bilinear",
        centre: float = 0.0,
        scramble: bool = False,
    ) -> None:
        super().__init__()
        if window < 1 or upsample not in UPSAMPLE:
            raise ConfigError(
                f"task.window={window} must be 1 or more, task.upsample={upsample} one of {', '.join(UPSAMPLE)}"
            )
        self.projector = projector
        self.backbone = backbone
        self.dense = dense or DenseEncoder()
        self.smoothing = smoothing or NoSmoothing()
        self.window = window
        if not 0 <= centre <= 1:
            raise ConfigError(f"task.centre={centre} must be in [0, 1]")
        self.upsample = upsample
        self.centre = centre
        self.scramble = scramble
        self.weights: ViewWeights | None = None
        self.register_buffer("text", torch.zeros(0, 0), persistent=False)

    def use_prompts(self, prompts: PromptSet) -> None:
        """Encode what the parts are called."""
        self.text = encode_prompts(self.backbone, prompts)

    def encode(self, points: Float[Tensor, "batch points 3"]) -> DenseViews:
        """Cells of every view and where the points fall: the part worth caching."""
        projection = self.projector(points)
        return DenseViews(
            self.dense(self.backbone, projection.images),
            projection.pixel_yx,
            projection.visible,
            projection.images.shape[-1],
            self.dense.input_px(self.backbone),
        )

    def view_logits(
        self, views: DenseViews, text: Float[Tensor, "parts dim"] | None = None
    ) -> Float[Tensor, "views batch points parts"]:
        """What every view says at every point's pixel, whether it sees the point or not.

        ``text`` takes the place of the prompts in use.
        """
        features = scrambled(views.features) if self.scramble else views.features
        text = (self.text if text is None else text).to(features.device)
        maps = smooth_maps(self.backbone.logit_scale * (features @ text.T), self.window)
        read = read_maps(maps, views.pixel_yx, views.image_px, views.input_px, self.upsample)
        return centred(read, views.visible, self.centre)

    def fused(
        self,
        logits: Float[Tensor, "views batch points parts"],
        views: DenseViews,
        points: Float[Tensor, "batch points 3"],
        category: str | None = None,
    ) -> Segmentation:
        """Fuse under the view weights (uniform until ``weights`` is set) and smooth on the cloud.

        ``category`` is asked for by weights that are different for each.
        """
        source = self.weights or FixedWeights((1.0,) * len(logits), "uniform", "none")
        if isinstance(source, CategoryWeights):
            source = source.of(category)
        weights = source(logits.flatten(1, 2))
        if weights.ndim == 2:
            weights = weights.unflatten(1, logits.shape[1:3])
        fused, seen = fuse_points(logits, views.visible, weights)
        smooth = self.smoothing(points, fused, seen)
        return Segmentation(smooth.argmax(dim=-1), smooth, seen)

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Segmentation:
        """A part for every point of clouds, y up, in the unit sphere."""
        views = self.encode(points)
        return self.fused(self.view_logits(views), views, points)
