"""The segmentation pipeline as a plain module: any cloud, any batch, any weights."""

from pathlib import Path

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.geometry.smoothing import NeighbourSmoothing, RegionSmoothing
from pointclip2.heads.view_weights import CategoryWeights, EntropyWeights, FixedWeights
from pointclip2.tasks.parts.pipeline import SegmentPipeline
from pointclip2.text import NamePrompt
from pointclip2.types import ConfigError
from tests.toy import toy_backbone, toy_folder

PARTS = ["back", "seat", "leg"]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> SegmentPipeline:
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    made = SegmentPipeline(projector, toy_backbone(toy_folder(tmp_path_factory.mktemp("toy"))))
    made.use_prompts(NamePrompt()(PARTS, category="chair"))
    return made


def cloud(count: int = 70, batch: int = 2) -> torch.Tensor:
    return torch.rand(batch, count, 3, generator=torch.Generator().manual_seed(0)) - 0.5


def test_every_point_gets_one_of_the_parts(pipeline: SegmentPipeline) -> None:
    found = pipeline(cloud())
    assert found.part.shape == (2, 70)
    assert found.logits.shape == (2, 70, 3)
    assert set(found.part.flatten().tolist()) <= {0, 1, 2}
    assert bool(found.seen.any(dim=1).all())


def test_a_cloud_alone_is_segmented_as_in_a_batch(pipeline: SegmentPipeline) -> None:
    points = cloud(batch=3)
    together = pipeline(points)
    for b in range(3):
        alone = pipeline(points[b : b + 1])
        torch.testing.assert_close(alone.logits[0], together.logits[b])


@pytest.mark.parametrize(
    "points", [torch.zeros(1, 1, 3), torch.zeros(1, 9, 3), torch.full((1, 4, 3), torch.nan)]
)
@pytest.mark.parametrize("smoothing", [NeighbourSmoothing(steps=1), RegionSmoothing(regions=3)])
def test_clouds_without_extent_or_without_a_finite_point_have_a_defined_result(
    pipeline: SegmentPipeline, points: torch.Tensor, smoothing: NeighbourSmoothing | RegionSmoothing
) -> None:
    own = SegmentPipeline(pipeline.projector, pipeline.backbone, smoothing=smoothing)
    own.text = pipeline.text
    if bool(points.isnan().any()):
        views = own.encode(points)
        assert not bool(views.visible.any())
        return
    found = own(points)
    assert bool(found.logits.isfinite().all())


def test_one_view_is_enough(pipeline: SegmentPipeline) -> None:
    projector = build(
        compose(
            "evaluate",
            ["projector=splat", "projector.resolution=32", "projector.rig.views=[[[0,0,90],[0,20,0]]]"],
        ).projector
    )
    single = SegmentPipeline(projector, pipeline.backbone, smoothing=NeighbourSmoothing())
    single.text = pipeline.text
    found = single(cloud(batch=1))
    assert not bool(found.seen.all())
    assert found.part.shape == (1, 70)


def test_a_point_of_a_patch_gets_what_the_text_says_about_that_patch(pipeline: SegmentPipeline) -> None:
    views = pipeline.encode(cloud(batch=1))
    logits = pipeline.view_logits(views)
    cells = views.features[0, 0] @ pipeline.text.T * pipeline.backbone.logit_scale
    # Read values lie within what the cells say.
    assert float(logits[0].max()) <= float(cells.max()) + 1e-4
    assert float(logits[0].min()) >= float(cells.min()) - 1e-4


def test_weights_decide_which_views_speak(pipeline: SegmentPipeline) -> None:
    points = cloud(batch=1)
    views = pipeline.encode(points)
    logits = pipeline.view_logits(views)
    only = SegmentPipeline(pipeline.projector, pipeline.backbone)
    only.weights = FixedWeights((0.0,) * 9 + (1.0,), "test", "none")
    found = only.fused(logits, views, points)
    assert torch.equal(found.seen, views.visible[:, 9])
    shown = found.seen[0]
    torch.testing.assert_close(found.logits[0, shown], logits[9, 0, shown])


def test_weights_of_each_point_work_too(pipeline: SegmentPipeline) -> None:
    points = cloud()
    views = pipeline.encode(points)
    own = SegmentPipeline(pipeline.projector, pipeline.backbone)
    own.weights = EntropyWeights(0.5)
    assert own.fused(pipeline.view_logits(views), views, points).logits.shape == (2, 70, 3)


def test_weights_by_category_are_taken_by_its_name(pipeline: SegmentPipeline) -> None:
    points = cloud(batch=1)
    views = pipeline.encode(points)
    logits = pipeline.view_logits(views)
    own = SegmentPipeline(pipeline.projector, pipeline.backbone)
    own.weights = CategoryWeights({"Chair": (0.0,) * 9 + (1.0,)}, "a file", "test")
    assert torch.equal(own.fused(logits, views, points, "chair").seen, views.visible[:, 9])
    for category in ("table", None):
        with pytest.raises(ConfigError, match="a file has no view weights for"):
            own.fused(logits, views, points, category)


def test_the_released_scrambling_changes_what_is_said(pipeline: SegmentPipeline) -> None:
    views = pipeline.encode(cloud())
    released = SegmentPipeline(pipeline.projector, pipeline.backbone, window=6, scramble=True)
    assert not torch.allclose(
        released.view_logits(views, pipeline.text), pipeline.view_logits(views), atol=1e-3
    )


def test_a_larger_input_is_read_at_the_same_places(pipeline: SegmentPipeline) -> None:
    finer = SegmentPipeline(pipeline.projector, pipeline.backbone, DenseEncoder(size_px=64))
    views = finer.encode(cloud(batch=1))
    assert (views.image_px, views.input_px) == (32, 64)
    assert views.features.shape[2:4] == (8, 8)


@pytest.mark.parametrize("options", [{"window": 0}, {"upsample": "cubic"}, {"centre": -0.5}])
def test_options_are_checked(pipeline: SegmentPipeline, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"task\.(window|centre)"):
        SegmentPipeline(pipeline.projector, pipeline.backbone, **options)  # type: ignore[arg-type]


def test_weights_by_category_come_from_a_file_and_are_refused_by_classification(tmp_path: Path) -> None:
    file = tmp_path / "best_param.py"
    file.write_text("best_vweight = {'chair': [1.0, 0.5], 'mug': [0.25, 1.0]}\n")
    overrides = ["view_weights=file", f"view_weights.path={file}", "view_weights.key=best_vweight"]
    weights = build(compose("evaluate", [*overrides, "view_weights.selected_on=test"]).view_weights)
    found = weights.resolve("any", "any", 2)
    assert found.of("mug").values == (0.25, 1.0)
    assert found.selected_on == "test"
    assert found.describe()["values"]["chair"] == [1.0, 0.5]
    with pytest.raises(ConfigError, match="only part segmentation can use"):
        found(torch.zeros(2, 1, 3))
    with pytest.raises(ConfigError, match="2 view weights for a rig of 3 views"):
        weights.resolve("any", "any", 3)
