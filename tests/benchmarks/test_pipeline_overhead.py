"""What everything beside the backbone costs: the pipeline against the bare forward pass at ViT-B/16 size."""

import statistics
import time
from collections.abc import Callable

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.views import ViewEncoder
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.text import NamePrompt, encode_prompts


def alternating_seconds(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Medians of two things timed in turn, so that a noisy neighbour hits both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for seconds, call in zip(taken, (first, second), strict=True):
            start = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - start)
    return statistics.median(taken[0]), statistics.median(taken[1])


@pytest.mark.benchmark
def test_the_pipeline_costs_at_most_a_tenth_more_than_the_bare_backbone() -> None:
    backbone = OpenClipBackbone(
        "ViT-B-16-quickgelu",
        "random",
        224,
        (0.5,) * 3,
        (0.5,) * 3,
        normalise=False,
        weights="random",
        batch=10,
    )
    encoder = ViewEncoder(build(compose("evaluate").projector), backbone)
    text = encode_prompts(backbone, NamePrompt()([f"thing {index}" for index in range(40)]))
    head = ZeroShotHead(text, backbone.logit_scale)
    points = torch.randn(2, 1024, 3, generator=torch.Generator().manual_seed(0))
    images = torch.rand(20, 3, 224, 224, generator=torch.Generator().manual_seed(0))

    def bare() -> None:
        for part in images.split(10):
            backbone.model.encode_image(part)

    with torch.no_grad():
        head(encoder(points)), bare()
        whole, alone = alternating_seconds(lambda: head(encoder(points)), bare, rounds=7)
    print(
        f"\npipeline, ViT-B/16 size, ten views: {whole / 2 * 1e3:.0f} ms a shape, "
        f"bare forward {alone / 2 * 1e3:.0f} ms, ratio {whole / alone:.3f}"
    )
    assert whole <= 1.10 * alone
