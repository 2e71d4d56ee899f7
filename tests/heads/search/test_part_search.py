"""Searches for part segmentation, against trying everything, on evidence made up so that the best is known."""

import itertools

import pytest
import torch

from pointclip2.heads.search.part_evidence import PointEvidence, ViewEvidence, category_miou, mean_iou
from pointclip2.heads.search.part_prompts import PartPromptSearch, replace_part_sentences
from pointclip2.heads.search.part_weights import PartWeightSearch, climb_part_weights
from pointclip2.metrics.part_iou import shape_iou
from pointclip2.types import ConfigError, DataError


def evidence(seed: int = 0, views: int = 3, parts: tuple[int, ...] = (2, 3)) -> list[ViewEvidence]:
    """Two categories; the first view tells the truth, the others mostly noise."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for count in parts:
        truth = torch.randint(count, (4, 20), generator=generator)
        truth[0, 0] = -1
        logits = torch.randn(views, 4, 20, count, generator=generator)
        logits[0] += 1.5 * torch.nn.functional.one_hot(truth.clamp(min=0), count)
        made.append(ViewEvidence(logits, truth))
    return made


def test_the_score_is_the_category_miou_of_the_fused_prediction() -> None:
    seen, weights = evidence(), torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.25]], dtype=torch.float64)
    scores = category_miou(seen, weights)
    for row, score in zip(weights, scores, strict=True):
        means = []
        for one in seen:
            prediction = torch.einsum("v,vsnk->snk", row.float(), one.logits).argmax(dim=-1)
            means.append(float(shape_iou(prediction, one.truth, range(one.logits.shape[-1])).mean()))
        assert float(score) == pytest.approx(sum(means) / 2)


def test_an_ascent_never_loses_and_ends_where_no_single_view_helps() -> None:
    seen, levels = evidence(), [0.0, 0.5, 1.0]
    found = climb_part_weights(seen, levels, initial=[1.0, 1.0, 1.0])
    assert found.score >= found.history[0].score
    assert found.values[0] == 1.0
    own = found.values.double()
    assert float(category_miou(seen, own[None])[0]) == pytest.approx(found.score)
    for view, level in itertools.product(range(3), levels):
        tried = own.clone()
        tried[view] = level
        if float(tried.sum()) > 0:
            assert float(category_miou(seen, tried[None])[0]) <= found.score + 1e-12


def test_views_that_are_not_free_keep_their_weights() -> None:
    found = climb_part_weights(evidence(), [0.25, 1.0], free=[1], initial=[0.5, 1.0, 0.75])
    assert found.values[[0, 2]].tolist() == [0.5, 0.75]


def test_there_has_to_be_something_to_look_at() -> None:
    with pytest.raises(DataError, match="without a labelled shape"):
        climb_part_weights([], [1.0])


def sentences_case() -> tuple[PointEvidence, torch.Tensor, list[torch.Tensor]]:
    generator = torch.Generator().manual_seed(0)
    truth = torch.randint(3, (5, 30), generator=generator)
    directions = torch.nn.functional.normalize(torch.randn(3, 8, generator=generator), dim=-1)
    features = directions[truth] + 0.5 * torch.randn(5, 30, 8, generator=generator)
    text = torch.nn.functional.normalize(torch.randn(3, 8, generator=generator), dim=-1)
    rows = [
        torch.nn.functional.normalize(
            torch.cat([torch.randn(4, 8, generator=generator), directions[k : k + 1]]), dim=-1
        )
        for k in range(3)
    ]
    return PointEvidence(features, truth), text, rows


def test_sentences_are_replaced_as_by_trying_one_after_the_other() -> None:
    seen, text, rows = sentences_case()
    found = replace_part_sentences(seen, text, rows, passes=2)
    now, best = text.clone(), -1.0
    best = float(mean_iou((seen.features @ now.T).argmax(-1)[None], seen.truth, 3)[0])
    for _, part in itertools.product(range(2), range(3)):
        for row in rows[part]:
            tried = now.clone()
            tried[part] = row
            score = float(mean_iou((seen.features @ tried.T).argmax(-1)[None], seen.truth, 3)[0])
            if score > best:
                now, best = tried, score
    assert found.score == pytest.approx(best)
    for part, number in enumerate(found.chosen.tolist()):
        assert number < 0 or torch.equal(rows[part][number], now[part])
    assert found.score > found.history[0].score


def test_a_part_without_sentences_stays_as_it_is() -> None:
    seen, text, rows = sentences_case()
    found = replace_part_sentences(seen, text, [rows[0], torch.zeros(0, 8), rows[2]])
    assert int(found.chosen[1]) == -1


def test_options_are_checked() -> None:
    seen, text, rows = sentences_case()
    for wrong in (PartWeightSearch, PartPromptSearch):
        with pytest.raises(ConfigError, match="points=0"):
            wrong(points=0)
    with pytest.raises(ConfigError, match="passes=0"):
        replace_part_sentences(seen, text, rows, passes=0)
    with pytest.raises(ConfigError, match="sentences of 2 parts"):
        replace_part_sentences(seen, text, rows[:2])
