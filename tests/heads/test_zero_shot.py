"""Features to class probabilities: the equation, the view weights, and the best classes by name."""

import pytest
import torch
from torch.nn import functional as F

from pointclip2.heads.fusion import fuse, view_logits
from pointclip2.heads.view_weights import EntropyWeights, FixedWeights
from pointclip2.heads.zero_shot import ZeroShotHead, top_classes

TEXT = F.normalize(torch.randn(3, 8, generator=torch.Generator().manual_seed(1)), dim=-1)


def features(batch: int, views: int = 4) -> torch.Tensor:
    return F.normalize(torch.randn(batch, views, 8, generator=torch.Generator().manual_seed(0)), dim=-1)


@pytest.mark.parametrize(("batch", "views"), [(3, 4), (1, 1)])
def test_logits_of_views_are_summed_and_become_probabilities(batch: int, views: int) -> None:
    head = ZeroShotHead(TEXT, 20.0)
    logits = head.view_logits(features(batch, views))
    torch.testing.assert_close(logits, view_logits(features(batch, views), TEXT, 20.0))
    fused, probability = head.scores(features(batch, views))
    torch.testing.assert_close(fused, fuse(logits, torch.ones(views)))
    torch.testing.assert_close(probability.sum(dim=1), torch.ones(batch))
    torch.testing.assert_close(probability, (fused / views).softmax(dim=-1))


def test_view_weights_decide_which_views_are_heard() -> None:
    head = ZeroShotHead(TEXT, 20.0, FixedWeights((0.0, 0.0, 0.0, 1.0), "last view", "none"))
    logits = head.view_logits(features(2))
    torch.testing.assert_close(head.fused(logits)[0], logits[3])
    head.weights = EntropyWeights()
    torch.testing.assert_close(head(features(2)).sum(dim=1), torch.ones(2))


def test_other_texts_need_no_new_features_and_enter_no_checkpoint() -> None:
    head = ZeroShotHead(TEXT)
    head.text = TEXT[:2]
    assert head.view_logits(features(2)).shape == (4, 2, 2)
    assert head.state_dict() == {}


def test_the_best_classes_come_first_and_are_at_most_as_many_as_there_are() -> None:
    probability = torch.tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    names = ("chair", "table", "lamp")
    best = top_classes(probability, names, 2)
    assert [[name for name, _ in row] for row in best] == [["table", "lamp"], ["lamp", "chair"]]
    assert [len(row) for row in top_classes(probability, names, 5)] == [3, 3]
    assert best[0][0][1] == pytest.approx(0.5)
