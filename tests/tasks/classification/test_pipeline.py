from pathlib import Path

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.heads.fusion import fuse, view_logits
from pointclip2.heads.view_weights import EntropyWeights, FixedWeights
from pointclip2.tasks.classification.pipeline import ClassifyPipeline, top_classes
from pointclip2.text import NamePrompt
from tests.toy import toy_backbone, toy_folder


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> ClassifyPipeline:
    projector = build(compose("evaluate", ["projector=splat", "projector.resolution=32"]).projector)
    made = ClassifyPipeline(projector, toy_backbone(toy_folder(tmp_path_factory.mktemp("toy"))))
    made.use_prompts(NamePrompt()(["chair", "table", "lamp"]))
    return made


@pytest.fixture(autouse=True)
def uniform(pipeline: ClassifyPipeline) -> None:
    pipeline.weights = None


def clouds(batch: int) -> torch.Tensor:
    return torch.rand(batch, 64, 3, generator=torch.Generator().manual_seed(0)) - 0.5


@pytest.mark.parametrize("batch", [1, 3])
def test_clouds_become_probabilities(pipeline: ClassifyPipeline, batch: int) -> None:
    probability = pipeline(clouds(batch))
    assert probability.shape == (batch, 3)
    torch.testing.assert_close(probability.sum(dim=1), torch.ones(batch))


def test_a_cloud_has_the_same_probabilities_alone_and_in_a_batch(pipeline: ClassifyPipeline) -> None:
    together = pipeline(clouds(3))
    alone = torch.cat([pipeline(cloud.unsqueeze(0)) for cloud in clouds(3)])
    torch.testing.assert_close(alone, together, atol=1e-4, rtol=1e-3)


def test_the_rooms_can_be_walked_one_by_one(pipeline: ClassifyPipeline) -> None:
    points = clouds(2)
    features = pipeline.backbone.encode_views(pipeline.projector(points).images)
    torch.testing.assert_close(pipeline.encode(points), features)
    logits = view_logits(features, pipeline.text, pipeline.backbone.logit_scale)
    torch.testing.assert_close(pipeline.view_logits(features), logits)
    torch.testing.assert_close(pipeline.fused(logits)[0], fuse(logits, torch.ones(10)))


def test_view_weights_decide_which_views_are_heard(pipeline: ClassifyPipeline) -> None:
    features = pipeline.encode(clouds(2))
    logits = pipeline.view_logits(features)
    pipeline.weights = FixedWeights((0.0,) * 9 + (1.0,), "last view", "none")
    torch.testing.assert_close(pipeline.fused(logits)[0], logits[9])
    pipeline.weights = EntropyWeights()
    torch.testing.assert_close(pipeline(clouds(2)).sum(dim=1), torch.ones(2))


def test_other_prompts_need_no_new_features(pipeline: ClassifyPipeline) -> None:
    features = pipeline.encode(clouds(2))
    before = pipeline.text
    pipeline.use_prompts(NamePrompt()(["sofa", "bed"]))
    assert pipeline.view_logits(features).shape == (10, 2, 2)
    pipeline.text = before


def test_nothing_of_it_enters_a_checkpoint_but_what_is_learnt(pipeline: ClassifyPipeline) -> None:
    assert not any(name.startswith(("backbone", "text")) for name in pipeline.state_dict())


def test_a_rig_of_one_view_works(tmp_path: Path) -> None:
    cfg = compose("evaluate", ["projector=splat", "projector/rig=ring", "projector.rig.views=1"])
    pipeline = ClassifyPipeline(build(cfg.projector), toy_backbone(toy_folder(tmp_path)))
    pipeline.use_prompts(NamePrompt()(["chair"]))
    torch.testing.assert_close(pipeline(clouds(1)), torch.ones(1, 1))


def test_the_best_classes_come_first_and_are_at_most_as_many_as_there_are() -> None:
    probability = torch.tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    names = ("chair", "table", "lamp")
    best = top_classes(probability, names, 2)
    assert [[name for name, _ in row] for row in best] == [["table", "lamp"], ["lamp", "chair"]]
    assert [len(row) for row in top_classes(probability, names, 5)] == [3, 3]
    assert best[0][0][1] == pytest.approx(0.5)
