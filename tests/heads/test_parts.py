"""Dense features to parts: any cloud, any batch, any weights."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.geometry.smoothing import NeighbourSmoothing, RegionSmoothing, Smoothing
from pointclip2.heads.parts import PartHead
from pointclip2.heads.view_weights import CategoryWeights, EntropyWeights, FixedWeights
from pointclip2.text import NamePrompt, encode_prompts
from pointclip2.types import CloudBatch, ConfigError, Features, Places
from tests.toy import toy_backbone, toy_folder

LAST_VIEW = (0.0,) * 9 + (1.0,)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> DenseViewEncoder:
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    return DenseViewEncoder(projector, toy_backbone(toy_folder(tmp_path_factory.mktemp("toy"))))


@pytest.fixture(scope="module")
def text(encoder: DenseViewEncoder) -> Tensor:
    return encode_prompts(encoder.text, NamePrompt()(["back", "seat", "leg"], category="chair"))


def cloud(count: int = 70, batch: int = 2) -> Tensor:
    return torch.rand(batch, count, 3, generator=torch.Generator().manual_seed(0)) - 0.5


def seen(encoder: DenseViewEncoder, points: Tensor) -> tuple[Features, Places]:
    features = encoder.encode(CloudBatch(points))
    assert features.places is not None
    return features, features.places


def test_every_point_gets_one_of_the_parts_alone_as_in_a_batch(
    encoder: DenseViewEncoder, text: Tensor
) -> None:
    points = cloud()
    together = PartHead()(encoder.encode(CloudBatch(points)), text, points)
    assert together.part.shape == (2, 70)
    assert together.logits.shape == (2, 70, 3)
    assert set(together.part.flatten().tolist()) <= {0, 1, 2}
    assert bool(together.seen.any(dim=1).all())
    for own, logits in zip(points.split(1), together.logits, strict=True):
        alone = PartHead()(encoder.encode(CloudBatch(own)), text, own)
        torch.testing.assert_close(alone.logits[0], logits)


@pytest.mark.parametrize("smoothing", [NeighbourSmoothing(steps=1), RegionSmoothing(regions=3)])
def test_clouds_without_extent_have_a_defined_result_and_what_is_nowhere_is_not_seen(
    encoder: DenseViewEncoder, text: Tensor, smoothing: Smoothing
) -> None:
    for count in (1, 9):
        points = torch.zeros(1, count, 3)
        found = PartHead(smoothing=smoothing)(encoder.encode(CloudBatch(points)), text, points)
        assert bool(found.logits.isfinite().all())
    assert not bool(seen(encoder, torch.full((1, 4, 3), torch.nan))[1].visible.any())


def test_one_view_is_enough(encoder: DenseViewEncoder, text: Tensor) -> None:
    rig = "projector.rig.views=[[[0,0,90],[0,20,0]]]"
    cfg = compose("evaluate", ["projector=splat", "projector.resolution=32", rig])
    single = DenseViewEncoder(build(cfg.projector), encoder.clip)
    assert single.tokens == 1
    points = cloud(batch=1)
    found = PartHead(smoothing=NeighbourSmoothing())(single.encode(CloudBatch(points)), text, points)
    assert not bool(found.seen.all())
    assert found.part.shape == (1, 70)


def test_a_point_is_told_what_the_text_says_about_cells(encoder: DenseViewEncoder, text: Tensor) -> None:
    features, _ = seen(encoder, cloud(batch=1))
    logits = PartHead(20.0).view_logits(features, text)
    cells = 20.0 * features.cells[0, 0] @ text.T
    # Read values lie within what the cells say.
    assert float(logits[0].max()) <= float(cells.max()) + 1e-4
    assert float(logits[0].min()) >= float(cells.min()) - 1e-4


def test_weights_decide_which_views_speak(encoder: DenseViewEncoder, text: Tensor) -> None:
    points = cloud(batch=1)
    features, places = seen(encoder, points)
    head = PartHead(weights=FixedWeights(LAST_VIEW, "test", "none"))
    logits = head.view_logits(features, text)
    found = head.fused(logits, features, points)
    assert torch.equal(found.seen, places.visible[:, 9])
    shown = found.seen[0]
    torch.testing.assert_close(found.logits[0, shown], logits[9, 0, shown])
    of_points = PartHead(weights=EntropyWeights(0.5))
    assert of_points.fused(logits, features, points).logits.shape == (1, 70, 3)


def test_weights_by_category_are_taken_by_its_name(encoder: DenseViewEncoder, text: Tensor) -> None:
    points = cloud(batch=1)
    features, places = seen(encoder, points)
    head = PartHead(weights=CategoryWeights({"Chair": LAST_VIEW}, "a file", "test"))
    logits = head.view_logits(features, text)
    assert torch.equal(head.fused(logits, features, points, "chair").seen, places.visible[:, 9])
    for category in ("table", None):
        with pytest.raises(ConfigError, match="a file has no view weights for"):
            head.fused(logits, features, points, category)


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


def test_the_released_scrambling_changes_what_is_said(encoder: DenseViewEncoder, text: Tensor) -> None:
    features, _ = seen(encoder, cloud())
    released = PartHead(window=6, scramble=True).view_logits(features, text)
    assert not torch.allclose(released, PartHead().view_logits(features, text), atol=1e-3)


def test_a_larger_input_is_read_at_the_same_places(encoder: DenseViewEncoder) -> None:
    finer = DenseViewEncoder(encoder.projector, encoder.clip, DenseEncoder(size_px=64))
    features, places = seen(finer, cloud(batch=1))
    assert (places.image_px, places.input_px) == (32, 64)
    assert features.cells.shape[2:4] == (8, 8)
    assert finer.describe() != encoder.describe()


@pytest.mark.parametrize("options", [{"window": 0}, {"upsample": "cubic"}, {"centre": -0.5}])
def test_options_are_checked(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"task\.(window|centre)"):
        PartHead(**options)  # type: ignore[arg-type]
