"""A search before a part segmentation: dense features of what it may see, and what it found put in place."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from pointclip2.cache import EncodedSplit
from pointclip2.cache.columns import PackedCells
from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.data.part_table import PartTable
from pointclip2.data.subset import SubsetData
from pointclip2.encoders.back_projection import fuse_points
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError, DataError
from pointclip2.heads.parts import PartHead
from pointclip2.heads.search.files import PROMPTS, WEIGHTS, write_view_weights
from pointclip2.heads.search.part_evidence import PointEvidence, ViewEvidence
from pointclip2.heads.search.part_prompts import PartPromptSearch, replace_part_sentences
from pointclip2.heads.search.part_weights import PartWeightSearch, climb_part_weights
from pointclip2.heads.search.prompts import NoSearch
from pointclip2.heads.search.splits import Sight, holdout, sight
from pointclip2.heads.search.task import Search
from pointclip2.heads.view_weights import FixedWeights
from pointclip2.sealed import sealed
from pointclip2.tasks.parts.choice import PartChoice, PartChoices
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet
from pointclip2.types import Features, weakest_selection
from pointclip2.writing import write_text

log = logging.getLogger(__name__)

PartSearch = PartWeightSearch | PartPromptSearch


@dataclass(frozen=True)
class _Shape:
    """One labelled shape that the search may see."""

    category: int
    features: Features
    """The vectors of all cells, and where some of the points lie among them."""
    truth: Tensor
    """(points,) place among the parts of its category, -1 where unknown."""


def planned_part_search(
    search: PartSearch | Search | NoSearch, data: CloudData, dataset: CloudDataset
) -> tuple[PartSearch, Sight] | None:
    """Return a search and what it may see, known before anything is encoded; None for ``search=none``.

    Raises:
        UserError: this search is for another task, or cannot be made on this data set or split.
    """
    if isinstance(search, PartWeightSearch | PartPromptSearch):
        return search, sight(search.split, True, data, dataset.split)
    if search.name != "none":
        raise ConfigError(
            f"search={search.name} is for classification; choose search=part_weights or search=part_prompts"
        )
    return None


def search_parts(
    run: Run,
    search: PartSearch,
    seen_by: Sight,
    data: CloudData,
    dataset: CloudDataset,
    encoder: Encoder,
    head: PartHead,
    choices: PartChoices,
    packing: PackedCells,
) -> tuple[PartChoices, dict[str, Any]]:
    """Search, leave what was found in the head or in the choices, and say what happened.

    Returns:
        The choices from now on, and the part of ``results.json`` called ``search``.

    Raises:
        UserError: the search cannot be made on this data set, or with these options.
    """
    source = dataset
    if seen_by.split != dataset.split:
        source = data.open(seen_by.split)
        if seen_by.choice == "holdout":
            held = holdout(source.names, source.labels, search.holdout, search.seed).tolist()
            source = SubsetData(source, held, f"{seen_by.split}-held-{search.holdout}-{search.seed}")
    if PartTable.of(source) != PartTable.of(dataset):
        raise DataError(f"{dataset.name}: the split {source.split} has other categories or parts")
    by_category = {choice.category: choice for choice in choices.choices.values()}
    if any(category not in dataset.classes for category in by_category):
        raise ConfigError(
            f"search={search.name} goes with task.parts=category and a category of the data set"
        )
    split = run.encode(source, encoder, packing)
    with run.watch.stage("search"):
        shapes = list(_shapes(source, split, packing, search))
        if not shapes:
            raise DataError(f"search={search.name}: no labelled shape in {source.name} ({source.split})")
        if isinstance(search, PartWeightSearch):
            outcome = _weights(run, search, head, by_category, dataset, shapes, seen_by.selected_on)
        else:
            choices, outcome = _prompts(
                run, search, encoder, head, choices, dataset, shapes, seen_by.selected_on
            )
    log.info("search=%s on %d shapes (%s): %s", search.name, len(shapes), seen_by.choice, outcome["score"])
    told = {"split": seen_by.choice, "data_split": seen_by.split, "selected_on": seen_by.selected_on}
    return choices, {"name": search.name, **told, "n": len(shapes), "checksum": source.checksum, **outcome}


def _shapes(
    source: CloudDataset, split: EncodedSplit, packing: PackedCells, search: PartSearch
) -> Iterator[_Shape]:
    table = PartTable.of(source)
    for part in split.parts:
        shard = part.read()
        for row, position in enumerate(shard.index.tolist()):
            columns = {name: column[row : row + 1] for name, column in shard.columns.items()}
            label, parts = source.labels[position], columns["parts"][0].long()
            if label < 0 or not bool((parts >= 0).any()):
                continue
            generator = torch.Generator().manual_seed(search.seed + position)
            some = torch.randperm(len(parts), generator=generator)[: search.points]
            features = packing.unpack(columns)
            places = features.places
            assert places is not None
            places = replace(places, pixel_yx=places.pixel_yx[:, :, some], visible=places.visible[:, :, some])
            first = table.ids[label][0]
            truth = torch.where(parts[some] >= 0, parts[some] - first, -1)
            yield _Shape(label, replace(features, places=places), truth)


def _weights(
    run: Run,
    search: PartWeightSearch,
    head: PartHead,
    by_category: dict[str | None, PartChoice],
    dataset: CloudDataset,
    shapes: list[_Shape],
    selected_on: str,
) -> dict[str, Any]:
    initial = search.initial
    if initial is None:
        own_weights = _fixed(head, search.name)
        initial = own_weights.values
        selected_on = weakest_selection(selected_on, own_weights.selected_on)
    grouped: dict[int, list[_Shape]] = {}
    for shape in shapes:
        if dataset.classes[shape.category] in by_category:
            grouped.setdefault(shape.category, []).append(shape)
    evidence = []
    for category, own in grouped.items():
        text = by_category[dataset.classes[category]].text
        logits = [
            head.view_logits(shape.features, text) * _visible(shape).transpose(0, 1).unsqueeze(-1)
            for shape in own
        ]
        evidence.append(ViewEvidence(torch.cat(logits, dim=1), torch.stack([shape.truth for shape in own])))
    found = climb_part_weights(evidence, search.levels, search.free, initial)
    values = tuple(float(f"{value:.6g}") for value in found.values.tolist())
    weights = FixedWeights(values, f"{search.name} search", selected_on)
    head.weights = weights
    found_on = {"search": search.name, "data": dataset.name}
    run.keep(WEIGHTS, lambda folder: write_view_weights(folder, weights, found_on))
    return {
        "score": {"of": "category mIoU", "before": found.history[0].score, "after": found.score},
        "evaluations": found.evaluations,
        "history": [step.describe() for step in found.history],
        "files": [WEIGHTS],
    }


def _prompts(
    run: Run,
    search: PartPromptSearch,
    encoder: Encoder,
    head: PartHead,
    choices: PartChoices,
    dataset: CloudDataset,
    shapes: list[_Shape],
    selected_on: str,
) -> tuple[PartChoices, dict[str, Any]]:
    said = dict(zip(sorted(choices.choices), choices.prompts, strict=True))
    new_choices, new_prompts = {}, []
    before, after, evaluations, history = [], [], 0, []
    for key, prompts in said.items():
        choice = choices.choices[key]
        own = [shape for shape in shapes if dataset.classes[shape.category] == choice.category]
        if own:
            rows = run.sentence_vectors(encoder, prompts)
            found = replace_part_sentences(_points(head, own), choice.text.cpu(), rows, search.passes)
            before.append(found.history[0].score)
            after.append(found.score)
            evaluations += found.evaluations
            history.append(
                {"category": choice.category, "steps": [step.describe() for step in found.history]}
            )
            choice, prompts = _replaced(choice, prompts, rows, found.chosen.tolist(), selected_on)
        new_choices[key] = choice
        new_prompts.append(prompts)
    mean = {"before": sum(before) / len(before), "after": sum(after) / len(after)} if before else {}
    content = {
        str(category): {part: list(texts) for part, texts in told.sentences.items()}
        for category, told in zip((new_choices[key].category for key in said), new_prompts, strict=True)
    }
    text = json.dumps(sealed(content), indent=1, ensure_ascii=False) + "\n"
    run.keep(PROMPTS, lambda folder: write_text(folder / PROMPTS, text))
    outcome = {
        "score": {"of": "category mIoU", **mean},
        "evaluations": evaluations,
        "by_category": history,
        "files": [PROMPTS],
    }
    return PartChoices(choices.of_sample, new_choices, tuple(new_prompts)), outcome


def _visible(shape: _Shape) -> Tensor:
    assert shape.features.places is not None
    return shape.features.places.visible


def _fixed(head: PartHead, name: str) -> FixedWeights:
    """The weights in use, if they are the same for every shape."""
    weights = head.weights
    if not isinstance(weights, FixedWeights):
        raise ConfigError(
            f"search={name} begins with the same weights for every shape: use view_weights=uniform, "
            "or weights found elsewhere with view_weights=file"
        )
    return weights


def _points(head: PartHead, shapes: list[_Shape]) -> PointEvidence:
    """Return features of points under the view weights in use; each shape's are scaled by the views that see it."""
    weights = torch.tensor(_fixed(head, "part_prompts").values)
    features = []
    for shape in shapes:
        # Reading and centring are linear, so that features can be read instead of logits.
        read = head.read(head.cells(shape.features), shape.features)
        fused, _ = fuse_points(read, _visible(shape), weights)
        features.append(fused[0])
    return PointEvidence(torch.stack(features), torch.stack([shape.truth for shape in shapes]))


def _replaced(
    choice: PartChoice, prompts: PromptSet, rows: list[Tensor], chosen: list[int], selected_on: str
) -> tuple[PartChoice, PromptSet]:
    text, sentences = choice.text.clone(), {}
    for part, (name, number) in enumerate(zip(choice.names, chosen, strict=True)):
        texts = prompts.sentences[name]
        sentences[name] = texts if number < 0 else (texts[number],)
        if number >= 0:
            text[part] = rows[part][number].to(text)
    on = weakest_selection(selected_on, prompts.selected_on)
    told = PromptSet("part_prompts search", sentences, prompts.combine, on)
    return replace(choice, text=text), told
