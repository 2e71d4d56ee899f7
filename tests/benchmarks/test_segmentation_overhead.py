"""What everything beside the backbone costs in part segmentation: against the bare forward pass at ViT-B/16 size."""

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.heads.parts import PartHead
from pointclip2.text import NamePrompt, encode_prompts
from pointclip2.types import CloudBatch
from tests.benchmarks.test_pipeline_overhead import alternating_seconds

PARTS = ["back", "seat", "leg", "arm"]


@pytest.mark.benchmark
def test_everything_but_the_backbone_costs_at_most_fifteen_per_cent_of_it() -> None:
    size = (0.5,) * 3
    arch = "ViT-B-16-quickgelu"
    backbone = OpenClipBackbone(arch, "random", 224, size, size, normalise=False, weights="random", batch=10)
    cfg = compose("evaluate", ["task=part_segmentation"])
    encoder = DenseViewEncoder(build(cfg.projector), backbone, build(cfg.dense))
    head = PartHead(backbone.logit_scale, build(cfg.smoothing))
    text = encode_prompts(backbone, NamePrompt()(PARTS, category="chair"))
    generator = torch.Generator().manual_seed(0)
    points = torch.nn.functional.normalize(torch.randn(1, 2048, 3, generator=generator), dim=-1)
    images = torch.rand(10, 3, 224, 224, generator=generator)
    with torch.no_grad():
        features = encoder.encode(CloudBatch(points))

        def rest() -> None:
            encoder.projector(points)
            head(features, text, points)

        rest()
        backbone.model.encode_image(images)
        beside, forward = alternating_seconds(rest, lambda: backbone.model.encode_image(images), rounds=5)
    print(
        f"\nsegmentation beside the backbone: {beside * 1e3:.0f} ms a shape (projection, reading, fusion, smoothing), "
        f"ViT-B/16 forward of ten views {forward * 1e3:.0f} ms, share {beside / forward:.3f}"
    )
    assert beside <= 0.15 * forward
