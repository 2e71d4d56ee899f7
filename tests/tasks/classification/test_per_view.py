"""Accuracy and weight of each view, against a plain loop."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pointclip2.cache import FeatureTable
from pointclip2.heads.fusion import view_logits
from pointclip2.heads.view_weights import EntropyWeights, FixedWeights, ViewWeights
from pointclip2.tasks.classification.per_view import per_view
from pointclip2.tasks.classification.pipeline import ClassifyPipeline

LABELS = [0, 1, 2, -1, 1, 0, 2, -1]


class OfFeatures(ClassifyPipeline):
    """A pipeline without projector and backbone: it begins with features."""

    def __init__(self, text: Tensor, weights: ViewWeights | None) -> None:
        nn.Module.__init__(self)
        self.text, self.weights = text, weights

    def view_logits(self, features: Tensor) -> Tensor:
        return view_logits(features, self.text)


def found(
    labels: list[int], weights: ViewWeights | None = None, batch_size: int = 3
) -> tuple[dict[str, Any], Tensor]:
    generator = torch.Generator().manual_seed(0)
    features = torch.nn.functional.normalize(torch.randn(7, 4, 6, generator=generator), dim=-1)
    text = torch.nn.functional.normalize(torch.randn(3, 6, generator=generator), dim=-1)
    # Sample 4 of the data set could not be read.
    table = FeatureTable(features, torch.tensor([0, 1, 2, 3, 5, 6, 7]), {"4": "torn"})
    pipeline = OfFeatures(text, weights)
    return per_view(pipeline, table, labels, batch_size), view_logits(features, text)


def test_accuracy_of_a_view_is_that_of_its_own_logits_over_the_labelled_samples() -> None:
    result, logits = found(LABELS)
    labels = [LABELS[position] for position in (0, 1, 2, 3, 5, 6, 7)]
    for view in range(4):
        hits = [int(logits[view, row].argmax()) == label for row, label in enumerate(labels) if label >= 0]
        assert result["acc"][view] == pytest.approx(sum(hits) / 5)


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_the_batches_change_nothing(batch_size: int) -> None:
    cut, whole = (found(LABELS, EntropyWeights(), size)[0] for size in (batch_size, 7))
    assert cut["acc"] == whole["acc"]
    assert cut["weight"] == pytest.approx(whole["weight"])


def test_without_labels_there_is_no_accuracy_and_yet_a_weight() -> None:
    assert found([-1] * 8)[0] == {"weight": [1.0] * 4}


def test_fixed_weights_are_told_as_they_are() -> None:
    weights = FixedWeights((0.25, 0.5, 0.75, 1.0), "file", "holdout")
    assert found(LABELS, weights)[0]["weight"] == [0.25, 0.5, 0.75, 1.0]


def test_weights_of_each_shape_are_told_as_their_mean_share() -> None:
    result, logits = found(LABELS, EntropyWeights())
    weights = EntropyWeights()(logits)
    expected = (weights / weights.mean(dim=0, keepdim=True)).mean(dim=1)
    assert result["weight"] == pytest.approx(expected.tolist(), abs=1e-5)
    assert sum(result["weight"]) == pytest.approx(4, abs=1e-4)
